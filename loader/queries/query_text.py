"""The text of a query, without what only looks like SPARQL in it."""

import re

# Strings, IRIs and comments, so that words inside them are not taken for keywords.
_QUOTED = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r'|(?P<iri><[^<>"{}|^`\\\s]*>)'
    r"|(?P<comment>\#[^\n\r]*)",
    re.DOTALL,
)


def bare(text: str) -> str:
    """The query without what is inside IRIs, strings and comments; no character moves."""

    def blank(found: re.Match[str]) -> str:
        whole = found[0]
        inside = re.sub(r"[^\n]", " ", whole[1:-1])
        return re.sub(r"[^\n]", " ", whole) if found["comment"] else whole[0] + inside + whole[-1]

    return _QUOTED.sub(blank, text)
