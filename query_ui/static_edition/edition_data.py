"""Write what the scripts of a static edition read: quads, names, templates, lists and documents."""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from loader.errors import BuildError
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext
from query_ui.graph.search_index import SearchIndex
from query_ui.static_edition.due_data import build_due_data, list_institutions
from query_ui.static_edition.list_data import build_list_data
from query_ui.static_edition.page_addresses import EDITION_FOLDER, LISTS, name_filter_file
from query_ui.static_edition.page_rewriting import FindFile, rewrite_page
from query_ui.static_edition.query_templates import build_page_query_templates
from query_ui.static_edition.search_data import find_entity_path, list_search_documents

_COPIED = 1 << 20
_NEXT_PAGE = re.compile('<link rel="next" href="([^"]+)"')

ReadPage = Callable[[str], str | None]


def write_edition_data(
    folder: Path, graph: GraphContext, read_page: ReadPage, find_file: FindFile
) -> None:
    """Write the data into the folder of an edition.

    ``read_page`` gives the HTML of an address that was read, or None. Raises BuildError where the
    release has no index, or where the pages of a list have other entities than the index.
    """
    index = graph.index
    if index is None:
        raise BuildError("The release has no search index: run `concordat-kg build` once more.")
    data = folder / EDITION_FOLDER
    data.mkdir(exist_ok=True)
    write_json(data / "names.json", collect_names(graph, index, find_file))
    write_json(data / "page-queries.json", build_page_query_templates(graph))
    write_json(data / "search.json", list_search_documents(graph, index, find_file))
    write_json(data / "due.json", build_due_data(graph, find_file))
    write_json(data / "institutions.json", list_institutions(graph, find_file))
    for path, definition in LISTS.items():
        if read_page(path) is None:
            continue
        cards = read_cards(path, read_page, find_file)
        try:
            found = build_list_data(graph, index, definition, cards)
        except ValueError as error:
            raise BuildError(
                f"The pages of {path} do not have the entities of the index."
            ) from error
        target = data / "lists" / f"{path[1:]}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_json(target, found)


def write_json(path: Path, value: object) -> None:
    """Write JSON without spaces."""
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def write_quads(source: Path, target: Path) -> None:
    """Write an N-Quads file compressed, the same bytes for the same quads."""
    with source.open("rb") as quads, target.open("wb") as raw:
        with gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
            while part := quads.read(_COPIED):
                packed.write(part)


def collect_names(
    graph: GraphContext, index: SearchIndex, find_file: FindFile
) -> Mapping[str, Any]:
    """Return the label and the path of each entity by IRI, and the prefixes."""
    iris = [iri for (iri,) in index.connection.execute("SELECT iri FROM thing ORDER BY number")]
    iris += [iri for (iri,) in index.connection.execute("SELECT iri FROM property ORDER BY iri")]
    labels = EntityLabels(graph)
    labels.load(iris)
    names = {
        iri: [labels.label_by_iri.get(iri, ""), find_entity_path(iri, find_file)] for iri in iris
    }
    return {"names": names, "prefixes": dict(graph.engine.prefixes)}


def read_cards(path: str, read_page: ReadPage, find_file: FindFile) -> list[str]:
    """Return the cards of all pages of a list, with links from the page that filters it."""
    cards: list[str] = []
    address = path
    while (html := read_page(address)) is not None:
        cards += [
            rewrite_page(address, name_filter_file(path), card, find_file)
            for card in _CardReader(html).cards
        ]
        later = _NEXT_PAGE.search(html)
        if later is None:
            break
        address = unescape(later[1])
    return cards


class _CardReader(HTMLParser):
    """The ``li`` elements of the first list of cards in the results of a list page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        _, _, results = html.partition('<section id="results"')
        _, found, rest = results.partition('<ul class="cards">')
        self.html = rest
        self.cards: list[str] = []
        self.depth, self.start = 0, 0
        self.lines = [0]
        for line in self.html.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.is_done = not found
        self.feed(self.html)
        self.close()

    def _offset(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.is_done or tag not in ("li", "ul"):
            return
        if not self.depth:
            self.start = self._offset()
        self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if self.is_done or tag not in ("li", "ul"):
            return
        if not self.depth:
            self.is_done = True
            return
        self.depth -= 1
        if not self.depth:
            self.cards.append(self.html[self.start : self._offset() + len(f"</{tag}>")])
