"""Write a static edition: every page of the site, its downloads, and what its scripts read."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import mkdtemp
from wsgiref.types import WSGIApplication

from loader.errors import BuildError, UsageError
from loader.release.phase_times import Progress
from query_ui.graph.page_queries import GraphContext
from query_ui.site.coverage import COLUMN_FACETS, ROW_FACETS
from query_ui.static_edition.edition_data import write_edition_data, write_quads
from query_ui.static_edition.edition_files import write_files, write_text
from query_ui.static_edition.edition_pages import (
    SHELL_ADDRESS,
    build_compare_page,
    build_due_page,
    build_edition_pages,
    build_editor_page,
    build_missing_page,
    build_values_page,
)
from query_ui.static_edition.edition_processes import open_processes
from query_ui.static_edition.page_addresses import (
    COMPARE_FILE,
    DUE_FILE,
    EDITION_FOLDER,
    EDITOR_FILE,
    FEED_ADDRESSES,
    name_values_file,
)
from query_ui.static_edition.page_rewriting import (
    ICONS_ADDRESS,
    AddressWriter,
    PageRewriter,
    split_icons,
    write_address,
)
from query_ui.static_edition.query_templates import build_query_template
from query_ui.static_edition.site_reading import ApplicationOpener, SiteReader, SiteReading

EDITOR_ADDRESS, TERMS_ADDRESS = "/sparql", "/sparql/terms.json"
DUE_ADDRESS, COMPARE_ADDRESS = "/due", "/compare"
MISSING_FILE, SITEMAP_FILE = "404.html", "sitemap.xml"
MAX_SITEMAP_PAGES = 50_000
"""Addresses in a sitemap: https://www.sitemaps.org/protocol.html"""
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
    release. ``bundle`` has the scripts, or is None where they were not made. ``opener`` opens the
    application in other processes; without it the edition is made in this one.
    """

    application: WSGIApplication
    graph: GraphContext
    quads: Path
    bundle: Path | None
    opener: ApplicationOpener | None = None


@dataclass(frozen=True, slots=True)
class EditionSummary:
    """What a static edition has: ``size`` is in bytes."""

    pages: int
    downloads: int
    size: int
    left_out: int
    has_scripts: bool


@dataclass(frozen=True, slots=True)
class EditionOptions:
    """How an edition is written.

    ``base_path``, such as ``/kg``, is where the host will serve the folder: the page for missing
    addresses needs it, and all other links are relative. With more than one of ``processes`` the
    pages are made side by side, where the source can be opened in other processes. Citations and
    the sitemap name ``public_url``, the address of the folder; without it there is no sitemap.
    """

    base_path: str = "/"
    processes: int = 1
    public_url: str = ""


_DEFAULT_OPTIONS = EditionOptions()


def write_edition(
    source: EditionSource,
    folder: Path,
    options: EditionOptions = _DEFAULT_OPTIONS,
    progress: Progress = lambda stage, done, total: None,
) -> EditionSummary:
    """Write the pages and downloads of the site to a new folder, complete or not at all.

    ``progress`` is told of the pages. Raises UsageError if the folder has files, BuildError if a
    page of the site or one of the processes fails.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists and is not an empty folder: name a new one.")
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.absolute().parent))
    try:
        draft.chmod(0o755)  # a web host that is another user has to read it
        with open_processes(options.processes if source.opener else 1) as processes:
            write = AddressWriter(options.public_url, source.bundle is not None)
            reader = SiteReader(source.application, processes, source.opener, write)
            reading = reader.read_site((*_START, *_MAPS, *FEED_ADDRESSES), progress)
            icons = split_icons(reading.read_body(ICONS_ADDRESS) or "")
            own = _collect_own_pages(source, reader, reading)
            rewriter = PageRewriter(
                reading.files.find_link, source.bundle is not None, icons, options.public_url
            )
            for name, (address, html) in own.items():
                text = rewriter.rewrite_page(address, name, html)
                is_rooted = name == MISSING_FILE
                write_text(draft / name, root_links(text, options.base_path) if is_rooted else text)
            files = reading.list_files()
            write_files(processes, rewriter, draft, files, progress)
            if options.public_url:
                names = [name for _, name, _ in files if name.endswith(".html")]
                write_text(draft / SITEMAP_FILE, build_sitemap(options.public_url, names))
            if source.bundle:
                progress("Writing the data", 0, 0)
                _write_data(source, source.bundle, reader, reading, draft)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:  # after its new name there is no draft
        shutil.rmtree(draft, ignore_errors=True)
    return _summarise(folder, len(reading.left_out), source.bundle is not None)


