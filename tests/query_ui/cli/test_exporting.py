"""A release written into one file, in every format, whole or one graph of it."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat, parse

from loader.release.build import BuildResult
from loader.settings import BASE, Settings
from query_ui.cli.exporting import RDF_FORMAT_BY_SUFFIX
from query_ui.cli.main import main


@pytest.mark.slow
@pytest.mark.parametrize("suffix", RDF_FORMAT_BY_SUFFIX)
def test_every_format_holds_every_statement(
    suffix: str, tiny_built: tuple[Settings, BuildResult], in_folder: Path
) -> None:
    settings, outcome = tiny_built
    result = CliRunner().invoke(main, ["export", f"all{suffix}", "--out", str(settings.out)])
    assert result.exit_code == 0, result.output
    quads = set(parse(path=outcome.release.graph, format=RdfFormat.N_QUADS))
    found = list(parse(path=f"all{suffix}", format=RDF_FORMAT_BY_SUFFIX[suffix]))
    if RDF_FORMAT_BY_SUFFIX[suffix].supports_datasets:
        assert set(found) == quads
    else:
        assert {quad.triple for quad in found} == {quad.triple for quad in quads}
    assert len(found) == len(set(found))


def test_one_graph_is_written_alone(
    tiny_built: tuple[Settings, BuildResult], in_folder: Path
) -> None:
    out = str(tiny_built[0].out)
    arguments = ["export", "a.nq", "--graph", "organisations", "--out", out]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    graphs = {quad.graph_name.value for quad in parse(path="a.nq", format=RdfFormat.N_QUADS)}
    assert graphs == {f"{BASE}graph/organisations"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["a.csv"], "the suffix has to be one of .nq"),
        (["a.nq", "--graph", "none"], "no graph “none”"),
    ],
)
def test_bad_input_gets_a_sentence_and_no_file(
    tiny_built: tuple[Settings, BuildResult], in_folder: Path, arguments: list[str], sentence: str
) -> None:
    result = CliRunner().invoke(main, ["export", *arguments, "--out", str(tiny_built[0].out)])
    assert (result.exit_code, sentence in result.output) == (2, True)
    assert list(in_folder.glob("a.*")) == []


def test_the_statement_of_the_release_comes_on_demand(
    tiny_built: tuple[Settings, BuildResult], in_folder: Path
) -> None:
    settings, outcome = tiny_built
    arguments = ["--release-statement", "--out", str(settings.out)]
    result = CliRunner().invoke(main, ["export", "all.nq", *arguments])
    assert result.exit_code == 0, result.output
    held = set(parse(path=outcome.release.graph, format=RdfFormat.N_QUADS))
    (added,) = set(parse(path="all.nq", format=RdfFormat.N_QUADS)) - held
    assert added.subject.value == f"urn:sha256:{outcome.release.name}"
    assert added.object.value == f"{BASE}dataset"
    for others in (["all.ttl"], ["one.nq", "--graph", "organisations"]):
        result = CliRunner().invoke(main, ["export", *others, *arguments])
        assert (result.exit_code, "is for the whole of it" in result.output) == (2, True)
