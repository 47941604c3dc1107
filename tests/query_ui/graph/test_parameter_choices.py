"""Choices: what a parameter may be, and a value that it cannot be."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask

from loader.errors import UsageError
from loader.queries.query_files import load_saved_queries, read_saved_query
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.cli import main
from query_ui.engine import open_engine
from query_ui.graph.parameter_choices import ParameterChoices
from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def choices(shipped: tuple[Settings, BuildResult]) -> Iterator[ParameterChoices]:
    engine = open_engine(shipped[0])
    concepts = read_saved_query(PROJECT / "sparql" / "pages" / "choices.rq")
    yield ParameterChoices(engine, load_saved_queries(PROJECT / "sparql" / "queries"), concepts)
    engine.close()


def test_a_scheme_gives_its_concepts_with_their_labels(choices: ParameterChoices) -> None:
    found = choices.map_labels_by_value("stakeholders")
    base = "https://w3id.org/concordat-kg/concept/stakeholders/"
    assert len(found) == 5
    assert found[base + "senior-executive-team"] == "Senior/executive team"


def test_a_saved_query_gives_its_first_column_named_by_its_second(
    choices: ParameterChoices,
) -> None:
    found = choices.map_labels_by_value("consortia")
    assert {"Midlands Innovation", "N8 Research Partnership"} <= {*found.values()}


def test_a_name_of_nothing_gives_none(choices: ParameterChoices) -> None:
    assert choices.map_labels_by_value("") == choices.map_labels_by_value("weather") == {}


def refused(choices: ParameterChoices, *texts: str) -> bool:
    """Whether these values of the keyword are refused; none at all leave the default."""
    try:
        choices.check_values(choices.saved_queries["case-studies-by-keyword"], {"keyword": texts})
    except UsageError:
        return True
    return False


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), False),
        (("wellbeing",), False),
        (("concept:wellbeing", "training"), False),
        (("<https://w3id.org/concordat-kg/concept/keywords/wellbeing>",), False),
        (("https://w3id.org/concordat-kg/concept/stakeholders/researchers",), True),
        (("wellbeing", "weather"), True),
    ],
)
def test_only_what_is_among_the_choices_passes(
    choices: ParameterChoices, texts: tuple[str, ...], expected: bool
) -> None:
    assert refused(choices, *texts) is expected


def test_what_is_not_is_refused_with_what_is_near(choices: ParameterChoices) -> None:
    query = choices.saved_queries["case-studies-by-keyword"]
    with pytest.raises(UsageError, match=r'"wellbieng" is nothing that keyword can be. Did you'):
        choices.check_values(query, {"keyword": ["wellbeing", "wellbieng"]})
    with pytest.raises(UsageError, match="It may be 1994-group, "):
        choices.check_values(choices.saved_queries["members-on-a-day"], {"consortium": ["zzz"]})


def test_command_line_and_site_refuse_alike(
    shipped: tuple[Settings, BuildResult], shipped_app: Flask
) -> None:
    command = ["query", "case-studies-by-keyword", "-p", "keyword=wellbieng"]
    done = CliRunner().invoke(main.main, [*command, "--out", str(shipped[0].out)])
    assert (done.exit_code, done.stdout) == (2, "")
    answer = shipped_app.test_client().get("/queries/case-studies-by-keyword.csv?keyword=wellbieng")
    assert answer.status_code == 422
    assert answer.json is not None
    assert f"Error: {answer.json['detail']}\n" == done.stderr
