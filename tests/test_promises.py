"""Every invariant and every example of the saved queries can be broken, and is then named."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pyoxigraph import DefaultGraph, Quad, Store

from loader.queries import examples
from loader.queries.contract_check import ContractCheck, check_contract
from loader.queries.query_files import Example, Invariant, SavedQuery, load_saved_queries
from loader.release.build import BuildResult
from loader.settings import Settings
from tests.conftest import PROJECT

QUERIES = load_saved_queries(PROJECT / "sparql" / "queries")
INVARIANTS = [(q, i) for q in QUERIES.values() for i in q.contract.invariants]
ORGANISATION = "https://w3id.org/concordat-kg/id/organisation/"
EXAMPLES = [(q, e) for q in QUERIES.values() for e in q.contract.examples]

PREFIXES = """
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>
PREFIX concept: <https://w3id.org/concordat-kg/concept/keywords/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX id: <https://w3id.org/concordat-kg/id/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX organisation: <https://w3id.org/concordat-kg/id/organisation/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


def without(pattern: str) -> str:
    """The update that takes a triple pattern out of every graph."""
    return f"DELETE {{ GRAPH ?g {{ {pattern} }} }} WHERE {{ GRAPH ?g {{ {pattern} }} }}"


def added(triples: str) -> str:
    """The update that states something more."""
    return f"INSERT DATA {{ GRAPH id:spoilt {{ {triples} }} }}"


def instead(old: str, new: str, where: str = "") -> str:
    """The update that puts one triple pattern in the place of another."""
    return (
        f"DELETE {{ GRAPH ?g {{ {old} }} }} INSERT {{ GRAPH ?g {{ {new} }} }} "
        f"WHERE {{ GRAPH ?g {{ {old} }} {where} }}"
    )


NO_TITLES = without("?thing dcterms:title ?title")
EARLY = instead("?time schema:startDate ?day", '?time schema:startDate "1999"^^xsd:gYear')
A_MEMBERSHIP = "id:new a org:Membership ; org:organization organisation:midlands-innovation ; "

