"""A list of UK providers: a table with a name and a UKPRN, such as HESA's, and other columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from loader.identifiers import SCHEMES
from loader.release.name_index import Entity, Kind, Name

NAME = ("name", "provider_name", "provider name", "institution", "institution name", "he provider")
UKPRN = ("ukprn", "provider ukprn", "institution ukprn code")
ALTERNATIVES = ("synonyms", "aliases", "alternative names", "alt_names", "trading name")
WEAK = ("suggestions", "acronym", "acronyms")
"""Headers that are known, in small letters; those of ``WEAK`` hold acronyms and loose forms."""


def is_provider_list(headers: Sequence[str]) -> bool:
    """Whether a table has a name and a UKPRN."""
    return all(any(h.strip().lower() in known for h in headers) for known in (NAME, UKPRN))


def provider_entities(
    rows: Iterable[Mapping[str, str]], headers: Sequence[str]
) -> Iterator[Entity]:
    """The providers; those without a UKPRN are left out, since there is nothing to link to."""
    of = {header.strip().lower(): header for header in headers}
    name, ukprn = (next(of[k] for k in known if k in of) for known in (NAME, UKPRN))
    for row in rows:
        number = SCHEMES["ukprn"].canonical(row[ukprn])
        if number and row[name].strip():
            yield provider(row, of, row[name].strip(), number)


def provider(row: Mapping[str, str], of: Mapping[str, str], label: str, number: str) -> Entity:
    """One provider, under the address that org-id gives a UKPRN: https://org-id.guide/list/GB-UKPRN"""
    names = [Name(label)]
    for known, kind in ((ALTERNATIVES, Kind.ALTERNATIVE), (WEAK, Kind.ACRONYM)):
        for header in (of[k] for k in known if k in of):
            names += (Name(t.strip(), kind) for t in row[header].split("|") if t.strip())
    identifiers = {"ukprn": (number,)}
    hesa = SCHEMES["hesa"].canonical(row.get(of.get("hesa", ""), ""))
    if hesa:
        identifiers["hesa"] = (hesa,)
    closed = row.get(of.get("closed", ""), "").strip()
    return Entity(
        f"urn:ukprn:{number}",
        label,
        tuple(names),
        ("provider",),
        "GB",
        status="inactive" if closed else "active",
        identifiers=identifiers,
    )
