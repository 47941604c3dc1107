"""The progress bar: on a terminal, after a second, and never where nobody looks."""

import os
import subprocess
import sys

import pytest

from query_ui.cli.progress_bar import show_progress

WORK = (
    "import sys, time; from query_ui.cli import progress_bar as p\n"
    "p.SHOW_AFTER_SECONDS = float(sys.argv[1])\n"
    "with p.show_progress() as advance:\n"
    "    advance('reading', 1, 3)\n"
    "    time.sleep(0.4)\n"
    "    advance('validating', 0, 0)\n"
    "    time.sleep(0.4)\n"
    "print('data')\n"
)


def on_a_terminal(patience: str) -> tuple[bytes, bytes]:
    """What the work writes on standard output, a pipe, and on standard error, a terminal."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", WORK, patience]
    environment = os.environ | {"TERM": "xterm"}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=theirs, env=environment, check=True
    )
    os.close(theirs)
    seen = b""
    try:
        while block := os.read(ours, 10_000):
            seen += block
    except OSError:
        pass  # the other end is closed and everything has been read
    finally:
        os.close(ours)
    return done.stdout, seen


def test_a_long_command_shows_its_stages_and_keeps_its_data_apart() -> None:
    out, seen = on_a_terminal("-1")
    assert b"reading" in seen and b"validating" in seen
    assert out == b"data\n"


def test_a_short_command_shows_nothing() -> None:
    out, seen = on_a_terminal("60")
    assert b"reading" not in seen and b"validating" not in seen
    assert out == b"data\n"


def test_nothing_is_drawn_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as advance:
        advance("reading", 1, 3)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
