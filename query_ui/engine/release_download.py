"""The download of a release for a site on a remote endpoint, as the archive of a backup.

``concordat-kg backup`` writes the archive. It is verified by the manifests in it before any of it
is put in place: see ``loader.release.backup``.
"""

import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError

from loader.errors import BuildError, DataError, UsageError
from loader.release.backup import restore
from query_ui.engine.endpoint_client import CONNECT_SECONDS
from query_ui.engine.held_release import LocalRelease, find_local_release

MAX_ARCHIVE_BYTES = 4 * 1024**3
MAX_UNPACKED_BYTES = 16 * 1024**3
MAX_SECONDS = 3600.0
_READ_SECONDS = 60.0
_MAX_REDIRECTS = 5
_CHUNK_BYTES = 1024 * 1024
_REDIRECTS = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
)


def fetch_release(address: str, out: Path, held: str) -> LocalRelease:
    """Return the release ``held`` of an endpoint; fetch its archive unless ``out`` has its files.

    The build folder ``out`` is made where there is none. Raise UsageError for an address that is
    not http(s) or leads to another scheme, and for an archive that is too large or without that
    release; DataError where it is no backup or damaged; BuildError where it cannot be reached.
    """
    check_archive_address(address)
    if (out / "releases" / held / "report.json").is_file():
        return find_local_release(out / "releases" / held)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="release-", dir=out.parent) as folder:
        archive = Path(folder) / "release.tar.gz"
        with archive.open("xb") as file:
            download(address, file)
        try:
            restore(archive, out, MAX_UNPACKED_BYTES)
        except DataError as error:
            raise DataError(str(error).replace(str(archive), address)) from error
    if not (out / "releases" / held / "report.json").is_file():
        raise UsageError(
            f"{address} is sound, but has not the release {held[:12]} that the endpoint holds: "
            "write a new backup, or publish the release of this one to the endpoint."
        )
    return find_local_release(out / "releases" / held)


def check_archive_address(address: str) -> None:
    """Raise UsageError where ``address`` is not http(s), or holds a password."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f'"{address}" is no address of a release: it must begin with https.')
    if parts.username is not None:
        raise UsageError(
            "The address of the release holds a user, and error messages would show it: fetch the "
            "file by other means, and run `concordat-kg restore`."
        )


def download(address: str, file: BinaryIO, max_bytes: int = MAX_ARCHIVE_BYTES) -> None:
    """Write what is at ``address`` to ``file``; see ``fetch_release`` for the errors.

    Redirects are followed within the scheme, and from http to https.
    https://www.rfc-editor.org/rfc/rfc9110#section-15.4
    """
    started_at = time.monotonic()
    with urllib3.PoolManager(
        retries=False, timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=_READ_SECONDS)
    ) as pool:
        try:
            response = open_following(pool, address)
            with response:
                size = 0
                while data := response.read(_CHUNK_BYTES):
                    size += len(data)
                    if size > max_bytes:
                        raise UsageError(
                            f"The release at {address} is larger than {max_bytes:,} bytes, so it "
                            "was not fetched to its end. Fetch it by other means, and run "
                            "`concordat-kg restore`."
                        )
                    if time.monotonic() - started_at > MAX_SECONDS:
                        raise BuildError(
                            f"the release at {address} took more than {MAX_SECONDS:g} s to fetch"
                        )
                    file.write(data)
        except (HTTPError, OSError) as error:
            reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
            raise BuildError(f"the release at {address} cannot be fetched: {reason}") from error
    file.flush()


def open_following(pool: urllib3.PoolManager, address: str) -> urllib3.BaseHTTPResponse:
    """Return the response with status 200 that ``address`` leads to."""
    here = address
    for _ in range(_MAX_REDIRECTS + 1):
        response = pool.request(
            "GET",
            here,
            headers={"Accept-Encoding": "identity", "User-Agent": "concordat-kg"},
            redirect=False,
            preload_content=False,
        )
        if response.status == HTTPStatus.OK:
            return response
        target = response.headers.get("Location", "")
        response.close()
        if response.status not in _REDIRECTS or not target:
            raise BuildError(
                f"the release at {here} cannot be fetched: the server answered {response.status} "
                f"{response.reason}"
            )
        target = urljoin(here, target)
        schemes = urlsplit(here).scheme, urlsplit(target).scheme
        if schemes[1] not in ("https", schemes[0]):
            raise UsageError(
                f"{here} leads to another scheme, {schemes[1]}, which is not followed: give the "
                "address that the file has in the end."
            )
        check_archive_address(target)
        here = target
    raise BuildError(f"the release at {address} cannot be fetched: more than 5 redirects")
