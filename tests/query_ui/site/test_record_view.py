"""The view of a record: its sources on the web."""

from types import SimpleNamespace

from query_ui.graph.urls import Link
from query_ui.site.record_view import list_originals


def name_sources(*iris: str, is_low: bool = False) -> list[str]:
    links = [Link(iri, iri=iri) for iri in iris]
    described = SimpleNamespace(
        is_low_trust=is_low, low_trust_documents=(), list_links=lambda _: links
    )
    return [link.text for link in list_originals(described)]  # type: ignore[arg-type]


def test_a_source_is_named_by_its_host() -> None:
    assert name_sources("https://www.lamp.example/a/b", "https://other.example/") == [
        "lamp.example",
        "other.example",
    ]


def test_pages_of_one_host_are_told_apart() -> None:
    found = name_sources(
        "https://www.lamp.example/news/2024/prize",
        "https://lamp.example/prize/",
        "https://lamp.example",
        "https://lamp.example/how-a-very-long-title-is-cut-off",
        "https://other.example/a/b",
    )
    assert found == [
        "lamp.example/…/prize",
        "lamp.example/prize",
        "lamp.example",
        "lamp.example/how-a-very-long-title-is…",
        "other.example",
    ]


def test_pages_whose_paths_end_alike_are_told_apart_by_their_addresses() -> None:
    alike = ["https://lamp.example/2023/prize", "https://lamp.example/2024/prize"]
    found = name_sources(*alike, "https://lamp.example/?id=1", "https://lamp.example/?id=2")
    assert found == [*alike, "https://lamp.example/?id=1", "https://lamp.example/?id=2"]


def test_low_trust_and_what_is_not_on_the_web_lead_nowhere() -> None:
    assert name_sources("https://lamp.example/a", is_low=True) == []
    assert name_sources("urn:isbn:1", *["https://lamp.example/a"] * 2) == ["lamp.example"]
