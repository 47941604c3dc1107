"""The columns of a mapping set and their permitted values.

https://mapping-commons.github.io/sssom/Mapping/
"""

from loader.settings import BASE

SKOS = "http://www.w3.org/2004/02/skos/core#"
SSSOM = "https://w3id.org/sssom/"
SEMAPV = "https://w3id.org/semapv/vocab/"

EXACT, CLOSE = f"{SKOS}exactMatch", f"{SKOS}closeMatch"
PREDICATES = (
    *(EXACT, CLOSE),
    *(f"{SKOS}broadMatch", f"{SKOS}narrowMatch", f"{SKOS}relatedMatch"),
)
"""The permitted predicates: https://www.w3.org/TR/skos-reference/#mapping"""
NO_TERM = f"{SSSOM}NoTermFound"
"""The object of a row without a match: https://mapping-commons.github.io/sssom/NoTermFound/"""
MANUAL = f"{SEMAPV}ManualMappingCuration"
LITERAL = "rdfs literal"
"""The type of a subject that is a text and has no IRI."""

COLUMNS = (
    *("subject_id", "subject_label", "subject_type", "predicate_id", "predicate_modifier"),
    *("object_id", "object_label", "object_source", "mapping_justification", "confidence"),
    *("mapping_tool", "mapping_tool_version", "mapping_date", "author_id", "reviewer_id"),
    *("author_label", "reviewer_label", "match_string", "comment", "other"),
)
"""The columns that are read and written, in this order."""
ADDRESSES = frozenset(
    {
        *("subject_id", "predicate_id", "object_id", "object_source", "mapping_justification"),
        *("author_id", "reviewer_id"),
    }
)
"""The columns that hold CURIEs."""
NEEDED = ("predicate_id", "object_id", "mapping_justification")
"""The columns that every row fills, besides one of subject_id and subject_label."""

PREFIXES = {
    "skos": SKOS,
    "sssom": SSSOM,
    "semapv": SEMAPV,
    "ror": "https://ror.org/",
    "wd": "http://www.wikidata.org/entity/",
    "ukprn": "urn:ukprn:",
    "orcid": "https://orcid.org/",
    "ckgid": f"{BASE}id/",
    "ckgc": f"{BASE}concept/",
}
"""The prefixes that need no declaration, and those that are written."""
