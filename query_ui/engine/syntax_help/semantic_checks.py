"""What the grammar allows and the meaning doesn't: groups, names given twice, rows too short."""

from collections.abc import Callable, Iterator

from pyoxigraph import NamedNode

from query_ui.engine.syntax_help.pasted_text import wrong_escape
from query_ui.engine.syntax_help.reading import Found, Reading
from query_ui.engine.syntax_help.structure import Select, Structure, variable
from query_ui.engine.syntax_help.tokens import Token

_AGGREGATES = frozenset("COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT".split())
_SCHEME = ":"
_MOST_TOKENS = 5_000


def meaning(reading: Reading, remark: str) -> Found | None:
    """The first finding that fits the engine's ``remark``, which it has among what it expected.

    Only what can be read is looked at, and nothing where that is very long.
    """
    if len(reading.tokens) > _MOST_TOKENS:
        return None
    query = Structure([*reading.tokens[: reading.index], reading.tokens[-1]])
    finders: tuple[tuple[str, Callable[[Structure], Found | None]], ...] = (
        ("IRI parsing failed", _bad_iri),
        ("language tag parsing failed", _bad_language),
        ("escape sequence", _bad_character),
        ("integer", _large_number),
        ("Duplicated variable", _duplicate),
        ("variable that is unbound", _ungrouped),
        ("not authorized with GROUP BY", _star_with_group),
        ("overrides an existing", _overridden),
        ("", _aggregate_in_condition),
        ("", _bad_iri),
        ("", _bad_language),
        ("", _duplicate),
        ("", _ungrouped),
        ("", _row_length),
        ("", _bound_again),
        ("", _blank_in_two_groups),
    )
    found = (find(query) for words, find in finders if words in remark)
    return next((finding for finding in found if finding), None)


def _bad_iri(query: Structure) -> Found | None:
    for token in query.tokens:
        inside = token.text[1:-1]
        if token.kind == "iri" and _SCHEME in inside and "\\" not in inside:
            try:
                NamedNode(inside)
            except ValueError as error:
                return Found(f"This is no IRI: {error}.", token.start, "Correct it or escape it.")
    return None


def _bad_language(query: Structure) -> Found | None:
    for token in query.tokens:
        if token.kind == "langtag" and any(len(part) > 8 for part in token.text[1:].split("-")):
            remedy = 'Each part has at most 8 letters, as in "text"@en-GB.'
            return Found(f"{token.text[:40]} is no language tag.", token.start, remedy)
    return None


def _bad_character(query: Structure) -> Found | None:
    found = (wrong_escape(token) for token in query.tokens if token.kind == "string")
    start = next((start for start in found if start is not None), None)
    message = "This escape names no character."
    return None if start is None else Found(message, start, "Write the character itself.")


def _large_number(query: Structure) -> Found | None:
    for before, token in zip(query.tokens, query.tokens[1:], strict=False):
        if before.kind in ("LIMIT", "OFFSET") and len(token.text) > 18:
            return Found(f"The number after {before.kind} is too large.", token.start)
    return None


def _duplicate(query: Structure) -> Found | None:
    for select in query.selects:
        seen: set[str] = set()
        for token, _ in select.columns:
            if variable(token) in seen:
                message = f"SELECT shows {token.text} twice."
                return Found(message, token.start, "Leave it out, or give it another name.")
            seen.add(variable(token))
    return None


def _ungrouped(query: Structure) -> Found | None:
    for select in query.selects:
        aggregates = any(t.kind in _AGGREGATES for _, part in select.columns for t in part)
        having = query.tokens[select.where[1] + 1].kind == "HAVING"
        if select.grouped is None and not aggregates and not having:
            continue
        known = set(select.grouped or ())
        for token, part in select.columns:
            for used in _outside_aggregates(part):
                if used.kind == "var" and variable(used) not in known:
                    return _must_group(used, select)
            known.add(variable(token))
    return None


def _must_group(token: Token, select: Select) -> Found:
    clause = "Add it to GROUP BY" if select.grouped is not None else f"Add GROUP BY {token.text}"
    return Found(
        f"{token.text} has several values in a group, so it cannot be shown as it is.",
        token.start,
        f"{clause}, or show one of its values: (SAMPLE({token.text}) AS {token.text}_1).",
    )


