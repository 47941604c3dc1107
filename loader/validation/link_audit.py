"""The link audit: bad identifiers, duplicates, contradictory matches, withdrawn records."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from loader.errors import Severity
from loader.identifiers import SCHEMES, Scheme
from loader.settings import BASE
from loader.validation.links import Claim, Verdict


class Clusters:
    """Clusters of entities that are joined in pairs."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def head(self, entity: str) -> str:
        """Return the representative of the cluster of ``entity``, halving the path on the way."""
        above = self._above.setdefault(entity, entity)
        while above != entity:
            self._above[entity] = self._above[above]
            entity, above = above, self._above[above]
        return entity

    def join(self, one: str, other: str) -> None:
        """Merge the clusters of two entities."""
        self._above[self.head(one)] = self.head(other)

    def same(self, one: str, other: str) -> bool:
        """Return whether two entities are in one cluster."""
        return self.head(one) == self.head(other)


Withdrawn = Mapping[str, Sequence[str]]
"""The records that a register has withdrawn, each with its successors."""
REGISTERS = {scheme.title: scheme for scheme in SCHEMES.values()}
HOSTS = {
    "ror.org": SCHEMES["ror"],
    "wikidata.org": SCHEMES["wikidata"],
    "isni.org": SCHEMES["isni"],
    "orcid.org": SCHEMES["orcid"],
    "gtr.ukri.org": SCHEMES["gtr"],
    "openalex.org": SCHEMES["openalex"],
}
AT_MOST_ONE = "at most one of these holds."
ALLOWED_ELSEWHERE = frozenset({"one-to-two", "bad-identifier", "bad-check-digit", "withdrawn"})
"""What is an error about an organisation or a name, and a warning about somebody's concept."""
KINDS = {"broadMatch": "broader", "narrowMatch": "narrower", "relatedMatch": "related"}


def audit_links(claims: Iterable[Claim], withdrawn: Withdrawn | None = None) -> list[Verdict]:
    """Return all contradictions among ``claims``, taken together, sorted by line and code."""
    distinct = list({(c.subject, c.predicate, c.object, c.negated): c for c in claims}.values())
    once = {(claim.subject, claim.object): claim for claim in distinct}
    found = [v for claim in once.values() for v in find_bad_identifiers(claim)]
    for rule in (
        find_shared_targets,
        find_split_subjects,
        find_contradictions,
        find_clashes,
        find_chained_matches,
    ):
        found += rule(distinct)
    found += find_withdrawn_targets(distinct, withdrawn or {})
    found = [soften_verdict(verdict) for verdict in found]
    return sorted(found, key=lambda v: (v.claim.line, v.code, v.claim.subject, v.claim.object))


def soften_verdict(verdict: Verdict) -> Verdict:
    """Return the verdict as a warning where SKOS lets a concept do what it is about.

    A concept may have several exact matches in one authority, and other people's concepts may be
    matched to any address (https://www.w3.org/TR/skos-reference/#mapping). Only organisations and
    names are certain to be one entry of a register.
    """
    subject = verdict.claim.subject
    is_concept = subject.startswith(f"{BASE}concept/")
    is_foreign = "://" in subject and not verdict.claim.is_ours and find_scheme(subject) is None
    lenient = {"one-to-two"} if is_concept else ALLOWED_ELSEWHERE if is_foreign else frozenset()
    if verdict.code not in lenient:
        return verdict
    message = verdict.message.replace(AT_MOST_ONE, "SKOS allows it; see whether both are meant.")
    return replace(verdict, message=message, severity=Severity.WARNING)


def detect_object_scheme(claim: Claim) -> Scheme | None:
    """Return the scheme that the object of a claim belongs to, or None."""
    if claim.predicate in REGISTERS:
        return REGISTERS[claim.predicate]
    return find_scheme(claim.object)


def find_scheme(address: str) -> Scheme | None:
    """Return the scheme of identifiers that an address belongs to, or None."""
    if address.startswith("urn:ukprn:"):
        return SCHEMES["ukprn"]
    return HOSTS.get(address.partition("//")[2].partition("/")[0].removeprefix("www."))


def build_object_key(claim: Claim) -> tuple[str, str]:
    """Return the scheme and the full form of an object, so that its spellings compare equal."""
    scheme = detect_object_scheme(claim)
    if scheme is None:
        return "", claim.object
    bare = claim.object.removeprefix("urn:ukprn:")
    return scheme.name, scheme.canonical(bare) or claim.object


def find_bad_identifiers(claim: Claim) -> Iterator[Verdict]:
    """Yield identifiers without the form or the check digits of their scheme."""
    scheme = detect_object_scheme(claim)
    if scheme is None:
        return
    bare = claim.object.removeprefix("urn:ukprn:")
    if not scheme.canonical(bare):
        message = f"{claim.object} has not the form of a {scheme.title}; look it up."
        yield Verdict("bad-identifier", claim, message)
    elif not scheme.is_valid(bare):
        message = f"{claim.object} fails the check digits of {scheme.title}; look it up."
        yield Verdict("bad-check-digit", claim, message)


