"""Read every page of the site from the application itself and write a static edition."""

import shutil
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

from werkzeug.test import Client

from loader.errors import BuildError, UsageError
from query_ui.static_edition.edition_notes import write_missing_page, write_note
from query_ui.static_edition.page_addresses import (
    NOTE_FILE,
    ORIGIN,
    is_included,
    name_file,
    resolve_link,
)
from query_ui.static_edition.page_rewriting import read_links, rewrite_page

MAX_REDIRECTS = 5
ACCEPT = "text/html,*/*;q=0.8"
_START = ("/", "/sitemap.xml", "/static/icons.svg")


@dataclass(frozen=True, slots=True)
class EditionSummary:
    """What a static edition has: ``size`` is in bytes."""

    pages: int
    downloads: int
    size: int
    left_out: int


@dataclass(slots=True)
class _Reading:
    bodies: dict[str, bytes] = field(default_factory=dict)
    """The bodies, compressed, by address."""
    files: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def find_file(self, address: str) -> str | None:
        """Return the file of an address, past redirects, with the fragment that these give."""
        fragment = ""
        for _ in range(MAX_REDIRECTS):
            if address not in self.moved:
                break
            address, _, fragment = self.moved[address].partition("#")
        found = self.files.get(address)
        return f"{found}#{fragment}" if found and fragment else found


def write_edition(application: WSGIApplication, folder: Path, base_path: str) -> EditionSummary:
    """Write the pages and downloads of the site to a new folder, complete or not at all.

    ``base_path``, such as ``/kg``, is where the host will serve the folder: the page for missing
    addresses needs it, and all other links are relative. Raises UsageError if the folder has
    files, BuildError if a page of the site fails.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists and is not an empty folder: name a new one.")
    reading = _read_site(Client(application))
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.absolute().parent))
    try:
        draft.chmod(0o755)  # a web host that is another user has to read it
        _write_files(reading, draft)
        _write_text(draft / NOTE_FILE, write_note(reading.find_file("/static/site.css")))
        _write_text(draft / "404.html", write_missing_page(base_path))
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    written = [path for path in folder.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in written)
    return EditionSummary(
        pages=pages,
        downloads=len(written) - pages,
        size=sum(path.stat().st_size for path in written),
        left_out=len(reading.left_out),
    )


def _read_site(client: Client) -> _Reading:
    reading, waiting, seen = _Reading(), list(_START), set(_START)
    while waiting:
        address = waiting.pop()
        for link in _read_address(client, address, reading):
            if link not in seen:
                seen.add(link)
                if is_included(link):
                    waiting.append(link)
                else:
                    reading.left_out.add(link)
    return reading


def _read_address(client: Client, address: str, reading: _Reading) -> list[str]:
    """Read one address into ``reading`` and return the addresses that it leads to."""
    with client.get(address, base_url=ORIGIN, headers={"Accept": ACCEPT}) as response:
        if 300 <= response.status_code < 400 and response.location:
            to = resolve_link(address, response.location)
            if to is None:
                reading.left_out.add(address)
                return []
            reading.moved[address] = to[0] + to[1]
            return [to[0]]
        if response.status_code >= 500:
            raise BuildError(f"The site answers {response.status_code} at {address}.")
        body, kind = response.get_data(), response.mimetype or ""
    if address.startswith("/sitemap") and response.status_code == 200:
        return _read_sitemap(body.decode())
    file = name_file(address, kind)
    # A download with addresses of the service would be wrong wherever the files are.
    has_address = kind != "text/html" and ORIGIN.encode() in body
    if response.status_code != 200 or not file or has_address:
        reading.left_out.add(address)
        return []
    reading.files[address] = file
    reading.bodies[address] = zlib.compress(body, 1)
    return read_links(address, body.decode()) if kind == "text/html" else []


def _read_sitemap(text: str) -> list[str]:
    found = (part.partition("</loc>")[0] for part in text.split("<loc>")[1:])
    return [urlsplit(one.strip()).path or "/" for one in found if one.strip().startswith(ORIGIN)]


def _write_files(reading: _Reading, folder: Path) -> None:
    for address, body in reading.bodies.items():
        name, data = reading.files[address], zlib.decompress(body)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".html"):
            text = rewrite_page(address, name, data.decode(), reading.find_file)
            data = text.encode()
        path.write_bytes(data)


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
