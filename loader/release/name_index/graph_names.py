"""The entities of a release with their names, for matching against the graph itself."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from loader.identifiers import SCHEMES, recognise_identifier
from loader.release.name_index.named_entity import EntityName, NamedEntity, NameKind
from loader.release.search_index.indexed_entities import (
    EntityNumbering,
    IndexQueryRunner,
    number_entities,
)
from loader.release.search_index.indexed_entities import RankedLabel as Stated

NAME_QUERIES = (
    *("names", "schemes", "types", "identifiers"),
    *("reviewed-names", "notes", "towns"),
)
"""The queries of ``sparql/index`` that tell what entities are called."""

MAX_NOTE_LENGTH = 160
"""The most characters of the note of an entity."""
_ACRONYM = re.compile(r"[A-Z0-9&]{2,8}")
_SCHEME_BY_REGISTER = {scheme.title: scheme.name for scheme in SCHEMES.values()}


def collect_release_entities(
    run_query: IndexQueryRunner, numbering: EntityNumbering | None = None
) -> Iterator[NamedEntity]:
    """Yield every entity that can be reconciled, with its names, types and identifiers.

    They are in the order of their IRIs. ``numbering`` has the labels, where the search index has
    read them already.
    """
    numbering = numbering or read_labels(run_query)
    types, identifiers = group_values(run_query("types")), read_identifiers(run_query)
    reviewed = group_values(run_query("reviewed-names"))
    notes = {entity.value: note.value for entity, note in run_query("notes")}
    towns = {entity.value: town.value for entity, town in run_query("towns")}
    for iri in sorted(types):
        known = build_names(numbering.labels_by_iri.get(iri, ()), reviewed.get(iri, ()))
        label = numbering.title(iri)
        if label:
            own = identifiers.get(iri, {})
            yield NamedEntity(
                iri,
                label,
                tuple(known),
                tuple(sorted(types[iri])),
                # Only providers in the United Kingdom have such a number.
                country="GB" if "ukprn" in own else "",
                place=towns.get(iri, ""),
                identifiers=own,
                note=shorten_note(notes.get(iri, "")),
            )


def read_labels(run_query: IndexQueryRunner) -> EntityNumbering:
    """Return the labels of all entities, without the kinds that number the search index."""
    return number_entities(lambda name: run_query(name) if name in NAME_QUERIES else iter(()))


def group_values(rows: Iterator[Any]) -> Mapping[str, set[str]]:
    """Return the second of each two terms, grouped by the first."""
    found: dict[str, set[str]] = defaultdict(set)
    for first, second in rows:
        found[first.value].add(second.value)
    return found


def build_names(labels: Iterable[Stated], reviewed_names: Iterable[str]) -> list[EntityName]:
    """Return the names of an entity, labels first and English before other languages."""
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
    """Return ACRONYM for a text written as one; a notation of letters and digits is none."""
    plain = _ACRONYM.fullmatch(text) and not re.search(r"[A-Z]\d+$", text)
    return NameKind.ACRONYM if plain else NameKind.ALTERNATIVE


def read_identifiers(run_query: IndexQueryRunner) -> Mapping[str, dict[str, tuple[str, ...]]]:
    """Return the identifiers of all entities in full form, without those of unknown registers."""
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for entity, register, code in run_query("identifiers"):
        known = resolve_scheme_identifier(
            _SCHEME_BY_REGISTER.get(register.value, register.value), code.value
        )
        if known:
            scheme, full = known
            earlier = found[entity.value].get(scheme, ())
            found[entity.value][scheme] = tuple(dict.fromkeys((*earlier, full)))
    return found


def resolve_scheme_identifier(scheme: str, code: str) -> tuple[str, str] | None:
    """Return the scheme and the full form of an identifier, or None for an unknown scheme."""
    if scheme in SCHEMES:
        full = SCHEMES[scheme].canonical(code)
        return (scheme, full) if full else None
    known = recognise_identifier(code)
    # The address of a concept elsewhere is no homepage.
    return known if known and (scheme == "homepage" or known[0] in SCHEMES) else None


def shorten_note(text: str) -> str:
    """Return the beginning of a text, to the end of a word."""
    plain = " ".join(text.split())
    if len(plain) <= MAX_NOTE_LENGTH:
        return plain
    return plain[:MAX_NOTE_LENGTH].rsplit(" ", 1)[0] + " …"
