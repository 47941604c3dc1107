"""The vocabulary: every term is documented and used, every concept defined, every shape proved."""

import csv
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from loader.document import Rule
from loader.namespaces import slugify
from tests.each_case import check_each

PROJECT = Path(__file__).parents[1]
ONTOLOGY = PROJECT / "ontology"
BASE = "https://w3id.org/concordat-kg/"
CKG = BASE + "ontology#"
SHAPE = BASE + "shape/"
ORIGIN = URIRef(CKG + "origin")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
TAG_SCHEMES = ("keywords", "beneficiaries", "stakeholders", "principles")
SCHEMES = (
    *TAG_SCHEMES,
    *("practice-kinds", "evidence-levels", "statuses", "event-kinds", "nations"),
)
FREE_TEXT = (
    "Academic careers",
    "Managers of researchers",
    "Networking",
    "Principal investigators",
    "Probation",
)
"""Keywords printed in lists of the Platform of Practice that the shared facts do not hold."""


@cache
def load(name: str) -> Graph:
    return Graph().parse(ONTOLOGY / name, format="turtle")


def scheme(name: str) -> Graph:
    return load(f"schemes/{name}.ttl")


def concepts(graph: Graph) -> list[URIRef]:
    return [c for c in graph.subjects(RDF.type, SKOS.Concept) if isinstance(c, URIRef)]


def defined(*kinds: URIRef) -> set[str]:
    return {str(t) for kind in kinds for t in load("concordat.ttl").subjects(RDF.type, kind)}


def used(folder: Path, suffixes: tuple[str, ...]) -> set[str]:
    """The ``ckg:`` names in the files of a folder: prefixed, in full, or as ``CKG.name``."""
    name = r"(?:\bckg:|ontology#|\bCKG\.(?!base\b)|\bCKG\[\")([A-Za-z]\w*)"
    return {
        CKG + found
        for path in folder.rglob("*")
        if path.suffix in suffixes and path.is_file()
        for found in re.findall(name, path.read_text(encoding="utf-8"))
    }


# The terms


def test_every_term_has_a_label_a_comment_an_example_and_a_home() -> None:
    check_each(sorted(defined(*KINDS, OWL.NamedIndividual)), check_term)


def check_term(term: str) -> None:
    """Check what the vocabulary says of a term."""
    graph, node = load("concordat.ttl"), URIRef(term)
    for predicate in (RDFS.label, RDFS.comment):
        (value,) = graph.objects(node, predicate)
        assert isinstance(value, Literal) and value.language == "en" and value.strip()
    assert graph.value(node, RDFS.isDefinedBy) == URIRef(BASE + "ontology")
    assert str(graph.value(node, RDFS.comment)).endswith(".")
    (example,) = graph.objects(node, SKOS.example)
    assert isinstance(example, Literal)
    triples = Graph().parse(data=f"{prefixes()}\n{example}", format="turtle", publicID=BASE)
    assert any(node in triple for triple in triples), f"the example does not use {term}"


@cache
def prefixes() -> str:
    graph = load("prefixes.ttl")
    pairs = [(p, graph.value(node, SH.namespace)) for node, p in graph.subject_objects(SH.prefix)]
    return "\n".join(f"@prefix {p}: <{n}> ." for p, n in pairs)


def test_subclasses_are_those_of_the_design() -> None:
    graph = load("concordat.ttl")

    def below(name: str) -> set[str]:
        return {str(c).removeprefix(CKG) for c in graph.subjects(RDFS.subClassOf, URIRef(name))}

    initiatives = {"Programme", "Scheme", "Pledge", "Report", "Award", "Resource", "Practice"}
    assert below(CKG + "Initiative") == initiatives
    formal = {"Institution", "Funder", "SectorBody", "PublicBody"}
    assert below("http://www.w3.org/ns/org#FormalOrganization") == formal
    assert below(CKG + "Institution") == {"ResearchInstitute"}
    assert below("http://www.w3.org/ns/org#OrganizationalCollaboration") == {"Consortium"}
    assert below(str(SKOS.Concept)) == {"Principle", "Obligation", "FrameworkElement"}
    assert below(str(SKOS.ConceptScheme)) == {"Framework"}
    assert below("http://www.w3.org/ns/prov#Entity") == {"SourceDocument", "Passage"}


