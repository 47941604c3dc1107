"""The Makefile: what ``make serve`` says and runs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PROJECT


def list_commands(*arguments: str) -> list[str]:
    """The lines that make would run for these arguments, were everything to be made anew."""
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (["PORT="], ".venv/bin/concordat-kg serve"),
        (["PORT=9000"], ".venv/bin/concordat-kg serve --port 9000"),
    ],
)
def test_serve_takes_a_port(arguments: list[str], last: str) -> None:
    assert list_commands("serve", *arguments)[-1].strip() == last


def test_each_slow_step_is_announced_with_its_time() -> None:
    lines = list_commands("serve")
    slow = [
        i
        for i, line in enumerate(lines)
        if re.search(r" -m venv| -m pip .*install|^npm |concordat-kg (build|serve)", line)
        and not line.startswith("echo")
    ]
    assert len(slow) >= 5
    for i in slow:
        before = " ".join(lines[max(i - 2, 0) : i])
        assert re.search(r"echo \".* \((up to|about|a few|\d+ to \d+) ?[\w ]*\) …\"", before), i


@pytest.mark.parametrize("status", [0, 1])
def test_what_is_installed_is_named_and_a_failure_stops(tmp_path: Path, status: int) -> None:
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        "#!/bin/sh\n"
        "echo 'Collecting flask==3.1.3 (from -r requirements.lock)'\n"
        "echo '  Downloading flask'\n"
        "echo 'Installing collected packages: flask'\n"
        f'case "$*" in *requirements.lock*) exit {status} ;; esac\n'
    )
    python.chmod(0o755)
    command = ["make", "--no-print-directory", "setup"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.splitlines()[1:3] == ["  flask==3.1.3", "  installing them …"]
    assert (done.returncode == 0) == (status == 0) == (tmp_path / ".venv" / "ready").exists()


def test_the_bundle_is_made_anew_after_a_change_of_any_script() -> None:
    bundle = "query_ui/static/bundle/editor.js"
    command = ["make", "--dry-run", "--print-data-base", bundle]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    (rule,) = (line for line in done.stdout.splitlines() if line.startswith(f"{bundle}: "))
    scripts = (PROJECT / "query_ui" / "frontend").rglob("*.js")
    assert {str(path.relative_to(PROJECT)) for path in scripts} <= set(rule.split())
