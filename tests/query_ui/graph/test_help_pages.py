"""The guides as pages of help, and the definitions of the glossary."""

import re
from pathlib import Path

import pytest

from query_ui.graph.help_pages import (
    HelpSection,
    find_docs_folder,
    find_help_page,
    list_help_pages,
    read_definitions,
    read_help_page,
    to_anchor,
)
from tests.conftest import PROJECT

TEMPLATES = PROJECT / "query_ui" / "templates"
GUIDE = """# A guide

First *words*. More of them, so that the summary has the sixty characters that it needs. Not this.

## See `why`

One [link](x.md).

| a | b |
|---|---|
| c | d |

## See why

```console
$ run it
```
"""


def test_every_guide_is_a_page() -> None:
    guides = {path.stem for path in (PROJECT / "docs" / "guides").glob("*.md")}
    pages = {page.name: page for page in list_help_pages()}
    assert set(pages) == guides | {"terminology", "questions"}
    assert pages["terminology"].title == "Terminology"
    assert all(page.title and page.summary for page in pages.values())


def test_a_guide_is_read_by_section(tmp_path: Path) -> None:
    path = tmp_path / "a-guide.md"
    path.write_text(GUIDE, "utf-8")
    page = read_help_page(path)
    assert (page.name, page.title, page.path) == ("a-guide", "A guide", "/help/a-guide")
    assert page.summary.startswith("First words. More") and page.summary.endswith("needs.")
    assert page.headings == (
        HelpSection("see-why", "See why", "One link. a b c d"),
        HelpSection("see-why-1", "See why", "$ run it"),
    )
    assert page.sections[0].text.endswith("Not this.")


def test_a_page_is_found_by_name_only() -> None:
    assert find_help_page("linking") in list_help_pages()
    assert find_help_page("../terminology") is None


@pytest.mark.parametrize(
    ("text", "anchor"),
    [("CSV for spreadsheets", "csv-for-spreadsheets"), ("`[serve]`", "serve"), ("A, b?", "a-b")],
)
def test_anchors_are_those_of_github(text: str, anchor: str) -> None:
    assert to_anchor(text) == anchor


def test_every_term_that_a_template_explains_is_in_the_glossary() -> None:
    used = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'ui\.term\("([^"]+)"', path.read_text("utf-8"))
    }
    assert {"obligation", "claim"} <= used <= set(read_definitions())
    assert "four responsible groups" in read_definitions()["obligation"]


def test_the_wheel_has_the_guides() -> None:
    assert find_docs_folder() == PROJECT / "docs"
    assert 'docs = "loader/content/docs"' in (PROJECT / "pyproject.toml").read_text("utf-8")
