"""What a release says of itself: counts that are true, and the saved queries word for word."""

from collections import Counter, defaultdict

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from loader.errors import DataError
from loader.namespaces import (
    CKG,
    DATASET,
    DCTERMS,
    ISSUES,
    QUERIES,
    RDF,
    SH,
    SKOS,
    STATISTICS,
    VOID,
    WEIGHTS,
    XSD,
)
from loader.queries.query_files import parse_saved_query
from loader.release.build import BuildResult, build
from loader.release.void import build_query_quads, build_statistics_quads, find_namespace
from loader.release.void_counts import Partitions, count_statements
from loader.settings import BASE, Settings
from loader.validation.sparql_checks import load_checks, run_checks
from tests.conftest import PROJECT, quiet

Spo = tuple[str, str, str]
DESCRIBING = PROJECT / "sparql" / "describing"
DESCRIPTIONS = {STATISTICS.value, QUERIES.value, WEIGHTS.value}


@pytest.fixture(scope="module")
def quads(shipped: tuple[Settings, BuildResult]) -> list[Quad]:
    return list(parse(path=str(shipped[1].release.graph), format=RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def counted(quads: list[Quad]) -> set[Spo]:
    """The statements of documents and catalogue, each once, counted without any SPARQL."""
    left_out = {ISSUES.value, *DESCRIPTIONS}
    return {spo(quad) for quad in quads if home(quad) not in left_out}


@pytest.fixture(scope="module")
def void(quads: list[Quad]) -> dict[str, dict[str, list[str]]]:
    """The graph of statistics: subject → property without its namespace → values."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        if quad.graph_name == STATISTICS:
            subject, predicate, value = spo(quad)
            found[subject][predicate.removeprefix(VOID.base)].append(value)
    return found


def spo(quad: Quad) -> Spo:
    return key(quad.subject), quad.predicate.value, key(quad.object)


def home(quad: Quad) -> str:
    """The IRI of the graph that a quad stands in."""
    return key(quad.graph_name)


def key(term: object) -> str:
    """The value of an IRI; a literal with all that sets it apart."""
    if isinstance(term, Literal) and term.datatype == XSD.integer:
        return term.value
    return term.value if isinstance(term, NamedNode) else str(term)


def text_of(quad: Quad) -> str:
    """The words of a literal."""
    assert isinstance(quad.object, Literal)
    return quad.object.value


def number(void: dict[str, dict[str, list[str]]], subject: str, name: str) -> int:
    (value,) = void[subject][name]
    return int(value)


def partition(
    void: dict[str, dict[str, list[str]]], subject: str, by: str, of: str, counted: str
) -> dict[str, int]:
    """The partitions of a dataset by what they are of, with what is counted in them."""
    parts = void[subject][by]
    found = {void[part][of][0]: number(void, part, counted) for part in parts}
    assert len(found) == len(parts), "two partitions of one thing"
    return found


# The statistics


def test_the_whole_is_the_union_of_documents_and_catalogue(
    void: dict[str, dict[str, list[str]]], counted: set[Spo]
) -> None:
    data = DATASET.value
    assert number(void, data, "triples") == len(counted)
    assert number(void, data, "distinctSubjects") == len({s for s, _, _ in counted})
    assert number(void, data, "properties") == len({p for _, p, _ in counted})
    assert number(void, data, "classes") == len({o for _, p, o in counted if p == RDF.type.value})


def test_objects_are_counted_as_the_store_tells_them_apart(
    void: dict[str, dict[str, list[str]]], quads: list[Quad]
) -> None:
    left_out = {ISSUES.value, *DESCRIPTIONS}
    objects = {quad.object for quad in quads if home(quad) not in left_out}
    assert number(void, DATASET.value, "distinctObjects") == len(objects)


def test_properties_and_classes_are_those_that_are_used(
    void: dict[str, dict[str, list[str]]], counted: set[Spo]
) -> None:
    assert partition(void, DATASET.value, "propertyPartition", "property", "triples") == Counter(
        p for _, p, _ in counted
    )
    assert partition(void, DATASET.value, "classPartition", "class", "entities") == Counter(
        o for _, p, o in counted if p == RDF.type.value
    )


def test_each_class_has_the_properties_of_its_things(
    void: dict[str, dict[str, list[str]]], counted: set[Spo]
) -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for subject, predicate, value in counted:
        if predicate == RDF.type.value:
            kinds[subject].add(value)
    wanted = Counter((kind, p) for s, p, _ in counted for kind in kinds.get(s, ()))
    found = {
        (void[part]["class"][0], prop): triples
        for part in void[DATASET.value]["classPartition"]
        for prop, triples in partition(
            void, part, "propertyPartition", "property", "triples"
        ).items()
    }
    assert found == wanted
    assert found[CKG.CaseStudy.value, DCTERMS.title.value] == 14


def test_each_graph_of_a_document_is_a_subset_with_its_size(
    void: dict[str, dict[str, list[str]]], quads: list[Quad]
) -> None:
    sizes = Counter(home(quad) for quad in quads)
    subsets = {s for s in void[DATASET.value]["subset"] if not void[s]["linkPredicate"]}
    assert subsets == sizes.keys() - DESCRIPTIONS
    assert {s: number(void, s, "triples") for s in subsets} == {s: sizes[s] for s in subsets}


def test_issues_are_a_subset_counted_by_itself(
    void: dict[str, dict[str, list[str]]], quads: list[Quad]
) -> None:
    issues = [quad for quad in quads if quad.graph_name == ISSUES]
    assert partition(void, ISSUES.value, "classPartition", "class", "entities") == {
        CKG.DataIssue.value: len({quad.subject for quad in issues})
    }
    assert partition(void, ISSUES.value, "propertyPartition", "property", "triples") == Counter(
        quad.predicate.value for quad in issues
    )
    assert CKG.DataIssue.value not in partition(
        void, DATASET.value, "classPartition", "class", "entities"
    )


def test_links_are_counted_by_where_they_lead(
    void: dict[str, dict[str, list[str]]], counted: set[Spo]
) -> None:
    found = {}
    for node, said in void.items():
        if said["linkPredicate"]:
            (other,) = set(said["target"]) - {DATASET.value}
            prop = said["linkPredicate"][0].removeprefix(SKOS.base)
            found[other.rsplit("/", 1)[-1].split("#")[0], prop] = number(void, node, "triples")
    spaces = {"ror": "https://ror.org/", "wikidata": "http://www.wikidata.org/entity/"}
    spaces["esco"] = "http://data.europa.eu/esco/skill/"
    assert found == {
        (name, prop): sum(
            1 for _, p, o in counted if p == SKOS[prop].value and o.startswith(spaces[name])
        )
        for name, prop in (
            ("ror", "exactMatch"),
            ("wikidata", "exactMatch"),
            ("esco", "closeMatch"),
            ("esco", "relatedMatch"),
        )
    }
    assert found["ror", "exactMatch"] > 250


def test_examples_vocabularies_and_licences(void: dict[str, dict[str, list[str]]]) -> None:
    said = void[DATASET.value]
    kinds = ("concept/", "id/case-study/", "id/initiative/", "id/organisation/")
    examples = sorted(said["exampleResource"])
    assert [e.startswith(BASE + k) for e, k in zip(examples, kinds, strict=True)] == [True] * 4
    assert {f"{BASE}ontology", SKOS.base, "http://www.w3.org/ns/org#"} <= set(said["vocabulary"])
    licences = {
        "https://creativecommons.org/licenses/by/4.0/",
        "https://opensource.org/license/mit",
    }
    assert {*said[DCTERMS.license.value]} == licences
    assert {*void[f"{BASE}dataset/graph.nq"][DCTERMS.license.value]} == licences


@pytest.mark.parametrize(
    ("iri", "namespace"),
    [
        ("http://www.w3.org/ns/org#member", "http://www.w3.org/ns/org#"),
        ("https://schema.org/name", "https://schema.org/"),
        ("https://a.example/b:c", "https://a.example/"),
        ("urn:isbn:1", "urn:isbn:"),
        ("urn:p", "urn:"),
    ],
)
def test_the_namespace_of_an_iri(iri: str, namespace: str) -> None:
    assert find_namespace(iri) == namespace


def test_every_vocabulary_has_a_prefix(void: dict[str, dict[str, list[str]]]) -> None:
    known = {
        text_of(quad)
        for quad in parse(path=str(PROJECT / "ontology" / "prefixes.ttl"), format=RdfFormat.TURTLE)
        if quad.predicate == SH.namespace
    }
    assert set(void[DATASET.value]["vocabulary"]) - {f"{BASE}ontology"} <= known


def test_an_unknown_dataset_is_named_by_how_its_addresses_begin() -> None:
    store = Store()
    thing, graph = NamedNode(f"{BASE}id/thing/x"), NamedNode(f"{BASE}graph/x")
    store.add(Quad(thing, SKOS.closeMatch, NamedNode("https://example.org/terms#a"), graph))
    quads = list(build_statistics_quads(count_statements(store, DESCRIBING), Partitions()))
    (space,) = [spo(quad)[2] for quad in quads if quad.predicate == VOID.uriSpace]
    assert space == '"https://example.org/terms#"'


# The saved queries


def test_every_saved_query_is_an_executable_with_the_text_of_its_file(quads: list[Quad]) -> None:
    texts = {
        spo(quad)[0].rsplit("/", 1)[-1]: text_of(quad)
        for quad in quads
        if quad.graph_name == QUERIES and quad.predicate in (SH.select, SH.ask, SH.construct)
    }
    folder = PROJECT / "sparql" / "queries"
    assert texts == {path.stem: path.read_text("utf-8") for path in folder.glob("*.rq")}


@pytest.mark.parametrize(
    ("text", "kind", "predicate"),
    [
        ("PREFIX ask: <https://example.org/ASK/> SELECT ?s { ?s ask:x 1 }", "Select", "select"),
        ("# SELECT\nASK { ?s ?p 'CONSTRUCT' }", "Ask", "ask"),
        ("construct { ?s ?p ?o } { { SELECT * { ?s ?p ?o } } }", "Construct", "construct"),
    ],
)
def test_the_form_of_a_query_is_read_from_its_text(text: str, kind: str, predicate: str) -> None:
    query = parse_saved_query(text, "x.rq", "x", header=False)
    quads = list(build_query_quads([query]))
    kinds = [quad.object for quad in quads if quad.predicate == RDF.type]
    assert kinds == [SH.SPARQLExecutable, SH[f"SPARQL{kind}Executable"]]
    assert [text_of(quad) for quad in quads if quad.predicate == SH[predicate]] == [text]


def test_a_query_that_shacl_has_no_class_for_is_listed_all_the_same() -> None:
    query = parse_saved_query("DESCRIBE <https://example.org/>", "x.rq", "x", header=False)
    kinds = [quad.object for quad in build_query_quads([query]) if quad.predicate == RDF.type]
    assert kinds == [SH.SPARQLExecutable]


# The release as a whole


def test_descriptions_keep_the_rules_of_a_release(quads: list[Quad]) -> None:
    """No blank nodes, and what they point at under our base is there."""
    own = [quad for quad in quads if home(quad) in DESCRIPTIONS]
    assert {type(term) for quad in own for term in (quad.subject, quad.object)} == {
        NamedNode,
        Literal,
    }
    there = {spo(quad)[0] for quad in quads}
    pointed = {spo(quad)[2] for quad in own}
    assert {iri for iri in pointed if iri.startswith(BASE)} - there == set()


def test_descriptions_pass_the_checks_too(shipped: tuple[Settings, BuildResult]) -> None:
    """The checks run before a release is described; afterwards they find no more."""
    settings, outcome = shipped
    store = Store.read_only(str(outcome.release.store))

    def nowhere(about: str, prop: str) -> tuple[str, int]:
        return about, 0

    found = run_checks(store, load_checks(settings.checks), nowhere)
    codes = {check.code for check in load_checks(settings.checks)}
    assert sorted(f.code for f in found) == sorted(
        f.code for f in outcome.findings if f.code in codes
    )


def test_the_version_stands_in_no_graph(shipped: tuple[Settings, BuildResult]) -> None:
    assert shipped[1].release.name not in shipped[1].release.graph.read_text("utf-8")


@pytest.mark.slow
def test_equal_input_gives_equal_descriptions(
    tiny: Settings, tiny_built: tuple[Settings, BuildResult]
) -> None:
    first = tiny_built[1].release
    assert build(tiny, quiet, unproved=True).release.name == first.name
    assert STATISTICS.value in first.graph.read_text("utf-8")


def test_no_document_may_be_one_of_the_graphs_that_a_build_makes(tiny: Settings) -> None:
    (tiny.data[0] / "queries.csv").write_text("name\nA\n", "utf-8")
    with pytest.raises(DataError) as error:
        build(tiny, quiet)
    (finding,) = error.value.findings
    assert "one that the build makes itself" in finding.message
    assert finding.path.endswith("queries.csv")
