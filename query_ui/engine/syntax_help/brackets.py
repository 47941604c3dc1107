"""Brackets that are not closed, closed twice, or closed by another one."""

from loader.queries.syntax.lexer import Token
from loader.queries.syntax.ll1_table import END_OF_QUERY
from query_ui.engine.syntax_help.query_parse import CLOSER_BY_OPENER, QueryParse, SyntaxFinding

_NEVER_IN_BRACKETS = (".", ";", "FILTER", "OPTIONAL", "BIND", "MINUS", "VALUES", "GRAPH", "{")


def find_unclosed_bracket(parse: QueryParse) -> SyntaxFinding | None:
    """Find a bracket that is still open where the query ends."""
    if parse.error_token.kind != END_OF_QUERY or not parse.open:
        return None
    last = _guess_unclosed_bracket(parse)
    closers = "".join(CLOSER_BY_OPENER[token.kind] for token in reversed(parse.open[-8:]))
    count = len(parse.open)
    which = f"the {last.kind} of {parse.place(last)}"
    missing = f"a closing bracket is missing, for {which}"
    if count > 1:
        missing = f"{count:,} closing brackets are missing, first for {which}"
    if CLOSER_BY_OPENER[parse.open[-1].kind] not in parse.expected_terminals:
        return None
    mended = parse.try_repair(f"{parse.text.rstrip()}\n{closers}\n", 0) if count <= 8 else ""
    remedy = f"Put {closers} at the end, or where it belongs." if count <= 8 else ""
    return SyntaxFinding(
        f"The query ends too early: {missing}.", parse.error_token.start, remedy, mended
    )


def _guess_unclosed_bracket(parse: QueryParse) -> Token:
    """Return the bracket that is likely not to be closed: by the indents of lines, else the last.

    It is a brace whose closing one begins a line that is less indented than the line which opens.
    """
    stack: list[Token] = []
    for token in parse.tokens[: parse.index]:
        if token.kind in CLOSER_BY_OPENER:
            stack.append(token)
        elif stack and token.kind == CLOSER_BY_OPENER[stack[-1].kind]:
            opener = stack.pop()
            column, begins = parse.positions.measure_indent(token.start)
            if begins and column < parse.positions.measure_indent(opener.start)[0]:
                return opener
    return parse.open[-1]


def find_brace_unclosed_before(parse: QueryParse) -> SyntaxFinding | None:
    """Find a brace that is missing before what stands outside, where nothing else is wrong."""
    token = parse.error_token
    mended = parse.try_replacement(token.start, token.start, "}\n")
    if not mended or QueryParse(mended).error_index is not None:
        return None
    which = f"The {{ of {parse.place(_guess_unclosed_bracket(parse))}"
    return SyntaxFinding(f"{which} is not closed.", token.start, "Put } where it ends.", mended)


def find_wrong_closer(parse: QueryParse) -> SyntaxFinding | None:
    """Find a closing bracket that fits no open one, or not the last that was opened."""
    token = parse.error_token
    if token.kind in _NEVER_IN_BRACKETS:
        return _find_bracket_unclosed_before(parse)
    if token.kind not in CLOSER_BY_OPENER.values():
        return None
    if not any(CLOSER_BY_OPENER[opener.kind] == token.kind for opener in parse.open):
        message = f"There is one {token.kind} too many: nothing is open that it could close."
        mended = parse.try_replacement(token.start, token.end, "")
        return SyntaxFinding(message, token.start, f"Leave out this {token.kind}.", mended)
    return (
        None
        if CLOSER_BY_OPENER[parse.open[-1].kind] == token.kind
        else _find_bracket_unclosed_before(parse)
    )


def _find_bracket_unclosed_before(parse: QueryParse) -> SyntaxFinding | None:
    """Find an open bracket that could have been closed before the token at fault."""
    last = parse.open[-1] if parse.open else None
    if (
        last is None
        or last.kind == "{"
        or CLOSER_BY_OPENER[last.kind] not in parse.expected_terminals
    ):
        return None
    token, closer = parse.error_token, CLOSER_BY_OPENER[last.kind]
    return SyntaxFinding(
        f"The {last.kind} of {parse.place(last)} is not closed before this “{token.text}”.",
        token.start,
        f"Put {closer} before it.",
        parse.try_replacement(token.start, token.start, f"{closer} "),
    )
