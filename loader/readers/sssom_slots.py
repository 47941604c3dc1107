"""Slots of SSSOM mappings: which there are, what their values are, and how cells hold them.

https://mapping-commons.github.io/sssom/Mapping/
"""

import re
from collections.abc import Iterable
from datetime import date

COLUMNS = (
    *("subject_id", "subject_label", "subject_category", "subject_type", "subject_source"),
    *("subject_source_version", "predicate_id", "predicate_label", "predicate_type"),
    *("predicate_modifier", "object_id", "object_label", "object_category", "object_type"),
    *("object_source", "object_source_version", "mapping_justification", "mapping_cardinality"),
    *("cardinality_scope", "confidence", "mapping_provider", "mapping_tool", "mapping_tool_id"),
    *("mapping_tool_version", "mapping_date", "publication_date", "author_id", "reviewer_id"),
    *("author_label", "reviewer_label", "creator_id", "creator_label", "review_date"),
    *("reviewer_agreement", "license", "match_string", "subject_match_field"),
    *("object_match_field", "subject_preprocessing", "object_preprocessing"),
    *("similarity_score", "similarity_measure", "curation_rule", "curation_rule_text"),
    *("mapping_source", "see_also", "issue_tracker_item", "record_id", "basis", "comment"),
    "other",
)
"""The standard slots and ``basis``, an extension of ours, in the order in which they are written.

https://mapping-commons.github.io/sssom/spec-model/#non-standard-slots
"""
REFERENCES = frozenset(
    {
        *("record_id", "subject_id", "predicate_id", "object_id", "mapping_justification"),
        *("author_id", "reviewer_id", "creator_id", "subject_source", "object_source"),
        *("mapping_source", "mapping_tool_id", "curation_rule", "subject_match_field"),
        *("object_match_field", "subject_preprocessing", "object_preprocessing"),
        "issue_tracker_item",
    }
)
"""The slots whose values are identifiers, written as CURIEs (EntityReference)."""
ADDRESSES = REFERENCES | {"license", "mapping_provider", "see_also"}
"""The slots whose values are IRIs: identifiers, and addresses written out (NonRelativeURI)."""
SET_ADDRESSES = frozenset({"mapping_set_id", "issue_tracker"})
"""The slots of a set alone whose values are addresses written out."""
DATES = frozenset({"mapping_date", "publication_date", "review_date"})
NUMBERS = frozenset({"confidence", "reviewer_agreement", "similarity_score"})
"""The slots whose values are numbers from 0 to 1."""
MULTI_VALUED = frozenset(
    {
        *("author_id", "author_label", "reviewer_id", "reviewer_label", "creator_id"),
        *("creator_label", "cardinality_scope", "curation_rule", "curation_rule_text"),
        *("subject_match_field", "object_match_field", "match_string", "see_also"),
        *("subject_preprocessing", "object_preprocessing"),
    }
)
PROPAGATABLE = frozenset(
    {
        *("subject_type", "subject_source", "subject_source_version", "object_type"),
        *("object_source", "object_source_version", "predicate_type", "mapping_provider"),
        *("cardinality_scope", "mapping_tool", "mapping_tool_id", "mapping_tool_version"),
        *("mapping_date", "curation_rule", "curation_rule_text", "subject_match_field"),
        *("object_match_field", "subject_preprocessing", "object_preprocessing"),
        "similarity_measure",
    }
)
"""The slots that the head may give for all rows.

https://mapping-commons.github.io/sssom/spec-model/#propagation-of-mapping-set-slots
"""

URI_OR_CURIE = "https://w3id.org/linkml/Uriorcurie"
"""The type of an extension slot whose values are identifiers."""
_ESCAPED = re.compile(r"\\([|\\])")
_VALUE = re.compile(r"(?:\\[|\\]|[^|])*")


def split_values(name: str, text: str) -> list[str]:
    r"""Return the values in a cell of the column ``name``, without empty ones.

    In a multi-valued slot ``|`` separates values; ``\|`` and ``\\`` are a bar and a backslash.
    https://mapping-commons.github.io/sssom/spec-formats-tsv/ (multi-valued slots)
    """
    if name not in MULTI_VALUED:
        return [text] if text else []
    found = _VALUE.findall(text) if "\\" in text else text.split("|")
    values = (_ESCAPED.sub(r"\1", value.strip()) for value in found)
    return [value for value in values if value]


def join_values(name: str, values: Iterable[str]) -> str:
    """Return the text of a cell that holds these values; the reverse of ``split_values``."""
    if name not in MULTI_VALUED:
        return " ".join(values)
    return "|".join(re.sub(r"([|\\])", r"\\\1", value) for value in values)


def is_unit_number(text: str) -> bool:
    """Return whether a text is a number from 0 to 1, such as 0.95 or 9.5E-1."""
    is_number = re.fullmatch(r"(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", text, re.IGNORECASE | re.ASCII)
    return bool(is_number) and 0 <= float(text) <= 1


def is_iso_date(text: str) -> bool:
    """Return whether a text is a day as in ISO 8601."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
