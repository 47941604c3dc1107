"""The things of a release as entities, so that names can be matched against the graph itself."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from loader.identifiers import SCHEMES, recognise
from loader.release.name_index.named_entity import Entity, Kind, Name
from loader.release.search_index.indexed_entities import Ask, Things
from loader.release.search_index.indexed_entities import Name as Stated

LONGEST_NOTE = 160
"""Letters of what is said of a thing beside its name."""
_ACRONYM = re.compile(r"[A-Z0-9&]{2,8}")
_REGISTERS = {scheme.title: scheme.name for scheme in SCHEMES.values()}


def release_entities(ask: Ask, things: Things) -> Iterator[Entity]:
    """Everything that can be reconciled, with its names, types and identifiers.

    ``things`` has the names, which the search index has read already.
    """
    types, identifiers = grouped(ask("types")), identified(ask)
    reviewed = grouped(ask("reviewed-names"))
    notes = {thing.value: note.value for thing, note in ask("notes")}
    for iri in sorted(types):
        known = named(things.names.get(iri, ()), reviewed.get(iri, ()))
        label = next((name.text for name in known if name.kind is Kind.LABEL), "")
        if label:
            own = identifiers.get(iri, {})
            yield Entity(
                iri,
                label,
                tuple(known),
                tuple(sorted(types[iri])),
                # Only providers in the United Kingdom have such a number.
                country="GB" if "ukprn" in own else "",
                identifiers=own,
                note=shortened(notes.get(iri, "")),
            )


def grouped(rows: Iterator[Any]) -> Mapping[str, set[str]]:
    """The second of each two terms, by the first."""
    found: dict[str, set[str]] = defaultdict(set)
    for first, second in rows:
        found[first.value].add(second.value)
    return found


def named(stated: Iterable[Stated], reviewed: Iterable[str]) -> list[Name]:
    """The names of a thing, those proper first and English before other languages."""
    found = [
        Name(one.text, Kind.LABEL if one.rank == 1 else kind_of(one.text), one.language)
        for one in stated
    ]
    found += (Name(text, Kind.ALTERNATIVE) for text in reviewed)
    return sorted(
        found, key=lambda n: (n.kind is not Kind.LABEL, n.language not in ("", "en"), n.text)
    )


def kind_of(text: str) -> Kind:
    """An acronym where it is written as one; a notation with letters and digits is none."""
    plain = _ACRONYM.fullmatch(text) and not re.search(r"[A-Z]\d+$", text)
    return Kind.ACRONYM if plain else Kind.ALTERNATIVE


def identified(ask: Ask) -> Mapping[str, dict[str, tuple[str, ...]]]:
    """The identifiers of all things in full form; those of registers unknown here are left out."""
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for thing, register, code in ask("identifiers"):
        known = told(_REGISTERS.get(register.value, register.value), code.value)
        if known:
            scheme, full = known
            earlier = found[thing.value].get(scheme, ())
            found[thing.value][scheme] = tuple(dict.fromkeys((*earlier, full)))
    return found


def told(scheme: str, code: str) -> tuple[str, str] | None:
    """The scheme and the full form of an identifier, or of an address that tells its scheme."""
    if scheme in SCHEMES:
        full = SCHEMES[scheme].canonical(code)
        return (scheme, full) if full else None
    known = recognise(code)
    # The address of a concept elsewhere is no homepage.
    return known if known and (scheme == "homepage" or known[0] in SCHEMES) else None


def shortened(text: str) -> str:
    """The beginning of a text, to the end of a word."""
    plain = " ".join(text.split())
    if len(plain) <= LONGEST_NOTE:
        return plain
    return plain[:LONGEST_NOTE].rsplit(" ", 1)[0] + " …"
