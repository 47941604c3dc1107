"""Reader of lists of UK providers: a table with name, UKPRN and other columns, such as HESA's."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from loader.identifiers import SCHEMES, normalise_homepage
from loader.readers.cell_values import is_missing
from loader.release.name_index import EntityName, NamedEntity, NameKind

NAME_HEADERS = (
    *("name", "provider_name", "providername", "provider's_legal_name", "legal_name"),
    *("institution", "institution_name", "he_provider", "establishmentname"),
)
UKPRN_HEADERS = (
    *("ukprn", "provider_ukprn", "provider's_ukprn"),
    *("institution_ukprn_code", "institution_code_(ukprn)"),
)
ALTERNATIVE_NAME_HEADERS = (
    *("synonyms", "aliases", "alternative_names", "alt_names"),
    *("trading_name", "trading_names", "provider's_trading_name(s)"),
)
ACRONYM_HEADERS = ("suggestions", "acronym", "acronyms")
"""Headers of columns with acronyms and loose forms."""
HESA_HEADERS = ("hesa", "hesa_id", "instid")
HOMEPAGE_HEADERS = ("website", "homepage", "provider's_website")
NATION_HEADERS = (
    *("nation", "countrycode", "country_code", "country", "country_of_he_provider"),
    "country_of_provider",
)
REGION_HEADERS = ("region", "region_of_he_provider", "region_of_provider")
NATION_BY_CODE = {"E": "England", "N": "Northern Ireland", "S": "Scotland", "W": "Wales"}
"""Names of the nations by HESA's codes."""
CLOSED_HEADERS = ("closed", "closedate", "rescinded")
PROVIDER_HEADERS = (NAME_HEADERS, UKPRN_HEADERS)
"""The headers by which a list of providers is known: one of each."""
_NOT_APPLICABLE = "not applicable"
_NAME_SEPARATORS = re.compile(r"[|\n]")


def parse_providers(rows: Iterable[Mapping[str, str]]) -> Iterator[NamedEntity]:
    """Yield the providers, without those that have no UKPRN to link to.

    ``rows`` have cells by normalised header.
    """
    for row in rows:
        label = next(iter(list_values(row, NAME_HEADERS)), "")
        number = SCHEMES["ukprn"].canonical(next(iter(list_values(row, UKPRN_HEADERS)), ""))
        if number and label:
            yield parse_provider(row, label, number)


def list_values(row: Mapping[str, str], headers: Sequence[str]) -> list[str]:
    """Return the cells of a row under any of some headers, without those that say “none”."""
    texts = (row[header].strip() for header in headers if header in row)
    return [text for text in texts if not is_missing(text) and text.casefold() != _NOT_APPLICABLE]


def parse_provider(row: Mapping[str, str], label: str, ukprn: str) -> NamedEntity:
    """Return one provider under its org-id IRI: https://org-id.guide/list/GB-UKPRN"""
    names = [EntityName(label)]
    for headers, kind in (
        (ALTERNATIVE_NAME_HEADERS, NameKind.ALTERNATIVE),
        (ACRONYM_HEADERS, NameKind.ACRONYM),
    ):
        for cell in list_values(row, headers):
            names += (
                EntityName(t.strip(), kind) for t in _NAME_SEPARATORS.split(cell) if t.strip()
            )
    found = {
        "ukprn": (ukprn,),
        "hesa": tuple(map(SCHEMES["hesa"].canonical, list_values(row, HESA_HEADERS))),
        "homepage": tuple(map(normalise_homepage, list_values(row, HOMEPAGE_HEADERS))),
    }
    identifiers = {scheme: tuple(v for v in values if v) for scheme, values in found.items()}
    # HESA writes 0 where a provider has not been rescinded.
    is_closed = any(text != "0" for text in list_values(row, CLOSED_HEADERS))
    return NamedEntity(
        f"urn:ukprn:{ukprn}",
        label,
        tuple(names),
        ("provider",),
        "GB",
        status="inactive" if is_closed else "active",
        identifiers={scheme: values for scheme, values in identifiers.items() if values},
        attributes=collect_attributes(row),
    )


def collect_attributes(row: Mapping[str, str]) -> dict[str, str]:
    """Return the nation and the region of a provider, where the table has them."""
    nation = next(iter(list_values(row, NATION_HEADERS)), "")
    region = next(iter(list_values(row, REGION_HEADERS)), "")
    attributes = {"nation": NATION_BY_CODE.get(nation, nation), "region": region}
    return {name: value for name, value in attributes.items() if value}
