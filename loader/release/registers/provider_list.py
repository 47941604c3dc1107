"""Reader of lists of UK providers: a table with name, UKPRN and other columns, such as HESA's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from loader.identifiers import SCHEMES
from loader.release.name_index import EntityName, NamedEntity, NameKind

NAME_HEADERS = (
    "name",
    "provider_name",
    "provider name",
    "institution",
    "institution name",
    "he provider",
)
UKPRN_HEADERS = ("ukprn", "provider ukprn", "institution ukprn code")
ALTERNATIVE_NAME_HEADERS = ("synonyms", "aliases", "alternative names", "alt_names", "trading name")
ACRONYM_HEADERS = ("suggestions", "acronym", "acronyms")
"""Known headers, in lower case, of columns with acronyms and loose forms."""


def is_provider_list(headers: Sequence[str]) -> bool:
    """Return whether a table has a name and a UKPRN."""
    return all(
        any(h.strip().lower() in known for h in headers) for known in (NAME_HEADERS, UKPRN_HEADERS)
    )


def parse_providers(
    rows: Iterable[Mapping[str, str]], headers: Sequence[str]
) -> Iterator[NamedEntity]:
    """Yield the providers, without those that have no UKPRN to link to."""
    of = {header.strip().lower(): header for header in headers}
    name, ukprn = (next(of[k] for k in known if k in of) for known in (NAME_HEADERS, UKPRN_HEADERS))
    for row in rows:
        number = SCHEMES["ukprn"].canonical(row[ukprn])
        if number and row[name].strip():
            yield parse_provider(row, of, row[name].strip(), number)


def parse_provider(
    row: Mapping[str, str], header_by_name: Mapping[str, str], label: str, ukprn: str
) -> NamedEntity:
    """Return one provider under its org-id IRI: https://org-id.guide/list/GB-UKPRN"""
    names = [EntityName(label)]
    for known, kind in (
        (ALTERNATIVE_NAME_HEADERS, NameKind.ALTERNATIVE),
        (ACRONYM_HEADERS, NameKind.ACRONYM),
    ):
        for header in (header_by_name[k] for k in known if k in header_by_name):
            names += (EntityName(t.strip(), kind) for t in row[header].split("|") if t.strip())
    identifiers = {"ukprn": (ukprn,)}
    hesa = SCHEMES["hesa"].canonical(row.get(header_by_name.get("hesa", ""), ""))
    if hesa:
        identifiers["hesa"] = (hesa,)
    closed = row.get(header_by_name.get("closed", ""), "").strip()
    return NamedEntity(
        f"urn:ukprn:{ukprn}",
        label,
        tuple(names),
        ("provider",),
        "GB",
        status="inactive" if closed else "active",
        identifiers=identifiers,
    )
