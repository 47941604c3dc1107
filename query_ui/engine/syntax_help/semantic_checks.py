"""What the grammar allows and the meaning doesn't: groups, names given twice, rows too short."""

from collections.abc import Callable, Iterator

from pyoxigraph import NamedNode

from loader.queries.syntax.lexer import Token
from loader.queries.syntax.tree import Node, walk
from query_ui.engine.syntax_help.pasted_text import find_wrong_escape
from query_ui.engine.syntax_help.query_parse import QueryParse, SyntaxFinding

_SCHEME = ":"
_MAX_TOKENS = 5_000


def find_semantic_error(parse: QueryParse, engine_message: str) -> SyntaxFinding | None:
    """Return the first finding that fits the words of ``engine_message``.
    expected.

    Only what can be read is looked at, and nothing where that is very long.
    """
    if len(parse.tokens) > _MAX_TOKENS:
        return None
    finders: tuple[tuple[str, Callable[[QueryParse], SyntaxFinding | None]], ...] = (
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
    found = (find(parse) for words, find in finders if words in engine_message)
    return next((finding for finding in found if finding), None)


def _find_bad_iri(parse: QueryParse) -> SyntaxFinding | None:
    tokens = parse.tokens[: parse.index]
    for token in tokens:
        inside = token.text[1:-1]
        if token.kind == "iri" and _SCHEME in inside and "\\" not in inside:
            try:
                NamedNode(inside)
            except ValueError as error:
                return SyntaxFinding(
                    f"This is no IRI: {error}.", token.start, "Correct it or escape it."
                )
    return None


def _find_bad_language_tag(parse: QueryParse) -> SyntaxFinding | None:
    tokens = parse.tokens[: parse.index]
    for token in tokens:
        if token.kind == "langtag" and any(len(part) > 8 for part in token.text[1:].split("-")):
            remedy = 'Each part has at most 8 letters, as in "text"@en-GB.'
            return SyntaxFinding(f"{token.text[:40]} is no language tag.", token.start, remedy)
    return None


def _find_bad_escape(parse: QueryParse) -> SyntaxFinding | None:
    tokens = parse.tokens[: parse.index]
    found = (find_wrong_escape(token) for token in tokens if token.kind == "string")
    start = next((start for start in found if start is not None), None)
    message = "This escape names no character."
    return None if start is None else SyntaxFinding(message, start, "Write the character itself.")


def _find_large_number(parse: QueryParse) -> SyntaxFinding | None:
    tokens = parse.tokens[: parse.index]
    for before, token in zip(tokens, tokens[1:], strict=False):
        if before.kind in ("LIMIT", "OFFSET") and len(token.text) > 18:
            return SyntaxFinding(f"The number after {before.kind} is too large.", token.start)
    return None


def _list_selects(parse: QueryParse) -> Iterator[tuple[Node, list[Node], Node]]:
    """Yield each SELECT that is complete, with its columns and its group."""
    for select in parse.root.find_all("SelectQuery", "SubSelect"):
        where = select.child("WhereClause")
        group = where.child("Group") if where else None
        if group and group.token("}"):
            yield select, select.nodes[0].nodes, group


def _list_variables(node: Node, *closed: str) -> list[Token]:
    """Return the variables in a node but for those in nodes of the kinds ``closed``."""
    return [one for one, _ in walk(node, *closed) if isinstance(one, Token) and one.kind == "var"]


def _find_duplicate_column(parse: QueryParse) -> SyntaxFinding | None:
    for _, columns, _ in _list_selects(parse):
        names: set[str] = set()
        for column in columns:
            token = _list_variables(column)[-1]
            if token.text[1:] in names:
                message = f"SELECT shows {token.text} twice."
                return SyntaxFinding(message, token.start, "Leave it out, or give it another name.")
            names.add(token.text[1:])
    return None


def _find_ungrouped_variable(parse: QueryParse) -> SyntaxFinding | None:
    for select, columns, _ in _list_selects(parse):
        grouping, having = (
            _find_modifier(select, kind) for kind in ("GroupClause", "HavingClause")
        )
        if not (grouping or having or any(column.find("Aggregate") for column in columns)):
            continue
        conditions = grouping.nodes if grouping else []
        names = {_list_variables(one)[-1].text[1:] for one in conditions if _is_named(one)}
        for column in columns:
            for token in _list_variables(column.nodes[0], "Aggregate"):
                if token.text[1:] not in names:
                    return _report_ungrouped_variable(token, grouping is not None)
            names.add(_list_variables(column)[-1].text[1:])
    return None


def _find_modifier(select: Node, kind: str) -> Node | None:
    modifier = select.child("SolutionModifier")
    return modifier.child(kind) if modifier else None


def _is_named(condition: Node) -> bool:
    """Whether an item of GROUP BY is a variable, or something that AS names."""
    return condition.token("AS") is not None or len(_list_variables(condition)) == len(
        [token for token in condition.tokens if token.kind not in "()"]
    )


def _report_ungrouped_variable(token: Token, is_grouped: bool) -> SyntaxFinding:
    clause = "Add it to GROUP BY" if is_grouped else f"Add GROUP BY {token.text}"
    return SyntaxFinding(
        f"{token.text} has several values in a group, so it cannot be shown as it is.",
        token.start,
        f"{clause}, or show one of its values: (SAMPLE({token.text}) AS {token.text}_1).",
    )


def _find_star_with_group(parse: QueryParse) -> SyntaxFinding | None:
    for select, _, _ in _list_selects(parse):
        star = select.nodes[0].token("*")
        if star and _find_modifier(select, "GroupClause"):
            remedy = "Name the grouped variables and the aggregates, as in ?a (COUNT(?b) AS ?n)."
            return SyntaxFinding("SELECT * cannot show groups.", star.start, remedy)
    return None


def _find_overridden_variable(parse: QueryParse) -> SyntaxFinding | None:
    for _, columns, group in _list_selects(parse):
        inside = {token.text[1:] for token in _list_variables(group)}
        for column in columns:
            name = _list_variables(column)[-1]
            if column.token("AS") and name.text[1:] in inside:
                return _report_existing_variable(name)
    return None


def _report_existing_variable(token: Token) -> SyntaxFinding:
    message = f"{token.text} has a value already, so AS cannot give it another."
    return SyntaxFinding(message, token.start, f"Take another name, such as {token.text}_2.")


def _find_aggregate_in_condition(parse: QueryParse) -> SyntaxFinding | None:
    for condition in parse.root.find_all("Filter", "Bind"):
        for inner, _ in walk(condition, "SubSelect"):
            if inner.kind == "Aggregate" and isinstance(inner, Node):
                word, aggregate = condition.first_token.kind, inner.first_token.kind
                return SyntaxFinding(
                    f"{aggregate} is not allowed in {word}: it is made from a whole group.",
                    inner.start,
                    "Write HAVING(…) after GROUP BY, or compute it in a subquery.",
                )
    return None


def _find_wrong_row_length(parse: QueryParse) -> SyntaxFinding | None:
    """Find a row of VALUES with more or fewer values than there are variables."""
    for block in parse.root.find_all("DataBlock"):
        count, start, length = sum(one.kind == "Var" for one in block.nodes), 0, 0
        opening = block.token("{")
        if opening is None or block.children[0].kind == "Var":
            continue
        for child in (one for one in block.children if one.start > opening.start):
            if child.kind in ("(", "nil"):
                start, length = child.start, 0
            length += child.kind == "DataValue"
            if child.kind in (")", "nil") and length != count:
                message = f"Values in this row: {length}; variables: {count}."
                return SyntaxFinding(message, start, "Write UNDEF where there is none.")
    return None


def _find_rebound_variable(parse: QueryParse) -> SyntaxFinding | None:
    """Find a BIND to a variable that stands before it in the same group."""
    for group in parse.root.find_all("Group"):
        names: set[str] = set()
        for node in group.nodes:
            variables = _list_variables(node, "Filter", "Minus")
            if node.kind == "Bind" and node.token(")") and variables[-1].text[1:] in names:
                return _report_existing_variable(variables[-1])
            if node.kind not in ("Filter", "Minus"):
                names.update(token.text[1:] for token in variables)
    return None


def _find_shared_blank_node(parse: QueryParse) -> SyntaxFinding | None:
    group_by_label: dict[str, Node] = {}
    blanks = [
        (token, group)
        for group in parse.root.find_all("Group")
        for token, _ in walk(group, "Group")
        if token.kind == "blank" and isinstance(token, Token)
    ]
    for token, group in sorted(blanks, key=lambda pair: pair[0].start):
        if group_by_label.setdefault(token.text, group) is not group:
            remedy = "Use a variable, such as ?" + token.text[2:40] + "."
            message = f"{token.text[:40]} is in two groups, and a blank node may be in one only."
            return SyntaxFinding(message, token.start, remedy)
    return None