def test_every_rule_of_the_loader_is_an_individual_with_an_origin() -> None:
    graph = load("concordat.ttl")
    origins = {
        str(rule).removeprefix(CKG): str(graph.value(rule, ORIGIN))
        for rule in graph.subjects(RDF.type, URIRef(CKG + "Rule"))
    }
    assert set(origins) == {rule.value for rule in Rule}
    assert set(origins.values()) == {"source", "curator", "rule"}
    assert origins["CuratorStatement"] == "curator"


@pytest.mark.parametrize(
    ("folder", "suffixes"),
    [
        ("ontology", (".ttl", ".toml")),
        ("sparql", (".rq",)),
        ("data", (".ttl", ".trig", ".md", ".csv", ".tsv", ".yaml", ".toml")),
        ("loader", (".py",)),
        ("query_ui", (".py", ".html")),
    ],
)
def test_every_term_that_is_used_is_defined(folder: str, suffixes: tuple[str, ...]) -> None:
    assert used(PROJECT / folder, suffixes) <= defined(*KINDS, OWL.NamedIndividual)


def test_every_class_and_property_is_used() -> None:
    graph = load("concordat.ttl")
    stated = used(PROJECT / "data", (".ttl", ".toml")) | used(ONTOLOGY / "schemes", (".ttl",))
    stated |= used(ONTOLOGY / "tables", (".toml",))
    listed = {
        str(c)
        for i in graph.subjects(RDF.type, OWL.NamedIndividual)
        for c in graph.objects(i, RDF.type)
    }
    assert defined(*KINDS) <= stated | listed | used(PROJECT / "loader", (".py",))


# The schemes


@pytest.mark.parametrize("name", SCHEMES)
def test_every_concept_is_labelled_and_defined_in_its_scheme(name: str) -> None:
    graph, home = scheme(name), URIRef(f"{BASE}scheme/{name}")
    for concept in concepts(graph):
        (label,) = graph.objects(concept, SKOS.prefLabel)
        (definition,) = graph.objects(concept, SKOS.definition)
        assert isinstance(label, Literal) and label.language == "en"
        assert isinstance(definition, Literal) and definition.language == "en"
        assert list(graph.objects(concept, SKOS.inScheme)) == [home]
        assert concept == URIRef(f"{BASE}concept/{name}/{slugify(label)}")


@pytest.mark.shared
@pytest.mark.parametrize("name", TAG_SCHEMES)
def test_the_labels_of_the_sources_are_there_with_their_status(name: str, shared: Path) -> None:
    with (shared / "facts" / "tag-vocabularies.csv").open(encoding="utf-8", newline="") as file:
        wanted = {r["label"]: r["status"] for r in csv.DictReader(file) if r["scheme"] == name}
    graph = scheme(name)
    if name == "keywords":
        assert len(wanted) == 28
        wanted |= dict.fromkeys(FREE_TEXT, "free text, seen in the wild")
    found = {
        str(graph.value(c, SKOS.prefLabel)): {str(n) for n in graph.objects(c, SKOS.editorialNote)}
        for c in concepts(graph)
        if (c, ORIGIN, None) not in graph
    }
    assert found.keys() == wanted.keys()
    assert all(status in found[label] for label, status in wanted.items())


def test_what_the_project_added_to_the_keywords_says_so() -> None:
    graph = scheme("keywords")
    tops = set(graph.subjects(SKOS.topConceptOf, URIRef(BASE + "scheme/keywords")))
    added = set(graph.subjects(ORIGIN, Literal("curator")))
    assert tops < added and len(added) == 34
    assert all((concept, SKOS.historyNote, None) in graph for concept in added)


def test_the_evidence_levels_are_in_order() -> None:
    graph = scheme("evidence-levels")
    (first,) = graph.objects(None, SKOS.memberList)
    listed = [*graph.items(first)]
    assert len(listed) == 6
    assert [int(str(graph.value(one, URIRef(CKG + "position")))) for one in listed] == [*range(6)]
    assert str(graph.value(listed[0], SKOS.prefLabel)) == "None reported"


