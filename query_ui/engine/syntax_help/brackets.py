"""Brackets that are not closed, closed twice, or closed by another one."""

from query_ui.engine.syntax_help.ll1_table import END
from query_ui.engine.syntax_help.reading import CLOSERS, Found, Reading
from query_ui.engine.syntax_help.tokens import Token

_NOT_INSIDE = (".", ";", "FILTER", "OPTIONAL", "BIND", "MINUS", "VALUES", "GRAPH", "{")


def unclosed(reading: Reading) -> Found | None:
    """The query ends, and a bracket is still open."""
    if reading.token.kind != END or not reading.open:
        return None
    last = _suspect(reading)
    closers = "".join(CLOSERS[token.kind] for token in reversed(reading.open[-8:]))
    count = len(reading.open)
    which = f"the {last.kind} of {reading.place(last)}"
    missing = f"a closing bracket is missing, for {which}"
    if count > 1:
        missing = f"{count:,} closing brackets are missing, first for {which}"
    if CLOSERS[reading.open[-1].kind] not in reading.expected:
        return None
    mended = reading.improved(f"{reading.text.rstrip()}\n{closers}\n", 0) if count <= 8 else ""
    remedy = f"Put {closers} at the end, or where it belongs." if count <= 8 else ""
    return Found(f"The query ends too early: {missing}.", reading.token.start, remedy, mended)


def _suspect(reading: Reading) -> Token:
    """The bracket that is likely not to be closed: by how the lines are indented, else the last.

    It is a brace whose closing one begins a line that is less indented than the line which opens.
    """
    stack: list[Token] = []
    for token in reading.tokens[: reading.index]:
        if token.kind in CLOSERS:
            stack.append(token)
        elif stack and token.kind == CLOSERS[stack[-1].kind]:
            opener = stack.pop()
            column, begins = reading.places.indent(token.start)
            if begins and column < reading.places.indent(opener.start)[0]:
                return opener
    return reading.open[-1]


def unclosed_before(reading: Reading) -> Found | None:
    """A brace that is missing before what stands outside, where nothing else is wrong."""
    token = reading.token
    mended = reading.replaced(token.start, token.start, "}\n")
    if not mended or Reading(mended).at is not None:
        return None
    which = f"The {{ of {reading.place(_suspect(reading))}"
    return Found(f"{which} is not closed.", token.start, "Put } where it ends.", mended)


def wrong_closer(reading: Reading) -> Found | None:
    """A closing bracket that fits no open one, or not the last that was opened."""
    token = reading.token
    if token.kind in _NOT_INSIDE:
        return _before(reading)
    if token.kind not in CLOSERS.values():
        return None
    if not any(CLOSERS[opener.kind] == token.kind for opener in reading.open):
        message = f"There is one {token.kind} too many: nothing is open that it could close."
        mended = reading.replaced(token.start, token.end, "")
        return Found(message, token.start, f"Leave out this {token.kind}.", mended)
    return None if CLOSERS[reading.open[-1].kind] == token.kind else _before(reading)


def _before(reading: Reading) -> Found | None:
    """The last open bracket could have been closed before the token at fault."""
    last = reading.open[-1] if reading.open else None
    if last is None or last.kind == "{" or CLOSERS[last.kind] not in reading.expected:
        return None
    token, closer = reading.token, CLOSERS[last.kind]
    return Found(
        f"The {last.kind} of {reading.place(last)} is not closed before this “{token.text}”.",
        token.start,
        f"Put {closer} before it.",
        reading.replaced(token.start, token.start, f"{closer} "),
    )
