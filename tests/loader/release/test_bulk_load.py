"""The store of a release in the making: on disk and in memory the same statements."""

from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from threading import Event
from time import sleep

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from loader.errors import DataError
from loader.mapping.provenance import format_quads
from loader.release import bulk_load, nquads_sorter
from loader.release.build import build
from loader.release.bulk_load import StagingStore, open_release_graph
from loader.release.nquads_sorter import QuadFile
from loader.release.release_folder import Release
from loader.release.staging_graph import FullGraph
from loader.settings import Settings
from tests.conftest import quiet


def state(*texts: str, graph: str = "https://g.example/a") -> list[Quad]:
    """Return one quad for each text, the last part of which looks like the end of a line."""
    about = (NamedNode("https://a.example/x"), NamedNode("https://p.example/says"))
    return [
        Quad(*about, Literal(f"{text} <https://g.example/b> ."), NamedNode(graph)) for text in texts
    ]


def test_a_small_release_is_asked_in_memory_and_is_on_disk_too(tmp_path: Path) -> None:
    quads = QuadFile(tmp_path)
    with closing(StagingStore(tmp_path / "store")) as staged:
        staged.take(quads.add(format_quads(state("tea", "talk"))))
        asked = staged.open_documents(quads.close())
        quads.add(format_quads(state("tea", graph="https://g.example/b")))
        assert staged.add(quads.close()) is asked
        staged.finish()
        assert staged.is_small and len(asked) == 3 + 2
    quads.write(tmp_path / "graph.nq")
    on_disk = open_release_graph(tmp_path / "store")
    again = open_release_graph(tmp_path / "graph.nq")
    assert set(on_disk) == set(asked) == set(again)


def test_two_runs_are_asked_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nquads_sorter, "RUN", 1)
    quads = QuadFile(tmp_path)
    with closing(StagingStore(tmp_path / "store")) as staged:
        for text in ("tea", "talk"):
            staged.take(quads.add(format_quads(state(text))))
        asked = staged.open_documents(quads.close())
        staged.finish()
        assert staged.is_small and len(asked) == 2 * 2
    assert set(Store.read_only(str(tmp_path / "store"))) == set(asked)


def test_a_release_of_several_runs_is_asked_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nquads_sorter, "RUN", 1)
    quads = QuadFile(tmp_path)
    with closing(StagingStore(tmp_path / "store")) as staged:
        for text in ("tea", "talk", "toast"):
            staged.take(quads.add(format_quads(state(text))))
        assert len(staged.open_documents(quads.close())) == 2 * 3
        assert not staged.is_small
        staged.finish()
    assert len(Store.read_only(str(tmp_path / "store"))) == 2 * 3


def test_a_fault_on_the_second_thread_is_raised_at_the_end(tmp_path: Path) -> None:
    quads = QuadFile(tmp_path)
    with closing(StagingStore(tmp_path / "store")) as staged:
        quads.add(format_quads(state("tea")))
        (run,) = quads.close()
        run.quads.unlink()
        with pytest.raises(OSError):
            staged.open_documents([run])
        with pytest.raises(OSError):
            staged.finish()


def test_the_indexes_are_the_same_bytes_from_memory_and_from_disk(
    tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_indexes(release: Release) -> list[bytes]:
        return [(release.folder / f"{name}.sqlite").read_bytes() for name in ("search", "names")]

    small = build(tiny, quiet).release
    in_memory = read_indexes(small)
    monkeypatch.setattr(nquads_sorter, "RUN", 50)
    large = build(tiny, quiet).release
    assert large.name == small.name
    assert read_indexes(large) == in_memory


def test_a_broken_query_stops_a_build_before_it_reads_anything(tiny: Settings) -> None:
    stages: list[str] = []
    (tiny.queries / "broken.rq").write_text("SELECT")
    with pytest.raises(DataError, match="not valid"):
        build(tiny, lambda stage, done, total: stages.append(stage))
    assert stages == []


def test_a_store_that_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        open_release_graph(tmp_path / "graph.nq")


def test_documents_are_copied_once_their_files_are_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_load, "MAX_RUNS_IN_MEMORY", 0)
    is_together = Event()
    put_together = StagingStore._optimise

    def put_together_late(store: StagingStore, begun: list[Future[None]]) -> None:
        sleep(0.3)
        put_together(store, begun)
        is_together.set()

    monkeypatch.setattr(StagingStore, "_optimise", put_together_late)
    copy = tmp_path / "documents"
    with closing(FullGraph(tmp_path, copy)) as graph:
        graph.add_lines(f"{triple} {home} .\n" for triple, home in format_quads(state("tea")))
        assert len(graph.open_documents()) == 2
        assert not copy.exists()
        graph.add_quads(state("talk", graph="https://g.example/b"))
        assert is_together.is_set()
        graph.finish()
    assert len(Store.read_only(str(copy))) == 2
