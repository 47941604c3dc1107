"""Rewrite a page of the site for a static edition: relative links, and no forms to the service.

https://html.spec.whatwg.org/multipage/
"""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import quote

from query_ui.static_edition.page_addresses import (
    NOTE_FILE,
    ORIGIN,
    Target,
    find_stated_file,
    relate,
    resolve_link,
)

LINK_ATTRIBUTES = {
    **{"a": "href", "link": "href", "use": "href"},
    **{"img": "src", "source": "src", "script": "src"},
}
"""The attribute of each element that leads to another file."""
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'"
)
"""What a page may do: WebAssembly is the engine. https://www.w3.org/TR/CSP3/#directives"""
_LINK = re.compile(r'<(?:a|img|link|script|source|use)\s[^>]*?\b(?:href|src)="([^"#][^"]*)"')
"""A link as the templates write it. A parser takes longer than the pages to be rendered."""
_LEFT_OUT = ("form", "script", "button", "dialog", "template", "iframe")
_LOADED_LINKS = {"stylesheet", "icon"}
_OWN_SCRIPTS = re.compile(r"/static/(?:(?:controls|coverage|filter|tree)\.js|bundle/edition-.*)$")
"""The scripts that need no service."""
_DROPPED_ATTRIBUTES = (
    *("ping", "srcset", "data-base-path", "data-sparql", "data-value"),
    "data-picture",
)
_COMPARE = "/compare"
_VOID = ("input",)

FIELDS_SCRIPT = '<script type="module" src="/static/bundle/edition-fields.js"></script>'
ICONS_ADDRESS = "/static/icons.svg"
_SYMBOL = re.compile(r'<symbol id="([^"]+)".*?</symbol>', re.DOTALL)

UNKNOWN_ADDRESS = "[address of this page]"
UNKNOWN_NOTE = (
    '<p class="note">This copy does not know its own address. Replace the words in brackets by the'
    " address at which you read this page.</p>"
)
_CITED_ADDRESS = re.compile(
    rf'(<p class="(?:small )?cite">[^<]*?){re.escape(ORIGIN)}([^\s<]*)([^<]*</p>)'
)

FindFile = Callable[[str], Target | None]
Attributes = list[tuple[str, str | None]]


def read_links(address: str, html: str) -> list[str]:
    """Return the addresses on the site that the page at ``address`` links to or loads."""
    links = {unescape(match[1]) for match in _LINK.finditer(html)}
    found = (resolve_link(address, link) for link in sorted(links))
    return [to[0] for to in found if to]


def split_icons(sheet: str) -> dict[str, str]:
    """Return the symbols of a sheet of icons by their names.

    https://www.w3.org/TR/SVG2/struct.html#SymbolElement
    """
    return {match[1]: match[0] for match in _SYMBOL.finditer(sheet)}


@dataclass(frozen=True, slots=True)
class PageRewriter:
    """What all pages of an edition are rewritten with.

    ``find_file`` gives the file of an address. Without ``has_scripts`` all scripts are left out.
    A page gets those of ``icons`` that it shows: browsers load no part of another file from a disk.
    ``public_url`` is the address of the folder, without a slash at its end, or "" where nobody said
    it: citations then ask for it in place of naming the default address of the service.
    """

    find_file: FindFile
    has_scripts: bool = True
    icons: Mapping[str, str] = field(default_factory=dict)
    public_url: str = ""

    def rewrite_page(self, address: str, page_file: str, html: str) -> str:
        """Return a page with links to files, as ``rewrite_page`` does, and its icons."""
        html = self._lead_to_answer(address, page_file, html) if self.has_scripts else html
        text = rewrite_page(address, page_file, html, self.find_file, self.has_scripts)
        text = _CITED_ADDRESS.sub(self._rewrite_citation, text)
        names = dict.fromkeys(re.findall(r'<use href="[^"#]*icons\.svg#([^"]+)"', text))
        shown = [self.icons[name] for name in names if name in self.icons]
        if not shown or "</body>" not in text:
            return text
        text = re.sub(r'<use href="[^"#]*icons\.svg#', '<use href="#', text)
        sheet = f'<svg class="vh" width="0" height="0" aria-hidden="true">{"".join(shown)}</svg>'
        return text.replace("</body>", f"{sheet}</body>", 1)

    def _lead_to_answer(self, address: str, page_file: str, html: str) -> str:
        """Return a page with the script that leads to another page if its address has fields.

        Web hosts show the same file whatever the query string of an address.
        """
        found = None if "?" in address else self.find_file(f"{address}?_")
        if found is None or found.file == page_file or not found.query:
            return html
        page = escape(relate(found.file, page_file))
        head = f'<meta name="answering-page" content="{page}">{FIELDS_SCRIPT}</head>'
        return html.replace("</head>", head, 1)

    def _rewrite_citation(self, match: re.Match[str]) -> str:
        before, path, after = match.groups()
        found = self.find_file(unescape(path))
        if not self.public_url or not found:
            return f"{before}{UNKNOWN_ADDRESS}{after}{UNKNOWN_NOTE}"
        return f"{before}{escape(write_address(self.public_url, found.file))}{after}"


def write_address(public_url: str, file: str) -> str:
    """Return the address of a file of an edition: that of a page is the folder it is in."""
    return f"{public_url}/{quote(file.removesuffix('index.html'))}"


