"""The two pages that only a static edition has: what it lacks, and no such page."""

from html import escape

from query_ui.static_edition.page_addresses import NOTE_FILE, relate

_PAGE = """<!doctype html>
<html lang="en-GB">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{title} · Concordat knowledge graph</title>
  {style}
</head>
<body>
  <main class="wrap" id="main">
    <h1>{title}</h1>
    {main}
    <p><a href="{home}">Home page</a></p>
  </main>
</body>
</html>
"""
_LACKS = """<p>You read a static edition: the pages and downloads of one release, as files.</p>
    <p>These need the service, which computes them, and are not in this edition:</p>
    <ul>
      <li>search, filters, sorting and comparisons</li>
      <li>SPARQL, and saved queries with other values than their defaults</li>
      <li>matching of your own tables, and reconciliation</li>
      <li>reports of errors and contributions</li>
      <li>further formats of single things, and descriptions of the service</li>
    </ul>
    <p>To start the service on your own machine, get the project and run <code>make serve</code>.
    It is then at <code>http://127.0.0.1:8000</code>, as in the examples on these pages.</p>"""


def write_note(style_file: str | None) -> str:
    """Return the page that says what a static edition lacks, with the named style sheet."""
    style = ""
    if style_file:
        style = f'<link rel="stylesheet" href="{escape(relate(style_file, NOTE_FILE))}">'
    home = relate("index.html", NOTE_FILE)
    return _PAGE.format(title="What this edition lacks", style=style, main=_LACKS, home=home)


def write_missing_page(base_path: str) -> str:
    """Return the page that web hosts show for a missing address, as ``404.html``.

    It is shown at any depth, so its links begin with ``base_path``.
    """
    home = escape(f"{base_path.rstrip('/')}/")
    main = f"""<p>This edition has no page at this address.</p>
    <p><a href="{home}{NOTE_FILE}">What this edition lacks</a></p>"""
    style = f'<link rel="stylesheet" href="{home}static/site.css">'
    return _PAGE.format(title="No such page", style=style, main=main, home=home)
