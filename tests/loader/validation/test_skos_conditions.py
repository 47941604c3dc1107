"""The conditions of SKOS: a consistent graph raises no error, an inconsistent one its own."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from loader.errors import Finding, Severity
from loader.release.build import check
from loader.settings import Settings
from tests.conftest import link_project, quiet
from tests.vocabularies.skos_conditions import CONSISTENT, INCONSISTENT

PREFIXES = "\n".join(
    f"@prefix {short}: <{iri}> ."
    for short, iri in {
        "dcterms": "http://purl.org/dc/terms/",
        "ex": "https://vocab.example.org/",
        "owl": "http://www.w3.org/2002/07/owl#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xl": "http://www.w3.org/2008/05/skos-xl#",
    }.items()
)
CASES = "cases/files"
ALLOWED = {
    "definition-resource.ttl": {"definition-resource"},
    "definition-empty.ttl": {"empty-label"},
    "broader-outside.ttl": {"outside-concept", "omitted-top-concepts"},
    "no-preflabel.ttl": {"missing-label"},
    "skosxl.ttl": set[str](),
    "two-exact.ttl": {"link-one-to-two"},
    "addresses.ttl": set[str](),
    "entity-single-quotes.rdf": set[str](),
    "languages.ttl": {"incomplete-language-coverage", "missing-main-label"},
    "literals.ttl": {"literal-form"},
}
"""The files of shared cases that a build must publish, and the findings of each."""
Finder = Callable[[dict[str, str]], dict[str, list[Finding]]]


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Finder:
    """Returns the findings of each of several files, which are checked together."""
    folder = tmp_path_factory.mktemp("skos")
    return partial(find_all, folder)


def find_all(folder: Path, texts: dict[str, str]) -> dict[str, list[Finding]]:
    root = folder / f"project-{len(os.listdir(folder))}"
    link_project(root)
    data = root / "data"
    data.mkdir()
    for name, text in texts.items():
        (data / name).write_text(text, "utf-8")
    found = check(Settings(root, (data,), root / "build"), quiet)
    by_path: dict[str, list[Finding]] = {name: [] for name in texts}
    for finding in found:
        if Path(finding.path).parent == data:
            by_path[Path(finding.path).name].append(finding)
    return by_path


def write_apart(graphs: dict[str, str]) -> dict[str, str]:
    """Each graph as a file of its own, about names of its own."""
    return {
        f"{number:02}.ttl": PREFIXES.replace("vocab.", f"vocab{number}.") + "\n" + text
        for number, text in enumerate(graphs.values())
    }


def test_consistent_graphs_raise_no_error(find: Finder) -> None:
    assert len(CONSISTENT) >= 35
    found = find(write_apart(CONSISTENT))
    errors = {
        name: [str(f) for f in some if f.severity == Severity.ERROR]
        for name, some in zip(CONSISTENT, found.values(), strict=True)
    }
    assert {name: some for name, some in errors.items() if some} == {}


def test_each_inconsistent_graph_raises_its_error(find: Finder) -> None:
    assert len(INCONSISTENT) >= 16
    found = find(write_apart({name: text for name, (_, text) in INCONSISTENT.items()}))
    for (name, (code, _)), some in zip(INCONSISTENT.items(), found.values(), strict=True):
        errors = {finding.code for finding in some if finding.severity == Severity.ERROR}
        assert code in errors, name
        assert errors <= {code, "link-clash"}, name
        assert all(finding.line for finding in some if finding.code == code), name


def test_every_condition_has_a_graph_that_keeps_it_and_one_that_breaks_it(project: Path) -> None:
    conditions = {path.stem for path in (project / "sparql" / "checks").glob("skos-s*.rq")}
    assert {code for code, _ in INCONSISTENT.values()} == conditions
    assert {name.split()[0] for name in CONSISTENT} == {"4", "5", "6", "7", "8", "9", "10", "B"}


def test_the_shared_cases_raise_what_they_should(find: Finder, shared: Path) -> None:
    if not (shared / CASES).is_dir():
        pytest.skip("the shared cases are not beside this checkout (../shared/cases)")
    texts = {name: (shared / CASES / name).read_text("utf-8") for name in ALLOWED}
    for name, some in find(texts).items():
        assert {finding.code for finding in some} == ALLOWED[name], name
        assert all(finding.severity != Severity.ERROR for finding in some)


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("real-s14.ttl", "skos-s14", "two preferred labels in one language"),
        ("relative-no-base.rdf", "rdf-syntax", "xml:base"),
    ],
)
def test_the_shared_cases_that_stay_errors(
    find: Finder, shared: Path, name: str, code: str, words: str
) -> None:
    if not (shared / CASES).is_dir():
        pytest.skip("the shared cases are not beside this checkout (../shared/cases)")
    (finding,) = find({name: (shared / CASES / name).read_text("utf-8")})[name]
    assert (finding.code, finding.severity) == (code, Severity.ERROR)
    assert words in finding.message