def _outside_aggregates(part: list[Token]) -> Iterator[Token]:
    """The tokens of an expression that are in the brackets of no aggregate."""
    depth = 0
    for at, token in enumerate(part):
        if token.kind == "(" and (depth or (at and part[at - 1].kind in _AGGREGATES)):
            depth += 1
        elif token.kind == ")" and depth:
            depth -= 1
        elif not depth:
            yield token


def _star_with_group(query: Structure) -> Found | None:
    for select in query.selects:
        if select.grouped is not None and not select.columns:
            star = query.tokens[select.word + 1 : select.where[0]]
            place = next((token for token in star if token.kind == "*"), query.tokens[select.word])
            remedy = "Name the grouped variables and the aggregates, as in ?a (COUNT(?b) AS ?n)."
            return Found("SELECT * cannot show groups.", place.start, remedy)
    return None


def _overridden(query: Structure) -> Found | None:
    for select in query.selects:
        start, end = select.where
        inside = {variable(token) for token in query.tokens[start:end] if token.kind == "var"}
        for token, part in select.columns:
            if part != [token] and variable(token) in inside:
                return _taken(token)
    return None


def _taken(token: Token) -> Found:
    message = f"{token.text} has a value already, so AS cannot give it another."
    return Found(message, token.start, f"Take another name, such as {token.text}_2.")


def _aggregate_in_condition(query: Structure) -> Found | None:
    for at, token in enumerate(query.tokens):
        if token.kind not in ("FILTER", "BIND"):
            continue
        end = query.pairs.get(at + 1, at)
        for inner in query.tokens[at:end]:
            if inner.kind == "SELECT":
                break
            if inner.kind in _AGGREGATES:
                return Found(
                    f"{inner.kind} cannot stand in {token.kind}: it is made from a whole group.",
                    inner.start,
                    "Write HAVING(…) after GROUP BY, or compute it in a subquery.",
                )
    return None


def _row_length(query: Structure) -> Found | None:
    """A row of VALUES with more or fewer values than there are variables."""
    for at, token in enumerate(query.tokens):
        if token.kind != "VALUES" or query.tokens[at + 1].kind not in ("(", "nil"):
            continue
        close = query.pairs.get(at + 1, at + 1)
        count, row = max(close - at - 2, 0), close + 2
        while query.tokens[row].kind in ("(", "nil"):
            end = query.pairs.get(row, row)
            length = _length(query.tokens[row + 1 : end])
            if length != count:
                message = f"Values in this row: {length}; variables: {count}."
                return Found(message, query.tokens[row].start, "Write UNDEF where there is none.")
            row = end + 1
    return None


def _length(row: list[Token]) -> int:
    """The number of values; a language tag or a datatype belongs to the text before it."""
    depth = count = 0
    for at, token in enumerate(row):
        typed = at and row[at - 1].kind == "^^"
        count += depth == 0 and token.kind not in ("langtag", "^^") and not typed
        depth += (token.kind == "<<(") - (token.kind == ")>>")
    return count


def _bound_again(query: Structure) -> Found | None:
    """BIND to a variable that stands before it in the same group."""
    seen: dict[int, set[str]] = {}
    hidden = -1
    for at, token in enumerate(query.tokens):
        group = query.groups[at]
        if token.kind in ("FILTER", "MINUS"):
            hidden = max(hidden, query.pairs.get(at + 1, at))
        if token.kind == "BIND" and (end := query.pairs.get(at + 1)):
            name = query.tokens[end - 1]
            if name.kind == "var" and variable(name) in seen.get(group, set()):
                return _taken(name)
        if token.kind == "var" and at > hidden:
            seen.setdefault(group, set()).add(variable(token))
        if token.kind == "}" and at > hidden:
            inner = seen.pop(query.opened.get(at, -1), set())
            seen.setdefault(group, set()).update(inner)
    return None


def _blank_in_two_groups(query: Structure) -> Found | None:
    homes: dict[str, int] = {}
    for at, token in enumerate(query.tokens):
        if token.kind != "blank":
            continue
        if homes.setdefault(token.text, query.groups[at]) != query.groups[at]:
            remedy = "Use a variable, such as ?" + token.text[2:40] + "."
            message = f"{token.text[:40]} stands in two groups, and a blank node may in one only."
            return Found(message, token.start, remedy)
    return None
