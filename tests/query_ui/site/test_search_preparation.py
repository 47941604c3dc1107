"""What the first search needs is computed before somebody searches."""

import threading
from functools import partial
from typing import Any

import pytest
from flask import Flask

from loader.errors import BuildError
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.graph.ask import release_questions
from query_ui.graph.ask.phrasing_index import PhrasingIndex
from query_ui.site import search_preparation
from query_ui.site.search_preparation import prepare_searches, prepare_searches_meanwhile
from tests.conftest import Built


@pytest.fixture
def app(tiny_built: Built) -> Flask:
    """The site over the miniature, to which nobody has come."""
    return create_app(tiny_built[0], open_engine(tiny_built[0]))


def note_and_build(made: list[str], *args: Any) -> PhrasingIndex:
    """Note that a ranking is made, and make its index."""
    made.append("ranking")
    return PhrasingIndex(*args)


def test_the_first_search_finds_its_parts_ready(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(release_questions, "PhrasingIndex", partial(note_and_build, made))
    prepare_searches(app)
    assert made == ["ranking"]
    assert app.test_client().get("/search?q=mentoring").status_code == 200
    assert made == ["ranking"]


def test_it_is_prepared_in_a_thread(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = threading.Event()
    seen: list[Flask] = []

    def prepare(one: Flask) -> None:
        seen.append(one)
        ready.set()

    monkeypatch.setattr(search_preparation, "SECONDS_AFTER_START", 0)
    monkeypatch.setattr(search_preparation, "prepare_searches", prepare)
    with prepare_searches_meanwhile(app):
        assert ready.wait(60)
    assert seen == [app]


def test_a_server_that_ends_at_once_prepares_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Flask] = []
    monkeypatch.setattr(search_preparation, "SECONDS_AFTER_START", 3600)
    monkeypatch.setattr(search_preparation, "prepare_searches", seen.append)
    before = threading.active_count()
    with prepare_searches_meanwhile(app):
        pass
    assert seen == [] and threading.active_count() == before


def test_a_problem_is_left_to_the_search(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise BuildError("the release is gone")

    monkeypatch.setattr(search_preparation, "load_ranking", fail)
    prepare_searches(app)
