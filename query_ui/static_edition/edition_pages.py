"""The pages that only a static edition has: what it lacks, and those whose scripts answer.

Each has the header and the foot of the site's own pages.
"""

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from query_ui.graph.ask.question_words import SEARCH_STOP_WORDS
from query_ui.graph.facets import FACET_BY_NAME
from query_ui.site.compare import MAX_INSTITUTIONS, MIN_INSTITUTIONS
from query_ui.site.institutions.choice import ORGANISATION
from query_ui.site.institutions.comparison import ASPECTS
from query_ui.site.institutions.profile import CKG
from query_ui.site.lists.list_definitions import ListDefinition
from query_ui.static_edition.page_addresses import (
    LISTS,
    NOTE_FILE,
    SEARCH_FILE,
    name_filter_file,
)

SHELL_ADDRESS = "/about"
"""The page whose header and foot the pages of the edition have."""
_NEEDS_SCRIPTS = (
    '<p class="notice" id="needs-scripts">{} This needs scripts, and a web server: in the folder of'
    " this edition run <code>python -m http.server</code>, then open"
    " <code>http://localhost:8000</code>.</p>"
)
_LACKS = """<h1>About this edition</h1>
<p class="lead">You are reading a static edition: the pages and downloads of one release, as files.
The browser does what elsewhere a service does.</p>
<h2 class="sec">What works</h2>
<ul>
  <li>All pages, lists, downloads and links work without a server.</li>
  <li>Search, filters, SPARQL, and saved queries with values of your own work in the browser. They
  need scripts and a web server. If you opened a file from a disk, run
  <code>python -m http.server</code> in its folder and open <code>http://localhost:8000</code>.</li>
  <li>The browser compares two to five institutions: tick them in their list.</li>
  <li>What falls due is listed from your day on, or in a period that you choose. The pages of
  institutions say it as of the day on which this edition was made.</li>
  <li>A query ends after 30 seconds. A result has at most 100,000 rows.</li>
</ul>
<h2 class="sec">What needs the service</h2>
<ul>
  <li>matching of your own tables, and reconciliation with OpenRefine</li>
  <li>questions in words, embeds, assistants, and comparisons as workbooks</li>
  <li>suggestions while you type, the diagnosis of empty results, and queries that
  ask other endpoints</li>
  <li>reports of errors and contributions</li>
  <li>pages of single actions, register events, identifiers, observations, places and intervals:
  here the page of their plan, register or institution shows them</li>
  <li>further formats of single records, and descriptions of the service</li>
  <li>feeds, calendars, and citations as BibTeX and RIS, where the edition was made without its own
  address; where they are here, they are of the day on which it was made</li>
</ul>
<p>To start the service on your own machine, get the project and run <code>make serve</code>.</p>
<p class="note">The engine is <a href="https://github.com/oxigraph/oxigraph">Oxigraph</a> (MIT or
Apache 2.0), the search <a href="https://github.com/lucaong/minisearch">MiniSearch</a> (MIT).</p>"""
_PLAIN_LACKS = """<h1>About this edition</h1>
<p class="lead">You are reading a static edition: the pages and downloads of one release, as files.
It was made without the script bundle, so search, filters and SPARQL need the service, as do
matching, comparisons, dates that fall due, and forms.</p>
<p>To start the service on your own machine, get the project and run <code>make serve</code>.</p>"""
_MAIN = re.compile(r'(<main class="wrap" id="main">).*?(</main>)', re.DOTALL)
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_CURRENT = re.compile(r' aria-current="(?:page|true)"')
_RESULT = re.compile(
    r'(?s)<section aria-labelledby="result">.*?</section>|<p class="notice">Fill in'
)

_DUE_RESULT = re.compile(r'(?s)<section class="sec" aria-labelledby="results">.*?(?=</main>)')
_COMPARE_FORM = re.compile(r'(?s)<form class="panel stack".*?</form>')
_FROM_TODAY = re.compile(r'(<input id="from"[^>]*?) value="[^"]*"')


def put_into_shell(shell: str, title: str, main: str, head: str = "") -> str:
    """Return a page of the site with another title and main part, and more in its head."""
    found = _TITLE.sub(lambda _: f"<title>{escape(title)}</title>", shell, count=1)
    found = _CURRENT.sub("", found).replace("</head>", f"{head}</head>", 1)
    return _MAIN.sub(lambda match: f"{match[1]}{main}{match[2]}", found, count=1)


def build_edition_pages(shell: str, *, has_scripts: bool) -> dict[str, str]:
    """Return the pages by their file, with links as the site has them."""
    lacks = _LACKS if has_scripts else _PLAIN_LACKS
    pages = {NOTE_FILE: put_into_shell(shell, "About this edition", lacks)}
    if has_scripts:
        pages[SEARCH_FILE] = _build_search_page(shell)
        for path, definition in LISTS.items():
            pages[name_filter_file(path)] = _build_filter_page(shell, definition)
    return pages


