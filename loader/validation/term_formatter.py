"""Formatting of terms in messages: entities by name and prefixed IRI, literals in quotes."""

import re
import unicodedata
from collections.abc import Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from loader.languages import choose_language
from loader.namespaces import DCTERMS, RDFS, SKOS, Namespace

SH = Namespace("http://www.w3.org/ns/shacl#")
NAMES = (SKOS.prefLabel, DCTERMS.title, RDFS.label)
INVISIBLE = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
LONGEST = 100
"""A longer text is truncated, so that a finding stays one line."""


class TermFormatter:
    """Formats terms for messages: an entity by name and prefixed IRI, a literal in quotes."""

    def __init__(self, store: Store, prefixes: Mapping[str, str]) -> None:
        """Prefer the prefixes that ``store`` declares with ``sh:declare`` to ``prefixes``."""
        self.store = store
        known = {**prefixes, **_read_prefixes(store)}
        self.prefixes = sorted(known.items(), key=lambda item: (-len(item[1]), item[0]))

    def __call__(self, term: object) -> str:
        if isinstance(term, Literal):
            return f'"{printable(_truncate(term.value))}"'
        if not isinstance(term, NamedNode):
            return "a thing without a name" if term is not None else "nothing"
        name = self.name(term)
        return f'"{printable(_truncate(name))}" ({self.short(term)})' if name else self.short(term)

    def name(self, term: NamedNode) -> str:
        """Return the preferred label or title of an entity in the language to show, or ""."""
        for prop in NAMES:
            quads = self.store.quads_for_pattern(term, prop, None, None)
            names = [q.object for q in quads if isinstance(q.object, Literal)]
            if names:
                chosen = choose_language(name.language or "" for name in names)
                return min(name.value for name in names if (name.language or "") == chosen)
        return ""

    def short(self, term: NamedNode) -> str:
        """Return the IRI with its longest known prefix: ``concept:mentorship``; else in ``<>``."""
        for short, base in self.prefixes:
            local = term.value.removeprefix(base)
            if local != term.value and re.fullmatch(r"[\w][\w.-]*", local):
                return f"{short}:{local}"
        return f"<{term.value}>"


def printable(text: str) -> str:
    """``text`` on one line, each control or invisible character as its escape: ``\\u200b``."""
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in INVISIBLE else c
        for c in text
    )


def _truncate(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _read_prefixes(store: Store) -> dict[str, str]:
    """Return the namespaces that ``sh:declare`` declares in the store, by prefix."""
    found: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, SH.declare, None, None):
        node = quad.object
        if isinstance(node, NamedNode | BlankNode):
            short, base = (_value(store, node, SH[part]) for part in ("prefix", "namespace"))
            found[short] = base
    return {short: base for short, base in found.items() if base}


def _value(store: Store, node: NamedNode | BlankNode, prop: NamedNode) -> str:
    quads = store.quads_for_pattern(node, prop, None, None)
    return min((q.object.value for q in quads if isinstance(q.object, Literal)), default="")
