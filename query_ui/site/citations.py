"""Citations of pages and of the dataset: in words, as BibTeX and as RIS.

The version and the date are those of the data, which people raise; nothing comes from the clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, render_template, request
from werkzeug.exceptions import NotFound

from loader.errors import UsageError
from loader.release.cited_releases import is_cited, record_citation
from query_ui.engine.pinned_release import pin_release
from query_ui.engine.release_lookup import NamedRelease
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, current_graph, get_cell_text
from query_ui.graph.urls import to_page_path
from query_ui.http.cache_headers import NOT_KEPT
from query_ui.http.release_address import (
    RELEASE_FIELD,
    add_release,
    get_named_release,
    to_absolute_url,
)
from query_ui.http.release_pin import NO_RELEASES_MESSAGE
from query_ui.http.same_site import check_same_site
from query_ui.site.address_citations import is_in_graph, parse_cited_page, read_form_address
from query_ui.site.record_cards import format_date

blueprint = Blueprint("citations", __name__)

DATASET_TITLE = "Concordat knowledge graph"
LATEX_ESCAPES = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
}


@dataclass(frozen=True, slots=True)
class DataVersion:
    """Version and date of the data, as ``2026.1`` and ``2026-11-28``; "" where none is stated."""

    version: str = ""
    issued: str = ""

    @property
    def words(self) -> str:
        """Return version and date in words, or "" where none is stated."""
        date = format_date(self.issued, is_long=True)
        return ", ".join(
            part for part in (f"version {self.version}" * bool(self.version), date) if part
        )


@dataclass(frozen=True, slots=True)
class Citation:
    """The citation of one page: ``author`` is the institution that it is about, or "".

    ``release`` is the kept release that the address names, in words, or "". ``path`` is that of the
    page without a release, and ``release_name`` the release that the page shows, "" if unknown.
    """

    title: str
    author: str
    address: str
    data_version: DataVersion
    release: str = ""
    path: str = ""
    release_name: str = ""

    @property
    def year(self) -> str:
        """Return the year of the data."""
        return self.data_version.issued[:4]

    @property
    def text(self) -> str:
        """Return the citation in words."""
        year = f" ({self.year})" if self.year else ""
        version = f", data {self.data_version.words}" if self.data_version.words else ""
        by = f"{self.author}{year}. " if self.author else ""
        release = f", {self.release}" if self.release else ""
        return f"{by}“{self.title}”. {DATASET_TITLE}{version}{release}. {self.address}"

    def to_bibtex(self) -> str:
        """Return the citation as a BibTeX entry of the type misc, with special characters escaped.

        https://ctan.org/pkg/bibtex
        """
        fields = {
            "title": self.title,
            "author": f"{{{escape_latex(self.author)}}}" if self.author else "",
            "howpublished": DATASET_TITLE,
            "year": self.year,
            "version": self.data_version.version,
            "note": self.release_note,
            "url": self.address,
        }
        lines = [
            f"  {name} = {{{value if name in ('url', 'author') else escape_latex(value)}}},"
            for name, value in fields.items()
            if value
        ]
        return "\n".join([f"@misc{{{self.key},", *lines, "}", ""])

    def to_ris(self) -> str:
        """Return the citation as a RIS record of the type DATA.

        https://en.wikipedia.org/wiki/RIS_(file_format)
        """
        fields = (
            ("TY", "DATA"),
            ("TI", self.title),
            ("AU", self.author),
            ("T2", DATASET_TITLE),
            ("PY", self.year),
            ("DA", self.data_version.issued.replace("-", "/")),
            ("ET", self.data_version.version),
            ("N1", self.release_note),
            ("UR", self.address),
        )
        lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
        return "\r\n".join([*lines, "ER  - ", ""])

    @property
    def release_note(self) -> str:
        """Return the release in words, as a sentence begins."""
        return f"{self.release[:1].upper()}{self.release[1:]}"

    @property
    def key(self) -> str:
        """Return the key of the BibTeX entry, from the end of the address."""
        address = self.address.partition("?")[0] if self.release else self.address
        name = address.rstrip("/").rpartition("/")[2]
        return re.sub(r"[^A-Za-z0-9:-]", "-", name) or "concordat-kg"


def escape_latex(text: str) -> str:
    """Return a text with the special characters of LaTeX escaped."""
    return "".join(LATEX_ESCAPES.get(character, character) for character in text)


def get_data_version(graph: GraphContext) -> DataVersion:
    """Return version and date of the data of the current release."""
    return graph.get_or_compute("data version", fetch_data_version)


def fetch_data_version(graph: GraphContext) -> DataVersion:
    """Return version and date of the data by a query."""
    for row in graph.select_rows("dataset-version"):
        return DataVersion(get_cell_text(row, "version"), get_cell_text(row, "issued"))
    return DataVersion()


def build_citation(graph: GraphContext, iri: str, title: str, author: str = "") -> Citation:
    """Return the citation of the page about an entity."""
    path, name = to_page_path(iri), graph.engine.release if graph.releases else ""
    version = get_data_version(graph)
    return Citation(title, author, to_absolute_url(path), version, path=path, release_name=name)


MEDIA_TYPES: Mapping[str, tuple[str, str]] = {
    "bibtex": ("application/x-bibtex", "bib"),
    "ris": ("application/x-research-info-systems", "ris"),
    "text": ("text/plain", "txt"),
}
"""Media type and suffix of each format of a citation."""


@blueprint.get("/cite")
def download_citation() -> Response:
    """Return the citation of ``?iri=`` in ``?format=``, bibtex, ris or text, as a file.

    With ``?address=`` it is that of a page of the site with its release; without a format, a page.
    """
    graph, iri = current_graph(), request.args.get("iri", "")
    form = request.args.get("format", "" if "address" in request.args else "bibtex")
    if form not in (*MEDIA_TYPES, "" if "address" in request.args else "bibtex"):
        raise UsageError(f"format is “{form}”, and may be {', '.join(MEDIA_TYPES)}.")
    if "address" in request.args:
        return cite_address(graph, request.args["address"], form)
    if not to_page_path(iri):
        raise NotFound("Only what has a page of its own can be cited: give its IRI as iri=.")
    labels = EntityLabels(graph)
    labels.load([iri])
    if iri not in labels.label_by_iri and not is_in_graph(graph, iri):
        raise NotFound(f"The graph has no entity {iri}.")
    rows = graph.select_rows("citation-authors", thing=iri)
    authors = dict.fromkeys(get_cell_text(row, "author") for row in rows)
    citation = build_citation(graph, iri, labels.name(iri), " and ".join(authors))
    return build_citation_file(citation, form)


def build_citation_file(citation: Citation, form: str) -> Response:
    """Return a citation in one of the formats as a file."""
    media_type, suffix = MEDIA_TYPES[form]
    writers = {"bibtex": citation.to_bibtex, "ris": citation.to_ris}
    text = writers[form]() if form in writers else f"{citation.text}\n"
    return Response(
        text,
        mimetype=media_type,
        headers={"Content-Disposition": f'attachment; filename="{citation.key}.{suffix}"'},
    )


def cite_address(graph: GraphContext, address: str, form: str) -> Response:
    """Return the citation of the page at an address, from the release that the request names.

    Without one, it is the current release. The page says whether the release is recorded as cited,
    so it is not kept.
    """
    cited, release = parse_cited_page(graph, address), get_named_release() or find_current(graph)
    fixed = cited.fix_release(release)
    citation = Citation(
        cited.title,
        "",
        f"{request.root_url.rstrip('/')}{fixed}",
        get_data_version(graph),
        describe_release(release),
    )
    if form:
        return build_citation_file(citation, form)
    text = render_template(
        "cite.html",
        cited=cited,
        fixed=fixed,
        citation=citation,
        cited_release=release,
        is_recorded=release is not None and is_cited(graph.build_folder, release.name),
        query=urlencode({"address": cited.address}),
    )
    return Response(text, mimetype="text/html", headers={"Cache-Control": NOT_KEPT})


def find_current(graph: GraphContext) -> NamedRelease | None:
    """Return the release that answers the request, None for a remote endpoint."""
    return graph.releases.find_by_name(graph.engine.release) if graph.releases else None


def describe_release(release: NamedRelease | None) -> str:
    """Return a release in words, with its beginning and its date; "" for none."""
    if release is None:
        return ""
    return f"release {release.short_name} of {format_date(f'{release.built:%Y-%m-%d}', True)}"


@blueprint.post("/cite")
def record_cited_release() -> Response:
    """Record that the release of a page is cited, and redirect to the citation of the page.

    Where nothing can be written the citation is given all the same, and says so.
    """
    check_same_site("a citation")
    graph = current_graph()
    if graph.releases is None:
        raise UsageError(NO_RELEASES_MESSAGE)
    name = request.form.get(RELEASE_FIELD, "")
    release = graph.releases.find(name) if name else find_current(graph)
    with pin_release(release.name if release else ""):
        cited = parse_cited_page(graph, read_form_address())
    if release:
        try:
            record_citation(graph.build_folder, release.name, cited.query_text)
        except OSError as error:
            current_app.logger.error("A citation cannot be recorded: %s", error)
    path = f"/cite?{urlencode({'address': cited.address})}"
    address = add_release(path, release.short_name) if release else path
    return cast(Response, redirect(address, 303))
