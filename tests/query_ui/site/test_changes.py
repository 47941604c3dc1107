"""The page of changes, its JSON and its feed; and what is said of a thing that is gone."""

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from loader.release.build import BuildResult, build
from loader.release.release_diff import STATES
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.site import changes
from tests.conftest import PROJECT, quiet
from tests.query_ui.conftest import BROWSER
from tests.query_ui.site.small import Element, parsed

ATOM = "{http://www.w3.org/2005/Atom}"
GONE = "development-activity-guidance"
OLD_SITE = "http://www.icr.ac.uk/,"
NEW_SITE = "http://www.icr.ac.uk/research/,"


@pytest.fixture(scope="module")
def later(
    shipped: tuple[Settings, BuildResult], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, BuildResult, BuildResult]:
    """A first release of the shipped data, and one without one of its case studies."""
    folder = tmp_path_factory.mktemp("later")
    data = Path(shutil.copytree(PROJECT / "data", folder / "data"))
    (data / "case-studies" / f"{GONE}.md").unlink()
    organisations = data / "organisations.csv"
    organisations.write_text(
        organisations.read_text("utf-8").replace(OLD_SITE, NEW_SITE), encoding="utf-8"
    )
    out = Path(shutil.copytree(shipped[0].out, folder / "build"))
    settings = Settings(root=PROJECT, data=(data,), out=out)
    return settings, shipped[1], build(settings, quiet, unproved=True)


@pytest.fixture(scope="module")
def asked(later: tuple[Settings, BuildResult, BuildResult]) -> FlaskClient:
    settings, _, _ = later
    return create_app(settings, open_engine(settings)).test_client()


def see(client: FlaskClient, path: str) -> Element:
    return parsed(client.get(path, headers={"Accept": BROWSER}).text)


def test_the_page_tells_what_is_gone_and_what_broke(
    asked: FlaskClient, later: tuple[Settings, BuildResult, BuildResult]
) -> None:
    page = see(asked, "/changes")
    told = {s.find("h2")[0].text: [li.text for li in s.find("li")] for s in page.find("section")}
    assert told["Removed 1"] == ["Development Activity Guidance"]
    assert told["Documents removed"] == [f"case-studies/{GONE}.md"]
    assert "case-studies" in told["Contracts broken"]
    _, first, _ = later
    assert told["Earlier releases"] == [first.release.name[:12]]
    before = see(asked, f"/changes/{first.release.name}")
    assert "No earlier release is stored" in before.one("p", "notice").text


def test_the_json_has_it_too(
    asked: FlaskClient, later: tuple[Settings, BuildResult, BuildResult]
) -> None:
    _, first, second = later
    for answer in (
        asked.get("/changes.json"),
        asked.get(f"/changes/{second.release.name}", headers={"Accept": "application/json"}),
    ):
        assert answer.json is not None
        assert answer.json["previous"] == first.release.name
        assert [t["iri"].rpartition("/")[2] for t in answer.json["things"]["removed"]] == [GONE]


def test_the_feed_is_atom(
    asked: FlaskClient, later: tuple[Settings, BuildResult, BuildResult]
) -> None:
    answer = asked.get("/changes.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.data)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"urn:sha256:{later[2].release.name}"
    assert "Removed: Development Activity Guidance" in (entry.findtext(f"{ATOM}summary") or "")
    for tag in ("title", "id", "updated"):
        assert feed.findtext(f"{ATOM}{tag}") and entry.findtext(f"{ATOM}{tag}")


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("keyword=induction", True),
        ("keyword=mentorship", False),
        ("organisation=university-of-liverpool", True),
        ("organisation=university-of-york", False),
        ("kind=case-study", True),
        ("kind=indicator", False),
        ("keyword=induction&organisation=university-of-liverpool&kind=case-study", True),
    ],
)
def test_changes_are_narrowed_on_the_page_and_in_the_feed(
    asked: FlaskClient,
    later: tuple[Settings, BuildResult, BuildResult],
    query: str,
    is_there: bool,
) -> None:
    page = see(asked, f"/changes?{query}")
    names = [a.text for a in page.one("main").find("a")]
    assert ("Development Activity Guidance" in names) is is_there
    (feed_address,) = [
        link.attributes["href"]
        for link in page.find("link")
        if link.attributes.get("type") == "application/atom+xml"
    ]
    assert feed_address == f"/changes.atom?{query}"
    feed = ElementTree.fromstring(asked.get(feed_address).data)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == is_there
    if is_there:
        assert "Development Activity Guidance" in (entries[0].findtext(f"{ATOM}summary") or "")
        assert (entries[0].findtext(f"{ATOM}id") or "").endswith(f"?{query}")
    else:
        assert "No changes match" in page.one("p", "notice").text


