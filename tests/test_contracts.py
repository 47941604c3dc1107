"""The saved queries, their contracts on the shipped data, and the page that teaches them."""

import csv
import io
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    serialize,
)
from rdflib import Dataset
from rdflib.plugins.sparql import prepareQuery

from loader.document import Subject
from loader.errors import Finding, Severity
from loader.mapping.provenance import graph_of
from loader.namespaces import CATALOGUE, CKG, ISSUES, PROV, RDF, SCHEMES
from loader.queries.contract_check import check_contract
from loader.queries.evaluate import evaluate_query
from loader.queries.parameter_binding import bind_parameters
from loader.queries.query_files import SavedQuery, load_saved_queries
from loader.readers import list_documents
from loader.release.build import BuildResult, build, check
from loader.settings import Settings
from loader.validation.sparql_checks import load_checks, run_checks
from query_ui.cli.main import main
from tests.conftest import PROJECT, link_project, quiet

QUERIES = load_saved_queries(PROJECT / "sparql" / "queries")
DATA = PROJECT / "data"
PARTS = [name for _, name in list_documents(DATA)]
GUIDE = PROJECT / "docs" / "guides" / "first-questions.md"
# The table of documents misses every document, so it proves nothing about what is in them.
WATCHES_FILES = "sources"

Ask = Callable[..., list[tuple[str, ...]]]


@pytest.fixture(scope="module")
def store(shipped: tuple[Settings, BuildResult]) -> Iterator[Store]:
    yield Store.read_only(str(shipped[1].release.store))


@pytest.fixture(scope="module")
def ask(store: Store) -> Ask:
    """Runs a saved query with parameters and gives its rows as texts, "" where unbound."""

    def run(name: str, **values: str) -> list[tuple[str, ...]]:
        text = bind_parameters(QUERIES[name], {key: [value] for key, value in values.items()})
        results = evaluate_query(store, text)
        if isinstance(results, QueryBoolean):
            return [(str(bool(results)).lower(),)]
        assert isinstance(results, QuerySolutions)
        return [tuple(value_of(term) for term in row) for row in results]

    return run


def value_of(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""


def column(rows: list[tuple[str, ...]], number: int) -> list[str]:
    return [row[number] for row in rows]


# The files themselves


def test_there_is_a_query_for_every_kind_of_question() -> None:
    assert len(QUERIES) >= 24
    tags = {tag for query in QUERIES.values() for tag in query.tags}
    assert tags >= {"case studies", "concordat", "coverage", "data quality", "joining"}
    assert tags >= {"claims", "initiatives", "keywords", "organisations", "people", "provenance"}


MAX_SENTENCES, MAX_WORDS = 3, 25
"""Of a summary, and of each of its sentences."""


def test_titles_are_unique_and_summaries_are_short_sentences() -> None:
    titles = [query.title for query in QUERIES.values()]
    assert len(set(titles)) == len(titles)
    for query in QUERIES.values():
        assert query.title[0].isupper() and not query.title.endswith("."), query.name
        assert query.summary.endswith("."), query.name
        sentences = query.summary.split(". ")
        assert len(sentences) <= MAX_SENTENCES, query.name
        assert all(len(one.split()) <= MAX_WORDS for one in sentences), query.name


def test_every_parameter_has_a_label_and_choices_that_exist() -> None:
    for query in QUERIES.values():
        for parameter in query.parameters:
            assert parameter.label, f"{query.name} {parameter.name}"
            assert parameter.choices in ("", *SCHEMES, *QUERIES), f"{query.name} {parameter.name}"


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_the_text_runs_unchanged_in_any_tool(query: SavedQuery) -> None:
    parsed = prepareQuery(query.text)
    form = {"SelectQuery": "SELECT", "AskQuery": "ASK", "ConstructQuery": "CONSTRUCT"}
    assert form[parsed.algebra.name] in query.text
    assert not re.search(r"\bSERVICE\b", query.text, re.IGNORECASE)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_prefixes_are_those_of_the_project_and_all_are_used(query: SavedQuery) -> None:
    sh = "http://www.w3.org/ns/shacl#"
    declared: dict[str, dict[str, str]] = {}
    path = PROJECT / "ontology" / "prefixes.ttl"
    for quad in parse(path=str(path), format=RdfFormat.TURTLE):
        if quad.predicate.value in (f"{sh}prefix", f"{sh}namespace"):
            entry = declared.setdefault(str(quad.subject), {})
            entry[quad.predicate.value.removeprefix(sh)] = value_of(quad.object)
    known = {entry["prefix"]: entry["namespace"] for entry in declared.values()}
    assert dict(query.prefixes).items() <= known.items()
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("PREFIX"))
    assert [name for name in query.prefixes if f"{name}:" not in body] == []


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_tables_have_a_stable_order(query: SavedQuery) -> None:
    if query.contract.columns and "CONSTRUCT" not in query.text:
        assert query.text.rstrip().splitlines()[-1].startswith("ORDER BY ")


