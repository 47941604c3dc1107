"""Read every page of the site from the application itself and write a static edition."""

import re
import shutil
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

from werkzeug.test import Client

from loader.errors import BuildError, UsageError
from loader.release.phase_times import Progress
from query_ui.graph.page_queries import GraphContext
from query_ui.site.coverage import COLUMN_FACETS, ROW_FACETS
from query_ui.static_edition.edition_data import write_edition_data, write_quads
from query_ui.static_edition.edition_pages import (
    SHELL_ADDRESS,
    build_edition_pages,
    build_editor_page,
    build_missing_page,
    build_values_page,
)
from query_ui.static_edition.page_addresses import (
    EDITION_FOLDER,
    EDITOR_FILE,
    ORIGIN,
    Target,
    find_scripted_page,
    is_included,
    name_file,
    name_values_file,
    resolve_link,
)
from query_ui.static_edition.page_rewriting import (
    ICONS_ADDRESS,
    PageRewriter,
    read_links,
    rewrite_style_sheet,
    split_icons,
)
from query_ui.static_edition.query_templates import build_query_template

MAX_REDIRECTS = 5
ACCEPT = "text/html,*/*;q=0.8"
EDITOR_ADDRESS, TERMS_ADDRESS = "/sparql", "/sparql/terms.json"
MISSING_FILE = "404.html"
_START = ("/", SHELL_ADDRESS, "/sitemap.xml", ICONS_ADDRESS)
_MAPS = tuple(
    f"/coverage?{'&'.join(fields)}"
    for rows in ROW_FACETS
    for columns in COLUMN_FACETS
    if (
        fields := [
            *([f"rows={rows}"] if rows != "keyword" else []),
            *([f"columns={columns}"] if columns != "consortium" else []),
        ]
    )
)
"""The coverage maps that the form of ``/coverage`` leads to."""


@dataclass(frozen=True, slots=True)
class EditionSource:
    """What an edition is made from.

    ``application`` answers the requests, ``graph`` is what it shows, ``quads`` the N-Quads of the
    release. ``bundle`` has the scripts, or is None where they were not made.
    """

    application: WSGIApplication
    graph: GraphContext
    quads: Path
    bundle: Path | None


@dataclass(frozen=True, slots=True)
class EditionSummary:
    """What a static edition has: ``size`` is in bytes."""

    pages: int
    downloads: int
    size: int
    left_out: int
    has_scripts: bool


@dataclass(slots=True)
class _Reading:
    bodies: dict[str, bytes] = field(default_factory=dict)
    """The bodies, compressed, by address."""
    files: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    own_files: set[str] = field(default_factory=set)
    """The files that no address of the site has."""

    def find_file(self, address: str) -> Target | None:
        """Return the file of an address, past redirects, with the fragment that these give."""
        fragment = ""
        for _ in range(MAX_REDIRECTS):
            if address not in self.moved:
                break
            address, _, fragment = self.moved[address].partition("#")
        found = self.files.get(address)
        return Target(found, "", fragment) if found else None

    def find_link(self, address: str) -> Target | None:
        """Return the file of an address, or the page of ``own_files`` that does the same."""
        found = self.find_file(address)
        if found is None and address[1:] in self.own_files:
            found = Target(address[1:])
        if found is None and (scripted := find_scripted_page(address)):
            found = scripted if scripted.file in self.own_files else None
        return found

    def read_body(self, address: str) -> str | None:
        """Return the text of an address that was read, or None."""
        body = self.bodies.get(address)
        return None if body is None else zlib.decompress(body).decode()


