"""The guide to operating: its commands run, its metrics and settings are those that exist."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from loader.release.build import build
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from query_ui.engine.release_watch import ReleaseWatch
from query_ui.http.page_pool import PagePool
from query_ui.http.problem_details import REFUSAL_BY_ERROR
from query_ui.http.response_cache import ResponseCache
from tests.conftest import PROJECT, copy_tiny, quiet
from tests.query_ui.http.test_request_log import LINE
from tests.settings_page import PAGE, format_page
from tests.torture.server import run_server

GUIDE = (PROJECT / "docs" / "guides" / "operating.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
COMMANDS = re.findall(
    r"^\$ (.+)$", "".join(text for kind, text in BLOCKS if kind == "console"), re.MULTILINE
)
METRIC = re.compile(r"concordat_kg_[a-z_]+")


def test_the_page_of_settings_is_that_of_the_options() -> None:
    """`.venv/bin/python -m tests.settings_page` writes it anew."""
    assert PAGE.read_text("utf-8") == format_page()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two releases in ``build``."""
    folder = copy_tiny(tmp_path_factory.mktemp("operating") / "tiny")
    shutil.copytree(PROJECT / "docs" / "operating", folder / "docs" / "operating")
    settings = Settings(folder, (folder / "data",), folder / "build")
    build(settings, quiet)
    text = "---\ntype: case-study\ntitle: Newer Hours\n---\nNew.\n"
    (folder / "data" / "case-studies" / "newer.md").write_text(text, "utf-8")
    build(settings, quiet)
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Where a server over the releases answers."""
    with run_server(folder / "build") as server:
        yield f"http://127.0.0.1:{server.port}"


def run(command: str, folder: Path, address: str, temporary: Path) -> str:
    """What a command of the guide prints, in a folder of its own for ``/tmp``."""
    command = command.replace("http://127.0.0.1:8000", address)
    command = command.replace("/tmp/", f"{temporary}/")
    paths = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=os.environ | {"PATH": paths},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_every_command_runs_in_order(folder: Path, address: str, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("no curl on this machine (on Debian: apt-get install curl)")
    newer = (folder / "build" / "current").read_text("ascii").strip()
    printed = [run(command, folder, address, tmp_path) for command in COMMANDS]
    said = dict(zip(COMMANDS, printed, strict=True))
    assert said["curl --silent http://127.0.0.1:8000/health/ready"] == f"ready: {newer}\n"
    metrics = next(text for command, text in said.items() if "grep -E" in command)
    assert "concordat_kg_release_degraded 0.0" in metrics
    assert 'concordat_kg_queries_waiting{lane="heavy"} 0.0' in metrics
    assert "current" in said["concordat-kg releases"].splitlines()[2]
    assert said["concordat-kg releases verify --quick"].count("sound") == 2
    assert "default: 8080;" in said["CONCORDAT_KG_SERVE_PORT=8080 concordat-kg serve --help"]
    assert "/var/lib/concordat-kg" in next(t for c, t in said.items() if "--config" in c)
    assert newer not in said["concordat-kg releases use previous"]
    assert "2 releases" in next(text for c, text in said.items() if " restore " in c)
    assert (tmp_path / "restored" / "current").read_text("ascii").strip() == newer


def test_commands_that_are_not_run_are_for_a_machine() -> None:
    """In a block of ``sh``, and each begins with a program that changes the machine."""
    assert {kind for kind, _ in BLOCKS} == {"console", "sh", "json", "yaml"}
    lines = "".join(text for kind, text in BLOCKS if kind == "sh").splitlines()
    programs = {line.split()[0] for line in lines}
    machine = {"useradd", "install", "sudo", "systemctl", "journalctl", "podman"}
    # The commands for a wheel are run by tests/test_wheel.py.
    assert programs == machine | {"make", "pip", "concordat-kg"}
    for path in re.findall(r"docs/operating/[\w.-]+", "".join(lines)):
        assert (PROJECT / path).is_file()
    assert len(COMMANDS) > 15
    for kind, text in BLOCKS:
        assert kind != "console" or all(line.startswith("$ ") for line in text.splitlines())


@pytest.fixture(scope="module")
def samples(folder: Path) -> dict[str, set[str]]:
    """The names of the metrics of a server, each with its labels."""
    settings = Settings(folder, (folder / "data",), folder / "build")
    engine = open_engine(settings, is_serving=True)
    visitors = engine.isolate()
    watch = ReleaseWatch(settings.out, lambda: engine.release)
    for full in (False, True):
        watch.check(full)
    pool = PagePool(lambda pipes: None, 0)
    app = create_app(
        settings, engine, visitors, watch=watch, response_cache=ResponseCache(), page_pool=pool
    )
    client = app.test_client()
    client.get("/sparql?query=ASK{}", buffered=True)
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            for name in (sample.name, re.sub("_(bucket|count|sum)$", "", sample.name)):
                found.setdefault(name, set()).update(sample.labels)
    visitors.close()
    engine.close()
    return found


@pytest.mark.slow
def test_its_metrics_are_those_of_a_server(samples: dict[str, set[str]]) -> None:
    (table,) = re.findall(r"\| metric \| meaning \|\n(.*?)\n\n", GUIDE, re.DOTALL)
    own = re.compile("_(bucket|count|sum|created)$")
    served = {name for name in samples if not own.search(name)}
    assert set(METRIC.findall(table)) == served
    for row in table.splitlines()[1:]:
        labels = set(re.findall(r"`([a-z]+)`", row)) & {"route", "status", "reason", "lane"}
        for name in METRIC.findall(row):
            assert labels <= samples[name], name
    reasons = {reason for _, reason in REFUSAL_BY_ERROR}
    assert all(f"`{reason}`" in table for reason in reasons)


@pytest.mark.slow
def test_its_alerts_ask_for_metrics_that_exist(samples: dict[str, set[str]]) -> None:
    (text,) = [text for kind, text in BLOCKS if kind == "yaml"]
    content: dict[str, Any] = yaml.safe_load(text)
    rules = content["groups"][0]["rules"]
    assert len(rules) == 3
    for rule in rules:
        named = re.findall(r"(concordat_kg_[a-z_]+)(?:\{([^}]*)\})?", rule["expr"])
        assert named
        for name, selector in named:
            assert set(re.findall(r"(\w+)(?:=|!=|=~|!~)\"", selector)) <= samples[name], name


def test_the_line_of_log_that_it_shows_is_one() -> None:
    (text,) = [text for kind, text in BLOCKS if kind == "json"]
    entry = json.loads(text)
    assert LINE.fullmatch(entry["message"])
    assert entry["message"].startswith(f"{entry['method']} {entry['route']} {entry['status']} ")