# The contracts


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_keeps_its_contract(name: str, shipped: tuple[Settings, BuildResult]) -> None:
    (proof,) = (proof for proof in shipped[1].proofs if proof.name == name)
    assert proof.ok, proof.message


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_contract_asks_for_no_more_rows_than_there_are(query: SavedQuery, store: Store) -> None:
    results = evaluate_query(store, query.text)
    if isinstance(results, QueryBoolean):
        assert int(bool(results)) >= query.contract.min_rows
        return
    rows = [tuple(map(str, row)) for row in results]
    assert len(set(rows)) == len(rows), "a row stands twice"
    assert len(rows) >= query.contract.min_rows


SAMPLE_ROWS = 30
"""The rows of each table in the sample: another engine takes minutes over the whole release."""


@pytest.fixture(scope="module")
def sample(store: Store) -> list[Quad]:
    """The release without what rests on later rows of its tables."""
    left_out: set[tuple[object, object]] = set()
    dropped: set[object] = set()
    tables = {
        quad.subject
        for reader in ("csv", "sssom")
        for quad in store.quads_for_pattern(None, CKG.reader, Literal(reader), CATALOGUE)
    }
    for quad in store.quads_for_pattern(None, CKG.startLine, None, CATALOGUE):
        if not isinstance(quad.object, Literal) or int(quad.object.value) <= SAMPLE_ROWS:
            continue
        for source in store.quads_for_pattern(quad.subject, PROV.wasQuotedFrom, None, CATALOGUE):
            if source.object in tables:
                dropped.add(quad.subject)
                for named in store.quads_for_pattern(quad.subject, CKG.statementSubject, None):
                    left_out.add((source.object, named.object))
    return [
        quad
        for quad in store
        if quad.graph_name != DefaultGraph()
        and quad.subject not in dropped
        and (quad.graph_name, quad.subject) not in left_out
    ]


@pytest.fixture(scope="module")
def rdflib_dataset(sample: list[Quad]) -> Dataset:
    """The sample in another engine altogether."""
    dataset = Dataset(default_union=True)
    data = serialize(sample, format=RdfFormat.N_QUADS)
    assert data is not None
    dataset.parse(data=data.decode("utf-8"), format="nquads")
    return dataset


@pytest.fixture(scope="module")
def sample_store(sample: list[Quad]) -> Store:
    """The sample in ours, with the union of its graphs as the default graph."""
    found = Store()
    found.bulk_extend([*sample, *map(to_default_graph, sample)])
    return found


def to_default_graph(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, DefaultGraph())


# rdflib takes minutes over nested EXISTS and subqueries that it evaluates for every row; that it
# reads these queries is tested above.
SLOW_IN_RDFLIB = {"statements-and-their-sources", "due-in-period", "members-on-a-day"}

# rdflib returns one row without values for a GROUP BY over no rows, where there should be none
# (https://www.w3.org/TR/sparql11-query/#defn_algGroup). In the sample Durham has no peer.
WRONG_IN_RDFLIB = {"peers-of-institution"}


# rdflib warns of its own old names as it parses.
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
@pytest.mark.parametrize("name", sorted(QUERIES.keys() - SLOW_IN_RDFLIB - WRONG_IN_RDFLIB))
def test_another_engine_gives_as_many_rows(
    name: str, rdflib_dataset: Dataset, sample_store: Store
) -> None:
    result = rdflib_dataset.query(QUERIES[name].text)
    rows = int(bool(result.askAnswer)) if result.type == "ASK" else len(set(result))
    ours = evaluate_query(sample_store, QUERIES[name].text)
    assert rows == (int(bool(ours)) if isinstance(ours, QueryBoolean) else len(list(ours)))


