"""Names of registries: slugs, and none of the service's own paths."""

from pathlib import Path

import pytest
from flask import Flask

from loader.errors import UsageError
from query_ui.reconciliation.registries.registry_name import (
    RESERVED_NAMES,
    parse_registry_option,
)


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("ror=dump.zip", "ror", "dump.zip"),
        ("ofs-2026=a/b=c.xlsx", "ofs-2026", "a/b=c.xlsx"),
        ("Downloads/HESA List (new).csv", "hesa-list-new", "Downloads/HESA List (new).csv"),
        ("v2.9-2026-ror-data.zip", "v2-9-2026-ror-data", "v2.9-2026-ror-data.zip"),
        ("folder/a=b.csv", "a-b", "folder/a=b.csv"),
    ],
)
def test_the_name_is_given_or_that_of_the_file(text: str, name: str, path: str) -> None:
    assert parse_registry_option(text) == (name, Path(path))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ROR=x.json", "cannot be the name of a registry: use lower-case letters"),
        ("a--b=x.json", "single hyphens"),
        ("=x.json", "lower-case letters"),
        (f"{'a' * 61}=x.json", "at most 60"),
        ("ror=", "has no file"),
        ("match=x.json", "/reconcile/match is a path of the service itself"),
        ("a/extend.csv", "/reconcile/extend is a path of the service itself"),
    ],
)
def test_other_names_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        parse_registry_option(text)


def test_every_path_of_the_service_is_reserved(app: Flask) -> None:
    rules = [rule.rule.split("/") for rule in app.url_map.iter_rules()]
    own = {parts[2] for parts in rules if parts[1] == "reconcile" and len(parts) > 2}
    assert own - {"", "<registry:registry>"} == set(RESERVED_NAMES)
