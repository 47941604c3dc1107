"""Words that people read: the old phrases of docs/terminology.md occur nowhere.

Visible are the texts of templates, the strings of Python and JavaScript, and the titles, summaries
and labels of queries. ``python -m tests.test_words`` prints where ``stand``, ``carry`` and
``of it`` occur, for a reader to judge.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rooms import PROJECT, list_nodes, to_module_name

TO_JUDGE = re.compile(
    r"\b(stands?|stood|carr(?:y|ies|ied)|of it|reckon\w*|borne|vouch\w*)\b", re.IGNORECASE
)
TABLE_ROW = re.compile(r"^\| (.+?) \| (.+?) \|(?: (.+?) \|)?$", re.MULTILINE)

Text = tuple[str, str]
"""Where a text is, as a path of the project, and the text."""


def read_phrases(heading: str) -> list[tuple[str, str]]:
    """The phrases of a table of docs/terminology.md, each with the one to use."""
    text = (PROJECT / "docs" / "terminology.md").read_text("utf-8")
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [(old, new) for old, new, _ in TABLE_ROW.findall(section)[1:] if old != "---"]


def list_template_texts() -> Iterator[Text]:
    """The texts between tags, and those of attributes that are read out or shown."""
    for path in sorted((PROJECT / "query_ui" / "templates").rglob("*.html")):
        source = re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.DOTALL)
        strings = re.findall(
            r"[{(,]\s*\"([^\"]+)\"", " ".join(re.findall(r"{[{%].*?[}%]}", source))
        )
        plain = re.sub(r"{[{%].*?[}%]}", "…", source, flags=re.DOTALL)
        attributes = re.findall(r'\b(?:aria-label|title|placeholder|alt|content)="([^"]*)"', plain)
        between = re.findall(r">([^<>]+)(?=<)", plain)
        for text in (*strings, *attributes, *between):
            words = " ".join(text.split())
            if words and not words.startswith("/"):
                yield str(path.relative_to(PROJECT)), words


def list_python_texts() -> Iterator[Text]:
    """The strings of the packages, without docstrings."""
    for folder in ("loader", "query_ui"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            nodes = list_nodes(to_module_name(path))
            docstrings = {
                id(node.value)
                for node in nodes
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            }
            for node in nodes:
                is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
                if is_text and id(node) not in docstrings and is_prose(node.value):  # type: ignore[attr-defined]
                    yield str(path.relative_to(PROJECT)), node.value  # type: ignore[attr-defined]


def is_prose(text: str) -> bool:
    """Whether a string is words for people, and no SQL."""
    return " " in text and not re.match(r"\W*(SELECT|CREATE|INSERT)\b", text)


def list_script_texts() -> Iterator[Text]:
    """The strings of the scripts."""
    folders = (PROJECT / "query_ui" / "frontend", PROJECT / "query_ui" / "static")
    for path in sorted(path for folder in folders for path in folder.glob("*.js")):
        code = re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
        for _, text in re.findall(r"([\"'`])((?:(?!\1).)+)\1", code):
            yield str(path.relative_to(PROJECT)), text


def list_query_texts() -> Iterator[Text]:
    """The titles, summaries and labels of saved queries and page queries."""
    for path in sorted((PROJECT / "sparql").rglob("*.rq")):
        for text in re.findall(r"#\+ (?:title|summary|label): (.*)", path.read_text("utf-8")):
            yield str(path.relative_to(PROJECT)), text


def list_texts() -> list[Text]:
    return [*list_template_texts(), *list_python_texts(), *list_script_texts(), *list_query_texts()]


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    return list_texts()


@pytest.mark.parametrize(("old", "new"), read_phrases("Phrases we do not use"))
def test_old_phrase_is_nowhere(texts: list[Text], old: str, new: str) -> None:
    phrase = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
    found = [(path, text[:120]) for path, text in texts if phrase.search(text)]
    assert found == [], f"write “{new}”"


@pytest.mark.parametrize(("old", "new"), read_phrases("Names we do not use"))
def test_old_name_is_no_heading_button_or_link(texts: list[Text], old: str, new: str) -> None:
    found = [path for path, text in texts if text.strip(" …:") == old]
    assert found == [], f"write “{new}”"


def test_every_kind_of_text_is_read(texts: list[Text]) -> None:
    suffixes = {Path(path).suffix for path, _ in texts}
    assert suffixes == {".html", ".py", ".js", ".rq"}
    assert ("query_ui/templates/base.html", "Skip to content") in texts


if __name__ == "__main__":
    for place, words in list_texts():
        if hit := TO_JUDGE.search(words):
            start = max(0, hit.start() - 60)
            print(f"{place}: {words[start : hit.end() + 60]!r}")
