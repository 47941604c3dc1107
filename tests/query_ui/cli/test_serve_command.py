"""The command ``serve``: the platforms that it runs on, and the line that says where it serves."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from loader.errors import UsageError
from query_ui.cli.main import main
from query_ui.cli.serve_command import choose_page_processes, refuse_other_platforms
from query_ui.engine.worker_process import count_processors
from query_ui.http.public_address import PublicAddress
from query_ui.server import HttpServer, serve_app
from tests.conftest import PROJECT

SENTENCE = "The server runs on Linux and macOS; on Windows, run it in WSL (Linux on Windows)."


@pytest.mark.parametrize("platform", ["win32", "cygwin", "emscripten"])
def test_other_platforms_are_refused_with_the_sentence_of_the_readme(platform: str) -> None:
    with pytest.raises(UsageError) as caught:
        refuse_other_platforms(platform)
    assert str(caught.value) == SENTENCE
    assert SENTENCE in " ".join((PROJECT / "README.md").read_text("utf-8").split())


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_linux_and_macos_are_served(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_other_platforms(platform)
    monkeypatch.setattr("sys.platform", platform)
    done = CliRunner().invoke(main, ["serve", "--out", "missing"])
    assert done.exit_code != 0 and SENTENCE not in done.stderr


def test_the_command_refuses_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    done = CliRunner().invoke(main, ["serve", "--out", "missing"])
    assert (done.exit_code, done.stderr) == (2, f"Error: {SENTENCE}\n")


@pytest.mark.parametrize(
    ("host", "public", "expected"),
    [
        ("127.0.0.1", PublicAddress(), "http://127.0.0.1:PORT"),
        ("127.0.0.1", PublicAddress(base_path="/kg"), "http://127.0.0.1:PORT/kg"),
        (
            "127.0.0.1",
            PublicAddress("https", "example.org", "/kg"),
            "http://127.0.0.1:PORT/kg for https://example.org/kg",
        ),
    ],
)
def test_the_last_line_is_the_address(
    host: str,
    public: PublicAddress,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ports: list[int] = []

    def run(server: HttpServer) -> None:
        ports.append(server.port)
        server._socket.close()

    monkeypatch.setattr("query_ui.server.HttpServer.run", run)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("sys.setswitchinterval", lambda _: None)
    monkeypatch.setattr("query_ui.server.tune_collector", lambda: None)
    serve_app(lambda environ, start: [], host, 0, public_address=public)
    told = capsys.readouterr().err
    assert told == f"Serving at {expected} – press Ctrl-C to stop\n".replace("PORT", str(ports[0]))


@pytest.mark.parametrize(
    ("wanted", "processors", "expected"),
    [(None, 1, 0), (None, 2, 1), (None, 64, 4), (0, 8, 0), (7, 2, 7)],
)
def test_by_itself_each_further_processor_gets_a_process_for_pages(
    wanted: int | None, processors: int, expected: int
) -> None:
    assert choose_page_processes(wanted, processors) == expected


def test_the_processors_that_this_process_may_use_are_counted() -> None:
    assert 1 <= count_processors() <= (os.cpu_count() or 1)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("suggest=list.csv", "/reconcile/suggest is a path of the service itself"),
        ("HESA=list.csv", "cannot be the name of a registry"),
        ("hesa=", "has no file"),
    ],
)
def test_a_registry_with_a_wrong_name_is_refused_at_start(value: str, sentence: str) -> None:
    done = CliRunner().invoke(main, ["serve", "--registry", value])
    assert done.exit_code == 2 and "--registry" in done.stderr
    assert sentence in " ".join(done.stderr.split())
    done = CliRunner().invoke(main, ["serve"], env={"CONCORDAT_KG_SERVE_REGISTRY": value})
    assert done.exit_code == 2 and sentence in " ".join(done.stderr.split())


def test_a_registry_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("title,place\na,b\n", "utf-8")
    options = ["--out", str(tmp_path), "--registry"]
    for file, sentence in [
        ("none.csv", "none.csv: the register cannot be read: No such file or directory"),
        ("list.csv", "list.csv: this is no register that is known"),
    ]:
        done = CliRunner().invoke(main, ["serve", *options, f"list={tmp_path / file}"])
        assert done.exit_code == 2 and sentence in done.stderr
        assert "Traceback" not in done.stderr