# What spoils an answer: an update of the release, or (old, new) in the text of the query, where
# the query itself is what keeps the invariant.
SPOILT: dict[tuple[str, str], str | tuple[str, str]] = {
    ("beneficiaries-by-principle", "a pair that is listed has a case study"): (
        "(COUNT(DISTINCT ?study) AS ?caseStudies)",
        "(COUNT(DISTINCT ?study) - 1 AS ?caseStudies)",
    ),
    (
        "case-studies",
        "every case study has a title, or a data issue says that it lacks one",
    ): NO_TITLES,
    (
        "case-studies-by-keyword",
        "every keyword of a case study is a concept of a scheme",
    ): without("concept:wellbeing skos:inScheme ?scheme"),
    (
        "case-studies-by-principle",
        "the principle of a case study is a principle of the scheme",
    ): without("?principle a ckg:Principle"),
    ("claims", "a restated text belongs to a claim only"): added(
        'organisation:durham-university ckg:restatement "Durham is of Midlands Innovation."'
    ),
    ("claims", "no claim ends before it begins"): instead(
        "?claim ckg:endLine ?line", "?claim ckg:endLine 0", "GRAPH ?h { ?claim a ckg:Claim }"
    ),
    ("claims", "no claim is an entity of another kind as well"): (
        "INSERT { GRAPH ?g { ?claim a org:Membership } } WHERE { GRAPH ?g { ?claim a ckg:Claim } }"
    ),
    (
        "commitments",
        "every commitment has a verification status, or a data issue says that it has none",
    ): without("?commitment ckg:standing ?standing"),
    ("concept-schemes", "the schemes that tag case studies have concepts"): without(
        "?concept skos:inScheme <https://w3id.org/concordat-kg/scheme/keywords>"
    ),
    (
        "consortia-share-no-member",
        "Durham University is of the N8 and never was of Midlands Innovation",
    ): added(f"{A_MEMBERSHIP} org:member organisation:durham-university"),
    ("data-issue-counts", "the counts add up to the number of data issues"): (
        "(COUNT(DISTINCT ?issue) AS ?issues)",
        "(COUNT(DISTINCT ?issue) + 1 AS ?issues)",
    ),
    ("data-issues", "every issue has one of the three severities"): instead(
        "?issue ckg:severity ?severity", '?issue ckg:severity "grave"'
    ),
    ("institution-identifiers", "every UKPRN has eight digits"): instead(
        "?key skos:notation ?code",
        '?key skos:notation "1234"',
        'GRAPH ?h { ?key ckg:register "UKPRN" }',
    ),
    ("institution-identifiers", "every ROR code is an address of ROR"): instead(
        "?key skos:notation ?code",
        '?key skos:notation "04xs57h96"',
        'GRAPH ?h { ?key ckg:register "ROR" }',
    ),
    ("keyword-frequency", "no keyword is counted more often than there are case studies"): (
        "OPTIONAL { ?study dcterms:subject ?keyword ; a ckg:CaseStudy }",
        "OPTIONAL { ?study ?any ?thing }",
    ),
    ("keywords-by-institution", "a pair that is listed has a case study"): (
        "(COUNT(DISTINCT ?study) AS ?caseStudies)",
        "(COUNT(DISTINCT ?study) - 1 AS ?caseStudies)",
    ),
    ("members-on-a-day", "nobody is listed who joined after the day"): (
        "FILTER (?start >= STR(?memberFrom))",
        "",
    ),
    ("members-on-a-day", "nobody is listed who left before the day"): (
        "FILTER (!BOUND(?memberUntil) || ?end <= STR(?memberUntil))",
        'VALUES ?memberUntil { "2016-11-30" }',
    ),
    ("keywords-without-case-study", "no keyword is listed that a case study has"): (
        "MINUS { ?any a ckg:CaseStudy ;",
        "MINUS { ?any a ckg:Claim ;",
    ),
    (
        "keywords-without-case-study",
        "the keywords that are listed and those of case studies are all keywords",
    ): (
        "skos:inScheme scheme:keywords ; skos:prefLabel ?label .",
        "skos:inScheme scheme:keywords ; skos:prefLabel ?label ; skos:altLabel ?also .",
    ),
    ("case-studies-without-text", "no case study with a text is listed"): (
        "?study ckg:textHeld false ; a ckg:CaseStudy .",
        "?study a ckg:CaseStudy .",
    ),
    ("memberships", "every membership names its member and its consortium"): added(
        f"{A_MEMBERSHIP} org:member organisation:nobody"
    ),
    ("memberships", "no membership ends before it begins"): (
        'INSERT { GRAPH ?g { ?time schema:endDate "2006"^^xsd:gYear } } '
        "WHERE { GRAPH ?g { ?time schema:startDate ?start } }"
    ),
    ("obligation-coverage", "no group has more obligations verified or served than it has"): (
        "(COUNT(DISTINCT ?met) AS ?served)",
        "(COUNT(?obligation) + 1 AS ?served)",
    ),
    ("obligation-coverage", "the groups have the 59 obligations of 2019 between them"): without(
        "<https://w3id.org/concordat-kg/concept/principles/ecf1> a ckg:Obligation"
    ),
    (
        "obligations",
        "every obligation has a principle, a group and a verification",
    ): (without("?obligation ckg:verification ?state")),
    ("obligations", "no code belongs to two obligations"): instead(
        '?obligation skos:notation "ECF2"', '?obligation skos:notation "ECF1"'
    ),
    ("obligations-to-verify", "no obligation is listed that was verified"): (
        'FILTER (!BOUND(?verification) || ?verification != "verified")',
        "",
    ),
    (
        "obligations-to-verify",
        "those that are listed and those that were verified are all obligations",
    ): ('?verification != "verified"', '?verification = "unverified"'),
    (
        "obligations-without-case-study",
        "no obligation is listed that a case study serves",
    ): ("FILTER NOT EXISTS { ?study ckg:obligation ?obligation ; a ckg:CaseStudy }", ""),
    (
        "obligations-without-case-study",
        "those that are listed and those that a case study serves are all obligations",
    ): without("<https://w3id.org/concordat-kg/concept/principles/ecf1> a ckg:Obligation"),
    ("organisations", "an organisation whose kind is known is listed with it"): without(
        "?class rdfs:label ?kind"
    ),
    ("organisations-without-identifier", "no organisation is listed that has an identifier"): (
        "FILTER NOT EXISTS { ?organisation adms:identifier ?key }",
        "",
    ),
    ("organisations-without-identifier", "an organisation that has no identifier is listed"): (
        "a ?class ; skos:prefLabel ?name .",
        "a ?class ; skos:prefLabel ?name ; skos:altLabel ?other .",
    ),
    ("principles", "every principle has case studies and obligations"): without(
        "?study ckg:principle ?principle"
    ),
    ("principles", "no principle has more obligations served than it has"): (
        "(COUNT(DISTINCT ?served) AS ?obligationsServed)",
        "(COUNT(*) + 1 AS ?obligationsServed)",
    ),
    ("sources", "every hash is a SHA-256"): instead(
        "?document ckg:sha256 ?hash", '?document ckg:sha256 "abc"'
    ),
    ("sources", "every document has statements or data issues"): (
        "BIND (COALESCE(?stated, ?counted, 0) AS ?statements)",
        "BIND (0 AS ?statements)",
    ),
    ("nations", "no nation has more organisations with a practice than organisations"): (
        "COUNT(DISTINCT ?active)",
        "1000 + COUNT(DISTINCT ?active)",
    ),
    ("practices-by-keyword", "everything that is listed is a practice"): (
        "?practice a ckg:Practice ; dcterms:subject ?keyword",
        "?practice dcterms:subject ?keyword",
    ),
    ("practices-for-beneficiary", "everything that is listed is a practice"): (
        "?practice a ckg:Practice ; ckg:beneficiary ?group",
        "?practice ckg:beneficiary ?group",
    ),
    ("practices-by-obligation", "every link is printed or our reading"): (
        '"printed in the source"',
        "?none",
    ),
    ("practices-with-evaluation", "nothing below the level is listed"): (
        "FILTER (?level >= ?least)",
        "",
    ),
    ("practices-running-on-a-day", "nothing is listed that began after the day"): (
        "?dayAsStart >= STR(?start) && ",
        "",
    ),
    ("themes-by-year", "no keyword has more practices than began in the year"): (
        "(COUNT(DISTINCT ?practice) AS ?practices)",
        "(COUNT(DISTINCT ?practice) + 1000 AS ?practices)",
    ),
    (
        "framework-elements",
        "every element belongs to a framework that says whether it is complete",
    ): without("?framework ckg:isComplete ?said"),
    (
        "holders-on-a-day",
        "no last event is after the day and no next event before it",
    ): ("STR(?date) <= SUBSTR(STR(?day), 1, STRLEN(STR(?date)))", 'STR(?date) <= "2021"'),
    ("holders-on-a-day", "what ended has a withdrawal as its last event"): (
        "IF(?lastKind = event:withdrawn",
        "IF(?lastKind != event:withdrawn",
    ),
    (
        "signatories-without-practice",
        "no organisation that is listed has a practice or a case study",
    ): (
        "FILTER NOT EXISTS { ?organisation ^ckg:organisation ?practice . "
        "?practice a ckg:Practice }",
        "",
    ),
    (
        "framework-crosswalk",
        "no relation of our own is stated as a relation of SKOS",
    ): (
        "INSERT { GRAPH ?g { ?from ?how ?to } } WHERE { GRAPH ?g { "
        '?mapping ckg:basis "own reading" ; owl:annotatedSource ?from ; '
        "owl:annotatedProperty ?how ; owl:annotatedTarget ?to } }"
    ),
    (
        "obligations-without-practice",
        "no obligation that is listed has a linked practice, case study or action",
    ): (
        "?thing ckg:obligation ?obligation . FILTER",
        "?thing ckg:obligation ?none . ?none a ckg:Claim . FILTER",
    ),
    (
        "environment-profiles",
        "the shares of a profile add up to a hundred, give or take the rounding",
    ): instead("?profile ckg:fourStar ?share", "?profile ckg:fourStar 101.0"),
    ("statements-and-their-sources", "no passage ends before it begins"): instead(
        "?passage ckg:endLine ?line", "?passage ckg:endLine 0"
    ),
}