@dataclass(frozen=True, slots=True)
class AddressWriter:
    """Writes the addresses of pages in downloads as those of the edition at ``public_url``.

    Without it they are the words that citations on pages have.
    """

    public_url: str = ""
    has_scripts: bool = True

    def __call__(self, address: str) -> str:
        """Return the address in the edition for an address of the site, a path of it."""
        if not self.public_url:
            return UNKNOWN_ADDRESS
        file, query, fragment = find_stated_file(address, self.has_scripts)
        rest = (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
        return f"{write_address(self.public_url, file)}{rest}"


def rewrite_page(
    address: str, page_file: str, html: str, find_file: FindFile, has_scripts: bool = True
) -> str:
    """Return a page, or a part of one, with links to the files that ``find_file`` gives.

    A link to an address without a file leads to the page about the edition, and a form that needs
    the service is replaced by a sentence that leads there. Without ``has_scripts`` all scripts are
    left out.
    """
    writer = _PageWriter(address, page_file, find_file, has_scripts)
    writer.feed(html)
    writer.close()
    return "".join(writer.parts)


def rewrite_style_sheet(address: str, style_sheet: str) -> str:
    """Return a style sheet whose addresses of this site are relative to its own."""
    folder = posixpath.dirname(address)

    def relate_url(match: re.Match[str]) -> str:
        return f'url("{posixpath.relpath(match[1], folder)}'

    return re.sub(r'url\("(/[^"?]*)(?:\?[^"]*)?', relate_url, style_sheet)


class _PageWriter(HTMLParser):
    def __init__(
        self, address: str, page_file: str, find_file: FindFile, has_scripts: bool
    ) -> None:
        super().__init__(convert_charrefs=False)
        self.address, self.page_file, self.find_file = address, page_file, find_file
        self.has_scripts = has_scripts
        self.parts: list[str] = []
        self.inside: list[str] = []
        """The elements left out that are open, the outermost first."""
        self.form = ""
        """How the form that is open is treated: "keep", "unwrap" or ""."""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self.inside:
            if tag in _LEFT_OUT or tag == self.inside[-1]:
                self.inside.append(tag)
        elif tag == "form":
            self._open_form(attrs)
        elif self._is_left_out(tag, dict(attrs)):
            if tag not in _VOID:
                self.inside.append(tag)
        else:
            self._write_tag(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if not self.inside and tag not in _LEFT_OUT:
            self._write_tag(tag, attrs, end="/>")

    def handle_endtag(self, tag: str) -> None:
        if self.inside:
            if tag == self.inside[-1]:
                self.inside.pop()
        elif tag == "form":
            self.parts += ["</form>"] if self.form == "keep" else []
            self.form = ""
        else:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._write(f"<!{decl}>")

    def _write(self, text: str) -> None:
        if not self.inside:
            self.parts.append(text)

    def _open_form(self, attributes: Attributes) -> None:
        values = dict(attributes)
        action, method = values.get("action") or self.address, values.get("method") or "get"
        to = resolve_link(self.address, action)
        path = to[0].partition("?")[0] if to else ""
        # A form adds a query string, so the page is that of an address with one.
        target = self.find_file(f"{path}?_")
        if method == "get" and target:
            self.form = "keep"
            kept = [(name, value) for name, value in attributes if name != "action"]
            action = relate(target._replace(query=""), self.page_file)
            self._write_attributes("form", [*kept, ("action", action)])
        elif path == _COMPARE:  # a list whose entries can be ticked
            self.form = "unwrap"
        else:
            self.parts.append(self._write_sentence())
            self.inside.append("form")

    def _is_left_out(self, tag: str, values: dict[str, str | None]) -> bool:
        if tag == "script":
            to = resolve_link(self.address, values.get("src") or "")
            is_data = values.get("type") == "application/json" and "src" not in values
            is_own = bool(values.get("src") and to and _OWN_SCRIPTS.match(to[0]))
            return not (self.has_scripts and (is_own or is_data))
        if "data-dialog" in values:  # how to embed a page of the service
            return True
        if tag == "button":
            return not (self.form == "keep" or "data-copy" in values)
        if self.form == "unwrap" and (values.get("class") or "") in ("opt compare", "compare-bar"):
            return True
        return tag in _LEFT_OUT

    def _write_sentence(self) -> str:
        to = relate(NOTE_FILE, self.page_file)
        return f'<p class="meta"><a href="{to}">This form needs the service.</a></p>'

    def _write_tag(self, tag: str, attributes: Attributes, end: str = ">") -> None:
        values = dict(attributes)
        if tag == "meta" and ORIGIN in (values.get("content") or ""):
            return
        if tag == "link" and not self._is_link_kept(values):
            return
        changed = LINK_ATTRIBUTES.get(tag)
        written = [
            (name, self._relate_link(value) if name == changed and value else value)
            for name, value in attributes
            if name not in _DROPPED_ATTRIBUTES
        ]
        if tag == "html":
            root = posixpath.relpath(".", posixpath.dirname(self.page_file) or ".")
            written += [("data-base-path", root), ("data-edition", "")]
        self._write_attributes(tag, written, end)
        if tag == "head":
            self.parts.append(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">')

    def _write_attributes(self, tag: str, attributes: Attributes, end: str = ">") -> None:
        text = "".join(
            f" {name}" if value is None else f' {name}="{escape(value)}"'
            for name, value in attributes
        )
        self.parts.append(f"<{tag}{text}{end}")

    def _is_link_kept(self, values: dict[str, str | None]) -> bool:
        to = resolve_link(self.address, values.get("href") or "")
        kinds = set((values.get("rel") or "").split())
        if to is None:
            return True
        return bool(kinds & (_LOADED_LINKS | {"alternate"}) and self.find_file(to[0]))

    def _relate_link(self, link: str) -> str:
        to = resolve_link(self.address, link)
        if to is None or link.startswith("#"):
            return link
        address, fragment = to
        found = self.find_file(address)
        if found is None:
            return relate(NOTE_FILE, self.page_file)
        return relate(found._replace(fragment=fragment or found.fragment), self.page_file)