def build_missing_page(shell: str) -> str:
    """Return the page that web hosts show for a missing address."""
    main = f"""<h1>No such page</h1><p>This edition has no page at this address.</p>
<p><a href="/">Home page</a> · <a href="/{NOTE_FILE}">About this edition</a></p>"""
    return put_into_shell(shell, "No such page", main)


def load_script(name: str) -> str:
    """Return the element that loads a script of the bundle."""
    return f'<script type="module" src="/static/bundle/{name}.js"></script>'


def _build_search_page(shell: str) -> str:
    words = _NEEDS_SCRIPTS.format("Type words into the search box above.")
    stop_words = " ".join(sorted(SEARCH_STOP_WORDS))
    main = f'<div id="search-results" data-stop-words="{stop_words}"><h1>Search</h1>{words}</div>'
    return put_into_shell(shell, "Search", main, load_script("edition-search"))


def _build_filter_page(shell: str, definition: ListDefinition) -> str:
    words = _NEEDS_SCRIPTS.format(
        f'Here the browser filters the list. <a href="{definition.path}">See all'
        f" {definition.noun}</a>."
    )
    main = (
        f"<h1>{escape(definition.title)}</h1>"
        f'<div class="two left" id="filtered-list" data-list="{definition.path[1:]}"'
        f' data-href="../index.html">{words}</div>'
    )
    return put_into_shell(shell, definition.title, main, load_script("edition-list"))


def build_editor_page(editor_page: str) -> str:
    """Return the page of the query editor for an edition, from that of the site."""
    words = _NEEDS_SCRIPTS.format("The browser runs the queries.")
    found = re.sub(r"<select id=\"format\".*?</select>", "", editor_page, flags=re.DOTALL)
    found = found.replace('<label class="note" for="format">Format</label>', "")
    found = re.sub(r"<script[^>]*bundle/editor\.js[^>]*></script>", "", found)
    found = re.sub(
        r'(<section id="answer"[^>]*>).*?(</section>)',
        lambda match: f"{match[1]}{words}{match[2]}",
        found,
        count=1,
        flags=re.DOTALL,
    )
    return found.replace("</head>", f"{load_script('edition-editor')}</head>", 1)


def build_due_page(due_page: str) -> str:
    """Return the page of what falls due, whose dates the browser selects, from that of the site."""
    words = _NEEDS_SCRIPTS.format(
        "The browser lists what falls due from your day on. The pages of institutions say it"
        " without scripts, as of the day on which this edition was made."
    )
    found, count = _DUE_RESULT.subn(
        lambda _: f'<div id="due-dates">{words}</div>', due_page, count=1
    )
    if not count:
        raise ValueError("the page of what falls due has no place for its dates")
    found = _FROM_TODAY.sub(r"\1", found)
    return found.replace("</head>", f"{load_script('edition-due')}</head>", 1)


def build_compare_page(compare_page: str) -> str:
    """Return the page that compares institutions, for which the browser runs the queries."""
    words = _NEEDS_SCRIPTS.format("The browser compares the institutions that you choose.")
    facets = {name: FACET_BY_NAME[name] for name in ("kind", "keyword", "obligation")}
    data = {
        "base": ORGANISATION,
        "least": MIN_INSTITUTIONS,
        "most": MAX_INSTITUTIONS,
        "totals": [
            (f"{CKG}Practice", "Practices", "practices"),
            (f"{CKG}CaseStudy", "Case studies", "case-studies"),
        ],
        "aspects": [
            {"name": name, "title": title, "heading": heading}
            | ({"facet": name, "namespace": facets[name].namespace} if name in facets else {})
            for name, title, heading in ASPECTS
        ],
    }
    place = f'<div id="comparison">{words}</div>{_write_data("comparison-data", data)}'
    found, count = _COMPARE_FORM.subn(lambda match: f"{match[0]}{place}", compare_page, count=1)
    if not count:
        raise ValueError("the page of comparisons has no form")
    return found.replace("</head>", f"{load_script('edition-compare')}</head>", 1)


def _write_data(name: str, data: Mapping[str, Any]) -> str:
    """Return the element that has data for a script of the page."""
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def build_values_page(query_page: str, template: Mapping[str, Any]) -> str:
    """Return the page of a saved query whose result the browser computes."""
    words = _NEEDS_SCRIPTS.format("The browser runs this query with your values.")
    place = (
        f'<section id="answer" aria-label="Results">{words}</section>'
        f"{_write_data('query-template', template)}"
    )
    found, count = _RESULT.subn(lambda _: place, query_page, count=1)
    if not count:
        raise ValueError("the page of a saved query has no place for its result")
    found = re.sub(r'(?s)<div class="stack sec">.*?(?=</main>)', "", found, count=1)
    head = load_script("edition-query")
    head += '<link rel="stylesheet" href="/static/bundle/editor.css">'
    return found.replace("</head>", f"{head}</head>", 1)