# What makes rows where the examples expect none, or none like these.
NOT_EMPTY: dict[tuple[str, str], str] = {
    ("case-studies-by-consortium", "with day=2005-12-31"): EARLY,
    ("consortia-share-no-member", "with other=n8-research-partnership"): without(
        "?membership org:member ?member"
    ),
    ("members-on-a-day", "as it stands"): EARLY,
    ("members-on-a-day", "with day=2014-12-31"): EARLY,
    (
        "practices-by-keyword",
        f"with keyword=bullying-and-harassment, institution={ORGANISATION}university-of-glasgow",
    ): added(
        "<https://w3id.org/concordat-kg/id/initiative/birmingham-report-and-support> "
        "ckg:organisation organisation:university-of-glasgow"
    ),
    (
        "practices-for-beneficiary",
        f"with group=technicians, institution={ORGANISATION}cardiff-university",
    ): added(
        "<https://w3id.org/concordat-kg/id/initiative/cardiffmet-technician-commitment-group> "
        "ckg:organisation organisation:cardiff-university"
    ),
    ("practices-for-beneficiary", "with group=technicians, nation=Wales"): added(
        "<https://w3id.org/concordat-kg/id/initiative/bath-cedars-2025> ckg:organisation "
        "organisation:cardiff-university"
    ),
    ("signatories-without-practice", "with register=technician-commitment"): without(
        "?practice a ckg:Practice"
    ),
    ("was-a-member", "with consortium=midlands-innovation"): added(
        f"{A_MEMBERSHIP} org:member organisation:durham-university ; org:memberDuring id:time . "
        'id:time schema:startDate "2015"^^xsd:gYear'
    ),
    ("was-a-member", "with day=2005-12-31"): EARLY,
}


