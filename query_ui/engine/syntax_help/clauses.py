"""The parts of a query: where each clause stands, and what follows its word."""

from loader.queries.syntax.lexer import Token
from loader.queries.syntax.ll1_table import END_OF_QUERY
from query_ui.engine.syntax_help.brackets import find_brace_unclosed_before
from query_ui.engine.syntax_help.query_parse import QueryParse, SyntaxFinding

_SOLUTION_MODIFIERS = {"GROUP": "GROUP BY", "HAVING": "HAVING", "ORDER": "ORDER BY"}
_SOLUTION_MODIFIERS |= {"LIMIT": "LIMIT", "OFFSET": "OFFSET"}
_GROUP_KEYWORDS = ("FILTER", "BIND", "OPTIONAL", "MINUS", "GRAPH", "UNION", "SERVICE")
_BRACED_KEYWORDS = (*_GROUP_KEYWORDS[2:], "WHERE", "EXISTS", "LATERAL")


def find_misplaced_clause(parse: QueryParse) -> SyntaxFinding | None:
    """Find a clause that stands inside the braces, outside, or after one that it must precede."""
    token = parse.error_token
    if token.kind in ("PREFIX", "BASE") and parse.look_back().kind != "PREFIX":
        remedy = "Put it before SELECT, ASK, CONSTRUCT or DESCRIBE."
        return SyntaxFinding(
            f"{token.kind} lines belong at the top of a query.", token.start, remedy
        )
    if parse.open and parse.open[-1].kind == "{":
        return _find_misplaced_in_braces(parse, token)
    if not parse.open and END_OF_QUERY in parse.expected_terminals:
        return _find_misplaced_after_braces(token)
    return None


def _find_misplaced_in_braces(parse: QueryParse, token: Token) -> SyntaxFinding | None:
    if token.kind in _SOLUTION_MODIFIERS:
        return find_brace_unclosed_before(parse) or SyntaxFinding(
            f"{_SOLUTION_MODIFIERS[token.kind]} belongs after the closing brace, not inside.",
            token.start,
            f"Move it behind the }} that closes the {{ of {parse.place(parse.open[-1])}.",
        )
    if token.kind == "UNION" and (found := find_brace_unclosed_before(parse)):
        return found
    if token.kind == "SELECT":
        remedy = "Put { before SELECT and } after the end of the subquery."
        return SyntaxFinding("A subquery needs braces of its own.", token.start, remedy)
    if token.kind in (*_GROUP_KEYWORDS, "VALUES", "/", "|", "+", "*", "^", "!") and _is_in_template(
        parse
    ):
        remedy = "Put everything else between the braces of WHERE."
        return SyntaxFinding("Only triples are allowed between these braces.", token.start, remedy)
    return None


def _is_in_template(parse: QueryParse) -> bool:
    at = parse.tokens.index(parse.open[-1])
    before = [token.kind for token in parse.tokens[max(0, at - 2) : at]]
    return before[-1:] == ["CONSTRUCT"] or before == ["CONSTRUCT", "WHERE"]


def _find_misplaced_after_braces(token: Token) -> SyntaxFinding | None:
    if token.kind in _GROUP_KEYWORDS:
        remedy = "Move it before the last }."
        return SyntaxFinding(
            f"{token.kind} belongs inside the braces of WHERE.", token.start, remedy
        )
    if token.kind in _SOLUTION_MODIFIERS:
        return SyntaxFinding(
            f"{_SOLUTION_MODIFIERS[token.kind]} comes too late, or a second time.",
            token.start,
            "The order is GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET, VALUES.",
        )
    return None


