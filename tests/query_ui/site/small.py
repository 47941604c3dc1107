"""A small release made from ``small.trig``, and what tests need to read pages."""

from html.parser import HTMLParser
from pathlib import Path

import pyoxigraph

from loader.release.name_index import write_name_index
from loader.release.name_index.graph_names import collect_release_entities
from loader.release.name_index.name_schema import NAME_INDEX_FILE as NAMES
from loader.release.search_index import (
    build_query_runner,
    build_tables,
    collect_index_contents,
    write_search_index,
)
from loader.release.search_index.information_content import build_weight_quads
from loader.release.search_index.search_schema import SEARCH_INDEX_FILE
from loader.settings import Settings

PROJECT = Path(__file__).parents[3]
HERE = Path(__file__).parent
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def small_store() -> pyoxigraph.Store:
    """The small graph in memory."""
    store = pyoxigraph.Store()
    store.load(path=HERE / "small.trig", format=pyoxigraph.RdfFormat.TRIG)
    return store


def small_release(out: Path, more: str = "") -> Path:
    """A build folder that serves the small graph and ``more`` TriG; gives ``out``."""
    folder = out / "releases" / "0123abcd" / "store"
    folder.mkdir(parents=True)
    store = pyoxigraph.Store(folder)
    store.extend(small_store())
    if more:
        store.load(more.encode(), format=pyoxigraph.RdfFormat.TRIG)
    index(store, folder.parent)
    store.flush()
    del store
    (out / "current").write_text("0123abcd\n", encoding="ascii")
    return out


def index(store: pyoxigraph.Store, folder: Path) -> None:
    """Give a release its search index, its names and the weights of concepts, as a build does."""
    settings = Settings(root=PROJECT)
    found = collect_index_contents(store, settings)
    write_search_index(folder / SEARCH_INDEX_FILE, build_tables(found))
    entities = collect_release_entities(
        build_query_runner(store, settings.indexing), found.entities
    )
    write_name_index(folder / NAMES, entities, {})
    store.extend(build_weight_quads(found.weight_by_concept))


class Element:
    """An element of a page, with just what tests ask of it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        """All text inside, with single spaces."""
        parts = (c if isinstance(c, str) else c.text for c in self.children)
        return " ".join(" ".join(parts).split())

    def find(self, tag: str = "", css: str = "") -> list["Element"]:
        """The elements inside, in order, of that tag and class."""
        found: list[Element] = []
        for child in self.children:
            if isinstance(child, Element):
                classes = child.attributes.get("class", "").split()
                if (not tag or child.tag == tag) and (not css or css in classes):
                    found.append(child)
                found += child.find(tag, css)
        return found

    def by_id(self, name: str) -> "Element":
        """The only element with that ``id``."""
        (found,) = (e for e in self.find() if e.attributes.get("id") == name)
        return found

    def child(self, tag: str) -> list["Element"]:
        """The elements right below, of that tag."""
        return [c for c in self.children if isinstance(c, Element) and c.tag == tag]

    def one(self, tag: str = "", css: str = "") -> "Element":
        """The only such element."""
        (found,) = self.find(tag, css)
        return found


class Reader(HTMLParser):
    """Builds elements and refuses pages whose tags do not close in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        opened = self.open.pop().tag
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parsed(html: str) -> Element:
    """The page as elements; AssertionError where its tags do not close in order."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    (root,) = reader.open
    return root