@pytest.fixture(scope="module")
def release(shipped: tuple[Settings, BuildResult]) -> Iterator[Store]:
    yield Store.read_only(str(shipped[1].release.store))


@pytest.fixture(scope="module")
def quads(release: Store) -> list[Quad]:
    """The statements of the release, each in its own graph."""
    return [quad for quad in release if not isinstance(quad.graph_name, DefaultGraph)]


def spoil(quads: list[Quad], update: str) -> Store:
    """A copy of the release after an update."""
    copy = Store()
    copy.bulk_extend(quads)
    copy.update(f"{PREFIXES}{update}")
    changed = len(copy) != len(quads) or any(quad not in copy for quad in quads)
    assert changed, "the update changes nothing"
    return copy


def spoilt(
    query: SavedQuery, change: str | tuple[str, str], release: Store, quads: list[Quad]
) -> ContractCheck:
    """The proof of a query on a spoilt release, or of a spoilt query."""
    if isinstance(change, str):
        return check_contract(query, spoil(quads, change))
    old, new = change
    assert old in query.text
    return check_contract(replace(query, text=query.text.replace(old, new)), release)


def is_of_absence(example: Example) -> bool:
    """Whether the example speaks of rows that must not be there, and so holds of no data."""
    return example.rows == 0 or bool(example.lacks)


def test_enough_is_promised() -> None:
    assert len({query.name for query, _ in INVARIANTS}) >= 20
    given = {query.name for query, example in EXAMPLES if example.given}
    assert given == {query.name for query in QUERIES.values() if query.parameters}


def test_there_is_something_to_spoil_every_invariant() -> None:
    assert SPOILT.keys() == {(query.name, invariant.says) for query, invariant in INVARIANTS}
    empty = {(q.name, examples.describe_example(e)) for q, e in EXAMPLES if is_of_absence(e)}
    assert NOT_EMPTY.keys() == empty


@pytest.mark.parametrize(
    ("query", "invariant"), INVARIANTS, ids=[f"{q.name}: {i.says}" for q, i in INVARIANTS]
)
def test_a_spoilt_answer_breaks_the_invariant(
    query: SavedQuery, invariant: Invariant, release: Store, quads: list[Quad]
) -> None:
    proof = spoilt(query, SPOILT[query.name, invariant.says], release, quads)
    assert not proof.ok
    says = f"it is not true that {invariant.says}"
    assert says in proof.message
    if invariant.none:
        assert f"{says}, as for " in proof.message


@pytest.mark.parametrize(
    ("query", "example"),
    EXAMPLES,
    ids=[f"{q.name}: {examples.describe_example(e)}" for q, e in EXAMPLES],
)
def test_without_the_data_an_example_is_broken(
    query: SavedQuery, example: Example, quads: list[Quad]
) -> None:
    named = examples.describe_example(example)
    if is_of_absence(example):
        proof = check_contract(query, spoil(quads, NOT_EMPTY[query.name, named]))
    else:
        proof = check_contract(query, Store())
    assert not proof.ok
    assert f"{named} it " in proof.message


def test_no_contract_stops_the_data_from_growing() -> None:
    """Data grows, and gaps close: neither a bound on rows nor a number of gaps may stop a build."""
    assert [query.name for query in QUERIES.values() if query.contract.max_rows is not None] == []
    gaps = re.compile(r"-without-|-to-verify$|^data-issue|^unrecognised")
    counted = {query.name: query.contract.min_rows for query in QUERIES.values()}
    assert {name: rows for name, rows in counted.items() if rows and gaps.search(name)} == {}
    exact = [(q.name, e.rows) for q, e in EXAMPLES if e.rows is not None and q.contract.columns]
    assert exact == []


def test_one_row_more_than_there_may_be_breaks_the_contract(release: Store) -> None:
    query = QUERIES["principles"]
    less = replace(query, contract=replace(query.contract, min_rows=0, max_rows=2))
    assert "it gives 3 rows and should give 2 at most" in check_contract(less, release).message
