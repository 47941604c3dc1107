"""The auditor: twenty-five contradictions are all found, and a clean set has none."""

import pytest

from loader.errors import Severity
from loader.settings import BASE
from loader.validation import Claim, audit_links

SKOS = "http://www.w3.org/2004/02/skos/core#"
ROR = "https://ror.org/"
WD = "http://www.wikidata.org/entity/"
OURS = f"{BASE}id/organisation/"
CONCEPT = f"{BASE}concept/keywords/"


def exact(subject: str, target: str, negated: bool = False) -> Claim:
    return Claim(subject, f"{SKOS}exactMatch", target, negated)


def other(kind: str, subject: str, target: str) -> Claim:
    return Claim(subject, f"{SKOS}{kind}Match", target)


CLEAN = [
    exact(f"{OURS}leeds", f"{ROR}024mrxd33"),
    Claim(f"{OURS}leeds", "ROR", f"{ROR}024mrxd33"),
    exact(f"{OURS}leeds", f"{WD}Q503424"),
    Claim(f"{OURS}leeds", "UKPRN", "10007795"),
    exact(f"{OURS}york", f"{ROR}04m01e293"),
    Claim(f"{OURS}york", "UKPRN", "10007167"),
    Claim(f"{OURS}york", "ISNI", "0000 0001 0462 7212"),
    exact(f"{CONCEPT}wellbeing", "http://data.europa.eu/esco/skill/a"),
    other("close", f"{CONCEPT}mentorship", "http://data.europa.eu/esco/skill/b"),
    other("broad", f"{CONCEPT}mentorship", "http://data.europa.eu/esco/skill/c"),
    other("related", f"{CONCEPT}training", "http://data.europa.eu/esco/skill/b"),
    exact("University of Leeds", f"{OURS}leeds"),
    exact("Leeds University", f"{OURS}leeds"),
    exact("Leeds Uni", f"{OURS}york", negated=True),
]
WITHDRAWN = {f"{ROR}01kj2bm70": [f"{ROR}04m01e293"], f"{ROR}0524sp257": []}

SEEDED = {
    "a slip in a ROR": ([exact(f"{OURS}hull", f"{ROR}04nkhwh31")], "bad-check-digit"),
    "a swap in a ROR": ([exact(f"{OURS}hull", f"{ROR}04nkhhw30")], "bad-check-digit"),
    "a slip in an ISNI": (
        [Claim(f"{OURS}hull", "ISNI", "0000 0001 0462 7213")],
        "bad-check-digit",
    ),
    "a slip in an ORCID": (
        [exact(f"{BASE}id/person/a", "https://orcid.org/0000-0002-1694-2339")],
        "bad-check-digit",
    ),
    "a slip in an ISNI address": (
        [exact(f"{OURS}hull", "https://isni.org/isni/0000000104627213")],
        "bad-check-digit",
    ),
    "a ROR too short": ([exact(f"{OURS}hull", f"{ROR}04nkhwh3")], "bad-identifier"),
    "a ROR with a letter it cannot have": (
        [exact(f"{OURS}hull", f"{ROR}04nkhwi30")],
        "bad-identifier",
    ),
    "a UKPRN of seven digits": ([Claim(f"{OURS}hull", "UKPRN", "1000714")], "bad-identifier"),
    "a UKPRN that begins with 2": (
        [Claim(f"{OURS}hull", "UKPRN", "20007149")],
        "bad-identifier",
    ),
    "a UKPRN as a URN with a letter": (
        [exact(f"{OURS}hull", "urn:ukprn:1000714x")],
        "bad-identifier",
    ),
    "a property of Wikidata": ([exact(f"{OURS}hull", f"{WD}P17")], "bad-identifier"),
    "a Wikidata item without a number": ([exact(f"{OURS}hull", f"{WD}Q")], "bad-identifier"),
    "a UUID cut short": (
        [exact(f"{OURS}hull", "https://gtr.ukri.org/organisation/81F0D8A0-9D8E")],
        "bad-identifier",
    ),
    "two of ours with one ROR": ([exact(f"{OURS}hull", f"{ROR}024mrxd33")], "two-to-one"),
    "two of ours with one ROR written otherwise": (
        [exact(f"{OURS}hull", "https://www.ror.org/024MRXD33/")],
        "two-to-one",
    ),
    "two of ours with one UKPRN": ([Claim(f"{OURS}hull", "UKPRN", "10007795")], "two-to-one"),
    "two concepts of ours with one of theirs": (
        [exact(f"{CONCEPT}health", "http://data.europa.eu/esco/skill/a")],
        "two-to-one",
    ),
    "one of ours with two RORs": ([exact(f"{OURS}leeds", f"{ROR}04nkhwh30")], "one-to-two"),
    "one of ours with two items": ([exact(f"{OURS}leeds", f"{WD}Q42")], "one-to-two"),
    "one of ours with two UKPRNs": ([Claim(f"{OURS}leeds", "UKPRN", "10007149")], "one-to-two"),
    "a name that means two": ([exact("University of Leeds", f"{OURS}york")], "one-to-two"),
    "the same stated and denied": (
        [exact(f"{OURS}leeds", f"{ROR}024mrxd33", negated=True)],
        "denied",
    ),
    "exact and broader by a chain": (
        [
            exact(f"{CONCEPT}mentorship", "http://other.example/m"),
            exact("http://other.example/m", "http://data.europa.eu/esco/skill/c"),
        ],
        "clash",
    ),
    "two institutions joined by a chain": ([exact(f"{ROR}04m01e293", f"{WD}Q503424")], "joined"),
    "a withdrawn record": ([exact(f"{OURS}hull", f"{ROR}01kj2bm70")], "withdrawn"),
}