def write_edition(
    source: EditionSource,
    folder: Path,
    base_path: str,
    progress: Progress = lambda stage, done, total: None,
) -> EditionSummary:
    """Write the pages and downloads of the site to a new folder, complete or not at all.

    ``base_path``, such as ``/kg``, is where the host will serve the folder: the page for missing
    addresses needs it, and all other links are relative. ``progress`` is told of each page.
    Raises UsageError if the folder has files, BuildError if a page of the site fails.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists and is not an empty folder: name a new one.")
    client = Client(source.application)
    reading = _read_site(client, progress)
    pages = _collect_own_pages(source, client, reading)
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.absolute().parent))
    try:
        draft.chmod(0o755)  # a web host that is another user has to read it
        icons = split_icons(reading.read_body(ICONS_ADDRESS) or "")
        rewriter = PageRewriter(reading.find_link, source.bundle is not None, icons)
        for name, (address, html) in pages.items():
            text = rewriter.rewrite_page(address, name, html)
            _write_text(draft / name, root_links(text, base_path) if name == MISSING_FILE else text)
        _write_files(reading, draft, rewriter)
        if source.bundle:
            shutil.copytree(source.bundle, draft / "static" / "bundle", dirs_exist_ok=True)
            write_edition_data(draft, source.graph, reading.read_body, reading.find_link)
            _write_text(draft / EDITION_FOLDER / "terms.json", _fetch(client, TERMS_ADDRESS))
            write_quads(source.quads, draft / EDITION_FOLDER / "graph.nq.gz")
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:  # after its new name there is no draft
        shutil.rmtree(draft, ignore_errors=True)
    written = [path for path in folder.rglob("*") if path.is_file()]
    count = sum(path.suffix == ".html" for path in written)
    return EditionSummary(
        pages=count,
        downloads=len(written) - count,
        size=sum(path.stat().st_size for path in written),
        left_out=len(reading.left_out),
        has_scripts=source.bundle is not None,
    )


def _read_site(client: Client, progress: Progress) -> _Reading:
    reading, waiting, seen = _Reading(), [*_START, *_MAPS], {*_START, *_MAPS}
    while waiting:
        address = waiting.pop()
        progress("Reading the pages", len(seen) - len(waiting), len(seen))
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
            reading.moved[address] = f"{to[0]}#{to[1]}" if to[1] else to[0]
            return [to[0]]
        if response.status_code >= 500:
            raise BuildError(f"The site answers {response.status_code} at {address}.")
        body, kind = response.get_data(), response.mimetype or ""
    if address.startswith("/sitemap") and response.status_code == 200:
        return _read_sitemap(body.decode())
    file = name_file(address, kind)
    # A download with addresses of the service would be wrong wherever the files are.
    has_address = kind not in ("text/html", "text/css") and ORIGIN.encode() in body
    if response.status_code != 200 or not file or has_address:
        reading.left_out.add(address)
        return []
    reading.files[address] = file
    reading.bodies[address] = zlib.compress(body, 1)
    return read_links(address, body.decode()) if kind == "text/html" else []


def _read_sitemap(text: str) -> list[str]:
    found = (part.partition("</loc>")[0] for part in text.split("<loc>")[1:])
    return [urlsplit(one.strip()).path or "/" for one in found if one.strip().startswith(ORIGIN)]


def _write_files(reading: _Reading, folder: Path, rewriter: PageRewriter) -> None:
    for address, body in reading.bodies.items():
        name, data = reading.files[address], zlib.decompress(body)
        if name.endswith(".html"):
            _write_text(folder / name, rewriter.rewrite_page(address, name, data.decode()))
        elif name.endswith(".css"):
            _write_text(folder / name, rewrite_style_sheet(address, data.decode()))
        else:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _collect_own_pages(
    source: EditionSource, client: Client, reading: _Reading
) -> dict[str, tuple[str, str]]:
    """Return the pages that only an edition has by file, each with its address on the site."""
    shell = reading.read_body(SHELL_ADDRESS)
    if shell is None:
        raise BuildError(f"The site has no page {SHELL_ADDRESS}, which an edition needs.")
    own = build_edition_pages(shell, has_scripts=source.bundle is not None)
    pages = {name: ("/", html) for name, html in own.items()}
    pages[MISSING_FILE] = ("/", build_missing_page(shell))
    if source.bundle:
        editor = build_editor_page(_fetch(client, EDITOR_ADDRESS))
        pages[EDITOR_FILE] = (EDITOR_ADDRESS, editor)
        for name, query in source.graph.saved_queries.items():
            address = f"/queries/{name}"
            if page := reading.read_body(address):
                html = build_values_page(page, build_query_template(query))
                pages[name_values_file(address)] = (address, html)
        files = (path.relative_to(source.bundle) for path in source.bundle.rglob("*"))
        reading.own_files.update(f"static/bundle/{path.as_posix()}" for path in files)
    reading.own_files.update(pages)
    return pages


def root_links(html: str, base_path: str) -> str:
    """Return a page at the root whose relative links begin with ``base_path``.

    Web hosts show the page for missing addresses at any depth.
    """
    root = base_path.rstrip("/")
    text = html.replace('data-base-path="."', f'data-base-path="{root}"')
    return re.sub(r'( (?:href|src|action)=")(?![#/]|https?:)', rf"\g<1>{root}/", text)


def _fetch(client: Client, address: str) -> str:
    with client.get(address, base_url=ORIGIN, headers={"Accept": ACCEPT}) as response:
        if response.status_code != 200:
            raise BuildError(f"The site answers {response.status_code} at {address}.")
        return response.get_data(as_text=True)


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
