"""Each request of the cookbook works, and llms.txt lists what there is."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from query_ui.graph.help_pages import list_help_pages
from tests.conftest import PROJECT

TEXT = (PROJECT / "docs" / "guides" / "machines.md").read_text("utf-8")
REQUESTS = re.findall(r"^```http\nGET (\S+)\n```", TEXT, re.MULTILINE)


def test_every_example_is_read() -> None:
    assert len(REQUESTS) == TEXT.count("```") / 2 > 10


@pytest.mark.parametrize("address", REQUESTS)
def test_each_request_of_the_cookbook_has_an_answer(shipped_app: Flask, address: str) -> None:
    response = shipped_app.test_client().get(address, buffered=True)
    assert response.status_code == 200, response.text
    if response.is_json or "sparql-results+json" in response.content_type:
        data = response.get_json(force=True)
        assert data.get("total", 1) > 0
        assert data.get("items") or data["results"]["bindings"]
    else:
        assert len(response.text) > 60


def test_llms_text_lists_guides_and_saved_queries(client: FlaskClient) -> None:
    text = client.get("/llms.txt").text
    assert text.startswith("# Concordat knowledge graph\n\n> ")
    for page in list_help_pages():
        assert f"(http://localhost{page.path})" in text
    links = [url.removeprefix("http://localhost") for url in re.findall(r"\]\((\S+)\)", text)]
    assert "/queries/by-keyword.json" in links
    missing = [link for link in links if client.get(link, buffered=True).status_code == 404]
    assert missing == []
