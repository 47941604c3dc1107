"""The pages of help: the guides rendered, with links that lead on."""

from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from query_ui.graph.help_pages import list_help_pages
from query_ui.site.help import TASKS, group_pages, strip_prompts
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

See = Callable[[str], Element]
NAMES = [page.name for page in list_help_pages()]


def test_the_index_has_every_guide_once(page: See) -> None:
    links = [a.attributes["href"] for a in page("/help").one("main").find("a")]
    assert sorted(link for link in links if link.startswith("/help/")) == [
        f"/help/{name}" for name in NAMES
    ]


def test_every_guide_belongs_to_a_task() -> None:
    assert sorted(name for _, names in TASKS for name in names) == NAMES
    assert [heading for heading, _ in group_pages()] == [heading for heading, _ in TASKS]


@pytest.mark.parametrize("name", NAMES)
def test_links_and_pictures_of_a_guide_lead_somewhere(shipped_app: Flask, name: str) -> None:
    client = shipped_app.test_client()
    main = see(client, f"/help/{name}").one("main")
    assert len(main.find("h1")) == 1
    addresses = {a.attributes["href"] for a in main.find("a")}
    addresses |= {picture.attributes["src"] for picture in main.find("img")}
    for address in addresses:
        assert "127.0.0.1" not in address
        if address.startswith(("/", "#")):
            path, _, anchor = urljoin(f"/help/{name}", address).partition("#")
            with client.get(path, headers={"Accept": BROWSER}) as response:
                assert response.status_code == 200, address
                assert not anchor or f'id="{anchor}"'.encode() in response.data, address


def see(client: FlaskClient, path: str) -> Element:
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200, path
    assert len(response.data) <= 80_000
    return parsed(response.text)


def test_tables_scroll_and_code_can_be_copied(page: See) -> None:
    main = page("/help/linking").one("main")
    assert all("tabindex" in region.attributes for region in main.find("div", "scroll"))
    copied = [b.attributes["data-copy"] for b in main.find("button") if "data-copy" in b.attributes]
    assert any(text.startswith("concordat-kg link organisations") for text in copied)
    assert strip_prompts("$ one\nresult\n$ two\n") == "one\ntwo"
    assert strip_prompts("a = 1\n") == "a = 1"


def test_a_term_of_the_glossary_has_an_address(page: See) -> None:
    rows = {row.attributes.get("id") for row in page("/help/terminology").find("tr")}
    assert {"obligation", "evidence-level", "verification-status"} <= rows


@pytest.mark.parametrize("path", ["/help/nothing", "/help/pictures/nothing.png", "/help/..%2fx"])
def test_what_is_no_guide_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_links_of_a_guide_have_the_base_path(client: FlaskClient) -> None:
    text = client.get("/help/querying", environ_overrides={"SCRIPT_NAME": "/kg"}).text
    assert 'href="/kg/help/first-questions"' in text
