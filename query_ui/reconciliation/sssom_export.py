"""Mapping sets for review: proposals as rows of SSSOM, and the file in TSV.

https://mapping-commons.github.io/sssom/
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import version

from loader.readers.sssom import (
    BROAD,
    CLOSE,
    EXACT,
    LITERAL,
    MANUAL,
    NARROW,
    NO_TERM,
    PREFIXES,
    SEMAPV,
    HeadValue,
)
from loader.readers.sssom_slots import COLUMNS, REFERENCES, URI_OR_CURIE, join_values, split_values
from loader.settings import BASE
from query_ui.reconciliation.match_table import Proposal
from query_ui.reconciliation.matching.match_name import Match
from query_ui.reconciliation.matching.scoring import WHOLE_NAME_FEATURES

TOOL_NAME = "concordat-kg"
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


def build_set_metadata(title: str) -> dict[str, str]:
    """Build the metadata of a mapping set, dated today.

    https://mapping-commons.github.io/sssom/MappingSet/
    """
    return {
        "mapping_set_id": f"urn:{TOOL_NAME}:mapping-set:{date.today():%Y-%m-%d}",
        "mapping_set_title": title,
        "license": LICENCE,
        "mapping_tool": TOOL_NAME,
        "mapping_tool_version": version(TOOL_NAME),
        "mapping_date": f"{date.today():%Y-%m-%d}",
    }


def build_mapping_rows(proposals: Iterable[Proposal]) -> Iterator[dict[str, str]]:
    """Yield the slots of each row: sure matches with their relatives, else candidates, else none.

    A cell without a match has one row that says so. Cells with the same text but other evidence may
    lead to the same mapping; it is written once.
    """
    common = {"mapping_tool": TOOL_NAME, "mapping_tool_version": version(TOOL_NAME)}
    common |= {"mapping_date": f"{date.today():%Y-%m-%d}"}
    seen = set()
    for proposal in proposals:
        cell = {"subject_label": proposal.question.text, "subject_type": LITERAL}
        where = f"rows {format_row_numbers(proposal.rows)}"
        for found, remark in build_proposal_rows(proposal):
            said = (proposal.question.text, found["predicate_id"], found["object_id"])
            if said not in seen:
                seen.add(said)
                comment = f"{where}; {remark}" if remark else where
                yield cell | found | common | {"comment": comment}


def build_proposal_rows(proposal: Proposal) -> Iterator[tuple[dict[str, str], str]]:
    """Yield the slots of each match of a cell, with a remark for people or "".

    A text that names several organisations is the same as none of them, so each is a narrower
    match, as is an institute of one; the federation that one belongs to is a broader match.
    """
    several = len(proposal.organisations)
    if not proposal.matches:
        yield build_no_match_row(), ""
    elif several == 0:
        yield from ((build_candidate_row(m, CLOSE), "") for m in proposal.matches)
    for m in proposal.organisations:
        if several == 1:
            yield build_candidate_row(m, EXACT), ""
        else:
            yield build_candidate_row(m, NARROW), f"one of {several} organisations in the text"
    for m in proposal.relatives:
        is_part = m.relation is not None and m.relation.kind == "part"
        yield build_candidate_row(m, NARROW if is_part else BROAD), str(m.relation)


def build_candidate_row(match: Match, predicate: str) -> dict[str, str]:
    """Build the slots of one match.

    https://mapping-commons.github.io/sssom/Mapping/
    """
    return {
        "predicate_id": predicate,
        "object_id": match.entity.iri,
        "object_label": match.entity.label,
        "object_source": derive_object_source(match.entity.iri),
        "mapping_justification": MANUAL if match.is_manual else choose_justification(match),
        "confidence": f"{match.score / 100:.4g}",
        "match_string": join_values("match_string", [match.candidate.by]),
        "other": format_features(match.candidate.features),
    }


def derive_object_source(iri: str) -> str:
    """Return the register or dataset that an entity is from, derived from its IRI."""
    return (
        f"{BASE}dataset"
        if iri.startswith(BASE)
        else (iri.rpartition("/")[0] + "/" if "/" in iri else "urn:ukprn:")
    )


def build_no_match_row() -> dict[str, str]:
    """Build the slots that record that a cell has no match."""
    return {
        "predicate_id": EXACT,
        "object_id": NO_TERM,
        "mapping_justification": f"{SEMAPV}LexicalMatching",
        "confidence": "1",
    }


def choose_justification(match: Match) -> str:
    """Return the SEMAPV term for the kind of evidence of a match.

    https://mapping-commons.github.io/semantic-mapping-vocabulary/
    """
    features = match.candidate.features
    if {"identifier", "homepage"} & features.keys():
        return f"{SEMAPV}CompositeMatching"
    if WHOLE_NAME_FEATURES & features.keys() or "acronym" in features:
        return f"{SEMAPV}LexicalMatching"
    return f"{SEMAPV}LexicalSimilarityThresholdMatching"


def format_features(features: Mapping[str, float]) -> str:
    """Return features as the text of a cell: "exact_label=1; place=1"."""
    return "; ".join(f"{name}={value:g}" for name, value in features.items())


def format_row_numbers(numbers: Sequence[int]) -> str:
    """Return the first ten row numbers as text, and how many more there are."""
    told = ", ".join(str(number) for number in numbers[:10])
    return told + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")


VERSION = "1.1"
"""Version of SSSOM; 1.1 is the first that allows literals as subjects."""


def write_mapping_set(about: Mapping[str, HeadValue], rows: Iterable[Mapping[str, str]]) -> str:
    """Return a mapping set as text: the metadata, the columns in use and the rows in order.

    IRIs are written as CURIEs. Extension slots have their columns behind those of the standard.
    """
    rows = list(rows)
    extensions = dict.fromkeys(name for row in rows for name in row if name not in COLUMNS)
    used = [c for c in COLUMNS if c in ALWAYS or any(row.get(c) for row in rows)] + [*extensions]
    prefixes = {**PREFIXES, **read_own_prefixes(about)}
    lines = [*head(about, prefixes), "\t".join(used)]
    references = REFERENCES | find_reference_extensions(about)
    lines += (
        "\t".join(
            cell(name, row.get(name, ""), prefixes if name in references else {}) for name in used
        )
        for row in rows
    )
    return "\n".join(lines) + "\n"


ALWAYS = (
    *("subject_label", "predicate_id", "object_id", "object_label"),
    *("mapping_justification", "confidence"),
)
"""Columns that are written even if they are empty in all rows."""


def read_own_prefixes(about: Mapping[str, HeadValue]) -> dict[str, str]:
    """Return the prefixes that the metadata of a set declares."""
    own = about.get("curie_map", {})
    return own if isinstance(own, dict) else {}


def find_reference_extensions(about: Mapping[str, HeadValue]) -> set[str]:
    """Return the names of the extension slots that the metadata defines as identifiers."""
    definitions = about.get("extension_definitions", [])
    return {
        one["slot_name"]
        for one in definitions
        if isinstance(one, dict) and one.get("type_hint") in ("linkml:Uriorcurie", URI_OR_CURIE)
    }


def head(about: Mapping[str, HeadValue], prefixes: Mapping[str, str]) -> Iterable[str]:
    """Yield the comment lines at the top: the prefixes, the version and the metadata of the set."""
    yield "#curie_map:"
    yield from (f"#  {name}: {json.dumps(address)}" for name, address in prefixes.items())
    yield f'#sssom_version: "{VERSION}"'
    for key, value in about.items():
        if key in REFERENCES and isinstance(value, list):
            value = [shorten_iri(str(text), prefixes) for text in value]
        elif key in REFERENCES and isinstance(value, str):
            value = shorten_iri(value, prefixes)
        if key != "curie_map":
            yield f"#{key}: {json.dumps(value, ensure_ascii=False)}"


def cell(name: str, text: str, prefixes: Mapping[str, str]) -> str:
    """Return the text of a cell of the column ``name``, quoted where it has to be.

    ``prefixes`` shorten IRIs; they are empty for a column that holds no identifiers.
    https://mapping-commons.github.io/sssom/spec-formats-tsv/ (quoting)
    """
    if prefixes:
        values = (shorten_iri(value, prefixes) for value in split_values(name, text))
        text = join_values(name, values)
    return '"' + text.replace('"', '""') + '"' if re.search(r'["\t\r\n]', text) else text


def shorten_iri(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return an IRI as a CURIE where there is a prefix for it: the one that leaves least."""
    fitting = [item for item in prefixes.items() if item[1] and iri.startswith(item[1])]
    if not fitting:
        return iri
    prefix, base = max(fitting, key=lambda item: len(item[1]))
    return f"{prefix}:{iri.removeprefix(base)}"