@pytest.fixture(scope="module")
def copy(store: Store) -> Iterator[Store]:
    """The release in memory, where parts are taken out and must be put back."""
    found = Store()
    found.bulk_extend(store)
    yield found
    assert {*found} == {*store}, "a test left the copy without a part"


@contextmanager
def without(store: Store, quads: Iterable[Quad]) -> Iterator[None]:
    """Take quads of named graphs out of a store and its union graph, then put them back."""
    taken = {*quads}
    for quad in taken:
        store.remove(quad)
    gone = {quad for quad in map(to_default_graph, taken) if not is_named(store, quad)}
    for quad in gone:
        store.remove(quad)
    try:
        yield
    finally:
        store.extend(taken | gone)


def is_named(store: Store, quad: Quad) -> bool:
    """Return whether a named graph states the triple."""
    found = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    return any(q.graph_name != DefaultGraph() for q in found)


def list_statements(store: Store, node: Subject, graph: NamedNode | None = None) -> list[Quad]:
    """Return what the named graphs, or one of them, say of a node."""
    found = store.quads_for_pattern(node, None, None, graph)
    return [quad for quad in found if quad.graph_name != DefaultGraph()]


def list_about(
    store: Store, predicate: NamedNode, source: NamedNode, graph: NamedNode
) -> Iterator[Quad]:
    """Yield what a graph says of the nodes that it links to a source."""
    for node in {q.subject for q in store.quads_for_pattern(None, predicate, source, graph)}:
        yield from list_statements(store, node, graph)


def list_made_quads(store: Store, part: str) -> Iterator[Quad]:
    """Yield what the build makes of one document: its graph, its passages and its data issues."""
    graph = graph_of(part)
    yield from store.quads_for_pattern(None, None, None, graph)
    yield from list_statements(store, graph, CATALOGUE)
    yield from list_about(store, PROV.wasQuotedFrom, graph, CATALOGUE)
    yield from list_about(store, PROV.wasDerivedFrom, graph, ISSUES)


def list_broken(store: Store, names: Iterable[str]) -> Iterator[str]:
    """Yield those of the saved queries whose contract the store breaks."""
    return (name for name in names if not check_contract(QUERIES[name], store).ok)


def test_the_whole_copy_turns_none_red(copy: Store) -> None:
    assert [*list_broken(copy, QUERIES)] == []


@pytest.fixture(scope="module")
def quickest_first(shipped: tuple[Settings, BuildResult]) -> list[str]:
    """The saved queries in the order of the time that the build took over each."""
    return [proof.name for proof in sorted(shipped[1].proofs, key=lambda proof: proof.ms)]


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_part_turns_a_contract_red(
    part: str, copy: Store, quickest_first: list[str]
) -> None:
    names = [name for name in quickest_first if name != WATCHES_FILES]
    with without(copy, list_made_quads(copy, part)):
        # What refers to the part stops the build before a contract is asked.
        assert any(list_broken(copy, names)) or any(list_errors(copy))


def test_the_whole_copy_breaks_no_check(copy: Store) -> None:
    assert [*list_errors(copy)] == []


def list_errors(store: Store) -> Iterator[Finding]:
    """Yield what stops a build, of all that the checks find in a store."""
    checks = load_checks(PROJECT / "sparql" / "checks")
    found = run_checks(store, checks, lambda subject, predicate: ("", 0))
    return (finding for finding in found if finding.severity is Severity.ERROR)


@pytest.mark.long
@pytest.mark.parametrize("part", ["statistics/statistics.csv", "initiatives/ref-2029-pce-pilot.md"])
def test_what_refers_to_a_missing_part_stops_the_build(part: str, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / part).unlink()
    findings = check(Settings(PROJECT, (tmp_path / "data",)), quiet)
    assert [found for found in findings if found.severity is Severity.ERROR]


@pytest.mark.long
def test_a_missing_catalogue_turns_a_contract_red(tmp_path: Path) -> None:
    """Without it nothing says on what terms a document may be used, and how far to trust it."""
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "catalogue.yaml").unlink()
    root = link_project(tmp_path / "project", queries=[WATCHES_FILES])
    settings = Settings(root, (tmp_path / "data",), tmp_path / "build")
    (proof,) = build(settings, quiet, unproved=True).proofs
    assert not proof.ok
    assert 'it lacks the row file = "obligations.csv"' in proof.message
    assert "licence = <https://creativecommons.org/licenses/by/4.0/>" in proof.message


