"""The commands of the Containerfile, run in a clean folder; the image itself is not built here."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from query_ui.cli.configuration import list_settings, read_environment
from query_ui.cli.main import main
from tests.conftest import PROJECT

FILE = PROJECT / "docs" / "operating" / "Containerfile"


def read_instructions() -> list[tuple[str, str]]:
    """Each instruction with its arguments, in order."""
    lines = [line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    text = re.sub(r"\\\n", " ", "\n".join(lines))
    found = [line.partition(" ") for line in text.splitlines() if line.strip()]
    return [(name, " ".join(rest.split())) for name, _, rest in found]


INSTRUCTIONS = read_instructions()


def list_arguments(name: str) -> list[str]:
    """The arguments of all instructions of a name."""
    return [rest for found, rest in INSTRUCTIONS if found == name]


def read_variables() -> dict[str, str]:
    """What ENV sets."""
    words = shlex.split(" ".join(list_arguments("ENV")))
    return dict(word.split("=", 1) for word in words)


def test_the_base_is_pinned_and_the_user_is_not_root() -> None:
    (base,) = list_arguments("FROM")
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+\.\d+-slim-\w+", base)
    (user,) = list_arguments("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    names = [name for name, _ in INSTRUCTIONS]
    assert max(i for i, name in enumerate(names) if name == "RUN") < names.index("USER")


def test_its_variables_are_settings() -> None:
    values = read_environment(read_variables(), list(list_settings(main)))
    assert values["serve.host"] == "0.0.0.0" and values["serve.log-level"] == "info"
    assert list_arguments("EXPOSE") == [values["serve.port"]]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the image, after the commands that build it."""
    root = tmp_path_factory.mktemp("image") / "work"
    root.mkdir()
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for arguments in list_arguments("COPY"):
        *sources, target = arguments.split()
        for name in tracked:
            source = next((s for s in sources if name == s or name.startswith(f"{s}/")), None)
            if source:
                copy = root / (name if target == "./" else name.replace(source, target, 1))
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes((PROJECT / name).read_bytes())
    programs = root.parent / "bin"
    programs.mkdir()
    (programs / "python").symlink_to(Path(sys._base_executable))  # type: ignore[attr-defined]
    environ = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(root.parent)}
    for command in list_arguments("RUN"):
        done = subprocess.run(
            ["sh", "-c", command], cwd=root, env=environ, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return root


@pytest.fixture
def server(image: Path) -> Iterator[str]:
    """The address of CMD, run with ENV; the port of the image is another here."""
    (folder,), (command,) = list_arguments("WORKDIR"), list_arguments("CMD")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environ = {
        name: value.replace(folder, str(image)).replace("$PATH", "/usr/bin:/bin")
        for name, value in read_variables().items()
    } | {"CONCORDAT_KG_SERVE_PORT": port}
    with subprocess.Popen(
        [find_program(json.loads(command)[0], environ["PATH"]), *json.loads(command)[1:]],
        cwd=image,
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        # The image is for any host, of which the server warns.
        said = [process.stderr.readline(), process.stderr.readline()]
        if not said[1].startswith("Serving at"):
            process.kill()
        assert said[0].startswith("Warning: requests for any Host are answered"), said
        assert said[1].startswith("Serving at"), said
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(60) == 0
        entries = [json.loads(line) for line in process.stderr.read().splitlines()]
        assert {"route": "/health/ready", "status": 200}.items() <= entries[0].items()


def find_program(name: str, path: str) -> str:
    """The path of a program as the container finds it."""
    found = shutil.which(name, path=path)
    assert found
    return found


@pytest.mark.long
def test_its_commands_make_a_server_that_is_ready(server: str, image: Path) -> None:
    with urlopen(f"{server}/health/ready", timeout=60) as response:
        current = (image / "build" / "current").read_text("ascii").strip()
        assert response.read().decode() == f"ready: {current}\n"
    with urlopen(f"{server}/queries/obligations.csv", timeout=60) as response:
        assert response.read().count(b"\n") == 60
    (check,) = list_arguments("HEALTHCHECK")
    probe = json.loads(check.partition("CMD ")[2])
    assert probe[0] == "python"
    alive = [sys.executable, *probe[1:-1], probe[-1].replace("http://127.0.0.1:8000", server)]
    assert subprocess.run(alive).returncode == 0
    dead = [*alive[:-1], probe[-1].replace("127.0.0.1:8000", "127.0.0.1:9")]
    assert subprocess.run(dead, capture_output=True).returncode != 0
    for path in [image / "build", *(image / "build").rglob("*")]:
        assert os.stat(path).st_mode & 0o006 == 0o006, f"{path} is not for every user"
