"""Which pages may run scripts, and what these may do."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

PAGES = ("/", "/case-studies/alpha", "/queries", "/concepts/keywords/training", "/nowhere")
SMALL = {"/static/search.js", "/static/tree.js", "/static/filter.js", "/static/controls.js"}
EDITORS = ("/sparql", "/sparql?query=ASK%20%7B%7D", "/sparql?query=broken")


@pytest.fixture
def bundle(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of static files with a bundle in it."""
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "editor.js").write_text("", encoding="ascii")
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    return tmp_path / "bundle"


def opened(client: FlaskClient, path: str) -> tuple[dict[str, str], Element]:
    response = client.get(path, headers={"Accept": BROWSER})
    (policy,) = response.headers.getlist("Content-Security-Policy")
    pairs = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: value for name, _, value in pairs}, parsed(response.text)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("bundle")
def test_other_pages_run_only_small_scripts_of_this_site(client: FlaskClient, path: str) -> None:
    policy, page = opened(client, path)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["img-src"] == "'self'"
    assert not any("unsafe" in value or "data:" in value for value in policy.values())
    sources = {strip_version(s) for s in page.find("script") if is_code(s)}
    assert sources <= SMALL


def strip_version(script: Element) -> str:
    """The address of a script without the version of the file."""
    return script.attributes.get("src", "").partition("?")[0]


def is_code(script: Element) -> bool:
    """Whether a script is one that runs, and no data."""
    return not script.attributes["type"].endswith("json")


@pytest.mark.parametrize("path", EDITORS)
@pytest.mark.usefixtures("bundle")
def test_query_page_runs_the_bundle_and_talks_to_this_site_alone(
    client: FlaskClient, path: str
) -> None:
    policy, page = opened(client, path)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
    assert not any("unsafe" in value for value in policy.values())
    sources = {strip_version(s) for s in page.find("script") if is_code(s)}
    assert sources - SMALL == {"/static/bundle/editor.js"}


@pytest.mark.parametrize("path", EDITORS)
def test_without_a_bundle_the_page_stays_plain(
    client: FlaskClient, bundle: Path, path: str
) -> None:
    (bundle / "editor.js").unlink()
    policy, page = opened(client, path)
    assert "data:" not in policy["img-src"]
    assert {strip_version(s) for s in page.find("script")} <= SMALL
    assert page.one("form", "editor").attributes["action"] == "/sparql"
    assert page.one("textarea").attributes["name"] == "query"


@pytest.mark.usefixtures("bundle")
def test_what_the_page_hands_over_cannot_end_its_element(client: FlaskClient) -> None:
    query = 'SELECT ("</script><script>alert(1)</script>" AS ?text) {}'
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER})
    assert response.text.count("</script>") == 4
    (cell,) = parsed(response.text).find("td")
    assert cell.text == "</script><script>alert(1)</script>"
