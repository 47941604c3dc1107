"""The site and the index of the shipped data."""

import pytest
from flask import Flask
from pyoxigraph import Store

from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.graph.page_queries import GRAPH_EXTENSION, GraphContext
from query_ui.graph.search_index import SearchIndex


@pytest.fixture(scope="package")
def site(shipped_app: Flask) -> GraphContext:
    """What the pages over the shipped data share."""
    found: GraphContext = shipped_app.extensions[GRAPH_EXTENSION]
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
