"""Citations of pages and of the dataset: in words, as BibTeX and as RIS.

The version and the date are those of the data, which people raise; nothing comes from the clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from loader.errors import UsageError
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, current_graph, get_cell_text
from query_ui.graph.urls import to_page_path
from query_ui.http.release_address import to_absolute_url
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
    """The citation of one page: ``author`` is the institution that it is about, or ""."""

    title: str
    author: str
    address: str
    data_version: DataVersion

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
        return f"{by}“{self.title}”. {DATASET_TITLE}{version}. {self.address}"

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
            ("UR", self.address),
        )
        lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
        return "\r\n".join([*lines, "ER  - ", ""])

    @property
    def key(self) -> str:
        """Return the key of the BibTeX entry, from the end of the address."""
        name = self.address.rstrip("/").rpartition("/")[2]
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
    address = to_absolute_url(to_page_path(iri))
    return Citation(title, author, address, get_data_version(graph))


def is_in_graph(graph: GraphContext, iri: str) -> bool:
    """Return whether there is any statement about an IRI, with it as object, or in its graph."""
    if graph.select_rows("statements", thing=iri):
        return True
    if graph.select_rows("incoming-properties", thing=iri):
        return True
    return graph.count("count-in-graph", graph=iri).value > 0


MEDIA_TYPES: Mapping[str, tuple[str, str]] = {
    "bibtex": ("application/x-bibtex", "bib"),
    "ris": ("application/x-research-info-systems", "ris"),
    "text": ("text/plain", "txt"),
}
"""Media type and suffix of each format of a citation."""


@blueprint.get("/cite")
def download_citation() -> Response:
    """Return the citation of ``?iri=`` in ``?format=``, bibtex, ris or text, as a file."""
    graph, iri = current_graph(), request.args.get("iri", "")
    form = request.args.get("format", "bibtex")
    if form not in MEDIA_TYPES:
        raise UsageError(f"format is “{form}”, and may be {', '.join(MEDIA_TYPES)}.")
    if not to_page_path(iri):
        raise NotFound("Only what has a page of its own can be cited: give its IRI as iri=.")
    labels = EntityLabels(graph)
    labels.load([iri])
    if iri not in labels.label_by_iri and not is_in_graph(graph, iri):
        raise NotFound(f"The graph has no entity {iri}.")
    rows = graph.select_rows("citation-authors", thing=iri)
    authors = dict.fromkeys(get_cell_text(row, "author") for row in rows)
    citation = build_citation(graph, iri, labels.name(iri), " and ".join(authors))
    media_type, suffix = MEDIA_TYPES[form]
    writers = {"bibtex": citation.to_bibtex, "ris": citation.to_ris}
    text = writers[form]() if form in writers else f"{citation.text}\n"
    return Response(
        text,
        mimetype=media_type,
        headers={"Content-Disposition": f'attachment; filename="{citation.key}.{suffix}"'},
    )