THIRDS: dict[str, Callable[[int], bool]] = {
    "first": lambda number: number < 5,
    "middle": lambda number: 5 <= number < 10,
    "last": lambda number: number >= 10,
    "every third": lambda number: number % 3 == 0,
    "every third but one": lambda number: number % 3 == 1,
}


@pytest.mark.parametrize("third", THIRDS)
def test_a_third_of_the_case_studies_is_not_enough(third: str, copy: Store) -> None:
    """The case studies are counted in the order of their addresses."""
    studies = {
        quad.subject
        for quad in copy.quads_for_pattern(None, RDF.type, CKG.CaseStudy)
        if isinstance(quad.subject, NamedNode)
    }
    assert len(studies) == 15
    ordered = sorted(studies, key=lambda study: study.value)
    dropped = [study for number, study in enumerate(ordered) if not THIRDS[third](number)]
    assert len(dropped) == 10
    names = ("case-studies", "keywords-by-institution")
    with without(copy, [quad for study in dropped for quad in list_statements(copy, study)]):
        assert [*list_broken(copy, names)] == [*names]


# What the answers are


def test_a_keyword_is_exact_and_a_broader_one_takes_in_the_narrower(ask: Ask) -> None:
    exact = ask("case-studies-by-keyword", keyword="mentorship")
    assert column(exact, 1) == ["Network of Women+ Professors' Mentoring Scheme"]
    assert ask("case-studies-by-keyword", keyword="guidance-and-support") == [
        row for row in ask("case-studies-by-keyword", keyword="signposting")
    ]
    under = ask("case-studies-by-broader-keyword", under="guidance-and-support")
    assert {(row[1], row[3]) for row in under} == {
        ("Development Activity Guidance", "Guidance and support"),
        ("Development Activity Guidance", "Signposting"),
        ("Network of Women+ Professors' Mentoring Scheme", "Mentorship"),
    }


@pytest.mark.parametrize(
    ("day", "count", "doubtful"),
    [
        ("2014-12-31", 0, 0),
        ("2015-01-01", 6, 6),
        ("2016-12-31", 6, 0),
        ("2017-05-31", 6, 0),
        ("2017-06-01", 8, 2),
        ("2017-07-01", 8, 0),
    ],
)
def test_members_are_those_of_the_day(ask: Ask, day: str, count: int, doubtful: int) -> None:
    rows = ask("members-on-a-day", consortium="midlands-innovation", day=day)
    names = set(column(rows, 1))
    assert len(names) == len(rows) == count
    assert ("Keele University" in names) == ("Cranfield University" in names) == (day > "2017-06")
    assert sum(row[5].startswith("joined at some time in 201") for row in rows) == doubtful


def test_durham_is_of_the_n8_and_never_of_midlands_innovation(ask: Ask) -> None:
    durham = {"member": "durham-university"}
    assert ask("was-a-member", **durham, consortium="n8-research-partnership") == [("true",)]
    for day in ("2006-12-31", "2016-01-01", "2026-01-01", "2999-01-01"):
        of_mi = ask("was-a-member", **durham, consortium="midlands-innovation", day=day)
        assert of_mi == [("false",)]
    early = ask("was-a-member", **durham, consortium="n8-research-partnership", day="2005-12-31")
    assert early == [("false",)]
    assert ask("consortia-share-no-member") == [("true",)]
    assert ask("consortia-share-no-member", other="n8-research-partnership") == [("false",)]


def test_case_studies_by_consortium_are_those_of_its_members(ask: Ask) -> None:
    n8 = ask("case-studies-by-consortium")
    assert set(column(n8, 3)) == {
        "Newcastle University",
        "University of Liverpool",
        "University of York",
    }
    assert ask("case-studies-by-consortium", consortium="midlands-innovation") == []
    assert ask("case-studies-by-consortium", day="2005-12-31") == []


def test_like_another_counts_what_both_carry(ask: Ask) -> None:
    rows = ask("case-studies-like-another")
    best = rows[0]
    assert best[3:] == ("Module on the Researcher Development Concordat", "29", "21")
    both = ask("shared-concepts-of-two-case-studies")
    assert len(both) == 29
    assert column(both, 0).count("Keywords") == 21


