"""What the grammar allows and the meaning doesn't: groups, names given twice, rows too short."""

from collections.abc import Callable, Iterator

from pyoxigraph import NamedNode

from loader.queries.syntax.lexer import Token
from query_ui.engine.syntax_help.pasted_text import find_wrong_escape
from query_ui.engine.syntax_help.reading import QueryParse, SyntaxFinding
from query_ui.engine.syntax_help.structure import QueryStructure, SelectClause, get_variable_name

_AGGREGATES = frozenset("COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT".split())
_SCHEME = ":"
_MAX_TOKENS = 5_000


def find_semantic_error(parse: QueryParse, engine_message: str) -> SyntaxFinding | None:
    """The first finding that fits the engine's ``engine_message``, which it has among what it
    expected.

    Only what can be read is looked at, and nothing where that is very long.
    """
    if len(parse.tokens) > _MAX_TOKENS:
        return None
    query = QueryStructure([*parse.tokens[: parse.index], parse.tokens[-1]])
    finders: tuple[tuple[str, Callable[[QueryStructure], SyntaxFinding | None]], ...] = (
        ("IRI parsing failed", _find_bad_iri),
        ("language tag parsing failed", _find_bad_language_tag),
        ("escape sequence", _find_bad_escape),
        ("integer", _find_large_number),
        ("Duplicated variable", _find_duplicate_column),
        ("variable that is unbound", _find_ungrouped_variable),
        ("not authorized with GROUP BY", _find_star_with_group),
        ("overrides an existing", _find_overridden_variable),
        ("", _find_aggregate_in_condition),
        ("", _find_bad_iri),
        ("", _find_bad_language_tag),
        ("", _find_duplicate_column),
        ("", _find_ungrouped_variable),
        ("", _find_wrong_row_length),
        ("", _find_rebound_variable),
        ("", _find_shared_blank_node),
    )
    found = (find(query) for words, find in finders if words in engine_message)
    return next((finding for finding in found if finding), None)


def _find_bad_iri(query: QueryStructure) -> SyntaxFinding | None:
    for token in query.tokens:
        inside = token.text[1:-1]
        if token.kind == "iri" and _SCHEME in inside and "\\" not in inside:
            try:
                NamedNode(inside)
            except ValueError as error:
                return SyntaxFinding(
                    f"This is no IRI: {error}.", token.start, "Correct it or escape it."
                )
    return None


def _find_bad_language_tag(query: QueryStructure) -> SyntaxFinding | None:
    for token in query.tokens:
        if token.kind == "langtag" and any(len(part) > 8 for part in token.text[1:].split("-")):
            remedy = 'Each part has at most 8 letters, as in "text"@en-GB.'
            return SyntaxFinding(f"{token.text[:40]} is no language tag.", token.start, remedy)
    return None


def _find_bad_escape(query: QueryStructure) -> SyntaxFinding | None:
    found = (find_wrong_escape(token) for token in query.tokens if token.kind == "string")
    start = next((start for start in found if start is not None), None)
    message = "This escape names no character."
    return None if start is None else SyntaxFinding(message, start, "Write the character itself.")


def _find_large_number(query: QueryStructure) -> SyntaxFinding | None:
    for before, token in zip(query.tokens, query.tokens[1:], strict=False):
        if before.kind in ("LIMIT", "OFFSET") and len(token.text) > 18:
            return SyntaxFinding(f"The number after {before.kind} is too large.", token.start)
    return None


def _find_duplicate_column(query: QueryStructure) -> SyntaxFinding | None:
    for select in query.selects:
        seen: set[str] = set()
        for token, _ in select.columns:
            if get_variable_name(token) in seen:
                message = f"SELECT shows {token.text} twice."
                return SyntaxFinding(message, token.start, "Leave it out, or give it another name.")
            seen.add(get_variable_name(token))
    return None


def _find_ungrouped_variable(query: QueryStructure) -> SyntaxFinding | None:
    for select in query.selects:
        aggregates = any(t.kind in _AGGREGATES for _, part in select.columns for t in part)
        having = query.tokens[select.brace_indexes[1] + 1].kind == "HAVING"
        if select.grouping_names is None and not aggregates and not having:
            continue
        known = set(select.grouping_names or ())
        for token, part in select.columns:
            for used in _list_tokens_outside_aggregates(part):
                if used.kind == "var" and get_variable_name(used) not in known:
                    return _report_ungrouped_variable(used, select)
            known.add(get_variable_name(token))
    return None


def _report_ungrouped_variable(token: Token, select: SelectClause) -> SyntaxFinding:
    clause = (
        "Add it to GROUP BY" if select.grouping_names is not None else f"Add GROUP BY {token.text}"
    )
    return SyntaxFinding(
        f"{token.text} has several values in a group, so it cannot be shown as it is.",
        token.start,
        f"{clause}, or show one of its values: (SAMPLE({token.text}) AS {token.text}_1).",
    )


