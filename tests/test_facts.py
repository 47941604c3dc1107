"""The shipped release agrees with the facts it was made from, row by row, and explains itself."""

import csv
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from loader.errors import Finding
from loader.namespaces import (
    ADMS,
    CKG,
    DCTERMS,
    FOAF,
    MADE,
    ORG,
    PROV,
    RDF,
    SCHEMA,
    SKOS,
    thing,
)
from loader.release.build import BuildResult, build
from loader.settings import BASE, Settings
from tests.conftest import PROJECT, link_project, quiet

SEED_CARDS = "000_46700310ad19fabb.txt"
SEED_ARTICLE = "004_585f71dbaea7eb21.txt"
TAGS = {
    "beneficiaries": CKG.beneficiary,
    "stakeholders": CKG.stakeholder,
    "principles": CKG.principle,
    "keywords": DCTERMS.subject,
}
OUTSIDE = "http://data.europa.eu/esco/skill/"


class Graph:
    """Looks things up in a store, every graph taken together; graphs make no difference."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def objects(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode | Literal]:
        found = {quad.object for quad in self.store.quads_for_pattern(subject, predicate, None)}
        return [term for term in found if isinstance(term, NamedNode | Literal)]

    def texts(self, subject: NamedNode, predicate: NamedNode) -> list[str]:
        return sorted(term.value for term in self.objects(subject, predicate))

    def text(self, subject: NamedNode, predicate: NamedNode) -> str:
        """The one value there is, "" where there is none."""
        found = self.texts(subject, predicate)
        assert len(found) < 2, (subject, predicate, found)
        return found[0] if found else ""

    def nodes(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        return [term for term in self.objects(subject, predicate) if isinstance(term, NamedNode)]

    def labels(self, subject: NamedNode, predicate: NamedNode) -> list[str]:
        """The preferred labels of what a property points to, sorted, none left out."""
        return sorted(self.text(node, SKOS.prefLabel) for node in self.nodes(subject, predicate))

    def subjects(self, predicate: NamedNode, value: NamedNode) -> list[NamedNode]:
        found = {quad.subject for quad in self.store.quads_for_pattern(None, predicate, value)}
        return sorted((node for node in found if isinstance(node, NamedNode)), key=str)


def list_alignments(graph: Graph) -> set[tuple[NamedNode, NamedNode, NamedNode]]:
    """Return keyword, kind of match and concept of ESCO for each such match."""
    return {
        (quad.subject, match, quad.object)
        for match in (SKOS.closeMatch, SKOS.relatedMatch, SKOS.exactMatch, SKOS.broadMatch)
        for quad in graph.store.quads_for_pattern(None, match, None)
        if isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode)
        and quad.object.value.startswith(OUTSIDE)
        and quad.subject.value.startswith(BASE + "concept/keywords/")
    }


@pytest.fixture(scope="module")
def graph(shipped: tuple[Settings, BuildResult]) -> Graph:
    return Graph(Store.read_only(str(shipped[1].release.store)))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def listed(cell: str, separator: str = " | ") -> list[str]:
    return sorted(item for item in cell.split(separator) if item)


# Row by row


@pytest.mark.shared
def test_the_case_studies_are_the_fifteen_of_the_facts(graph: Graph, shared: Path) -> None:
    rows = table(shared / "facts" / "case-studies.csv")
    wanted = {
        # A title that was not seen on the page is no title.
        "" if "title not seen" in row["title"] else row["title"]: (
            [row["institution"]],
            [row["source_url"]] if row["source_url"] else [],
            {name: listed(row[name]) for name in TAGS},
        )
        for row in rows
    }
    assert len(rows) == len(wanted) == 15
    studies = graph.subjects(RDF.type, CKG.CaseStudy)
    published = {
        graph.text(study, DCTERMS.title): (
            graph.labels(study, CKG.organisation),
            graph.texts(study, DCTERMS.source),
            {name: graph.labels(study, predicate) for name, predicate in TAGS.items()},
        )
        for study in studies
    }
    assert len(studies) == 15
    assert published == wanted


@pytest.mark.shared
def test_only_case_studies_whose_text_is_held_have_an_abstract(graph: Graph, shared: Path) -> None:
    rows = table(shared / "facts" / "case-studies.csv")
    prose = (shared / "seeds" / SEED_CARDS).read_text("utf-8")
    for study in graph.subjects(RDF.type, CKG.CaseStudy):
        held = graph.text(study, DCTERMS.title) in [row["title"] for row in rows[:3]]
        abstract = graph.text(study, DCTERMS.abstract)
        assert bool(abstract) == held
        assert graph.texts(study, CKG.textHeld) == ([] if held else ["false"])
        words = abstract.split()
        runs = (" ".join(words[n : n + 8]) for n in range(len(words) - 7))
        assert [run for run in runs if run in prose] == [], "an abstract is in our own words"


@pytest.mark.shared
def test_the_organisations_are_those_of_the_facts(graph: Graph, shared: Path) -> None:
    rows = table(shared / "facts" / "organisations.csv")
    assert len(rows) == 35
    for row in rows:
        (node,) = [
            node
            for node in graph.subjects(RDF.type, ORG.FormalOrganization)
            if graph.text(node, SKOS.prefLabel) == row["name"]
        ]
        assert {*listed(row["alt_names"], "; ")} <= {*graph.texts(node, SKOS.altLabel)}
        assert (
            identifiers(graph, node).items()
            >= {
                register: row[name]
                for register, name in (("ROR", "ror"), ("Wikidata", "wikidata"), ("UKPRN", "ukprn"))
                if row[name]
            }.items()
        )
        matches = sorted(filter(None, (row["ror"], row["wikidata"])))
        assert {*matches} <= {*graph.texts(node, SKOS.exactMatch)}
        assert graph.texts(node, FOAF.homepage) == listed(row["homepage"])
        # The N8 itself gives 2006, and so do the rows on memberships; the older list said 2007.
        since = "2006" if row["member_from"] == "2007" else row["member_from"]
        if row["consortium"]:
            assert (row["consortium"], since) in memberships(graph, node)


def identifiers(graph: Graph, node: NamedNode) -> dict[str, str]:
    keys = graph.nodes(node, ADMS.identifier)
    found = {graph.text(key, CKG.register): graph.text(key, SKOS.notation) for key in keys}
    assert len(found) == len(keys)
    return found


def memberships(graph: Graph, node: NamedNode) -> list[tuple[str, str]]:
    """The consortium and the start of each membership of an organisation."""
    return sorted(
        (
            graph.labels(membership, ORG.organization)[0],
            "".join(
                graph.text(interval, SCHEMA.startDate)
                for interval in graph.nodes(membership, ORG.memberDuring)
            ),
        )
        for membership in graph.subjects(ORG.member, node)
    )


@pytest.mark.shared
def test_the_obligations_are_the_59_of_the_facts(graph: Graph, shared: Path) -> None:
    rows = table(shared / "facts" / "obligations.csv")
    obligations = graph.subjects(RDF.type, CKG.Obligation)
    assert len(rows) == len(obligations) == 59
    published = {
        graph.text(node, SKOS.notation): (
            graph.labels(node, SKOS.broader),
            graph.text(node, CKG.responsibleGroup),
            graph.text(node, CKG.verification),
        )
        for node in obligations
    }
    assert published == {
        row["code"]: ([row["principle"]], row["responsible_group"], row["verification"])
        for row in rows
    }
    for row in rows:
        node = NamedNode(f"{BASE}concept/principles/{row['code'].lower()}")
        gloss, given = (
            set(re.findall(r"\w+", text.lower()))
            for text in (graph.text(node, SKOS.definition), row["gloss"])
        )
        assert len(gloss & given) >= 0.7 * len(given), row["code"]


@pytest.mark.shared
def test_the_terms_are_those_of_the_tick_lists(graph: Graph, shared: Path) -> None:
    for row in table(shared / "facts" / "tag-vocabularies.csv"):
        scheme = NamedNode(f"{BASE}scheme/{row['scheme']}")
        labels = [
            graph.text(node, SKOS.prefLabel) for node in graph.subjects(SKOS.inScheme, scheme)
        ]
        assert labels.count(row["label"]) == 1, row


@pytest.mark.shared
def test_the_alignments_of_the_facts_are_there(graph: Graph, shared: Path) -> None:
    text = (shared / "facts" / "programmes.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+?) \| `(\S+)` \| (.+?) \((\S+)\) \|$", text, re.MULTILINE)
    assert len(rows) == 6
    published = {
        (
            graph.text(keyword, SKOS.prefLabel),
            other.value,
            graph.text(other, SKOS.prefLabel),
            graph.text(other, SKOS.notation),
        )
        for keyword, _, other in list_alignments(graph)
    }
    assert set(rows) <= published


def test_an_alignment_claims_no_identity_and_names_a_labelled_concept(graph: Graph) -> None:
    alignments = list_alignments(graph)
    assert len(alignments) == 21, "add none whose label and IRI were not read together"
    assert {match for _, match, _ in alignments} == {SKOS.closeMatch, SKOS.relatedMatch}
    assert all(graph.text(other, SKOS.prefLabel) for _, _, other in alignments)
    labels = {
        (graph.text(a, SKOS.prefLabel), graph.text(b, SKOS.prefLabel)) for a, _, b in alignments
    }
    assert labels >= {
        ("Coaching", "coaching and mentoring"),
        ("Interdisciplinarity", "conduct research across disciplines"),
    }


# What the sources get wrong

DEFECTS = {
    "title-body-mismatch": "N8",
    "not-a-member": "Durham",
    "unresolved-reference": "placeholder",
    "repeated-summary": "second summary",
    "untraced-detail": "hydrogen",
    "garbled-text": "institutions",
}


def test_the_six_defects_of_the_article_are_data_issues(graph: Graph) -> None:
    document = NamedNode(f"{BASE}graph/initiatives-midlands-innovation-pledge")
    issues = [
        issue
        for issue in graph.subjects(RDF.type, CKG.DataIssue)
        if graph.nodes(issue, PROV.wasDerivedFrom) == [document]
    ]
    found = {graph.text(issue, CKG.code): issue for issue in issues}
    assert set(found) >= set(DEFECTS)
    for code, word in DEFECTS.items():
        assert word in graph.text(found[code], CKG.message)
        assert graph.text(found[code], CKG.severity) == "warning"
        assert graph.nodes(found[code], CKG.about)


def test_nothing_joins_durham_with_midlands_innovation(graph: Graph) -> None:
    durham = thing("organisation", "durham-university")
    midlands = thing("organisation", "midlands-innovation")
    joined = neighbours(graph, durham).keys() & neighbours(graph, midlands).keys()
    assert durham not in neighbours(graph, midlands)
    # Only claims may speak of both, and each says how far it is borne out.
    for node in joined:
        assert graph.nodes(node, RDF.type) == [CKG.Claim], node
        assert graph.nodes(node, CKG.standing)[0] in (CKG["False"], CKG.Disputed), node
    assert joined
    assert memberships(graph, durham) == [
        ("1994 Group", ""),
        ("N8 Research Partnership", "2006"),
        ("Russell Group", "2012-08"),
    ]


def neighbours(graph: Graph, node: NamedNode) -> dict[NamedNode, NamedNode]:
    """What one statement links to a thing, but for passages, and prose that names the thing."""
    speech = (CKG.mentions, CKG.statementSubject, CKG.statementObject)
    found: dict[NamedNode, NamedNode] = {}
    for quad in graph.store.quads_for_pattern(node, None, None):
        if isinstance(quad.object, NamedNode):
            found[quad.object] = quad.predicate
    for quad in graph.store.quads_for_pattern(None, None, node):
        if quad.predicate not in speech and isinstance(quad.subject, NamedNode):
            found[quad.subject] = quad.predicate
    return found


def test_what_the_article_says_is_never_a_plain_fact(graph: Graph) -> None:
    pledge = thing("initiative", "midlands-innovation-pledge")
    assert graph.nodes(pledge, CKG.organisation) == []
    commitments = graph.nodes(pledge, CKG.commitment)
    assert len(commitments) == 8
    claims = graph.subjects(RDF.type, CKG.Claim)
    for node in (*commitments, *claims):
        assert len(graph.nodes(node, CKG.standing)) == 1
        assert graph.texts(node, CKG.evidence)
        assert graph.nodes(node, CKG.organisation) == []
    for claim in claims:
        assert graph.text(claim, CKG.restatement)
    document = NamedNode(f"{BASE}graph/initiatives-midlands-innovation-pledge")
    assert graph.nodes(document, CKG.trust) == [CKG.Low]


# Programmes and consortia, as programmes.md has them


@pytest.mark.parametrize(
    ("slug", "predicate", "value"),
    [
        ("talent-programme", CKG.announced, "2020-02"),
        ("talent-programme", SCHEMA.startDate, "2020-03"),
        ("talent-programme", SCHEMA.endDate, "2025-02-28"),
        ("talent-commission-report", DCTERMS.issued, "2022-02"),
        ("technician-commitment", SCHEMA.startDate, "2017-05"),
        ("researcher-development-concordat", SCHEMA.startDate, "2019-09"),
    ],
)
def test_dates_are_as_exact_as_they_are_known(
    graph: Graph, slug: str, predicate: NamedNode, value: str
) -> None:
    (date,) = graph.objects(thing("initiative", slug), predicate)
    assert isinstance(date, Literal)
    kinds = {4: "gYear", 7: "gYearMonth", 10: "date"}
    assert (date.value, date.datatype.value.rsplit("#")[-1]) == (value, kinds[len(value)])


def test_figures_are_those_that_were_read(graph: Graph) -> None:
    practices = NamedNode(f"{BASE}graph/practices-practice-figures")
    figures = [
        figure
        for figure in graph.subjects(RDF.type, CKG.Figure)
        if not [*graph.store.quads_for_pattern(figure, None, None, practices)]
    ]
    assert sorted(graph.text(figure, CKG.figureValue) for figure in figures) == [
        "16",
        "4990000",
        "747",
        "82",
    ]


def test_no_name_of_the_framework_is_the_name_of_the_data_format(graph: Graph) -> None:
    framework = thing("initiative", "vitae-researcher-development-framework")
    said = [term.value for quad in about(graph, framework) if (term := literal(quad))]
    assert said and not any(re.search(r"\bRDF\b", text) for text in said)


def about(graph: Graph, node: NamedNode) -> Iterator[Quad]:
    return graph.store.quads_for_pattern(node, None, None)


def literal(quad: Quad) -> Literal | None:
    return quad.object if isinstance(quad.object, Literal) else None


# Where every statement comes from


ANY_PROPERTY: list[NamedNode | None] = [None]
"""The properties of a passage that names none: it explains them all."""


def test_every_statement_has_a_passage(graph: Graph) -> None:
    explained = {
        (
            graph.nodes(passage, PROV.wasQuotedFrom)[0],
            quad.object,
            predicate,
            next(
                (
                    q.object
                    for q in graph.store.quads_for_pattern(passage, CKG.statementObject, None)
                ),
                None,
            ),
        )
        for passage in graph.subjects(RDF.type, CKG.Passage)
        for quad in graph.store.quads_for_pattern(passage, CKG.statementSubject, None)
        for predicate in graph.nodes(passage, CKG.statementProperty) or ANY_PROPERTY
    }
    assert len(explained) > 1000
    unexplained = [
        quad
        for quad in graph.store
        if isinstance(quad.graph_name, NamedNode)
        and quad.graph_name not in MADE
        and not {
            (quad.graph_name, quad.subject, quad.predicate, quad.object),
            (quad.graph_name, quad.subject, quad.predicate, None),
            (quad.graph_name, quad.subject, None, None),
        }
        & explained
    ]
    assert unexplained == []


def test_every_passage_stands_where_it_says(graph: Graph) -> None:
    lines: dict[NamedNode, list[str]] = {}
    for document in graph.subjects(RDF.type, CKG.SourceDocument):
        name = graph.text(document, CKG.sourceFile)
        path = PROJECT / name if name.startswith("ontology/") else PROJECT / "data" / name
        lines[document] = path.read_text("utf-8").splitlines()
        assert len(lines[document]) == int(graph.text(document, CKG.lineCount)), name
    quoted = 0
    for passage in graph.subjects(RDF.type, CKG.Passage):
        (document,) = graph.nodes(passage, PROV.wasQuotedFrom)
        start = int(graph.text(passage, CKG.startLine))
        end = int(graph.text(passage, CKG.endLine))
        assert 1 <= start <= end <= len(lines[document]), passage
        printed = " ".join("\n".join(lines[document][start - 1 : end]).split())
        words = " ".join(graph.text(passage, PROV.value).split())
        quoted += bool(words)
        printed = printed.replace('""', '"').replace(" | ", " ")
        assert words.replace(" | ", " ") in printed, passage
    assert quoted > 100


# The seeds, read as they are


@pytest.fixture(scope="module")
def seeds(
    shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Graph, tuple[Finding, ...]]:
    """A release of nothing but the two source documents and the table of organisations."""
    root = tmp_path_factory.mktemp("seeds")
    data = root / "data"
    shutil.copytree(shared / "seeds", data)
    for name in ("organisations.csv", "memberships.csv"):
        shutil.copy(PROJECT / "data" / name, data)
    settings = Settings(link_project(root / "project"), (data,), root / "build")
    outcome = build(settings, quiet)
    return Graph(Store.read_only(str(outcome.release.store))), outcome.findings


@pytest.mark.slow
@pytest.mark.shared
def test_the_cards_have_exactly_the_tags_of_the_facts(
    seeds: tuple[Graph, tuple[Finding, ...]], shared: Path
) -> None:
    graph, _ = seeds
    rows = table(shared / "facts" / "case-studies.csv")[:3]
    studies = graph.subjects(RDF.type, CKG.CaseStudy)
    assert len(studies) == 3
    for study, row in zip(studies, rows, strict=True):
        for name, predicate in TAGS.items():
            assert graph.labels(study, predicate) == listed(row[name])
        assert graph.texts(study, CKG.unrecognisedText) == []
        assert graph.text(study, DCTERMS.abstract)


@pytest.mark.shared
def test_institutions_are_found_in_the_cards_and_never_guessed(
    seeds: tuple[Graph, tuple[Finding, ...]],
) -> None:
    graph, findings = seeds
    first, second, third = graph.subjects(RDF.type, CKG.CaseStudy)
    assert graph.labels(first, CKG.organisation) == ["Institute of Cancer Research"]
    assert graph.labels(second, CKG.organisation) == ["University of Liverpool"]
    assert graph.labels(third, CKG.organisation) == []
    (missing,) = [finding for finding in findings if finding.code == "no-institution"]
    assert missing.about == third.value
    (evidence,) = [
        passage
        for passage in graph.subjects(CKG.statementSubject, first)
        if CKG.organisation in graph.nodes(passage, CKG.statementProperty)
    ]
    assert graph.text(evidence, PROV.value) == "ICR"
    assert graph.nodes(evidence, CKG.rule) == [CKG.AcronymInProse]


@pytest.mark.shared
def test_the_article_is_commitments_and_claims_of_no_standing(
    seeds: tuple[Graph, tuple[Finding, ...]],
) -> None:
    graph, findings = seeds
    commitments = graph.subjects(RDF.type, CKG.Commitment)
    claims = graph.subjects(RDF.type, CKG.Claim)
    assert len(commitments) == 8
    assert claims
    for node in (*commitments, *claims):
        assert graph.nodes(node, CKG.standing) == [CKG.Unsupported]
    codes = Counter(finding.code for finding in findings if Path(finding.path).name == SEED_ARTICLE)
    assert codes["unresolved-reference"] == 3
    assert codes["title-body-mismatch"] == codes["not-a-member"] == 1
    assert codes["repeated-summary"] >= 1
    durham = thing("organisation", "durham-university")
    assert ("N8 Research Partnership", "2006") in memberships(graph, durham)
