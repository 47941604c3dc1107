"""Every check finds the one defect that its mutation makes, and nothing in the clean graph."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from loader.errors import DataError, Finding, Severity
from loader.validation.scheme_findings import SchemeFinder
from loader.validation.sparql_checks import Check, load_checks, run_checks
from tests.checks.mutations import MUTATIONS, Mutation

HEADER = """\
#+ title: A thing has a name
#+ code: no-name
#+ severity: warning
#+ source: https://example.org/rule
#+ message: "{about} has no name."
"""
QUERY = "SELECT ?about WHERE { ?about a <https://example.org/Thing> }\n"


@pytest.fixture(scope="module")
def checks(project: Path) -> tuple[Check, ...]:
    """The checks of the project."""
    return load_checks(project / "sparql" / "checks")


@pytest.fixture
def clean(project: Path) -> Store:
    """The clean graph, fresh."""
    store = Store()
    store.load(path=str(project / "tests" / "checks" / "clean.trig"), format=RdfFormat.TRIG)
    own = NamedNode("https://w3id.org/concordat-kg/graph/ontology-prefixes")
    store.load(
        path=str(project / "ontology" / "prefixes.ttl"), format=RdfFormat.TURTLE, to_graph=own
    )
    return store


def nowhere(thing: str, prop: str) -> tuple[str, int]:
    """Knows no place."""
    return "", 0


def test_the_clean_graph_raises_nothing(clean: Store, checks: tuple[Check, ...]) -> None:
    assert list(run_checks(clean, checks, nowhere)) == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.code)
def test_a_mutation_raises_its_check_alone(
    clean: Store,
    checks: tuple[Check, ...],
    mutation: Mutation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clean.update(mutation.update)
    # Each finding by itself: how those about one scheme are put together has tests of its own.
    monkeypatch.setattr(SchemeFinder, "find", lambda self, about: None)
    findings = list(run_checks(clean, checks, nowhere))
    raised = [finding for finding in findings if finding.code == mutation.code]
    assert sorted(finding.about for finding in raised) == mutation.things
    assert any(mutation.says in finding.message for finding in raised), raised
    assert {finding.code for finding in findings} == {mutation.code, *mutation.also}


def test_every_check_has_a_mutation(checks: tuple[Check, ...]) -> None:
    assert sorted({m.code for m in MUTATIONS}) == sorted(check.code for check in checks)


def test_the_integrity_conditions_of_skos_are_errors(checks: tuple[Check, ...]) -> None:
    severities = {c.code: c.severity for c in checks if c.code.startswith("skos-s")}
    conditions = ("s9", "s13", "s14", "s27", "s37", "s46", "s48", "s52")
    assert severities == {f"skos-{name}": Severity.ERROR for name in conditions}


def test_a_check_is_named_as_its_file(checks: tuple[Check, ...]) -> None:
    assert [check.path.stem for check in checks] == [check.code for check in checks]


def test_the_shipped_ontology_raises_no_error_and_no_warning(
    project: Path, checks: tuple[Check, ...]
) -> None:
    store = Store()
    folder = project / "ontology"
    for path in (*folder.glob("*.ttl"), *folder.glob("schemes/*.ttl")):
        graph = NamedNode(f"https://w3id.org/concordat-kg/graph/ontology-{path.stem}")
        store.load(path=str(path), format=RdfFormat.TURTLE, to_graph=graph)
    findings = run_checks(store, checks, nowhere)
    assert [str(f) for f in findings if f.severity != Severity.INFO] == []


def test_a_defect_spread_over_two_graphs_is_found(clean: Store, checks: tuple[Check, ...]) -> None:
    """The second preferred label stands in another document than the first."""
    clean.update(next(m.update for m in MUTATIONS if m.code == "skos-s14"))
    graphs = {
        quad.graph_name
        for quad in clean
        if quad.predicate.value.endswith("prefLabel") and "mentoring" in str(quad.subject)
    }
    assert len(graphs) > 1
    assert [f.code for f in run_checks(clean, checks, nowhere)] == ["skos-s14"]


def test_findings_come_sorted_and_placed(clean: Store, checks: tuple[Check, ...]) -> None:
    for code in ("untagged-case-study", "empty-label", "claim-without-evidence"):
        clean.update(next(m.update for m in MUTATIONS if m.code == code))
    asked: list[tuple[str, str]] = []

    def locate(thing: str, prop: str) -> tuple[str, int]:
        asked.append((thing, prop))
        return ("a.ttl", 7) if "keywords" in thing else ("b.md", 3)

    findings = list(run_checks(clean, checks, locate))
    assert [(f.path, f.line, f.code) for f in findings] == [
        ("a.ttl", 7, "empty-label"),
        ("b.md", 3, "untagged-case-study"),
        ("b.md", 3, "claim-without-evidence"),
    ]
    base = "https://w3id.org/concordat-kg/"
    assert sorted(asked) == [
        (base + "concept/keywords/training", "http://www.w3.org/2004/02/skos/core#altLabel"),
        (base + "id/case-study/one", ""),
        (base + "id/claim/one", base + "ontology#evidence"),
    ]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes one check into an empty folder and gives the folder."""

    def writer(text: str) -> Path:
        (tmp_path / "no-name.rq").write_text(text, encoding="utf-8")
        return tmp_path

    return writer