def find_modifier_error(parse: QueryParse) -> SyntaxFinding | None:
    """Find what is wrong after ORDER BY, GROUP BY, LIMIT and OFFSET."""
    token, before = parse.error_token, parse.look_back()
    if before.kind in ("ASC", "DESC"):
        return _report_sort_direction(parse, before)
    if before.kind in ("LIMIT", "OFFSET"):
        return SyntaxFinding(
            f"{before.kind} takes a whole number from 0.",
            token.start,
            f"Write {before.kind} 10.",
        )
    if before.kind in ("ORDER", "GROUP") and parse.expected_terminals == {"BY"}:
        mended = parse.try_replacement(before.end, before.end, " BY")
        return SyntaxFinding(
            f"BY is missing after {before.kind}.", token.start, "Write BY.", mended
        )
    if token.kind == "," and parse.enclosing_clause in ("LIMIT", "ORDER", "GROUP"):
        remedy = "Leave it out."
        if parse.enclosing_clause == "LIMIT":
            remedy = "To leave out the first 10, write LIMIT 20 OFFSET 10."
        mended = (
            ""
            if parse.enclosing_clause == "LIMIT"
            else parse.try_replacement(token.start, token.end, " ")
        )
        after = {"ORDER": "ORDER BY", "GROUP": "GROUP BY"}.get(
            parse.enclosing_clause, parse.enclosing_clause
        )
        return SyntaxFinding(f"There is no comma after {after}.", token.start, remedy, mended)
    return None


def _report_sort_direction(parse: QueryParse, word: Token) -> SyntaxFinding:
    token, subject = parse.error_token, parse.look_back(2)
    mended = ""
    if token.kind == "var":
        shown = f"{word.kind}({token.text})"
        mended = parse.try_replacement(word.start, token.end, shown)
    elif subject.kind == "var":
        shown = f"{word.kind}({subject.text})"
        mended = parse.try_replacement(subject.start, word.end, shown)
    else:
        shown = f"{word.kind}(?name)"
    return SyntaxFinding(
        f"{word.kind} comes before what it orders, in brackets.",
        word.start,
        f"Write {shown}.",
        mended,
    )


def find_missing_group(parse: QueryParse) -> SyntaxFinding | None:
    """Find a word after which a group in braces has to follow."""
    before = parse.look_back()
    named = parse.look_back(2).kind in ("GRAPH", "SERVICE", "SILENT")
    if parse.expected_terminals == {"{"} and (named or before.kind in _BRACED_KEYWORDS):
        return SyntaxFinding(
            f"After {before.text[:80]} a group in braces is missing.",
            parse.error_token.start,
            f"Write {before.text[:80]} {{ … }}.",
        )
    if before.kind in ("GRAPH", "SERVICE") and parse.error_token.kind == "{":
        remedy = f"Write {before.kind} ?g {{ … }} or {before.kind} <https://…> {{ … }}."
        missing = f"After {before.kind} a variable or an IRI is missing."
        return SyntaxFinding(missing, parse.error_token.start, remedy)
    return None


def find_values_error(parse: QueryParse) -> SyntaxFinding | None:
    """Find what the braces of VALUES cannot hold."""
    token = parse.error_token
    if "UNDEF" not in parse.expected_terminals and parse.enclosing_clause != "VALUES":
        return None
    if parse.look_back(2).kind == "VALUES" and parse.expected_terminals == {"{"}:
        return _report_values_without_braces(parse)
    if token.kind == "var":
        remedy = "Write the values themselves, or join by using the same variable in a triple."
        return SyntaxFinding("VALUES lists fixed values, not variables.", token.start, remedy)
    if token.kind == ",":
        mended = parse.try_replacement(token.start, token.end, " ")
        return SyntaxFinding(
            "There are no commas between values.", token.start, "Leave it out.", mended
        )
    if token.kind == "blank":
        return SyntaxFinding("A blank node is no value.", token.start, "Write UNDEF for any value.")
    return None


def _report_values_without_braces(parse: QueryParse) -> SyntaxFinding:
    token, before = parse.error_token, parse.look_back()
    if token.kind == "var":
        remedy = f"Write VALUES ({before.text} {token.text}) {{ (1 2) }}."
        return SyntaxFinding("Several variables of VALUES need brackets.", token.start, remedy)
    remedy = f"Write VALUES {before.text} {{ … }}."
    return SyntaxFinding("The values belong between braces.", token.start, remedy)
