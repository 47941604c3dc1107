"""The unit for systemd: systemd accepts it, and the server needs nothing that it forbids."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from query_ui.cli.configuration import load_default_map
from query_ui.cli.main import main
from query_ui.engine.protocol import QueryLimits
from tests.conftest import PROJECT
from tests.query_ui.isolation.conftest import send
from tests.query_ui.releases import CROSS_PRODUCT, publish

UNIT = PROJECT / "docs" / "operating" / "concordat-kg.service"
TEXT = UNIT.read_text("utf-8")
MAX_EXPOSURE = 15
"""In tenths; systemd calls up to 1.9 "OK" and 10 "DANGEROUS"."""
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def analyze() -> str:
    """The path of systemd-analyze."""
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("no systemd-analyze on this machine (on Debian: apt-get install systemd)")
    return found


def run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True)


def read_setting(name: str) -> str:
    """The value of a setting of the unit, which has it once."""
    (value,) = re.findall(rf"^{name}=(.*)$", TEXT, re.MULTILINE)
    return str(value)


def write_unit(folder: Path, text: str = TEXT) -> Path:
    """The unit with the program of this environment, as that of the unit is not installed."""
    path = folder / UNIT.name
    installed = "/opt/concordat-kg/.venv/bin"
    path.write_text(text.replace(installed, str(Path(sys.executable).parent)), "utf-8")
    return path


def test_systemd_accepts_the_unit(analyze: str, tmp_path: Path) -> None:
    done = run(analyze, "verify", "--man=no", write_unit(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    wrong = write_unit(tmp_path, TEXT.replace("ProtectHome=yes", "ProtectHome=maybe"))
    assert "protect home value" in run(analyze, "verify", "--man=no", wrong).stderr


def test_the_exposure_is_low(analyze: str, tmp_path: Path) -> None:
    limit = f"--threshold={MAX_EXPOSURE}"
    done = run(analyze, "security", "--offline=true", limit, write_unit(tmp_path))
    assert done.returncode == 0, done.stdout[-500:]
    open_unit = write_unit(tmp_path, re.sub(r"(?m)^(Protect|SystemCall|Restrict).*\n", "", TEXT))
    assert run(analyze, "security", "--offline=true", limit, open_unit).returncode != 0


def test_the_settings_beside_it_are_settings() -> None:
    path = PROJECT / "docs" / "operating" / "settings.toml"
    serve = load_default_map(main, path, {})["serve"]
    assert serve["out"] == f"/var/lib/{read_setting('StateDirectory')}"
    assert (serve["log_level"], serve["host"], serve["port"]) == ("info", "127.0.0.1", 8000)


def test_memory_and_time_fit_the_limits_of_queries() -> None:
    limits = QueryLimits()
    workers = limits.light_workers + limits.heavy_workers
    megabytes = int(read_setting("MemoryMax").removesuffix("G")) * 1024
    assert megabytes >= (workers + 1) * limits.megabytes
    assert int(read_setting("TimeoutStopSec")) > limits.seconds
    assert read_setting("OOMPolicy") == "continue"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[tuple[str, str]]]]:
    """The calls of the system by a server and its workers while it does all kinds of work."""
    strace = shutil.which("strace")
    if strace is None or run(strace, "-qq", "-o", "/dev/null", "true").returncode:
        pytest.skip("no strace that may watch processes here (on Debian: apt-get install strace)")
    folder = tmp_path_factory.mktemp("unit")
    out, log = publish(folder / "build"), folder / "calls"
    program = Path(sys.executable).parent / "concordat-kg"
    serve: list[str | Path] = [
        program,
        "serve",
        "--port",
        "0",
        "--out",
        out,
        "--timeout",
        "2",
        "--memory",
        "512",
    ]
    process = subprocess.Popen(
        [strace, "-D", "-f", "-qq", "-o", log, *serve],
        cwd=PROJECT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        said = process.stderr.readline()
        assert said.startswith("Serving at"), said + process.stderr.read()
        work(int(said.split()[2].rpartition(":")[2]))
    finally:
        process.terminate()
        process.stderr.read()
        process.stderr.close()
        assert process.wait(120) == 0
    time.sleep(0.5)  # strace writes the rest
    yield out, CALL.findall(log.read_bytes().decode("utf-8", "replace"))


def work(port: int) -> None:
    """Pages, a short address, and queries that succeed, take too long and take too much."""
    for path in ("/health/ready", "/", "/metrics", "/static/site.css"):
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=120) as response:
            assert response.status == 200
    assert send(port, [("query", "ASK {}")], "/q")[0] == 201
    answer = send(port, [("query", "SELECT * { ?s ?p ?o }")])
    assert answer[0] == 200, answer
    assert send(port, [("query", CROSS_PRODUCT)])[0] == 504
    many = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9))
    assert send(port, [("query", f"SELECT DISTINCT * {{ {many} }}")])[0] in (503, 504)


def expand(analyze: str, name: str) -> set[str]:
    """The system calls of a set, with those of the sets in it."""
    listed = run(analyze, "syscall-filter", name).stdout.splitlines()[1:]
    names = {line.strip() for line in listed if line.strip() and "#" not in line}
    sets = {name for name in names if name.startswith("@")}
    return (names - sets).union(*(expand(analyze, inner) for inner in sets))


def test_every_system_call_is_allowed(
    analyze: str, calls: tuple[Path, list[tuple[str, str]]]
) -> None:
    allowed = expand(analyze, read_setting("SystemCallFilter"))
    made = {name for name, _ in calls[1]}
    assert {"setpriority", "prlimit64", "execve", "kill"} <= made, "the server did too little"
    assert made - allowed == set()


def test_every_address_family_is_allowed(calls: tuple[Path, list[tuple[str, str]]]) -> None:
    families = {rest.split(",")[0] for name, rest in calls[1] if name in ("socket", "socketpair")}
    assert "AF_UNIX" in families and families & {"AF_INET", "AF_INET6"}
    assert families <= set(read_setting("RestrictAddressFamilies").split())


def test_no_memory_is_made_executable(calls: tuple[Path, list[tuple[str, str]]]) -> None:
    """As MemoryDenyWriteExecute forbids; libraries are mapped executable from the start."""
    assert read_setting("MemoryDenyWriteExecute") == "yes"
    mapped = [rest for name, rest in calls[1] if name in ("mmap", "mprotect", "pkey_mprotect")]
    assert any("PROT_READ|PROT_EXEC" in rest for rest in mapped)
    changed = [rest for name, rest in calls[1] if "mprotect" in name and "PROT_EXEC" in rest]
    assert changed + [rest for rest in mapped if "PROT_WRITE|PROT_EXEC" in rest] == []


def test_nothing_is_written_outside_the_build_folder_and_tmp(
    calls: tuple[Path, list[tuple[str, str]]],
) -> None:
    out, made = calls
    writable = (f"{out}/", "/tmp/", "/dev/null", "/dev/shm/", "/proc/self/")
    paths = {
        rest.split('"')[1]
        for name, rest in made
        if name in ("open", "openat") and re.search(r"O_(WRONLY|RDWR|CREAT)", rest) and '"' in rest
        if "= -1" not in rest
    }
    assert any(path.startswith(f"{out}/permalinks/") for path in paths)
    cached = {path for path in paths if "/__pycache__/" in path}  # done without where forbidden
    assert [path for path in paths - cached if not path.startswith(writable)] == []