def fault(folder: Path) -> Finding:
    """The one finding that loading the folder ends with."""
    with pytest.raises(DataError) as raised:
        load_checks(folder)
    (finding,) = raised.value.findings
    assert finding.path == str(folder / "no-name.rq")
    assert f"{finding.path}:{finding.line}: {finding.message}" == str(raised.value)
    return finding


def test_a_check_is_read(write: Callable[[str], Path]) -> None:
    (check,) = load_checks(write(HEADER + QUERY))
    assert (check.title, check.code) == ("A thing has a name", "no-name")
    assert (check.severity, check.source) == (Severity.WARNING, "https://example.org/rule")
    assert (check.variables, check.text) == (("about",), HEADER + QUERY)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (HEADER.replace("title", "tilte") + QUERY, 1, '"tilte" is not asked for here'),
        (HEADER.replace("#+ severity: warning\n", "") + QUERY, 1, 'the header has no "severity"'),
        (HEADER.replace("warning", "fatal") + QUERY, 3, "the severity is none of"),
        (HEADER.replace("{about}", "{label}") + QUERY, 5, "the query has no ?label"),
        (HEADER + "SELECT ?about WHERE {\n ?about }\n", 7, "the query is not SPARQL"),
        (HEADER + QUERY.replace("SELECT ?about", "ASK"), 1, "the query is no SELECT"),
        (HEADER + QUERY.replace("?about", "?thing"), 1, "does not answer ?about"),
        ("#+ title: [\n" + QUERY, 2, "the header is not YAML"),
        (QUERY, 1, "the header is missing"),
        (HEADER.replace("https://example.org/rule", "[a, b]") + QUERY, 4, "not one piece of text"),
        (HEADER + "#+ code: no-name\n" + QUERY, 6, '"code"'),
    ],
)
def test_a_broken_check_names_its_line(
    write: Callable[[str], Path], text: str, line: int, message: str
) -> None:
    finding = fault(write(text))
    assert (finding.line, finding.severity) == (line, Severity.ERROR)
    assert message in finding.message


def test_two_checks_with_one_code_are_refused(write: Callable[[str], Path]) -> None:
    folder = write(HEADER + QUERY)
    (folder / "another.rq").write_text(HEADER + QUERY, encoding="utf-8")
    assert 'another check has the code "no-name"' in fault(folder).message


def test_a_check_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no-name.rq").write_bytes(HEADER.encode() + b"# caf\xe9\n")
    assert "not UTF-8" in fault(tmp_path).message


def test_all_broken_checks_are_named_at_once(write: Callable[[str], Path]) -> None:
    folder = write(QUERY)
    (folder / "other.rq").write_text(QUERY, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        load_checks(folder)
    assert [Path(f.path).name for f in raised.value.findings] == ["no-name.rq", "other.rq"]


def test_a_thing_without_iri_is_named_as_such(write: Callable[[str], Path]) -> None:
    store = Store()
    store.load("[] a <https://example.org/Thing> .", format=RdfFormat.TURTLE)
    (finding,) = run_checks(store, load_checks(write(HEADER + QUERY)), nowhere)
    assert (finding.about, finding.message) == ("", "a thing without a name has no name.")
