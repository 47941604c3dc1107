"""The guides of the project as pages of help: their titles, sections and plain text.

The guides are Markdown (https://spec.commonmark.org/0.31.2/) with the tables of GitHub
(https://github.github.com/gfm/#tables-extension-). They describe the software and not the data, so
they are read from its own folder or wheel, whatever is served.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

import loader

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
"""The parser; HTML in a text is text like any other."""
MIN_SUMMARY_LENGTH = 60
"""Characters that a summary has at least, where the text is that long."""
PAGES_BESIDE_GUIDES = ("terminology", "questions")
"""Documents beside the folder of guides that are pages of help too."""


@dataclass(frozen=True, slots=True)
class HelpSection:
    """One section of a page: ``anchor`` is "" for what comes before the first heading."""

    anchor: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One page of help; ``summary`` is the beginning of the text, ``source`` its file."""

    name: str
    title: str
    summary: str
    sections: tuple[HelpSection, ...]
    source: Path

    @property
    def path(self) -> str:
        """The path of the page on the site."""
        return f"/help/{self.name}"

    @property
    def headings(self) -> tuple[HelpSection, ...]:
        """The sections that have a heading."""
        return tuple(section for section in self.sections if section.anchor)


@cache
def list_help_pages() -> tuple[HelpPage, ...]:
    """Return all pages of help, sorted by name."""
    docs = find_docs_folder()
    paths = [*(docs / "guides").glob("*.md")]
    paths += [docs / f"{name}.md" for name in PAGES_BESIDE_GUIDES]
    return tuple(read_help_page(path) for path in sorted(paths, key=lambda path: path.stem))


@cache
def find_docs_folder() -> Path:
    """Return the folder of documentation: that of an installed wheel, or of the checkout."""
    package = Path(loader.__file__).parent
    packaged = package / "content" / "docs"
    return packaged if packaged.is_dir() else package.parent / "docs"


def find_help_page(name: str) -> HelpPage | None:
    """Return the page of help with this name, or None."""
    return next((page for page in list_help_pages() if page.name == name), None)


def read_help_page(path: Path) -> HelpPage:
    """Read one Markdown file; its only heading of level 1 is the title."""
    tokens = parse_markdown(path.read_text("utf-8"))
    sections = tuple(split_sections(tokens))
    title = next((section.heading for section in sections if section.heading), path.stem)
    body = tuple(section for section in sections if section.heading != title)
    opening = next((section.text for section in sections if section.text), "")
    lead = HelpSection("", "", next((s.text for s in sections if s.heading == title), ""))
    return HelpPage(path.stem, title, summarise(opening), (lead, *body), path)


def summarise(text: str) -> str:
    """Return the first sentences of a text, until they have ``MIN_SUMMARY_LENGTH`` characters."""
    sentences = re.split(r"(?<=[.?!])\s", text)
    summary = ""
    for sentence in sentences:
        if len(summary) >= MIN_SUMMARY_LENGTH:
            break
        summary = f"{summary} {sentence}".strip()
    return summary


def parse_markdown(text: str) -> list[Token]:
    """Return the tokens of a Markdown text."""
    return MARKDOWN.parse(text)


def split_sections(tokens: Sequence[Token]) -> Iterator[HelpSection]:
    """Yield the sections of a document in order, each with the anchor of its heading."""
    anchor = heading = ""
    texts: list[str] = []
    anchors = iter(list_anchors(tokens))
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            if texts or heading:
                yield HelpSection(anchor, heading, " ".join(texts))
            anchor, heading, texts = next(anchors), read_plain_text(tokens[position + 1]), []
        elif token.type == "inline" and tokens[position - 1].type != "heading_open":
            texts.append(read_plain_text(token))
        elif token.type in ("fence", "code_block"):
            texts.append(" ".join(token.content.split()))
    yield HelpSection(anchor, heading, " ".join(texts))


def list_anchors(tokens: Sequence[Token]) -> list[str]:
    """Return the anchor of each heading, as GitHub makes it; a repeated one gets a number."""
    anchors: list[str] = []
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            anchor = to_anchor(read_plain_text(tokens[position + 1]))
            repeats = sum(
                re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", a) is not None for a in anchors
            )
            anchors.append(f"{anchor}-{repeats}" if repeats else anchor)
    return anchors


def to_anchor(text: str) -> str:
    """Return the anchor of a heading or a term: lower case, hyphens, no punctuation."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", text.strip().lower()))


def read_plain_text(inline: Token) -> str:
    """Return the words of an inline token without their markup."""
    parts = (
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in inline.children or ()
    )
    return "".join(parts)


@cache
def read_definitions() -> dict[str, str]:
    """Return what each term of the glossary means, by the term."""
    page = find_help_page("terminology")
    tokens = parse_markdown(page.source.read_text("utf-8")) if page else []
    rows: list[list[str]] = []
    for position, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "td_open":
            rows[-1].append(read_plain_text(tokens[position + 1]))
    return {row[0]: row[1] for row in rows if len(row) > 2}
