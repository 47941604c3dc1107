"""Counting: each query once, by how it ended."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.errors import ClientGone, NotOffered, QueryError, QueryRefused, QueryStopped
from query_ui.engine.embedded_engine import EmbeddedEngine
from query_ui.engine.protocol import EarlyQuery, EngineRequest, QueryLimits
from query_ui.engine.query_metrics import MeteredEngine, QueryMetrics
from query_ui.engine.result_formats import TURTLE
from tests.query_ui.releases import CROSS_PRODUCT, publish


@pytest.fixture
def counts() -> QueryMetrics:
    return QueryMetrics()


@pytest.fixture
def engine(tmp_path: Path, counts: QueryMetrics) -> Iterator[MeteredEngine]:
    inner = EmbeddedEngine(publish(tmp_path / "build"), {})
    visitors = inner.isolate(QueryLimits(seconds=0.3, light_workers=1, heavy_workers=1))
    yield MeteredEngine(visitors, counts)
    visitors.close()


def ended(counts: QueryMetrics) -> dict[tuple[str, str], float]:
    """How many queries ended in each way in which any did."""
    line = r'^concordat_kg_queries_total\{ending="(\w*)",limit="(\w*)"\} (\S+)$'
    found = re.findall(line, counts.render_metrics("r1").decode(), re.MULTILINE)
    return {(ending, limit): float(number) for ending, limit, number in found if number != "0.0"}


def test_each_ending_is_counted_once(engine: MeteredEngine, counts: QueryMetrics) -> None:
    assert len(engine.query("SELECT * { ?s ?p 12 }").rows) == 1
    engine.execute(EngineRequest("ASK {}")).body.close()
    with pytest.raises(QueryStopped):
        engine.query(CROSS_PRODUCT)
    with pytest.raises(ClientGone):
        engine.execute(EngineRequest(CROSS_PRODUCT), lambda: True)
    with pytest.raises(QueryRefused):
        engine.query("CLEAR ALL")
    with pytest.raises(NotOffered):
        engine.execute(EngineRequest("ASK {}", formats={"graph": TURTLE}))
    with pytest.raises(QueryError):
        engine.query("SELECT")
    assert ended(counts) == {
        ("answered", ""): 2,
        ("stopped", "time"): 1,
        ("left", ""): 1,
        ("refused", ""): 1,
        ("not_offered", ""): 1,
        ("failed", ""): 1,
    }
    told = counts.render_metrics("r1").decode()
    assert "concordat_kg_query_seconds_count 7.0" in told
    assert "concordat_kg_queries_in_progress 0.0" in told


def test_only_the_release_that_answers_is_told(counts: QueryMetrics) -> None:
    counts.render_metrics("r1")
    told = counts.render_metrics("r2").decode()
    assert 'concordat_kg_release{release="r2"} 1.0' in told
    assert "r1" not in told


def test_the_time_of_an_early_query_counts_from_its_beginning(
    engine: MeteredEngine, counts: QueryMetrics
) -> None:
    early = EarlyQuery(time.perf_counter() - 100)
    engine.execute(EngineRequest("ASK {}", early=early)).body.close()
    found = re.search(r"concordat_kg_query_seconds_sum (\S+)", counts.render_metrics("").decode())
    assert found
    assert float(found[1]) > 100
