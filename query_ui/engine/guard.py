"""The guard: refuses what nobody may ask of this server, before anything is evaluated."""

import re

from loader.asking import bare
from loader.errors import QueryRefused

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U000([01][0-9A-Fa-f]{4}|[0-9A-Fa-f]{5})")
_KEYWORD = re.compile(r"(?<![^\W\d])(?<![?$:@-])SERVICE(?![\w:-])", re.IGNORECASE)


def check_size(text: str, limit: int) -> None:
    """QueryRefused when ``text`` has more than ``limit`` characters."""
    if len(text) > limit:
        raise QueryRefused(
            f"The query has {len(text):,} characters; the limit is {limit:,}. "
            "A long list of values is better asked in parts."
        )


def check_service(text: str) -> None:
    """QueryRefused when the query holds SERVICE, which would make this server call others.

    The word in a string, an IRI, a name or a comment does no harm. Two readers that share no code
    must agree on that, because a query in which one takes for a string what the engine takes for a
    keyword is easily made: the tokens of ``bare``, and the tree of rdflib's parser. What has the
    word and cannot be parsed is refused. The parser takes milliseconds as a rule and can be made to
    take long, so for visitors this runs where it can be stopped.
    https://www.w3.org/TR/sparql11-federated-query/
    """
    # Some engines read \\uXXXX before they look for keywords: the word, or a quote, may hide in it.
    plain = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    if "service" not in plain.lower():
        return
    if any(_KEYWORD.search(bare(reading)) for reading in (text, plain)) or _has_service(text):
        raise QueryRefused(
            "SERVICE is not allowed here: it would send requests to other servers from this one. "
            "Ask the other endpoint yourself and join the answers."
        )


def _has_service(text: str) -> bool:
    """Whether rdflib's parser finds a SERVICE anywhere; True when it cannot read the text."""
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.parser import parseQuery

    # The parser ends a comment at a line feed alone, SPARQL at a carriage return as well.
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return _holds_service(parseQuery(lines))
    except (ParseBaseException, ValueError, RecursionError):
        return True


def _holds_service(node: object) -> bool:
    """Whether the tree below ``node`` has a SERVICE, inside expressions and subqueries too."""
    from pyparsing import ParseResults
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(node, CompValue):
        if node.name == "ServiceGraphPattern":
            return True
        return any(_holds_service(child) for child in node.values())
    if isinstance(node, ParseResults | list | tuple):
        return any(_holds_service(child) for child in node)
    return False