@pytest.mark.parametrize(
    ("name", "label", "slug"),
    [
        ("keywords", "EDI", "equality-diversity-and-inclusion"),
        ("keywords", "ECR", "early-career-researchers"),
        ("keywords", "ECRs", "early-career-researchers"),
        ("keywords", "PIs", "principal-investigators"),
        ("keywords", "Technical skills", "technical-careers-and-skills"),
        ("beneficiaries", "PhD students", "postgraduate-researchers"),
        ("beneficiaries", "PGRs", "postgraduate-researchers"),
        ("beneficiaries", "RTPs", "technicians"),
        ("beneficiaries", "RSEs", "research-software-engineers"),
    ],
)
def test_a_usual_other_name_is_an_alternative_label(name: str, label: str, slug: str) -> None:
    found = list(scheme(name).subjects(SKOS.altLabel, Literal(label, lang="en")))
    assert found == [URIRef(f"{BASE}concept/{name}/{slug}")]


@pytest.mark.parametrize(
    ("narrower", "broader"),
    [
        ("reproducibility", "open-research"),
        ("career-breaks", "parental-and-carer-leave"),
        ("narrative-cvs", "research-assessment"),
        ("researcher-voice", "staff-voice"),
        ("principal-investigators", "managers-of-researchers"),
    ],
)
def test_a_special_keyword_stands_below_the_general_one(narrower: str, broader: str) -> None:
    home = f"{BASE}concept/keywords/"
    found = list(scheme("keywords").objects(URIRef(home + narrower), SKOS.broader))
    assert found == [URIRef(home + broader)]


def above(graph: Graph, concept: URIRef) -> set[Node | None]:
    return set(graph.transitive_objects(concept, SKOS.broader)) - {concept}


@pytest.mark.parametrize("name", SCHEMES)
def test_the_hierarchy_is_sound(name: str) -> None:
    graph, home = scheme(name), URIRef(f"{BASE}scheme/{name}")
    for concept in concepts(graph):
        broader = list(graph.objects(concept, SKOS.broader))
        assert concept not in {
            x for b in broader for x in graph.transitive_objects(b, SKOS.broader)
        }
        assert all((b, SKOS.narrower, concept) in graph for b in broader)
        assert ((concept, SKOS.topConceptOf, home) in graph) == (not broader)
        assert ((home, SKOS.hasTopConcept, concept) in graph) == (not broader)
        for other in graph.objects(concept, SKOS.related):
            assert isinstance(other, URIRef) and (other, SKOS.related, concept) in graph
            assert other not in above(graph, concept) and concept not in above(graph, other)
    assert all((n, SKOS.broader, b) in graph for b, n in graph.subject_objects(SKOS.narrower))


def labels(graph: Graph) -> Iterator[tuple[str, ...]]:
    for predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
        for concept in concepts(graph):
            yield from (tuple(str(o).casefold().split()) for o in graph.objects(concept, predicate))


@pytest.mark.parametrize("name", SCHEMES)
def test_no_label_is_shared_or_arises_where_two_printed_terms_meet(name: str) -> None:
    graph = scheme(name)
    every = list(labels(graph))
    assert len(every) == len(set(every))
    printed = [
        tuple(str(graph.value(c, SKOS.prefLabel)).casefold().split())
        for c in concepts(graph)
        if (c, ORIGIN, None) not in graph
    ]
    for first, second in product(printed, printed):
        line = first + second
        for start in range(len(first)):
            for end in range(len(first) + 1, len(line) + 1):
                whole = (start, end) == (0, len(line))
                assert whole or line[start:end] not in every, f"{line[start:end]} in {line}"


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_says_what_it_is_and_on_what_terms(name: str) -> None:
    graph, home = scheme(name), URIRef(f"{BASE}scheme/{name}")
    terms = "http://purl.org/dc/terms/"
    for needed in ("title", "description", "source"):
        assert graph.value(home, URIRef(terms + needed))
    licence = URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert graph.value(home, URIRef(terms + "license")) == licence
    assert (home, RDF.type, SKOS.ConceptScheme) in graph


@pytest.mark.shared
def test_the_notations_of_the_principles_begin_the_codes_of_their_obligations(shared: Path) -> None:
    graph = scheme("principles")
    notations = {
        str(graph.value(c, SKOS.prefLabel)): str(graph.value(c, SKOS.notation))
        for c in concepts(graph)
    }
    with (shared / "facts" / "obligations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 59
    for row in rows:
        assert re.fullmatch(notations[row["principle"]] + r"[IFMR]\d+", row["code"])
