"""An entity of a register or the graph that names are matched against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class NameKind(StrEnum):
    """The sort of a name."""

    LABEL = "label"
    """The proper name, in any language."""
    ALTERNATIVE = "alternative"
    """Another name that is or was in use."""
    FORMER = "former"
    """A former name: that of a record that this one has replaced."""
    ACRONYM = "acronym"
    """A short form, which many entities may share."""


@dataclass(frozen=True, slots=True)
class EntityName:
    """One name; ``language`` is a tag of BCP 47 or ""."""

    text: str
    kind: NameKind = NameKind.LABEL
    language: str = ""


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """An entity with its names, in the vocabulary of its register.

    ``iri`` is its full identifier; ``types`` are words for filtering; ``country`` is a code of ISO
    3166-1, ``place`` the name of a town; ``status`` is active, inactive or withdrawn;
    ``identifiers`` maps the name of a scheme (``loader.identifiers``) to full forms; ``relations``
    maps parent, child, related, predecessor, successor to IRIs; ``note`` is displayed beside the
    name; ``attributes`` maps nation and region to names.
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
    attributes: Mapping[str, str] = field(default_factory=dict)
