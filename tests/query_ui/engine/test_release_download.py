"""The download of a release: once, verified, within bounds, and each failure with its sentence."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from loader.errors import BuildError, DataError, UsageError
from loader.release.backup import back_up
from loader.release.release_manifest import find_damage
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.cli.serve_command import _find_release_files
from query_ui.engine import open_engine_of_release, release_download
from query_ui.engine.held_release import LocalRelease
from query_ui.engine.release_download import check_archive_address, download, fetch_release
from tests.conftest import Built
from tests.query_ui.changing_endpoint import run_changing_endpoint
from tests.query_ui.endpoints import run_handler

OTHER = "b" * 64


@dataclass
class Archive:
    """What a server sends, and how often it was asked."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    address: str = ""
    paths: list[str] = field(default_factory=list)


@contextmanager
def serve_archive() -> Iterator[Archive]:
    """Run a server on a free port for a ``with`` block; below ``/to/`` it redirects."""
    state = Archive()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.paths.append(self.path)
            is_archive = self.path == "/kg.tar.gz"
            self.send_response(state.status if is_archive else 302)
            if not is_archive:
                self.send_header("Location", self.path.removeprefix("/to/"))
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if is_archive:
                self.wfile.write(state.body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    with run_handler(Handler) as address:
        state.address = f"{address}/kg.tar.gz"
        yield state


@pytest.fixture
def web() -> Iterator[Archive]:
    """A server for one archive."""
    with serve_archive() as state:
        yield state


@pytest.fixture(scope="module")
def archive(tiny_built: Built, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What ``backup`` writes of the miniature project."""
    path = tmp_path_factory.mktemp("archive") / "kg.tar.gz"
    back_up(tiny_built[0].out, path)
    return path.read_bytes()


def test_a_release_is_fetched_once_and_is_sound(
    web: Archive, archive: bytes, tiny_built: Built, tmp_path: Path
) -> None:
    web.body, out, name = archive, tmp_path / "new" / "build", tiny_built[1].release.name
    local = fetch_release(f"{web.address[:-10]}/to/{web.address}", out, name)
    assert (local.out, local.name) == (out, name)
    assert [*find_damage(local.folder, full=True)] == []
    assert (out / "current").read_text().strip() == name
    assert [path.name for path in out.parent.iterdir()] == ["build"]
    assert len(web.paths) == 2
    assert fetch_release(web.address, out, name) == local
    assert len(web.paths) == 2, "it was fetched although it is there"


def test_a_server_fetches_the_release_that_its_endpoint_states(
    web: Archive, two_releases: tuple[Settings, str, str], tmp_path: Path
) -> None:
    settings, old, new = two_releases
    back_up(settings.out, tmp_path / "kg.tar.gz")
    web.body = (tmp_path / "kg.tar.gz").read_bytes()
    own = replace(settings, out=tmp_path / "build")
    with run_changing_endpoint(settings.out, old, new) as endpoint:
        found, local = _find_release_files(own, endpoint.address, web.address)
        assert local == LocalRelease(tmp_path / "build", old)
        engine = open_engine_of_release(found, endpoint.address, local)
        client = create_app(found, engine).test_client()
        page = client.get("/search?q=quiet", headers={"Accept": "text/html"}, buffered=True)
        engine.close()
    assert page.status_code == 200 and "/case-studies/quiet-hours" in page.text


def test_an_archive_without_the_release_of_the_endpoint_is_refused(
    web: Archive, archive: bytes, tmp_path: Path
) -> None:
    web.body = archive
    with pytest.raises(UsageError, match=f"has not the release {OTHER[:12]} that the endpoint"):
        fetch_release(web.address, tmp_path / "build", OTHER)


def test_what_is_damaged_or_no_backup_changes_nothing(
    web: Archive, archive: bytes, tmp_path: Path
) -> None:
    web.body = archive[: len(archive) // 2]
    with pytest.raises(DataError, match=f"{web.address} is damaged, and nothing was changed"):
        fetch_release(web.address, tmp_path / "build", OTHER)
    middle = len(archive) // 2
    web.body = archive[:middle] + bytes([archive[middle] ^ 1]) + archive[middle + 1 :]
    with pytest.raises(DataError, match="is damaged, and nothing was changed"):
        fetch_release(web.address, tmp_path / "build", OTHER)
    web.body = b"<html>not found</html>"
    with pytest.raises(DataError, match="is damaged, and nothing was changed"):
        fetch_release(web.address, tmp_path / "build", OTHER)
    for name in ("../outside", "/tmp/outside", "releases/../../outside"):
        web.body = pack(name)
        with pytest.raises(DataError, match="is no backup: it holds"):
            fetch_release(web.address, tmp_path / "build", OTHER)
    assert not (tmp_path / "outside").exists()
    assert not [*(tmp_path / "build" / "releases").glob("*")]


def pack(name: str, size: int = 1) -> bytes:
    """Return an archive of one file."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = size
        tar.addfile(member, io.BytesIO(bytes(size)))
    return body.getvalue()


def test_what_is_too_large_is_refused(
    web: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.body = b"x" * 1001
    with pytest.raises(UsageError, match="is larger than 1,000 bytes"):
        download(web.address, io.BytesIO(), 1000)
    monkeypatch.setattr(release_download, "MAX_UNPACKED_BYTES", 1000)
    web.body = pack("releases/a/graph.nq", 1001)
    with pytest.raises(DataError, match=f"{web.address} is too large: .* more than 1,000 bytes"):
        fetch_release(web.address, tmp_path / "build", OTHER)


def test_what_cannot_be_fetched_is_said(web: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    web.status = 404
    with pytest.raises(BuildError, match=r"cannot be fetched: the server answered 404 Not Found"):
        download(web.address, io.BytesIO())
    with pytest.raises(BuildError, match="cannot be fetched: .*refused"):
        download("http://127.0.0.1:1/kg.tar.gz", io.BytesIO())
    web.status, web.body, web.headers = 200, b"x", {"Content-Length": "9"}
    with pytest.raises(BuildError, match="cannot be fetched: "):
        download(web.address, io.BytesIO())
    web.headers = {}
    root = web.address.removesuffix("kg.tar.gz")
    with pytest.raises(BuildError, match="more than 5 redirects"):
        download(f"{root}loop", io.BytesIO())
    monkeypatch.setattr(release_download, "MAX_SECONDS", -1.0)
    with pytest.raises(BuildError, match="took more than"):
        download(web.address, io.BytesIO())


def test_no_other_scheme_and_no_password_is_followed(web: Archive) -> None:
    root = web.address.removesuffix("kg.tar.gz")
    with pytest.raises(UsageError, match="leads to another scheme, ftp, which is not followed"):
        download(f"{root}to/ftp://127.0.0.1/kg.tar.gz", io.BytesIO())
    with pytest.raises(UsageError, match="holds a user"):
        download(f"{root}to/http://me:secret@127.0.0.1/kg.tar.gz", io.BytesIO())
    for address in ("file:///etc/passwd", "ftp://example.org/kg", "https:///kg"):
        with pytest.raises(UsageError, match="is no address of a release"):
            check_archive_address(address)
