"""The site and the index of the shipped data."""

import pytest
from pyoxigraph import Store

from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext
from query_ui.graph.search_index import SearchIndex


@pytest.fixture(scope="package")
def site(shipped: tuple[Settings, BuildResult]) -> GraphContext:
    """What the pages over the shipped data share."""
    settings, _ = shipped
    found: GraphContext = create_app(settings, open_engine(settings)).extensions[GRAPH_EXTENSION]
    return found


@pytest.fixture(scope="package")
def index(site: GraphContext) -> SearchIndex:
    """The index of the shipped data."""
    assert site.index is not None
    return site.index


@pytest.fixture(scope="package")
def store(shipped: tuple[Settings, BuildResult]) -> Store:
    """The store of the shipped data."""
    return Store.read_only(str(shipped[1].release.store))
