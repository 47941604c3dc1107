"""The numbers for those who run the server."""

from flask import Flask

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine


def test_queries_of_visitors_are_counted_and_pages_are_not(settings: Settings) -> None:
    app: Flask = create_app(settings, open_engine(settings))
    client = app.test_client()
    client.get("/")
    client.get("/sparql", query_string={"query": "ASK {}"})
    client.get("/queries/by-keyword.csv")
    client.get("/sparql", query_string={"query": "SELECT"})
    answer = client.get("/metrics")
    assert answer.mimetype == "text/plain"
    assert 'concordat_kg_queries_total{ending="answered",limit=""} 2.0' in answer.text
    assert 'concordat_kg_queries_total{ending="failed",limit=""} 1.0' in answer.text
    assert 'concordat_kg_release{release="0123abcd"} 1.0' in answer.text


def test_numbers_are_there_without_a_release(settings: Settings) -> None:
    app = create_app(settings, open_engine(settings))
    (settings.out / "current").rename(settings.out / "kept")
    try:
        answer = app.test_client().get("/metrics")
    finally:
        (settings.out / "kept").rename(settings.out / "current")
    assert answer.status_code == 200
    assert 'concordat_kg_release{release=""} 1.0' in answer.text
