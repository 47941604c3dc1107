"""A registry on the pages to match a table and to look up an identifier."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.reconciliation.registries.registry_service import open_registries
from tests.loader.release.registers.samples import ABBOTS
from tests.query_ui.site.small import parsed

TABLE = "Name,Code\nAbbots Ness Univ.,\nNess Institute,\nNowhere,\nx,0003\n"


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_page_offers_the_registries_and_their_services(visitor: FlaskClient) -> None:
    page = visitor.get("/link?registry=hesa")
    (choice,) = [s for s in parsed(page.text).find("select") if s.attributes["id"] == "registry"]
    options = choice.find("option")
    assert [(one.attributes["value"], one.text) for one in options] == [
        ("", "This graph"),
        ("ror", "dump.json (2 organisations)"),
        ("hesa", "hesa.csv (3 organisations)"),
    ]
    assert [o.attributes["value"] for o in options if "selected" in o.attributes] == ["hesa"]
    assert "http://localhost/reconcile/ror" in page.text
    about = visitor.get("/about/linking").text
    assert "http://localhost/reconcile/hesa" in about and "Funder id" in about


def test_without_registries_there_is_no_choice(client: FlaskClient) -> None:
    assert 'name="registry"' not in client.get("/link").text
    assert 'name="registry"' not in client.get("/lookup").text


def test_another_content_of_a_registry_gives_another_tag(
    settings: Settings, tmp_path: Path
) -> None:
    path, tags = tmp_path / "hesa.csv", []
    for name in ("Ness College", "Ness University"):
        path.write_text(f"INSTID,UKPRN,ProviderName\n0002,10000001,{name}\n", "utf-8")
        registries = open_registries([("hesa", path)], tmp_path)
        client = create_app(settings, open_engine(settings), registries=registries).test_client()
        for address in ("/lookup?registry=hesa", "/reconcile/hesa"):
            tags.append(client.get(address).headers["ETag"])
        registries["hesa"].name_index.close()
    assert len(set(tags)) == 4


def test_a_table_is_joined_with_a_registry(visitor: FlaskClient) -> None:
    fields = {"table": TABLE, "column": "Name", "registry": "ror"}
    header, *body = rows(visitor.post("/link/joined", data=fields).text)
    assert header[2:4] + header[6:] == [
        *("matched_id", "matched_name", "ror", "ukprn", "hesa", "isni", "fundref"),
        *("nation", "region", "status", "successor"),
    ]
    assert [row[2] for row in body[:1] + body[2:]] == [ABBOTS, "", ""]
    isni = "https://isni.org/isni/0000000104627212"
    assert body[0][6:] == [ABBOTS, "", "", isni, "100000001", "Wales", "", "active", ""]
    # A withdrawn record leads to what has replaced it.
    assert body[1][2:4] == [ABBOTS, "Abbots Ness University"]


def test_the_choice_passes_from_page_to_page(visitor: FlaskClient) -> None:
    fields = {"table": TABLE, "registry": "hesa"}
    form = parsed(visitor.post("/link", data=fields).text)
    (choice,) = [s for s in form.find("select") if s.attributes["id"] == "registry"]
    (chosen,) = [o for o in choice.find("option") if "selected" in o.attributes]
    assert chosen.attributes["value"] == "hesa"
    fields |= {"column": "Name", "identifiers": "Code"}
    text = visitor.post("/link", data=fields).text
    page = parsed(text)
    hidden = {i.attributes.get("name"): i.attributes.get("value") for i in page.find("input")}
    assert hidden["registry"] == "hesa"
    assert "matched with hesa.csv" in text
    mapping = visitor.post("/link/mapping-set", data=fields).text
    assert "ukprn:10000002\tOld Ness College" in mapping


def test_a_registry_has_organisations_alone(visitor: FlaskClient) -> None:
    scheme = "https://w3id.org/concordat-kg/scheme/keywords"
    fields = {"table": TABLE, "column": "Name", "registry": "ror", "type": scheme}
    answer = visitor.post("/link", data=fields)
    assert answer.status_code == 400
    assert "The registry dump.json has organisations alone" in answer.text
    unknown = visitor.post("/link", data=fields | {"registry": "ofs"})
    assert unknown.status_code == 404 and "those served are: ror, hesa" in unknown.text


@pytest.mark.parametrize(
    ("registry", "id_", "location"),
    [
        ("ror", "0000 0001 0462 7212", ABBOTS),
        ("hesa", "10000001", "/reconcile/hesa/preview?id=10000001"),
        ("hesa", "0003", "/reconcile/hesa/preview?id=10000002"),
    ],
)
def test_an_identifier_leads_to_the_record(
    visitor: FlaskClient, registry: str, id_: str, location: str
) -> None:
    answer = visitor.get("/lookup", query_string={"id": id_, "registry": registry})
    assert (answer.status_code, answer.headers["Location"]) == (303, location)


def test_an_identifier_that_the_registry_has_not_is_not_found(visitor: FlaskClient) -> None:
    answer = visitor.get("/lookup?id=10009999&registry=hesa")
    assert answer.status_code == 404
    assert "Nothing in this registry has the ukprn 10009999" in answer.text


def test_many_identifiers_are_looked_up_at_once(visitor: FlaskClient) -> None:
    answer: Any = visitor.post(
        "/lookup", json={"ids": ["10007799", "10009999"], "registry": "hesa"}
    )
    known, unknown = answer.json["items"]
    assert (known["iri"], known["label"]) == ("urn:ukprn:10007799", "Abbots Ness University")
    assert known["url"] == "/reconcile/hesa/preview?id=10007799"
    assert unknown["iri"] is None
    wrong = visitor.post("/lookup", json={"ids": [], "registry": 1})
    assert wrong.status_code == 400 and "name of a registry" in wrong.text
