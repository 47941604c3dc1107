"""The things of a release as entities, so that names can be matched against the graph itself."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from loader.identifiers import SCHEMES, recognise
from loader.release.name_index.named_entity import EntityName, NamedEntity, NameKind
from loader.release.search_index.indexed_entities import EntityNumbering, IndexQueryRunner
from loader.release.search_index.indexed_entities import RankedLabel as Stated

MAX_NOTE_LENGTH = 160
"""Letters of what is said of a thing beside its name."""
_ACRONYM = re.compile(r"[A-Z0-9&]{2,8}")
_SCHEME_BY_REGISTER = {scheme.title: scheme.name for scheme in SCHEMES.values()}


def collect_release_entities(
    run_query: IndexQueryRunner, numbering: EntityNumbering
) -> Iterator[NamedEntity]:
    """Everything that can be reconciled, with its names, types and identifiers.

    ``things`` has the names, which the search index has read already.
    """
    types, identifiers = group_values(run_query("types")), read_identifiers(run_query)
    reviewed = group_values(run_query("reviewed-names"))
    notes = {thing.value: note.value for thing, note in run_query("notes")}
    for iri in sorted(types):
        known = build_names(numbering.labels_by_iri.get(iri, ()), reviewed.get(iri, ()))
        label = next((name.text for name in known if name.kind is NameKind.LABEL), "")
        if label:
            own = identifiers.get(iri, {})
            yield NamedEntity(
                iri,
                label,
                tuple(known),
                tuple(sorted(types[iri])),
                # Only providers in the United Kingdom have such a number.
                country="GB" if "ukprn" in own else "",
                identifiers=own,
                note=shorten_note(notes.get(iri, "")),
            )


def group_values(rows: Iterator[Any]) -> Mapping[str, set[str]]:
    """The second of each two terms, by the first."""
    found: dict[str, set[str]] = defaultdict(set)
    for first, second in rows:
        found[first.value].add(second.value)
    return found


def build_names(labels: Iterable[Stated], reviewed_names: Iterable[str]) -> list[EntityName]:
    """The names of a thing, those proper first and English before other languages."""
    found = [
        EntityName(
            one.text, NameKind.LABEL if one.rank == 1 else classify_name(one.text), one.language
        )
        for one in labels
    ]
    found += (EntityName(text, NameKind.ALTERNATIVE) for text in reviewed_names)
    return sorted(
        found, key=lambda n: (n.kind is not NameKind.LABEL, n.language not in ("", "en"), n.text)
    )


def classify_name(text: str) -> NameKind:
    """An acronym where it is written as one; a notation with letters and digits is none."""
    plain = _ACRONYM.fullmatch(text) and not re.search(r"[A-Z]\d+$", text)
    return NameKind.ACRONYM if plain else NameKind.ALTERNATIVE


def read_identifiers(run_query: IndexQueryRunner) -> Mapping[str, dict[str, tuple[str, ...]]]:
    """The identifiers of all things in full form; those of registers unknown here are left out."""
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for thing, register, code in run_query("identifiers"):
        known = resolve_scheme_identifier(
            _SCHEME_BY_REGISTER.get(register.value, register.value), code.value
        )
        if known:
            scheme, full = known
            earlier = found[thing.value].get(scheme, ())
            found[thing.value][scheme] = tuple(dict.fromkeys((*earlier, full)))
    return found


def resolve_scheme_identifier(scheme: str, code: str) -> tuple[str, str] | None:
    """The scheme and the full form of an identifier, or of an address that tells its scheme."""
    if scheme in SCHEMES:
        full = SCHEMES[scheme].canonical(code)
        return (scheme, full) if full else None
    known = recognise(code)
    # The address of a concept elsewhere is no homepage.
    return known if known and (scheme == "homepage" or known[0] in SCHEMES) else None


def shorten_note(text: str) -> str:
    """The beginning of a text, to the end of a word."""
    plain = " ".join(text.split())
    if len(plain) <= MAX_NOTE_LENGTH:
        return plain
    return plain[:MAX_NOTE_LENGTH].rsplit(" ", 1)[0] + " …"
