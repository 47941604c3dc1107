"""What crawlers are told: rules, and a map in which every address answers."""

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

from flask.testing import FlaskClient

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def addresses(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    return [str(loc.text) for loc in ElementTree.fromstring(answer.data).iter(LOC)]


def test_every_page_of_the_map_answers_and_none_stands_twice(client: FlaskClient) -> None:
    (part,) = addresses(client, "/sitemap.xml")
    found = addresses(client, urlsplit(part).path)
    assert len(set(found)) == len(found) > 12
    for address in found:
        path = address.removeprefix("http://localhost")
        assert client.get(path, headers={"Accept": "text/html"}).status_code == 200, path
    assert "http://localhost/case-studies/alpha" in found
    assert "http://localhost/concepts/principles/eci1" in found
    assert "http://localhost/organisations/n8" in found


def test_the_map_has_no_part_past_its_end(client: FlaskClient) -> None:
    for path in ("/sitemap-2.xml", "/sitemap-0.xml"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.json is not None
        assert answer.json["detail"].startswith("The map has no such part")


def test_answers_need_not_be_collected_and_pages_may(client: FlaskClient) -> None:
    rules = RobotFileParser()
    text = client.get("/robots.txt").text
    rules.parse(text.splitlines())
    assert rules.site_maps() == ["http://localhost/sitemap.xml"]
    assert rules.can_fetch("any", "/case-studies/alpha")
    assert rules.can_fetch("any", "/queries/by-keyword")
    assert not rules.can_fetch("any", "/sparql?query=ASK{}")