def _summarise(folder: Path, left_out: int, has_scripts: bool) -> EditionSummary:
    written = [path for path in folder.rglob("*") if path.is_file()]
    count = sum(path.suffix == ".html" for path in written)
    return EditionSummary(
        pages=count,
        downloads=len(written) - count,
        size=sum(path.stat().st_size for path in written),
        left_out=left_out,
        has_scripts=has_scripts,
    )


def _collect_own_pages(
    source: EditionSource, reader: SiteReader, reading: SiteReading
) -> dict[str, tuple[str, str]]:
    """Return the pages that only an edition has by file, each with its address on the site."""
    shell = reading.read_body(SHELL_ADDRESS)
    if shell is None:
        raise BuildError(f"The site has no page {SHELL_ADDRESS}, which an edition needs.")
    own = build_edition_pages(shell, has_scripts=source.bundle is not None)
    pages = {name: ("/", html) for name, html in own.items()}
    pages[MISSING_FILE] = ("/", build_missing_page(shell))
    if source.bundle:
        editor = build_editor_page(reader.fetch(EDITOR_ADDRESS))
        pages[EDITOR_FILE] = (EDITOR_ADDRESS, editor)
        comparison = build_compare_page(reader.fetch(COMPARE_ADDRESS))
        pages[COMPARE_FILE] = (COMPARE_ADDRESS, comparison)
        pages[DUE_FILE] = (DUE_ADDRESS, build_due_page(reader.fetch(DUE_ADDRESS)))
        for name, query in source.graph.saved_queries.items():
            address = f"/queries/{name}"
            if page := reading.read_body(address):
                html = build_values_page(page, build_query_template(query))
                pages[name_values_file(address)] = (address, html)
        files = (path.relative_to(source.bundle) for path in source.bundle.rglob("*"))
        reading.files.own.update(f"static/bundle/{path.as_posix()}" for path in files)
    reading.files.own.update(pages)
    return pages


def _write_data(
    source: EditionSource, bundle: Path, reader: SiteReader, reading: SiteReading, folder: Path
) -> None:
    """Write the scripts and what they read."""
    shutil.copytree(bundle, folder / "static" / "bundle", dirs_exist_ok=True)
    write_edition_data(folder, source.graph, reading.read_body, reading.files.find_link)
    write_text(folder / EDITION_FOLDER / "terms.json", reader.fetch(TERMS_ADDRESS))
    write_quads(source.quads, folder / EDITION_FOLDER / "graph.nq.gz")


def build_sitemap(public_url: str, names: Sequence[str]) -> str:
    """Return the sitemap of the pages with these files, up to the number that one may have."""
    entries = "".join(
        f"<url><loc>{escape(write_address(public_url, name))}</loc></url>\n"
        for name in sorted(names)[:MAX_SITEMAP_PAGES]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    )


def root_links(html: str, base_path: str) -> str:
    """Return a page at the root whose relative links begin with ``base_path``.

    Web hosts show the page for missing addresses at any depth.
    """
    root = base_path.rstrip("/")
    text = html.replace('data-base-path="."', f'data-base-path="{root}"')
    return re.sub(r'( (?:href|src|action)=")(?![#/]|https?:)', rf"\g<1>{root}/", text)