def _list_tokens_outside_aggregates(expression: list[Token]) -> Iterator[Token]:
    """The tokens of an expression that are in the brackets of no aggregate."""
    depth = 0
    for at, token in enumerate(expression):
        if token.kind == "(" and (depth or (at and expression[at - 1].kind in _AGGREGATES)):
            depth += 1
        elif token.kind == ")" and depth:
            depth -= 1
        elif not depth:
            yield token


def _find_star_with_group(query: QueryStructure) -> SyntaxFinding | None:
    for select in query.selects:
        if select.grouping_names is not None and not select.columns:
            star = query.tokens[select.word + 1 : select.brace_indexes[0]]
            place = next((token for token in star if token.kind == "*"), query.tokens[select.word])
            remedy = "Name the grouped variables and the aggregates, as in ?a (COUNT(?b) AS ?n)."
            return SyntaxFinding("SELECT * cannot show groups.", place.start, remedy)
    return None


def _find_overridden_variable(query: QueryStructure) -> SyntaxFinding | None:
    for select in query.selects:
        start, end = select.brace_indexes
        inside = {
            get_variable_name(token) for token in query.tokens[start:end] if token.kind == "var"
        }
        for token, part in select.columns:
            if part != [token] and get_variable_name(token) in inside:
                return _report_existing_variable(token)
    return None


def _report_existing_variable(token: Token) -> SyntaxFinding:
    message = f"{token.text} has a value already, so AS cannot give it another."
    return SyntaxFinding(message, token.start, f"Take another name, such as {token.text}_2.")


def _find_aggregate_in_condition(query: QueryStructure) -> SyntaxFinding | None:
    for at, token in enumerate(query.tokens):
        if token.kind not in ("FILTER", "BIND"):
            continue
        end = query.closer_by_opener.get(at + 1, at)
        for inner in query.tokens[at:end]:
            if inner.kind == "SELECT":
                break
            if inner.kind in _AGGREGATES:
                return SyntaxFinding(
                    f"{inner.kind} cannot stand in {token.kind}: it is made from a whole group.",
                    inner.start,
                    "Write HAVING(…) after GROUP BY, or compute it in a subquery.",
                )
    return None


def _find_wrong_row_length(query: QueryStructure) -> SyntaxFinding | None:
    """A row of VALUES with more or fewer values than there are variables."""
    for at, token in enumerate(query.tokens):
        if token.kind != "VALUES" or query.tokens[at + 1].kind not in ("(", "nil"):
            continue
        close = query.closer_by_opener.get(at + 1, at + 1)
        count, row = max(close - at - 2, 0), close + 2
        while query.tokens[row].kind in ("(", "nil"):
            end = query.closer_by_opener.get(row, row)
            length = _count_row_values(query.tokens[row + 1 : end])
            if length != count:
                message = f"Values in this row: {length}; variables: {count}."
                return SyntaxFinding(
                    message, query.tokens[row].start, "Write UNDEF where there is none."
                )
            row = end + 1
    return None


def _count_row_values(row: list[Token]) -> int:
    """The number of values; a language tag or a datatype belongs to the text before it."""
    depth = count = 0
    for at, token in enumerate(row):
        typed = at and row[at - 1].kind == "^^"
        count += depth == 0 and token.kind not in ("langtag", "^^") and not typed
        depth += (token.kind == "<<(") - (token.kind == ")>>")
    return count


def _find_rebound_variable(query: QueryStructure) -> SyntaxFinding | None:
    """BIND to a variable that stands before it in the same group."""
    seen: dict[int, set[str]] = {}
    hidden = -1
    for at, token in enumerate(query.tokens):
        group = query.groups[at]
        if token.kind in ("FILTER", "MINUS"):
            hidden = max(hidden, query.closer_by_opener.get(at + 1, at))
        if token.kind == "BIND" and (end := query.closer_by_opener.get(at + 1)):
            name = query.tokens[end - 1]
            if name.kind == "var" and get_variable_name(name) in seen.get(group, set()):
                return _report_existing_variable(name)
        if token.kind == "var" and at > hidden:
            seen.setdefault(group, set()).add(get_variable_name(token))
        if token.kind == "}" and at > hidden:
            inner = seen.pop(query.opener_by_closer.get(at, -1), set())
            seen.setdefault(group, set()).update(inner)
    return None


def _find_shared_blank_node(query: QueryStructure) -> SyntaxFinding | None:
    homes: dict[str, int] = {}
    for at, token in enumerate(query.tokens):
        if token.kind != "blank":
            continue
        if homes.setdefault(token.text, query.groups[at]) != query.groups[at]:
            remedy = "Use a variable, such as ?" + token.text[2:40] + "."
            message = f"{token.text[:40]} stands in two groups, and a blank node may in one only."
            return SyntaxFinding(message, token.start, remedy)
    return None