def test_coverage_agrees_with_the_case_studies(ask: Ask) -> None:
    frequency = {row[1]: int(row[2]) for row in ask("keyword-frequency")}
    cells = ask("keywords-by-institution")
    for label, count in frequency.items():
        assert sum(int(row[4]) for row in cells if row[3] == label) == count, label
    gaps = set(column(ask("keywords-without-case-study"), 1))
    assert gaps == {label for label, count in frequency.items() if count == 0}
    assert {"Workforce data", "Managers of researchers"} <= gaps
    assert frequency["Research culture"] == 13


def test_obligations_add_up(ask: Ask) -> None:
    principles = ask("principles")
    assert [int(row[3]) for row in principles] == [20, 19, 20]
    coverage = ask("obligation-coverage")
    assert sum(int(row[3]) for row in coverage) == 59
    served = sum(int(row[5]) for row in coverage)
    assert served == sum(int(row[4]) for row in principles)
    assert len(ask("obligations-without-case-study")) == 59 - served
    groups = ("Institutions", "Funders", "Managers of researchers", "Researchers")
    assert sum(len(ask("obligations-by-group", group=group)) for group in groups) == 59
    verified = sum(int(row[4]) for row in coverage)
    assert len(ask("obligations-to-verify")) == 59 - verified


def test_identifiers_make_the_addresses_of_the_registers(ask: Ask) -> None:
    rows = {row[1]: row[2:] for row in ask("institution-identifiers")}
    assert rows["University of Liverpool"] == (
        "https://ror.org/04xs57h96",
        "http://www.wikidata.org/entity/Q499510",
        "10006842",
        "GB-UKPRN-10006842",
        "https://kef.ac.uk/data/10006842",
        "http://id.learning-provider.data.ac.uk/ukprn/10006842",
        "https://www.liverpool.ac.uk/",
        "0126",
        "0000 0004 1936 8470",
        "grid.10025.36",
        "501100000836",
    )
    assert rows["Advance HE"][0] == "https://ror.org/00r1xj860"
    assert rows["Advance HE"][2:6] == ("", "", "", "")
    without = set(column(ask("organisations-without-identifier"), 1))
    assert not without & rows.keys()
    assert without | rows.keys() == set(column(ask("organisations"), 1))


def test_what_is_not_borne_out_says_so(ask: Ask) -> None:
    false = ask("claims", judgement="https://w3id.org/concordat-kg/ontology#False")
    assert [row[1:3] + row[6:] for row in false] == [
        ("Durham is one of the universities of Midlands Innovation.", "false", "2", "3", "low")
    ]
    for row in ask("commitments-by-theme", theme="industry"):
        assert (row[4], row[6]) == ("unsupported", "low")
    low = [row for row in ask("commitments") if row[6] == "low"]
    assert len(low) == 8
    assert all(row[4] and row[5] for row in low)


def test_the_ten_days_lead_to_the_obligations_that_ask_for_them(ask: Ask) -> None:
    rows = ask("allowances")
    assert {row[2:6] for row in rows} == {("10", "P1Y", "true", "true")}
    codes = [row[8].split(":")[0] for row in rows]
    assert codes == ["PCDF1", "PCDI1", "PCDM3", "PCDR1"]


def test_sessions_carry_both_tags_and_name_who_gives_them(ask: Ask) -> None:
    rows = [row for row in ask("opportunities-by-tag") if row[5]]
    assert {row[1] for row in rows} == {"Succeeding in academia", "Succeeding in industry"}
    assert {row[6].split(" of ")[0] for row in rows} == {"Alumni", "Faculty"}


def test_hosts_follow_one_another(ask: Ask) -> None:
    hosts = [row for row in ask("participations") if row[5] in ("host", "secretariat")]
    assert {(row[4], row[6], row[7]) for row in hosts} == {
        ("Science Council", "", "2023"),
        ("UK Institute for Technical Skills and Strategy", "", ""),
        ("Vitae", "2008", "2021"),
        ("Universities UK", "2021", ""),
    }


def test_the_closest_passage_speaks_for_a_statement(ask: Ask) -> None:
    rows = ask("statements-and-their-sources")
    origin = {(row[0].rsplit("#")[-1].rsplit("/")[-1], row[8]) for row in rows}
    assert ("obligation", "curator") in origin and ("obligation", "source") not in origin
    assert ("subject", "source") in origin
    lines = (DATA / "case-studies" / "development-activity-guidance.md").read_text().splitlines()
    for row in rows:
        assert row[3] == "case-studies/development-activity-guidance.md"
        printed = "\n".join(lines[int(row[4]) - 1 : int(row[5])])
        assert " ".join(row[6].split()) in " ".join(printed.split())


