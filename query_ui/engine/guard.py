"""The guard, which refuses queries that are too long or call other servers before evaluation."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from loader.errors import QueryRefused, QueryTooLarge
from loader.queries.syntax.lexer import tokenise_query

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U000([01][0-9A-Fa-f]{4}|[0-9A-Fa-f]{5})")


def check_query_size(text: str, max_characters: int) -> None:
    """Raise QueryTooLarge where ``text`` has more than ``max_characters``."""
    if len(text) > max_characters:
        raise QueryTooLarge(
            f"The query has {len(text):,} characters; the limit is {max_characters:,}. "
            "A long list of values is better asked in parts."
        )


def check_service(text: str, allowed_services: Sequence[str] = ()) -> None:
    """Raise QueryRefused where the query calls SERVICE for an address not in ``allowed_services``.

    An allowed address must be written exactly, never as a variable. The word in a string, an IRI,
    a name or a comment is harmless. Our lexer and rdflib's parser, which share no code, must find
    the same number of calls: it is easy to write a query in which one reader sees a string where
    the engine sees a keyword. A query with the word that rdflib cannot parse is refused. Parsing
    can be made slow on purpose, so for users it runs in a worker, which can be stopped.
    https://www.w3.org/TR/sparql11-federated-query/#simpleService
    """
    # Some engines decode \\uXXXX before they look for keywords, so it may hide the word or a quote.
    plain = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    if "service" not in plain.lower():
        return
    words = max(map(_count_services, (text, plain)))
    called = parse_service_addresses(text)
    if called is None or words != len(called) or not set(called) <= set(allowed_services):
        raise QueryRefused(
            "SERVICE is not allowed here: it would send requests to other servers from this one. "
            f"{_format_allowed_services(allowed_services)} "
            "Run that part of the query at the other endpoint and join the results."
        )


def _count_services(text: str) -> int:
    return sum(token.kind == "SERVICE" for token in tokenise_query(text))


def parse_service_addresses(text: str) -> list[str] | None:
    """Return the addresses after SERVICE, "" for a variable; None where rdflib cannot parse."""
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.algebra import translatePrologue
    from rdflib.plugins.sparql.parser import parseQuery
    from rdflib.plugins.sparql.sparql import SPARQLError

    # rdflib ends a comment only at a line feed, SPARQL at a carriage return as well.
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
    """Say which addresses SERVICE may name, and how whoever runs the server sets them."""
    known = (
        f"Its allow-list has only: {', '.join(allowed_services)}."
        if allowed_services
        else "Its allow-list is empty."
    )
    return f"{known} Whoever runs the server sets it: `serve --allow-service URL`."
