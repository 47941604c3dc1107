"""What every page of one site shares: the engine, the page queries, and how to ask them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from flask import current_app
from pyoxigraph import BlankNode, Literal, NamedNode
from werkzeug.exceptions import NotFound

from loader.errors import BadValue, BrokenQuery, BuildError, EndpointError
from loader.queries.parameter_binding import bind
from loader.queries.query_files import SavedQuery
from query_ui.engine.protocol import Answer, Engine
from query_ui.engine.service_snapshots import Snapshot, snapshots_in
from query_ui.graph.contract_status import LastProofs
from query_ui.graph.facet_filter import HERE, Selection, narrowed
from query_ui.graph.name_index import Gazetteer
from query_ui.graph.parameter_choices import Choices
from query_ui.graph.release_cache import PerRelease
from query_ui.graph.search_index import Index
from query_ui.graph.urls import Number, query_path

PAGE_SIZE = 50
NOTE = re.compile(r"^(\s*VALUES\s.*\})\s*#\+.*$", re.IGNORECASE)
EXTENSION = "concordat-kg"
NO_IRI = "The address makes no IRI, so the graph cannot speak of it."

Term = NamedNode | BlankNode | Literal
Row = Mapping[str, Term | None]
Values = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of a running site.

    ``engine`` answers the queries of the pages, ``visitors`` those that visitors write or fill in,
    under limits; ``pages``, ``saved``, ``doctor`` and ``facets`` are the query files by name,
    ``broken`` what is wrong with those saved queries that are not in order. ``proofs`` knows when
    each was last proved, ``choices`` what their parameters may be. ``indexes`` and
    ``gazetteers`` have what a release holds besides its statements, ``out`` is the build folder
    with all releases, ``copies`` those of endpoints, kept for one release.
    """

    engine: Engine
    visitors: Engine
    pages: Mapping[str, SavedQuery]
    saved: Mapping[str, SavedQuery]
    doctor: Mapping[str, SavedQuery]
    facets: Mapping[str, SavedQuery]
    broken: Mapping[str, BrokenQuery]
    proofs: LastProofs
    choices: Choices
    indexes: PerRelease[Index]
    gazetteers: PerRelease[Gazetteer]
    out: Path
    copies: dict[str, Mapping[str, Snapshot]] = field(default_factory=dict)

    def text(self, name: str, page: int = 1, **values: Values) -> str:
        """The text of a page query with IRIs in place of its defaults; NotFound for others."""
        lists = {
            key: [f"<{iri}>" for iri in ([given] if isinstance(given, str) else given)]
            for key, given in values.items()
        }
        try:
            text = bind(self.pages[name], lists)
        except BadValue as error:
            raise NotFound(NO_IRI) from error
        return window(bare(text).replace(HERE, ""), page)

    @property
    def index(self) -> Index | None:
        """The search index of the release that answers; an endpoint has none."""
        return self.indexes.current()

    @property
    def snapshots(self) -> Mapping[str, Snapshot]:
        """The copies of endpoints that the release has, by the address of the endpoint."""
        release = self.engine.release
        if release not in self.copies:
            found = snapshots_in(self.ask("snapshots"))
            self.copies.clear()
            self.copies[release] = found
        return self.copies[release]

    @property
    def gazetteer(self) -> Gazetteer:
        """The names of the release that answers; BuildError where it has none."""
        found = self.gazetteers.current()
        if found is None:
            raise BuildError(
                "There are no names to match with here: a remote endpoint has none, and a release "
                "of an older version needs `concordat-kg build` once more. SPARQL works without."
            )
        return found

    def selected(self, name: str, selection: Selection, page: int = 1) -> str:
        """The text of a page query about classes, kept to what was chosen; NotFound as ``text``."""
        classes = [f"<{iri}>" for iri in selection.classes]
        text = bare(bind(self.pages[name], {"class": classes}))
        try:
            return window(narrowed(text, selection, self.facets), page)
        except BadValue as error:
            raise NotFound(NO_IRI) from error

    def ask(self, name: str, page: int = 1, **values: Values) -> Answer:
        """The answer to a page query."""
        return self.engine.ask(self.text(name, page, **values))

    def rows(self, name: str, page: int = 1, **values: Values) -> list[Row]:
        """The rows of a page query, each by column; no row where a list of values is empty."""
        if any(not value for value in values.values()):
            return []
        return self.rows_of(self.text(name, page, **values))

    def rows_of(self, text: str) -> list[Row]:
        """The rows of a query, each by column."""
        answer = self.engine.ask(text)
        columns = answer.columns
        return [cast(Row, dict(zip(columns, row, strict=True))) for row in answer.rows]

    def number(self, name: str, **values: Values) -> Number:
        """The single number that a counting query gives, with the address of that query."""
        return self.counted(self.text(name, 1, **values))

    def counted(self, text: str) -> Number:
        """The single number that a query gives, with its address."""
        ((total, *_),) = self.engine.ask(text).rows
        if not isinstance(total, Literal):
            raise EndpointError("A query that counts gave no number.")
        return Number(int(total.value), query_path(text))


def site() -> Site:
    """The site of the request at hand."""
    return cast(Site, current_app.extensions[EXTENSION])


def bare(text: str) -> str:
    """A query without its header and its notes: what a visitor sees is the question itself."""
    lines = (line for line in text.splitlines() if not line.startswith("#+"))
    return "\n".join(NOTE.sub(r"\1", line) for line in lines).strip() + "\n"


def window(text: str, page: int) -> str:
    """A query that ends in a limit and an offset, moved on to a page counted from 1."""
    return re.sub(
        r"LIMIT (\d+)\nOFFSET 0\s*\Z",
        lambda match: f"LIMIT {match[1]}\nOFFSET {int(match[1]) * (page - 1)}\n",
        text,
    )


def string(row: Row, column: str, default: str = "") -> str:
    """The text of a cell, or ``default`` where the cell is empty."""
    term = row.get(column)
    return default if term is None else str(term.value)
