"""What a register or the graph says of a thing that names are matched against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class NameKind(StrEnum):
    """What sort of name a name is."""

    LABEL = "label"
    """The name proper, or what it is called in another language."""
    ALTERNATIVE = "alternative"
    """Another name that is in use, or was."""
    FORMER = "former"
    """A name of what it was before: of a record that was withdrawn in its favour."""
    ACRONYM = "acronym"
    """A short form, which many things may share."""


@dataclass(frozen=True, slots=True)
class EntityName:
    """One name; ``language`` is a tag of BCP 47 or ""."""

    text: str
    kind: NameKind = NameKind.LABEL
    language: str = ""


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """A thing with its names, in the words of the register that it comes from.

    ``iri`` is its full identifier; ``types`` are words for filtering; ``country`` is a code of
    ISO 3166-1, ``place`` the name of a town; ``status`` is active, inactive or withdrawn;
    ``identifiers`` go from the name of a scheme (``loader.identifiers``) to full forms;
    ``relations`` go from parent, child, related, predecessor, successor to addresses;
    ``note`` is what to show beside the name.
    """

    iri: str
    label: str
    names: tuple[EntityName, ...]
    types: tuple[str, ...] = ()
    country: str = ""
    place: str = ""
    status: str = "active"
    identifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    relations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: str = ""