def test_a_changed_entity_is_shown_with_its_values_before_and_after(asked: FlaskClient) -> None:
    for path in ("/changes", "/changes?organisation=institute-of-cancer-research&state=changed"):
        items = [li for li in see(asked, path).one("main").find("li") if li.find("del")]
        texts = [li.text for li in items if "Institute of Cancer Research" in li.text]
        assert any("icr.ac.uk/ → http://www.icr.ac.uk/research/" in text for text in texts)
    assert not see(asked, "/changes?state=removed").find("del")


def test_the_count_of_a_state_leads_to_its_list(
    asked: FlaskClient, later: tuple[Settings, BuildResult, BuildResult]
) -> None:
    name = later[2].release.name
    page = see(asked, f"/changes/{name}?state=removed")
    headings = [h.text for h in page.one("main").find("h2")]
    assert "Removed 1" in headings and not any(h.startswith("Changed") for h in headings)
    data = asked.get(f"/changes/{name}?state=removed", headers={"Accept": "application/json"}).json
    assert data is not None
    assert [len(data["things"][state]) for state in ("added", "removed", "changed")] == [0, 1, 0]


def test_pages_show_each_changed_entity_once_and_are_small(
    asked: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = asked.get("/changes", headers={"Accept": BROWSER})
    assert len(response.data) < 80_000
    content = asked.get("/changes.json").json
    assert content is not None
    monkeypatch.setattr(changes, "ENTITIES_SHOWN", 1)
    expected = [t["name"] for state in STATES for t in content["things"][state]]
    assert len(expected) > 1
    shown = []
    for number in range(1, len(expected) + 1):
        lists = [u for u in see(asked, f"/changes?page={number}").find("ul") if u.find("a")]
        shown += [u.find("a")[0].text for u in lists if u.attributes.get("class") == "lines gap3"][
            :1
        ]
    assert shown == expected
    assert asked.get(f"/changes?page={len(expected) + 1}").status_code == 422


def test_a_wrong_filter_is_named(asked: FlaskClient) -> None:
    for query in ("kind=poem", "state=lost", "keyword=../x", "organisation=A%20B"):
        response = asked.get(f"/changes.atom?{query}")
        assert response.status_code == 400 and "invalid value" in response.text


def test_a_mistyped_filter_gets_no_empty_feed(asked: FlaskClient) -> None:
    for suffix in ("", ".atom"):
        response = asked.get(f"/changes{suffix}?keyword=welbeing")
        assert response.status_code == 422
        assert "There is no keyword “welbeing”. Did you mean wellbeing" in response.text
    assert asked.get("/changes.atom?organisation=university-of-nowhere").status_code == 422


def test_the_form_offers_what_the_release_has(asked: FlaskClient) -> None:
    values = {option.attributes.get("value") for option in see(asked, "/changes").find("option")}
    assert {"wellbeing", "university-of-liverpool", "case-study"} <= values


@pytest.mark.parametrize("suffix", ["", ".ttl", ".jsonld"])
def test_a_thing_that_was_taken_away_is_gone(
    asked: FlaskClient, later: tuple[Settings, BuildResult, BuildResult], suffix: str
) -> None:
    answer = asked.get(f"/case-studies/{GONE}{suffix}")
    assert answer.status_code == 410
    assert answer.json is not None
    assert later[1].release.name in answer.json["detail"]
    page = see(asked, f"/case-studies/{GONE}")
    assert "/changes" in [a.attributes["href"] for a in page.one("main").find("a")]


def test_a_thing_that_never_was_is_not_found_and_something_near_is_named(
    asked: FlaskClient,
) -> None:
    answer = asked.get("/case-studies/fellowship-fortnigt")
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["detail"].endswith("Near to it: Fellowship Fortnight.")


def test_a_name_that_no_release_has_is_not_found(asked: FlaskClient) -> None:
    for name in ("0" * 64, "..", "nothing"):
        assert asked.get(f"/changes/{name}").status_code == 404
