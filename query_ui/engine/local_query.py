"""What is known of a query before it is sent to an endpoint: the kind of its result, its columns.

A query is evaluated here on an empty store, as the library has no other way to parse one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import QuerySolutions, Store

from loader.errors import QueryError
from loader.queries.evaluate import evaluate_query
from query_ui.engine.result_formats import ResultKind
from query_ui.engine.result_writer import classify_results
from query_ui.engine.syntax_help import explain_syntax_error

_MAX_CACHED_CHARACTERS = 10_000
_MAX_CACHED_QUERIES = 500
_MAX_QUICK_CHARACTERS = 2_000
_MAX_QUICK_BRACKETS = 30
_MAX_QUICK_PATTERNS = 20
_IRI = re.compile(r'<[^<>"{}|^`\\\x00-\x20]*>')
_MAYBE_LONG = re.compile(
    r"values|union|service|concat|replace|encode_for_uri|\\[uU]|!\s*!|(?<!\|)\|(?!\|)",
    re.IGNORECASE,
)
"""Without data, rows come from VALUES, UNION and `|` alone, and texts grow by three functions."""
_SEPARATORS = ".;,/"


@dataclass(frozen=True, slots=True)
class LocalQuery:
    """The kind of the result of a query, and its columns in their order."""

    kind: ResultKind
    columns: tuple[str, ...]


def is_quickly_parsed(text: str) -> bool:
    """Return whether no user could have made this query so that it takes long on an empty store.

    Others are parsed in a process that can be ended: `VALUES` may have a million combinations of
    rows, the order of 80 patterns takes the engine half a second to choose, and deep nesting
    overflows the stack.
    """
    return (
        len(text) <= _MAX_QUICK_CHARACTERS
        and sum(map(text.count, "([{")) <= _MAX_QUICK_BRACKETS
        and _MAYBE_LONG.search(text) is None
        and sum(map(_IRI.sub("", text).count, _SEPARATORS)) <= _MAX_QUICK_PATTERNS
    )


def parse_locally(
    text: str,
    default_graphs: Sequence[str],
    named_graphs: Sequence[str],
    prefixes: Mapping[str, str],
) -> LocalQuery:
    """Parse a query as the embedded engine does; raise QueryError as it does.

    Endpoints describe a syntax error in their own words, if at all.
    """
    parse = _parse_cached if len(text) <= _MAX_CACHED_CHARACTERS else _parse
    try:
        return parse(text, tuple(default_graphs), tuple(named_graphs))
    except SyntaxError as error:
        raise explain_syntax_error(text, error, prefixes) from error
    except UnicodeEncodeError as error:
        raise QueryError("The query holds a lone surrogate, which is no character.") from error
    except (OSError, RuntimeError) as error:
        raise QueryError(f"The query could not be evaluated: {error}.") from error


def _parse(text: str, default_graphs: tuple[str, ...], named_graphs: tuple[str, ...]) -> LocalQuery:
    results = evaluate_query(Store(), text, default_graphs, named_graphs)
    try:
        columns = (
            tuple(variable.value for variable in results.variables)
            if isinstance(results, QuerySolutions)
            else ()
        )
        return LocalQuery(classify_results(results), columns)
    finally:
        del results


_parse_cached = lru_cache(_MAX_CACHED_QUERIES)(_parse)
