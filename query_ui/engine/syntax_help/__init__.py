"""A syntax error of the engine, explained: where it is, and what to do about it.

The query is parsed anew by the grammar of SPARQL (``query_parse``), because the engine names a
place some characters after the fault and a list of everything that it tried. What follows are
findings, each a function that knows one kind of mistake.
"""

from query_ui.engine.syntax_help.explain import explain_syntax_error

__all__ = ["explain_syntax_error"]
