"""Comparisons and function calls: signs of other languages, missing brackets, numbers of values."""

from loader.queries.syntax.lexer import Token
from loader.queries.syntax.ll1_table import END_OF_QUERY, load_sparql_table
from query_ui.engine.syntax_help.query_parse import QueryParse, SyntaxFinding

_COMPARISON_SIGNS = ("=", "!=", "<", ">", "<=", ">=")
_OPERATORS = (*_COMPARISON_SIGNS, "&&", "||", "+", "-", "*", "/", "IN", "NOT", "signed")
_SIGN_BY_FOREIGN_SIGN = {"==": "=", "=>": ">=", "=<": "<=", "!==": "!=", "><": "!=", "<>": "!="}
_CONDITION_KEYWORDS = ("FILTER", "HAVING")
_AGGREGATES = ("SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")


def find_operator_error(parse: QueryParse) -> SyntaxFinding | None:
    """Find an operator as another language writes it, or one where nothing is compared."""
    token, before = parse.error_token, parse.look_back()
    pair = token.text if token.text == "<>" else before.text + token.text
    start = token if token.text == "<>" else before
    if pair in _SIGN_BY_FOREIGN_SIGN and (token.text == "<>" or parse.is_adjacent()):
        right = _SIGN_BY_FOREIGN_SIGN[pair]
        mended = parse.try_replacement(start.start, token.end, right)
        if mended or "string" in parse.expected_terminals:
            message = f"SPARQL does not write {pair}."
            return SyntaxFinding(message, start.start, f"Write {right}.", mended)
    if token.kind == "|" and "||" in parse.expected_terminals:
        mended = parse.try_replacement(token.start, token.end, "||")
        return SyntaxFinding(
            "A single | means nothing here.", token.start, "Write || for “or”.", mended
        )
    if before.kind == "NOT" and "EXISTS" in parse.expected_terminals and token.kind != "word":
        return _report_misplaced_not(parse, before)
    return _find_comparison_among_triples(parse, token, before)


def _report_misplaced_not(parse: QueryParse, word: Token) -> SyntaxFinding:
    mended = parse.try_replacement(word.start, parse.error_token.start, "!")
    remedy = "Write ! for “not”, as in !BOUND(?x), and NOT before EXISTS and IN alone."
    return SyntaxFinding("NOT is used only before EXISTS and IN.", word.start, remedy, mended)


def _find_comparison_among_triples(
    parse: QueryParse, token: Token, before: Token
) -> SyntaxFinding | None:
    """Find a comparison among triples."""
    among = parse.open and parse.open[-1].kind == "{" and "FILTER" in parse.expected_terminals
    if token.kind not in (*_COMPARISON_SIGNS, "&&", "||") or not (
        among or parse.expected_terminals & {"^"}
    ):
        return None
    left, right = before.text, parse.look_ahead().text
    fits = before.kind == "var" and token.kind in _COMPARISON_SIGNS and len(right) < 40
    example = f"{left} {token.kind} {right}" if fits and right else "?a = ?b"
    return SyntaxFinding(
        f"{token.kind} is used only inside an expression, not among triples.",
        token.start,
        f"Write FILTER({example}).",
    )


def find_call_error(parse: QueryParse) -> SyntaxFinding | None:
    """Find a function with too many or too few values."""
    token, function = parse.error_token, _find_enclosing_function(parse)
    if not function:
        return None
    name = load_sparql_table().spelling_by_keyword[function.kind]
    if function.kind == "GROUP_CONCAT" and token.kind == "," and ";" in parse.expected_terminals:
        separator = parse.look_ahead().text if parse.look_ahead().kind == "string" else '", "'
        mended = parse.try_replacement(
            token.start,
            parse.look_ahead().end if parse.look_ahead().kind == "string" else token.end,
            f"; SEPARATOR={separator}",
        )
        remedy = f"Write ; SEPARATOR={separator} in place of the comma."
        return SyntaxFinding("GROUP_CONCAT names its separator.", token.start, remedy, mended)
    if function.kind in _AGGREGATES and token.kind == "*" and parse.look_back().kind == "(":
        return SyntaxFinding(
            f"Only COUNT takes *, not {name}.", token.start, f"Write {name}(?value)."
        )
    if token.kind == "," and ")" in parse.expected_terminals:
        return SyntaxFinding(
            f"{name} takes no more values than this.", token.start, "Leave out the rest."
        )
    if token.kind == ")" and "," in parse.expected_terminals:
        return SyntaxFinding(f"{name} takes one value more.", token.start, "Put it after a comma.")
    if token.kind == ")" and parse.look_back().kind in ("(", ","):
        return SyntaxFinding(f"A value is missing between the brackets of {name}.", token.start)
    return None


def _find_enclosing_function(parse: QueryParse) -> Token | None:
    """Return the built-in function in whose brackets the fault is."""
    if not parse.open or parse.open[-1].kind != "(":
        return None
    at = next(i for i in range(parse.index, -1, -1) if parse.tokens[i] is parse.open[-1])
    before = parse.tokens[at - 1] if at else None
    return (
        before
        if before and load_sparql_table().consume_terminal("BuiltInCall", before.kind) is not None
        else None
    )


def find_unbracketed_expression(parse: QueryParse) -> SyntaxFinding | None:
    """Find a condition, an order or BIND without the brackets around it."""
    token, before = parse.error_token, parse.look_back()
    if (
        before.kind in (*_CONDITION_KEYWORDS, "BIND")
        and "(" in parse.expected_terminals
        and token.kind != "word"
    ):
        example = "BIND(… AS ?name)" if before.kind == "BIND" else f"{before.kind}(…)"
        return SyntaxFinding(
            f"What follows {before.kind} needs brackets.",
            token.start,
            f"Write {example}.",
            _bracket_rest_of_line(parse, token.start, token),
        )
    wanted = parse.enclosing_clause in (*_CONDITION_KEYWORDS, "ORDER", "GROUP")
    if wanted and token.kind in _OPERATORS and before.kind in (")", "nil", "var"):
        word = {"ORDER": "ORDER BY", "GROUP": "GROUP BY"}.get(
            parse.enclosing_clause, parse.enclosing_clause
        )
        return SyntaxFinding(
            f"The whole expression after {word} needs brackets.",
            token.start,
            f"Write {word} (… {token.text} …).",
        )
    return None


def _bracket_rest_of_line(parse: QueryParse, start: int, first: Token) -> str:
    """Return the query with brackets around the rest of the line, or up to its dot or brace."""
    line = parse.positions.to_line_column(first.start)[0]
    end = first.end
    for token in parse.tokens[parse.index :]:
        if (
            token.kind in (".", "{", "}", END_OF_QUERY)
            or parse.positions.to_line_column(token.start)[0] != line
        ):
            break
        end = token.end
    return parse.try_replacement(start, end, f"({parse.text[start:end]})")
