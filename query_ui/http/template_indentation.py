"""Templates without the indentation of their lines, which pages are shorter for.

HTML treats a run of white space as one space, and no template has indented text that is kept as it
is; the values of variables, such as queries in ``pre``, are not touched.
https://html.spec.whatwg.org/multipage/dom.html#inter-element-whitespace
"""

import re

from jinja2.ext import Extension

_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class IndentationExtension(Extension):
    """Take the indentation from the source of a template; its lines keep their numbers."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the source of an HTML template without the blanks that lines begin with."""
        return _INDENTATION.sub("", source) if (name or "").endswith(".html") else source