def test_each_statement_about_a_thing_is_listed_once(ask: Ask, store: Store) -> None:
    for study in column(ask("case-studies"), 0):
        rows = ask("statements-and-their-sources", thing=study)
        subject = NamedNode(study)
        stated = {
            (quad.predicate.value, value_of(quad.object))
            for quad in store.quads_for_pattern(subject, None, None)
            # The build derives it from all tags of the thing, so no passage explains it.
            if quad.predicate != CKG.broadlyTagged
        }
        assert {row[:2] for row in rows} == stated
        files = {(row[0], row[1], row[3]) for row in rows}
        assert len(files) == len(rows), study


def test_the_sources_count_what_they_hold(ask: Ask, store: Store) -> None:
    rows = ask("sources")
    assert {row[2] for row in rows} >= set(PARTS)
    for row in rows:
        held = sum(1 for _ in store.quads_for_pattern(None, None, None, NamedNode(row[0])))
        assert int(row[7]) == held and (held > 0 or int(row[8]) > 0), row[2]
    trust = {row[2]: row[5] for row in rows}
    assert trust["initiatives/midlands-innovation-pledge.md"] == "low"
    assert trust["case-studies/platform-of-practice.csv"] == "platform"


# The page that teaches them


def blocks(language: str) -> list[str]:
    """The fenced blocks of the guide that are in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text("utf-8"), re.DOTALL | re.M)


def sessions() -> list[tuple[str, str]]:
    """Each ``$ concordat-kg query …`` of the guide with the output under it."""
    parts = [part for block in blocks("console") for part in block.split("$ ")[1:]]
    pairs = [part.partition("\n")[::2] for part in parts]
    return [pair for pair in pairs if pair[0].startswith("concordat-kg query ")]


@pytest.mark.parametrize("number", range(len(sessions())))
def test_the_guide_prints_what_the_command_prints(
    number: int, shipped: tuple[Settings, BuildResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    command, printed = sessions()[number]
    monkeypatch.chdir(PROJECT)
    arguments = [*shlex.split(command)[1:], "--out", str(shipped[0].out)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert result.stdout.rstrip("\n") == printed.rstrip("\n")


def test_the_guide_answers_three_questions_three_ways() -> None:
    assert len(sessions()) >= 3
    assert len(re.findall(r"^## ", GUIDE.read_text("utf-8"), re.M)) >= 4
    assert len(addresses()) >= 2


def addresses() -> list[str]:
    """The addresses of the site that the guide sends a reader to."""
    found = re.findall(r"http://127\.0\.0\.1:8000(/queries/[^\s\"{>]+)>", GUIDE.read_text("utf-8"))
    return sorted(set(found))


@pytest.mark.parametrize("address", addresses())
def test_the_addresses_of_the_guide_answer(address: str, shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    response = client.get(address)
    assert response.status_code == 200
    query = QUERIES[Path(address.partition("?")[0]).stem]
    if address.partition("?")[0].endswith(".csv"):
        assert response.mimetype == "text/csv"
        rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
        assert tuple(rows[0]) == query.contract.columns
    else:
        page = response.get_data(as_text=True)
        assert query.title in page
        assert "Development Activity Guidance" in page


def test_the_notebook_of_the_guide_shows_what_the_site_gives(shipped_app: Flask) -> None:
    """The join that the guide makes with pandas, made without it, gives the cells it prints."""
    client = shipped_app.test_client()

    def table(name: str) -> list[dict[str, str]]:
        text = client.get(f"/queries/{name}.csv").get_data(as_text=True)
        return list(csv.DictReader(io.StringIO(text)))

    codes = {row["organisation"]: row for row in table("institution-identifiers")}
    studies = Counter(row["institution"] for row in table("case-studies"))
    wanted = sorted(
        [codes[place]["name"], codes[place]["ukprn"], codes[place]["ror"], str(count)]
        for place, count in studies.items()
    )
    (printed,) = blocks("text")
    head, *rows = [line.strip() for line in printed.splitlines()]
    assert head.split() == ["name", "ukprn", "ror", "studies"]
    assert [row.rsplit(maxsplit=3) for row in rows] == wanted