def test_there_are_twenty_five() -> None:
    assert len(SEEDED) == 25


def test_a_clean_set_has_no_contradiction() -> None:
    assert audit_links(CLEAN, WITHDRAWN) == []


@pytest.mark.parametrize(("claims", "code"), SEEDED.values(), ids=SEEDED)
def test_each_contradiction_is_found(claims: list[Claim], code: str) -> None:
    found = audit_links([*CLEAN, *claims], WITHDRAWN)
    assert code in {verdict.code for verdict in found}
    assert all(verdict.message.endswith(".") for verdict in found)


def test_the_order_of_the_links_does_not_matter() -> None:
    everything = [*CLEAN, *(claim for claims, _ in SEEDED.values() for claim in claims)]
    one, other = (audit_links(claims, WITHDRAWN) for claims in (everything, everything[::-1]))
    assert {v.code for v in one} == {v.code for v in other}
    assert len(one) >= 25


def test_an_heir_is_named() -> None:
    (verdict,) = audit_links([exact(f"{OURS}hull", f"{ROR}01kj2bm70")], WITHDRAWN)
    assert f"{ROR}04m01e293" in verdict.message


def test_a_chain_is_found_although_another_name_begins_alike() -> None:
    """What is told of york-st-john must not pass for something told of york."""
    shared = [exact(f"{OURS}york-st-john", f"{WD}Q7"), exact(f"{OURS}leeds-trinity", f"{WD}Q7")]
    chain = [exact(f"{ROR}04m01e293", f"{WD}Q503424")]
    found = audit_links([*CLEAN, *shared, *chain])
    assert {verdict.code for verdict in found} == {"two-to-one", "joined"}


@pytest.mark.parametrize(
    ("claims", "severity"),
    [
        ([exact("https://v.example/a", "http://o.example/1")], Severity.WARNING),
        ([exact(f"{CONCEPT}culture", f"{WD}Q1"), exact(f"{CONCEPT}culture", f"{WD}Q2")], None),
        ([exact("https://v.example/b", f"{WD}P17")], Severity.WARNING),
        ([exact(f"{ROR}024mrxd33", f"{WD}Q1"), exact(f"{ROR}024mrxd33", f"{WD}Q2")], None),
        ([exact("Leeds", f"{WD}Q1"), exact("Leeds", f"{WD}Q2")], Severity.ERROR),
    ],
)
def test_what_skos_lets_a_concept_do_is_a_warning(
    claims: list[Claim], severity: Severity | None
) -> None:
    more = [exact("https://v.example/a", "http://o.example/2")]
    expected = severity or (Severity.WARNING if "concept" in claims[0].subject else Severity.ERROR)
    found = [v for v in audit_links([*claims, *more]) if v.claim.subject == claims[0].subject]
    assert {verdict.severity for verdict in found} == {expected}
    assert all("at most one" not in v.message for v in found if v.severity == Severity.WARNING)
