"""Rewrite a page of the site for a static edition: relative links, no scripts and no forms.

https://html.spec.whatwg.org/multipage/
"""

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

from query_ui.static_edition.page_addresses import NOTE_FILE, ORIGIN, relate, resolve_link

LINK_ATTRIBUTES = {"a": "href", "link": "href", "img": "src", "use": "href", "source": "src"}
"""The attribute of each element that leads to another file."""
POLICY = "script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'"
"""The pages need no script. https://www.w3.org/TR/CSP3/#directives"""
_LEFT_OUT = ("form", "script", "button", "dialog", "template", "iframe")
_LOADED_LINKS = {"stylesheet", "icon"}

FindFile = Callable[[str], str | None]
Attributes = list[tuple[str, str | None]]


class LinkReader(HTMLParser):
    """Collect the addresses on the site that a page links to or loads."""

    def __init__(self, address: str) -> None:
        """Start with the address of the page, a path with an optional query."""
        super().__init__()
        self.address = address
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Note the address of an element that leads to another file."""
        link = dict(attrs).get(LINK_ATTRIBUTES.get(tag, ""))
        if link and (to := resolve_link(self.address, link)):
            self.found.append(to[0])


def read_links(address: str, html: str) -> list[str]:
    """Return the addresses on the site that the page at ``address`` links to or loads."""
    reader = LinkReader(address)
    reader.feed(html)
    reader.close()
    return reader.found


def rewrite_page(address: str, page_file: str, html: str, find_file: FindFile) -> str:
    """Return the page with links to the files that ``find_file`` gives for addresses.

    A link to an address without a file leads to the page about the edition; a form is replaced
    by a sentence that leads there.
    """
    writer = _PageWriter(address, page_file, find_file)
    writer.feed(html)
    writer.close()
    return "".join(writer.parts)


class _PageWriter(HTMLParser):
    def __init__(self, address: str, page_file: str, find_file: FindFile) -> None:
        super().__init__(convert_charrefs=False)
        self.address, self.page_file, self.find_file = address, page_file, find_file
        self.parts: list[str] = []
        self.inside: list[str] = []
        """The elements left out that are open, the outermost first."""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag in _LEFT_OUT:
            if tag == "form" and not self.inside:
                self.parts.append(self._write_sentence())
            self.inside.append(tag)
        elif not self.inside:
            self._write_tag(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if not self.inside and tag not in _LEFT_OUT:
            self._write_tag(tag, attrs, end="/>")

    def handle_endtag(self, tag: str) -> None:
        if self.inside:
            if tag == self.inside[-1]:
                self.inside.pop()
            return
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

    def _write_sentence(self) -> str:
        to = relate(NOTE_FILE, self.page_file)
        return f'<p class="meta"><a href="{to}">Search and forms need the service.</a></p>'

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
            if name not in ("ping", "srcset", "data-base-path")
        ]
        text = "".join(
            f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in written
        )
        self.parts.append(f"<{tag}{text}{end}")
        if tag == "head":
            self.parts.append(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">')

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
        found, _, own_fragment = found.partition("#")
        return relate(found, self.page_file) + (fragment or (own_fragment and f"#{own_fragment}"))
