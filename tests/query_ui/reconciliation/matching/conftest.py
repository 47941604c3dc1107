"""A small register of organisations, some of which are easily mistaken for each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.release.name_index import EntityName, NamedEntity, NameKind, write_name_index
from query_ui.graph.name_index import NameIndex


def organisation(  # noqa: PLR0913
    slug: str,
    label: str,
    *others: str,
    place: str = "",
    country: str = "GB",
    status: str = "active",
    successor: str = "",
    parent: str = "",
    ror: str = "",
    types: tuple[str, ...] = ("education",),
    children: str = "",
) -> NamedEntity:
    """An organisation; other names in capitals throughout are acronyms.

    ``successor`` and ``children`` are slugs, separated by spaces.
    """
    names = [
        EntityName(n, NameKind.ACRONYM if n.isupper() else NameKind.ALTERNATIVE) for n in others
    ]
    others_by_kind = {"successor": successor, "parent": parent, "child": children}
    relations = {
        kind: tuple(f"https://x.example/{each}" for each in slugs.split())
        for kind, slugs in others_by_kind.items()
        if slugs
    }
    return NamedEntity(
        f"https://x.example/{slug}",
        label,
        (EntityName(label), *names),
        types,
        country,
        place,
        status,
        {"ror": (ror,), "homepage": (f"{slug}.example",)} if ror else {},
        relations,
    )


REGISTER = [
    organisation("leeds", "University of Leeds", place="Leeds", ror="https://ror.org/024mrxd33"),
    organisation("york", "University of York", place="York", ror="https://ror.org/04m01e293"),
    organisation("solent", "Southampton Solent University", place="Southampton"),
    organisation("southampton", "University of Southampton", place="Southampton"),
    organisation("gordon", "Robert Gordon University", "RGU", place="Aberdeen"),
    organisation("rurals", "Rural Growth Union", "RGU", place="Perth"),
    organisation("imperial", "Imperial College London", place="London"),
    organisation("psychiatry", "Institute of Psychiatry", place="London", parent="kings"),
    organisation("kings", "King's College London", "KCL", "Kings", place="London"),
    organisation("mary-a", "St Mary's Hospital", place="Manchester"),
    organisation("mary-b", "St Mary's Hospital", place="London"),
    organisation("oldleeds", "Leeds Old College", status="withdrawn", successor="leeds"),
    organisation("sydney", "University of Sydney", place="Sydney", country="AU"),
    organisation("newcastle", "Newcastle University", place="Newcastle upon Tyne"),
    organisation("lincoln", "University of Lincoln", place="Lincoln"),
    organisation("lincoln-us", "University of Lincoln", place="Lincoln", country="US"),
    organisation("cardiff", "Cardiff University", place="Cardiff"),
    organisation("wales", "University of Wales", place="Cardiff"),
    organisation("south-wales", "University of South Wales", place="Pontypridd"),
    organisation(
        *("pontypridd", "University of Pontypridd"), status="inactive", successor="south-wales"
    ),
    organisation(
        *("polytechnic", "Pontypridd Polytechnic"), status="inactive", successor="pontypridd"
    ),
    organisation("health", "Health Agency", status="inactive", successor="leeds york"),
    organisation("priory", "Old Priory College", status="inactive"),
    organisation("zeta", "ZETA Institute of Perth", "ZETA", place="Perth"),
    organisation("zeta-college", "Zeta College", place="York"),
    organisation("swansea", "Swansea University", place="Swansea"),
    organisation("climate", "Climate Office of the United Kingdom"),
    organisation("tidal", "Tidal Office of the UK"),
    organisation("ponds", "UK Centre for Ponds and Rivers"),
    organisation("agency", "UK Pond Agency"),
    organisation("orient", "ORIENT University of Perth", "ORIENT", place="Perth"),
    organisation("kent", "University of Kent", place="Canterbury"),
]
WORLD = [
    *REGISTER,
    organisation("york-ca", "York University", place="Toronto", country="CA"),
    *(organisation(f"abroad-{n}", f"Institute {n}", country="CA") for n in range(3)),
]


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NameIndex]:
    """The small register, opened."""
    yield from open_register(tmp_path_factory.mktemp("register") / "names.sqlite", REGISTER)


@pytest.fixture(scope="session")
def world_register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NameIndex]:
    """The small register with organisations of other countries, opened."""
    yield from open_register(tmp_path_factory.mktemp("world") / "names.sqlite", WORLD)


def open_register(path: Path, entities: list[NamedEntity]) -> Iterator[NameIndex]:
    write_name_index(path, entities, {"files": "small"})
    found = NameIndex(path)
    yield found
    found.close()