def group_exact_claims(
    claims: Iterable[Claim], key: Callable[[Claim], object]
) -> Iterator[list[Claim]]:
    """Return the exact claims, grouped by ``key``."""
    found: dict[object, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.is_exact:
            found[key(claim)].append(claim)
    return iter(found.values())


def find_sharing_groups(claims: Iterable[Claim]) -> Iterator[tuple[list[str], list[Claim]]]:
    """Yield our entities that are linked to one external entity, where there are several."""
    for group in group_exact_claims((c for c in claims if c.is_ours), build_object_key):
        subjects = sorted({claim.subject for claim in group})
        if len(subjects) > 1:
            yield subjects, group


def find_shared_targets(claims: Sequence[Claim]) -> Iterator[Verdict]:
    """Yield two of our entities that are linked to the same external entity."""
    for subjects, group in find_sharing_groups(claims):
        message = (
            f"{group[0].object} is said to be the same as {' and as '.join(subjects)}; "
            f"{AT_MOST_ONE}"
        )
        yield Verdict("two-to-one", group[-1], message)


def find_split_subjects(claims: Sequence[Claim]) -> Iterator[Verdict]:
    """Yield one entity or name that is linked to two entries of one register."""
    for group in group_exact_claims(
        claims, lambda c: (c.subject, build_object_key(c)[0] or strip_last_segment(c.object))
    ):
        objects = sorted({build_object_key(claim)[1] for claim in group})
        if len(objects) > 1 and (build_object_key(group[0])[0] or not group[0].is_ours):
            message = (
                f"“{group[0].subject}” is said to be the same as {' and as '.join(objects)}; "
                f"{AT_MOST_ONE}"
            )
            yield Verdict("one-to-two", group[-1], message)


def strip_last_segment(address: str) -> str:
    """Return the address without its last segment, which groups unknown registers."""
    return address.rpartition("/")[0]


def find_contradictions(claims: Sequence[Claim]) -> Iterator[Verdict]:
    """Yield links that are both stated and denied."""
    stated = {(c.subject, c.predicate, build_object_key(c)) for c in claims if not c.negated}
    for claim in claims:
        if claim.negated and (claim.subject, claim.predicate, build_object_key(claim)) in stated:
            message = f"that “{claim.subject}” is linked with {claim.object} is stated and denied."
            yield Verdict("denied", claim, message)


def cluster_exact_matches(claims: Iterable[Claim]) -> Clusters:
    """Return all entities in clusters of exact matches."""
    clusters = Clusters()
    for claim in claims:
        if claim.is_exact:
            clusters.join(claim.subject, build_object_key(claim)[1])
    return clusters


def find_clashes(claims: Sequence[Claim]) -> Iterator[Verdict]:
    """Yield entities that are exact and also broader, narrower or related matches: SKOS S46.

    https://www.w3.org/TR/skos-reference/#S46
    """
    clusters = cluster_exact_matches(claims)
    for claim in claims:
        kind = KINDS.get(claim.predicate.rpartition("#")[2])
        if kind and not claim.negated and clusters.same(claim.subject, build_object_key(claim)[1]):
            message = (
                f"{claim.object} is said to be {kind} to {claim.subject}, and by way of exact "
                "matches to be the same; a thing cannot be both."
            )
            yield Verdict("clash", claim, message)


def find_chained_matches(claims: Sequence[Claim]) -> Iterator[Verdict]:
    """Yield our entities that are the same only by a chain of exact matches."""
    subjects = sorted({c.subject for c in claims if c.is_ours and c.is_exact})
    told = {subject for group, _ in find_sharing_groups(claims) for subject in group}
    by_cluster: dict[str, list[str]] = defaultdict(list)
    clusters = cluster_exact_matches(claims)
    for subject in subjects:
        by_cluster[clusters.head(subject)].append(subject)
    for members in by_cluster.values():
        if len(members) > 1 and not told.issuperset(members):
            claim = next(c for c in claims if c.subject == members[-1] and c.is_exact)
            message = f"a chain of exact matches makes one of {' and '.join(members)}; break it."
            yield Verdict("joined", claim, message)


def find_withdrawn_targets(claims: Sequence[Claim], withdrawn: Withdrawn) -> Iterator[Verdict]:
    """Yield links to records that their register has withdrawn, each once."""
    once = {(c.subject, build_object_key(c)[1]): c for c in claims if c.is_exact}
    for (_, address), claim in once.items():
        if address in withdrawn:
            heirs = withdrawn[address]
            what = f"link to {' or '.join(heirs)}, which took its place" if heirs else "unlink it"
            yield Verdict("withdrawn", claim, f"{address} was withdrawn by its register; {what}.")
