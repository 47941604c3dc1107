"""Whether the site lives and can answer."""

from pathlib import Path

import pyoxigraph
from flask.testing import FlaskClient

from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine


def test_live_and_ready_name_the_release(client: FlaskClient) -> None:
    assert client.get("/health/live").text == "alive\n"
    assert client.get("/health/ready").text == "ready: 0123abcd\n"


def test_empty_graph_is_not_ready(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "releases" / "none" / "store"
    folder.mkdir(parents=True)
    pyoxigraph.Store(folder).flush()
    (tmp_path / "current").write_text("none\n", "ascii")
    empty = Settings(root=settings.root, out=tmp_path)
    response = create_app(empty, open_engine(empty)).test_client().get("/health/ready")
    assert response.status_code == 503
    assert response.json is not None
    assert response.json["detail"] == "The graph is empty: build a release first."
