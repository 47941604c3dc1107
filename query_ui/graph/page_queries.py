"""The context that all pages share: the engine, the query files, and methods that run them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from flask import current_app
from pyoxigraph import BlankNode, Literal, NamedNode
from werkzeug.exceptions import NotFound

from loader.errors import BadValue, BrokenQuery, BuildError, EndpointError
from loader.queries.parameter_binding import list_bindings
from loader.queries.query_files import SavedQuery
from loader.queries.rewrite import apply_edits, remove_annotations, set_page, trim
from query_ui.engine.embedded_engine import OPEN_RELEASES, select_table
from query_ui.engine.protocol import Engine, QueryResult
from query_ui.engine.release_lookup import ReleaseList
from query_ui.engine.service_snapshots import ServiceSnapshot, parse_snapshots
from query_ui.graph.bound_text import BoundText
from query_ui.graph.contract_status import ContractStatusFile
from query_ui.graph.facet_filter import FacetFilter, narrow_query
from query_ui.graph.kept_values import KeptValues
from query_ui.graph.name_index import NameIndex
from query_ui.graph.named_queries import build_named_query_path
from query_ui.graph.parameter_choices import ParameterChoices
from query_ui.graph.release_cache import ReleaseCache
from query_ui.graph.search_index import SearchIndex
from query_ui.graph.urls import LinkedCount

PAGE_SIZE = 50
GRAPH_EXTENSION = "concordat-kg"
ENTRY_BYTES = 512
"""About what a small value takes in memory, with its key."""
ROW_BYTES, TERM_BYTES = 250, 150
"""About what a row of terms takes in memory, and each of its terms besides its characters."""
INVALID_IRI_MESSAGE = "The address does not form a valid IRI, so nothing in the graph can have it."

PageTerm = NamedNode | BlankNode | Literal
PageRow = Mapping[str, PageTerm | None]
ParameterValues = str | Sequence[str]
CachedValue = TypeVar("CachedValue")


@dataclass(frozen=True, slots=True)
class GraphContext:
    """The shared parts of a running application.

    ``engine`` runs the queries of the pages; ``user_engine`` those that users write or complete,
    under limits. Queries are keyed by name; ``broken`` has the errors of invalid saved queries,
    ``contract_status`` their contract checks, ``choices`` the values of their parameters.
    ``index_cache`` and ``name_index_cache`` open the indexes of the release of a request;
    ``build_folder`` contains all releases, which ``releases`` lists, None for a remote endpoint;
    ``value_cache`` holds values of few releases by hash
    and name, and ``kept_values`` the rows of page queries and what is made from them, within a
    bound. ``bound_texts`` are the page queries that have run, ready to get values.
    """

    engine: Engine
    user_engine: Engine
    page_queries: Mapping[str, SavedQuery]
    saved_queries: Mapping[str, SavedQuery]
    diagnosis_queries: Mapping[str, SavedQuery]
    facet_queries: Mapping[str, SavedQuery]
    broken: Mapping[str, BrokenQuery]
    contract_status: ContractStatusFile
    choices: ParameterChoices
    index_cache: ReleaseCache[SearchIndex]
    name_index_cache: ReleaseCache[NameIndex]
    build_folder: Path
    releases: ReleaseList | None = None
    value_cache: dict[str, dict[str, object]] = field(default_factory=dict)
    kept_values: KeptValues = field(default_factory=KeptValues)
    bound_texts: dict[str, BoundText] = field(default_factory=dict)

    def page_query_text(self, name: str, page: int = 1, **values: ParameterValues) -> str:
        """Return a page query with IRIs for its parameters; raise NotFound for an invalid IRI."""
        lists = {key: [given] if isinstance(given, str) else given for key, given in values.items()}
        query = self.page_queries[name]
        prepared = self.bound_texts.get(name)
        if prepared is None:
            prepared = self.bound_texts[name] = BoundText(query)
        try:
            if page == 1 and prepared.can_bind(lists):
                return prepared.bind_iris(lists)
            bracketed = {key: [f"<{iri}>" for iri in iris] for key, iris in lists.items()}
            edits = [*list_bindings(query, bracketed), *set_page(query.syntax, page)]
        except (BadValue, ValueError) as error:
            raise NotFound(INVALID_IRI_MESSAGE) from error
        return trim(apply_edits(query.text, [*edits, *remove_annotations(query.syntax)]))

    @property
    def index(self) -> SearchIndex | None:
        """The search index of the current release; None for a remote endpoint."""
        return self.index_cache.get_current()

    @property
    def snapshots(self) -> Mapping[str, ServiceSnapshot]:
        """The copies of endpoints in the release, keyed by the endpoint's address."""
        return self.get_or_compute(
            "snapshots", lambda graph: parse_snapshots(graph.query_page("snapshots"))
        )

    def get_or_compute(
        self, name: str, compute: "Callable[[GraphContext], CachedValue]"
    ) -> CachedValue:
        """Return a value of the release, computed once; ``name`` identifies it.

        Of more than ``OPEN_RELEASES`` the values of the first one are dropped.
        """
        values = self.value_cache.setdefault(self.engine.release, {})
        cached = values.get(name)
        if cached is None:
            for release in [*self.value_cache][:-OPEN_RELEASES]:
                self.value_cache.pop(release, None)
            values[name] = value = compute(self)
            return value
        return cast(CachedValue, cached)

    def keep(
        self, key: Hashable, size: int, compute: "Callable[[GraphContext], CachedValue]"
    ) -> CachedValue:
        """Return a value of about ``size`` bytes, kept for the release within the bound."""
        return self.kept_values.get_or_compute(
            self.engine.release, key, lambda: (compute(self), size)
        )

    def select_rows_once(self, name: str, **values: ParameterValues) -> list[PageRow]:
        """Return the rows of a page query that runs once in a release.

        For queries that many pages share, with few different values: all results stay in memory.
        """
        return self.get_or_compute(
            f"{name} {sorted(values.items())}", lambda graph: graph.select_rows(name, 1, **values)
        )

    @property
    def name_index(self) -> NameIndex:
        """The name index of the current release; raises BuildError where it has none."""
        found = self.name_index_cache.get_current()
        if found is None:
            raise BuildError(
                "There are no names to match with here: a remote endpoint has none, and a release "
                "of an older version needs `concordat-kg build` once more. SPARQL works without."
            )
        return found

    def narrow_page_query(self, name: str, selection: FacetFilter, page: int | None = 1) -> str:
        """Return a page query about classes, narrowed by a filter; raise NotFound for a wrong IRI.

        ``page`` is counted from 1; None selects all rows.
        """
        query = self.page_queries[name]
        classes = [f"<{iri}>" for iri in selection.classes]
        edits = [*remove_annotations(query.syntax), *set_page(query.syntax, page)]
        edits += list_bindings(query, {"class": classes})
        try:
            return narrow_query(query, selection, self.facet_queries, edits)
        except BadValue as error:
            raise NotFound(INVALID_IRI_MESSAGE) from error

    def query_page(self, name: str, page: int = 1, **values: ParameterValues) -> QueryResult:
        """Run a page query and return its result."""
        return self.engine.query(self.page_query_text(name, page, **values))

    def select_rows(self, name: str, page: int = 1, **values: ParameterValues) -> list[PageRow]:
        """Return the rows of a page query by column; none where a list of values is empty.

        Few of the queries of a release are large, and many pages run the same ones, so the rows
        are kept for the release within a bound on memory.
        """
        if any(not value for value in values.values()):
            return []

        def compute() -> tuple[list[PageRow], int]:
            rows = self.select_rows_of(self.page_query_text(name, page, **values))
            return rows, measure_rows(rows)

        key = (name, page, *((k, v if isinstance(v, str) else tuple(v)) for k, v in values.items()))
        # A copy, since callers may sort their list.
        return [*self.kept_values.get_or_compute(self.engine.release, key, compute)]

    def select_rows_of(self, text: str) -> list[PageRow]:
        """Return the rows of a query, each by column."""
        columns, rows = select_table(self.engine, text)
        return [cast(PageRow, dict(zip(columns, row, strict=True))) for row in rows]

    def count(self, name: str, **values: ParameterValues) -> LinkedCount:
        """Run a counting page query and return the number with the address of the query."""
        key = (
            "count",
            name,
            *((k, v if isinstance(v, str) else tuple(v)) for k, v in values.items()),
        )
        total = self.kept_values.get_or_compute(
            self.engine.release,
            key,
            lambda: (self.count_of(self.page_query_text(name, 1, **values)), ENTRY_BYTES),
        )
        return LinkedCount(total, self.named_query_path(name, **values))

    def count_narrowed(self, name: str, selection: FacetFilter, list_href: str = "") -> LinkedCount:
        """Run a counting page query about classes, narrowed by a filter, as ``count`` does."""
        text = self.narrow_page_query(name, selection)
        total = self.kept_values.get_or_compute(
            self.engine.release, ("count", text), lambda: (self.count_of(text), 2 * len(text))
        )
        return LinkedCount(total, self.narrowed_query_path(name, selection), list_href)

    def count_of(self, text: str) -> int:
        """Run a counting query; raise EndpointError where the result is no literal."""
        _, ((total, *_),) = select_table(self.engine, text)
        if not isinstance(total, Literal):
            raise EndpointError("A query that counts returned no number.")
        return int(total.value)

    def named_query_path(self, name: str, **values: ParameterValues) -> str:
        """Return the short address of a page query with IRIs for its parameters."""
        lists = {key: [found] if isinstance(found, str) else found for key, found in values.items()}
        return build_named_query_path(name, lists, self.engine.prefixes)

    def narrowed_query_path(self, name: str, selection: FacetFilter) -> str:
        """Return the short address of a page query about classes, narrowed by a filter."""
        return build_named_query_path(name, {}, self.engine.prefixes, selection)


def current_graph() -> GraphContext:
    """Return the context of the application that handles the current request."""
    return cast(GraphContext, current_app.extensions[GRAPH_EXTENSION])


def measure_rows(rows: Sequence[PageRow]) -> int:
    """Return about how many bytes rows of terms take."""
    terms = [term for row in rows for term in row.values() if term is not None]
    return ROW_BYTES * len(rows) + sum(TERM_BYTES + 2 * len(str(term.value)) for term in terms)


def get_cell_text(row: PageRow, column: str, default: str = "") -> str:
    """Return the text of a cell, or ``default`` where the cell is empty."""
    term = row.get(column)
    return default if term is None else str(term.value)
