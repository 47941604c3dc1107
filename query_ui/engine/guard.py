"""The guard: refuses queries that are too long or call other servers, before evaluation."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from loader.errors import QueryRefused, QueryTooLarge
from loader.queries.syntax.lexer import tokenise_query

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U000([01][0-9A-Fa-f]{4}|[0-9A-Fa-f]{5})")


def check_query_size(text: str, max_characters: int) -> None:
    """Raise QueryTooLarge when ``text`` has more than ``max_characters``."""
    if len(text) > max_characters:
        raise QueryTooLarge(
            f"The query has {len(text):,} characters; the limit is {max_characters:,}. "
            "A long list of values is better asked in parts."
        )


def check_service(text: str, allowed_services: Sequence[str] = ()) -> None:
    """Raise QueryRefused when the query holds SERVICE, which would make this server call others.

    It may name the addresses in ``allowed_services``, letter for letter and never by a variable.
    The word in a string, an IRI, a name or a comment does no harm. Two readers that share no code
    must agree on that, because a query in which one takes for a string what the engine takes for
    a keyword is easily made: the tokens of our lexer, and the tree of rdflib's parser. What has
    the word and cannot be parsed is refused. The parser takes milliseconds as a rule and can be
    made to take long, so for users this runs where it can be stopped.
    https://www.w3.org/TR/sparql11-federated-query/
    """
    # Some engines read \\uXXXX before they look for keywords: the word, or a quote, may hide in it.
    plain = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    if "service" not in plain.lower():
        return
    words = max(map(_count_services, (text, plain)))
    called = parse_service_addresses(text)
    if called is None or words != len(called) or not set(called) <= set(allowed_services):
        raise QueryRefused(
            "SERVICE is not allowed here: it would send requests to other servers from this one. "
            f"{_format_allowed_services(allowed_services)}"
            "Ask the other endpoint yourself and join the answers."
        )


def _count_services(text: str) -> int:
    return sum(token.kind == "SERVICE" for token in tokenise_query(text))


def parse_service_addresses(text: str) -> list[str] | None:
    """Return the addresses after SERVICE, "" for a variable; None where rdflib cannot parse it."""
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.algebra import translatePrologue
    from rdflib.plugins.sparql.parser import parseQuery
    from rdflib.plugins.sparql.sparql import SPARQLError

    # The parser ends a comment at a line feed alone, SPARQL at a carriage return as well.
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        tree = parseQuery(lines)
        prologue = translatePrologue(tree[0], None)
        return [_resolve_address(prologue, term) for term in _find_service_terms(tree)]
    except (ParseBaseException, ValueError, RecursionError, SPARQLError):
        return None


def _find_service_terms(node: object) -> Iterator[object]:
    """Yield the terms after SERVICE below ``node``, in expressions and subqueries too."""
    from pyparsing import ParseResults
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(node, CompValue):
        if node.name == "ServiceGraphPattern":
            yield node.term
        for child in node.values():
            yield from _find_service_terms(child)
    elif isinstance(node, ParseResults | list | tuple):
        for child in node:
            yield from _find_service_terms(child)


def _resolve_address(prologue: Any, term: object) -> str:
    from rdflib import URIRef

    resolved = prologue.absolutize(term)
    return str(resolved) if isinstance(resolved, URIRef) else ""


def _format_allowed_services(allowed_services: Sequence[str]) -> str:
    return f"Only these may be named: {', '.join(allowed_services)}. " if allowed_services else ""
