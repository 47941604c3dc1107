"""One register of two organisations that do not exist, in each form that is read."""

import csv
import io
import json
from typing import Any

ABBOTS = "https://ror.org/01kj2bm70"
OLD = "https://ror.org/024mrxd33"


def records() -> list[dict[str, Any]]:
    """The register as ROR's JSON of schema v2 has it."""
    return [
        {
            "id": ABBOTS,
            "status": "active",
            "types": ["education", "funder"],
            "names": [
                {
                    "value": "Abbots Ness University",
                    "types": ["ror_display", "label"],
                    "lang": "en",
                },
                {"value": "Prifysgol Abbots", "types": ["label"], "lang": "cy"},
                {"value": "University of Abbots Ness", "types": ["alias"], "lang": None},
                {"value": "ANU", "types": ["acronym"], "lang": None},
            ],
            "locations": [
                {
                    "geonames_id": 1,
                    "geonames_details": {
                        "name": "Abbots Ness",
                        "country_code": "GB",
                        "country_subdivision_name": "Wales",
                    },
                }
            ],
            "external_ids": [
                {"type": "isni", "preferred": None, "all": ["0000 0001 0462 7212"]},
                {"type": "wikidata", "preferred": "Q1", "all": ["Q1", "Q2"]},
                {"type": "fundref", "preferred": "100000001", "all": ["100000001"]},
            ],
            "links": [{"type": "website", "value": "https://www.abbotsness.example/"}],
            "relationships": [{"type": "child", "id": OLD, "label": "Ness Institute"}],
        },
        {
            "id": OLD,
            "status": "withdrawn",
            "types": ["facility"],
            "names": [{"value": "Ness Institute", "types": ["ror_display", "label"], "lang": "en"}],
            "locations": [],
            "external_ids": [],
            "links": [],
            "relationships": [
                {"type": "successor", "id": ABBOTS, "label": "Abbots Ness University"}
            ],
        },
    ]


def flat() -> str:
    """The same, flattened, one line each."""
    lines = []
    for record in records():
        place = record["locations"][0]["geonames_details"] if record["locations"] else {}
        lines.append(
            {
                "id": record["id"],
                "name": record["names"][0]["value"],
                "names": [[n["value"], n["types"], n["lang"]] for n in record["names"]],
                "country": place.get("country_code"),
                "city": place.get("name"),
                "types": [kind.title() for kind in record["types"]],
                "status": record["status"],
                "ext": {"isni": "0000 0001 0462 7212"} if place else {},
                "rel": [[r["type"], r["id"]] for r in record["relationships"]],
                "web": [link["value"] for link in record["links"]],
            }
        )
    return "".join(json.dumps(line) + "\n" for line in lines)


def as_csv() -> str:
    """The same as ROR's CSV of schema v2 has it."""
    rows = [
        {
            "id": ABBOTS,
            "status": "active",
            "types": "education; funder",
            "names.types.ror_display": "Abbots Ness University",
            "ror_display_lang": "en",
            "names.types.label": "en: Abbots Ness University; cy: Prifysgol Abbots",
            "names.types.alias": "University of Abbots Ness",
            "names.types.acronym": "ANU",
            "locations.geonames_details.country_code": "GB",
            "locations.geonames_details.country_subdivision_name": "Wales",
            "locations.geonames_details.name": "Abbots Ness",
            "external_ids.type.isni.all": "0000 0001 0462 7212",
            "external_ids.type.wikidata.all": "Q1;Q2",
            "links.type.website": "https://www.abbotsness.example/",
            "relationships": f"child: {OLD}",
        },
        {
            "id": OLD,
            "status": "withdrawn",
            "types": "facility",
            "names.types.ror_display": "Ness Institute",
            "ror_display_lang": "en",
            "names.types.label": "en: Ness Institute",
            "relationships": f"successor: {ABBOTS}",
        },
    ]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
