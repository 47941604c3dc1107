"""The application as a whole: who answers what, and what every answer says."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import copytree

import pytest

from loader.errors import DataError
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.engine.protocol import (
    Engine,
    EngineRequest,
    QueryLimits,
    QueryResult,
    SerialisedResult,
    never_gone,
)
from tests.query_ui.site.small import small_release

PROJECT = Path(__file__).parents[2]


class Listening:
    """An engine that writes down what it is asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.heard: list[str] = []

    @property
    def prefixes(self) -> Mapping[str, str]:
        return self.engine.prefixes

    @property
    def release(self) -> str:
        return self.engine.release

    def query(
        self, text: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> QueryResult:
        self.heard.append(text)
        return self.engine.query(text, default_graphs=default_graphs, named_graphs=named_graphs)

    def execute(
        self, question: EngineRequest, gone: Callable[[], bool] = never_gone
    ) -> SerialisedResult:
        self.heard.append(question.text)
        return self.engine.execute(question, gone)

    def isolate(self, limits: QueryLimits | None = None) -> Engine:
        return self

    def close(self) -> None:
        """The engine inside is closed by who opened it."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    root = tmp_path / "root"
    (root / "sparql" / "queries").mkdir(parents=True)
    for name in ("pages", "facets"):
        copytree(PROJECT / "sparql" / name, root / "sparql" / name)
    (root / "ontology").symlink_to(PROJECT / "ontology")
    (root / "sparql" / "queries" / "any.rq").write_text(
        "#+ title: Any\n#+ summary: One statement.\n#+ tags: [browse]\n"
        "#+ contract: {columns: [s], min_rows: 1, max_ms: 100}\n"
        "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1\n",
        encoding="utf-8",
    )
    return Settings(root=root, out=small_release(tmp_path / "build"))


def test_what_visitors_write_goes_to_their_engine_and_pages_to_the_other(
    settings: Settings,
) -> None:
    pages, visitors = Listening(open_engine(settings)), Listening(open_engine(settings))
    client = create_app(settings, pages, visitors).test_client()
    assert client.get("/sparql", query_string={"query": "ASK { ?mine ?p ?o }"}).json == {
        "head": {},
        "boolean": True,
    }
    assert client.get("/queries/any.csv").text.startswith("s\r\n")
    assert [text.splitlines()[-1] for text in visitors.heard] == [
        "ASK { ?mine ?p ?o }",
        "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1",
    ]
    assert pages.heard == []
    client.get("/case-studies/alpha")
    assert len(visitors.heard) == 2
    assert pages.heard


def test_query_of_a_visitor_that_takes_too_long_is_stopped_and_says_so(settings: Settings) -> None:
    engine = open_engine(settings)
    visitors = engine.isolate(QueryLimits(seconds=0.3, light_workers=1, heavy_workers=1))
    client = create_app(settings, engine, visitors).test_client()
    everything = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(12))
    query = f"SELECT (COUNT(*) AS ?n) {{ {everything} }}"
    try:
        response = client.get("/sparql", query_string={"query": query})
        after = client.get("/sparql", query_string={"query": "ASK {}", "format": "csv"})
    finally:
        visitors.close()
    assert response.status_code == 504
    assert response.json is not None
    assert (response.json["title"], response.json["status"]) == ("The query was stopped", 504)
    assert after.text == "true"


def test_every_answer_says_who_may_read_it_and_what_it_may_load(settings: Settings) -> None:
    client = create_app(settings, open_engine(settings)).test_client()
    for path in ("/", "/case-studies/alpha.ttl", "/nowhere", "/static/site.css"):
        with client.get(path) as response:
            headers = response.headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["X-Content-Type-Options"] == "nosniff"
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'")
        assert "unsafe" not in policy
        assert ("accept" in response.vary) == (path != "/static/site.css")


def test_page_query_that_is_not_in_order_stops_the_start(settings: Settings) -> None:
    broken = settings.pages / "broken.rq"
    broken.write_text("#+ title: Broken\nSELECT", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        create_app(settings, open_engine(settings))
    assert any(finding.path == str(broken) for finding in caught.value.findings)


def test_site_follows_a_new_release(settings: Settings) -> None:
    client = create_app(settings, open_engine(settings)).test_client()
    assert "0123abcd" in client.get("/").text
    (settings.out / "releases" / "0123abcd").rename(settings.out / "releases" / "89ef")
    (settings.out / "current").write_text("89ef\n", encoding="ascii")
    assert "89ef" in client.get("/").text
