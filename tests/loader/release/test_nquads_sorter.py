"""The sorted file: every quad once, in one order, whatever the order and the size of the runs."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from loader.mapping.provenance import format_quads
from loader.release import nquads_sorter
from loader.release.nquads_sorter import QuadFile, merge_runs

quads = st.builds(
    lambda s, o: Quad(
        NamedNode(f"https://a.example/{s}"),
        NamedNode("https://p.example/"),
        Literal(o),
        NamedNode("https://g.example/"),
    ),
    st.integers(0, 5),
    st.text(max_size=8),
)


@given(batches=st.lists(st.lists(quads, max_size=6), max_size=6))
def test_any_order_of_the_same_quads_is_the_same_file(
    batches: list[list[Quad]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    one, many = QuadFile(folder), QuadFile(tmp_path_factory.mktemp("runs"))
    one.add(format_quads(quad for batch in batches for quad in batch))
    for batch in reversed(batches):
        many.add(format_quads(batch))
        many.close()
    name, count = one.write(folder / "one.nq")
    assert many.write(folder / "many.nq") == (name, count)
    written = (folder / "one.nq").read_bytes()
    assert hashlib.sha256(written).hexdigest() == name
    assert count == len({quad for batch in batches for quad in batch})
    back = {*parse(written, format=RdfFormat.N_QUADS)}
    assert back == {quad for batch in batches for quad in batch}
    assert written.decode().split("\n")[:-1] == sorted(written.decode().split("\n")[:-1])


@given(
    runs=st.lists(st.lists(st.sampled_from([*"abcdeé"]), max_size=8), max_size=5),
    size=st.sampled_from((1, 5, 1000)),
)
def test_runs_are_merged_each_line_once_however_much_is_read_at_once(
    runs: list[list[str]], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    paths = [folder / str(number) for number in range(len(runs))]
    for path, lines in zip(paths, runs, strict=True):
        path.write_text("".join(f"{line}\n" for line in sorted(lines)), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nquads_sorter, "BYTES_AT_ONCE", size)
        merged = [line for lines in merge_runs(paths) for line in lines]
    assert merged == sorted({f"{line}\n".encode() for lines in runs for line in lines})


def test_runs_are_written_as_they_fill_and_removed_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nquads_sorter, "RUN", 2)
    file = QuadFile(tmp_path)
    subject, predicate = NamedNode("https://a.example/"), NamedNode("https://p.example/")
    graph = NamedNode("https://g.example/")
    for number in range(5):
        file.add(format_quads([Quad(subject, predicate, Literal(str(number)), graph)]))
    assert len(list(tmp_path.iterdir())) == 2
    assert file.write(tmp_path / "graph.nq")[1] == 5
    assert len(file.runs) == 3
    file.remove_runs()
    assert [path.name for path in tmp_path.iterdir()] == ["graph.nq"]
