"""What SELECT shows: no commas, and a name for everything that is computed."""

from loader.queries.syntax.lexer import Token
from loader.queries.syntax.ll1_table import load_sparql_table
from query_ui.engine.syntax_help.query_parse import CLOSER_BY_OPENER, QueryParse, SyntaxFinding


def find_select_list_error(parse: QueryParse) -> SyntaxFinding | None:
    """Find what SQL writes between SELECT and its braces and SPARQL does not."""
    if parse.look_back().kind == "AS" and parse.expected_terminals == {"var"}:
        return _report_missing_variable(parse)
    if parse.enclosing_clause != "SELECT" or "{" in parse.look_back().kind:
        return _find_unnamed_column(parse)
    token, before = parse.error_token, parse.look_back()
    if before.kind in ("SELECT", "DISTINCT", "REDUCED") and token.kind in ("{", "WHERE", "FROM"):
        mended = parse.try_replacement(before.end, before.end, " *")
        remedy = "Write SELECT * for all variables, or name those you want."
        return SyntaxFinding("SELECT does not say what to show.", token.start, remedy, mended)
    if token.kind == ",":
        return _report_commas(parse)
    if token.kind == "AS":
        return _report_unbracketed_column(parse, before, before.end, parse.look_ahead())
    called = parse.look_ahead().kind in ("(", "nil")
    if called and load_sparql_table().consume_terminal("BuiltInCall", token.kind) is not None:
        last = _find_end_of_call(parse)
        named = parse.tokens[last + 1].kind == "AS"
        name = parse.tokens[last + 2] if named else parse.tokens[last]
        return _report_unbracketed_column(parse, token, parse.tokens[last].end, name)
    return None


def _report_missing_variable(parse: QueryParse) -> SyntaxFinding:
    token = parse.error_token
    remedy, mended = "Write AS ?name.", ""
    if token.text.isidentifier():
        remedy = f"Write AS ?{token.text}."
        mended = parse.try_replacement(token.start, token.end, f"?{token.text}")
    return SyntaxFinding("After AS a variable is missing.", token.start, remedy, mended)


def _report_commas(parse: QueryParse) -> SyntaxFinding:
    mended, end = [parse.text[: parse.error_token.start]], parse.error_token.end
    for token in parse.tokens[parse.index + 1 :]:
        if token.kind not in (",", "var", "*"):
            break
        if token.kind == ",":
            mended, end = [*mended, parse.text[end : token.start]], token.end
    return SyntaxFinding(
        "There are no commas between the variables of SELECT.",
        parse.error_token.start,
        "Leave out the commas.",
        parse.try_repair("".join([*mended, parse.text[end:]]), parse.error_token.start),
    )


def _report_unbracketed_column(
    parse: QueryParse, start: Token, end: int, name: Token
) -> SyntaxFinding:
    """Report a computed column, up to the offset ``end``, without brackets around it."""
    text = f"({parse.text[start.start : end]} AS {_find_free_variable(parse)})"
    if name.kind == "var":
        text = f"({parse.text[start.start : end]} AS {name.text})"
        end = name.end
    remedy = f"Write {text}." if len(text) < 100 else "Write (… AS ?name)."
    return SyntaxFinding(
        "A column that is computed or renamed needs brackets, with AS and a name.",
        parse.error_token.start,
        remedy,
        parse.try_replacement(start.start, end, text),
    )


def _find_unnamed_column(parse: QueryParse) -> SyntaxFinding | None:
    """Find a computed column in brackets, without a name or without AS."""
    if "AS" not in parse.expected_terminals or not parse.open or parse.open[-1].kind != "(":
        return None
    start, token = parse.open[-1], parse.error_token
    if token.kind == ")":
        name = _find_free_variable(parse)
        inside = parse.text[start.end : token.start].strip()
        shown = f"Write ({inside} AS {name})." if len(inside) < 80 else f"Put AS {name} before )."
        mended = parse.try_replacement(token.start, token.start, f" AS {name}")
        return SyntaxFinding("What is computed here has no name.", token.start, shown, mended)
    if token.kind == "var":
        mended = parse.try_replacement(token.start, token.start, "AS ")
        return SyntaxFinding(
            f"AS is missing before {token.text}.", token.start, f"Write AS {token.text}.", mended
        )
    return None


def _find_end_of_call(parse: QueryParse) -> int:
    """Return the index of the last token of the function call that begins at the token at fault."""
    depth, tokens = 0, parse.tokens
    for at in range(parse.index + 1, len(tokens) - 1):
        depth += (tokens[at].kind in CLOSER_BY_OPENER) - (
            tokens[at].kind in CLOSER_BY_OPENER.values()
        )
        if depth <= 0:
            return at
    return parse.index


def _find_free_variable(parse: QueryParse) -> str:
    names = ("n", "value", "result", "column")
    return "?" + next((name for name in names if name not in parse.variable_names), "value_2")
