"""Composition of queries: edits to the text of a query at the places of its syntax tree.

Every function returns edits, so that several changes to one query need one parse; ``apply_edits``
makes them. Whatever no edit touches stays as its author wrote it, comments and line breaks too.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from loader.queries.prologue import Prologue, read_prologue
from loader.queries.syntax.lexer import Token
from loader.queries.syntax.parser import ParsedQuery, parse_query
from loader.queries.syntax.tree import Node

NOTE = "#+"
"""What a comment begins with that is the header of a query file, or a note on a parameter."""
_BREAK = re.compile(r"\r\n|\r|\n")
_BLANKS = re.compile(r"[ \t]*\Z")
_SPACE = re.compile(r"\s*\Z")


@dataclass(frozen=True, slots=True)
class Edit:
    """What to write instead of the characters from ``start`` up to ``end``."""

    start: int
    end: int
    text: str


def apply_edits(text: str, edits: Collection[Edit], start: int = 0, end: int | None = None) -> str:
    """Return ``text``, from ``start`` up to ``end``, with all edits inside that part made.

    Of two edits that overlap the one that begins first counts, of two at one place the wider one;
    an insertion goes before what is replaced there.
    """
    end = len(text) if end is None else end
    pieces = []
    for edit in sorted(edits, key=lambda one: (one.start, one.start != one.end, -one.end)):
        if start <= edit.start and edit.end <= end:
            pieces += [text[start : edit.start], edit.text]
            start = edit.end
    return "".join([*pieces, text[start:end]])


def strip_annotations(text: str) -> str:
    """Return a query file without its header and notes: the question itself, for people."""
    return trim(apply_edits(text, remove_annotations(parse_query(text))))


def trim(text: str) -> str:
    """Return a text without the space around it, ended by one line break."""
    return text.strip() + "\n"


def remove_annotations(query: ParsedQuery) -> list[Edit]:
    """Take out the header and the notes on parameters."""
    return [_remove_comment(query.text, c.start, c.end) for c in query.comments if is_note(c.text)]


def is_note(comment: str) -> bool:
    """Whether a comment is a line of a header or a note on a parameter."""
    return comment.startswith(NOTE)


def _remove_comment(text: str, start: int, end: int) -> Edit:
    """Remove a comment with the blanks before it, and with its line where it stands alone."""
    match = _BLANKS.search(text, 0, start)
    first = match.start() if match else start
    line_end = _BREAK.match(text, end)
    if line_end and (first == 0 or text[first - 1] in "\r\n"):
        return Edit(first, line_end.end(), "")
    return Edit(first, end, "")


def set_page(query: ParsedQuery, page: int | None) -> list[Edit]:
    """Move a query with LIMIT and OFFSET on to a page counted from 1; None gives all rows.

    Only the clauses of the outermost query count, and both have to be there.
    https://www.w3.org/TR/sparql11-query/#modOffset
    """
    modifier = query.clause("SolutionModifier")
    limits = modifier.child("LimitClauses") if modifier else None
    if limits is None or page == 1:
        return []
    if page is None:
        return [remove_node(query, limits)]
    numbers = {token.kind: token for token in _numbers(limits)}
    if len(numbers) < 2:
        return []
    offset = numbers["OFFSET"]
    first = int(offset.text) + int(numbers["LIMIT"].text) * (page - 1)
    return [Edit(offset.start, offset.end, str(first))]


def add_limit(query: ParsedQuery, rows: int) -> list[Edit]:
    """Let a query return at most so many rows; one with LIMIT or OFFSET stays as it is.

    https://www.w3.org/TR/sparql11-query/#modResultLimit
    """
    where, modifier = query.clause("WhereClause"), query.clause("SolutionModifier")
    if where is None or (modifier and modifier.child("LimitClauses")):
        return []
    place = modifier.end if modifier and any(modifier.tokens) else where.end
    return [Edit(place, place, f"\nLIMIT {rows}")]


def remove_order(query: ParsedQuery) -> list[Edit]:
    """Take ORDER BY out of the outermost query."""
    modifier = query.clause("SolutionModifier")
    order = modifier.child("OrderClause") if modifier else None
    return [remove_node(query, order)] if order else []


def _numbers(limits: Node) -> Iterator[Token]:
    """Yield the number of each clause, with the keyword of the clause as its kind."""
    for clause in limits.nodes:
        keyword, number = clause.tokens
        yield number._replace(kind=keyword.kind)


def remove_node(query: ParsedQuery, node: Node) -> Edit:
    """Take out a node with the space before it; the tokens beside it stay apart."""
    match = _SPACE.search(query.text, 0, node.start)
    start = match.start() if match else node.start
    after_comment = any(comment.end == start for comment in query.comments)
    is_apart = not query.text[node.end : node.end + 1].strip()
    return Edit(start if is_apart and not after_comment else node.start, node.end, "")


def remove_pattern(query: ParsedQuery, pattern: Node) -> list[Edit]:
    """Take a pattern that is no triple out of its group, with the dot that may follow it."""
    dot = _dot_after(query, pattern)
    rest = [Edit(dot.start, dot.end, "")] if dot else []
    return [Edit(pattern.start, pattern.end, ""), *rest]


def _dot_after(query: ParsedQuery, node: Node) -> Token | None:
    token = next(token for token in query.tokens if token.start >= node.end)
    return token if token.kind == "." else None


def insert_into_where(query: ParsedQuery, patterns: str, variable: str) -> list[Edit]:
    """Insert patterns into the group of WHERE that states ``variable``, normally the outermost.

    They follow the first statement about ``variable``, before what is optional, so that the
    engine narrows the things down early; else they begin the outermost group. Where that begins
    with a subquery that selects the variable, they go there: the engine would evaluate all of it.
    """
    where = query.clause("WhereClause")
    outermost = where.child("Group") if where else None
    if outermost is None:
        return []
    group: Node | None = outermost
    while group:
        statements = (node for node in group.nodes if node.kind == "PathTriples")
        about = next((node for node in statements if _is_about(node, variable)), None)
        if about:
            dot = _dot_after(query, about)
            place = dot.end if dot else about.end
            return [Edit(place, place, patterns)]
        group = _first_subquery(group, variable)
    return [Edit(outermost.start + 1, outermost.start + 1, patterns)]


def _is_about(node: Node, variable: str) -> bool:
    """Whether a node begins with ``variable``."""
    return node.first_token.text[1:] == variable


def _first_subquery(group: Node, variable: str) -> Node | None:
    """Return the group of the subquery at the beginning of ``group`` that selects ``variable``."""
    first = group.nodes[0] if group.nodes else None
    if first and first.kind == "Union" and len(first.nodes) == 1:
        first = first.nodes[0].child("SubSelect")
    if first is None or first.kind != "SubSelect":
        return None
    selected, where = first.child("SelectClause"), first.child("WhereClause")
    if not (selected and where and any(_is_about(one, variable) for one in selected.nodes)):
        return None
    return where.child("Group")


def as_subquery(query: ParsedQuery, outer: Prologue, edits: Collection[Edit] = ()) -> str:
    """Return a query with edits as a group that holds it as a subquery, on lines of its own.

    Names that mean something else under ``outer``, the prologue of the query around it, are
    written in full. https://www.w3.org/TR/sparql11-query/#subqueries
    """
    changes = [*edits, *remove_annotations(query), *_spell_out(query, outer), *_indent(query)]
    inside = apply_edits(query.text, changes, query.main.start, query.root.end)
    return f"\n  {{\n    {inside}\n  }}"


def _indent(query: ParsedQuery) -> Iterator[Edit]:
    """Indent the lines of a query, but not those inside a string."""
    end = query.main.start
    for token in query.main.tokens:
        for match in _BREAK.finditer(query.text, end, token.start):
            yield Edit(match.end(), match.end(), "    ")
        end = token.end


def _spell_out(query: ParsedQuery, outer: Prologue) -> Iterator[Edit]:
    """Write in full the names that mean something else in the query around this one."""
    own = read_prologue(query)
    for token in query.main.tokens:
        iri = own.expand(token)
        if iri is not None and iri != outer.expand(token):
            yield Edit(token.start, token.end, f"<{iri}>")


def with_projection(query: ParsedQuery, columns: Collection[str]) -> list[Edit]:
    """Keep only ``columns`` of what SELECT gives.

    https://www.w3.org/TR/sparql11-query/#modProjection
    """
    clause = query.main.child("SelectClause")
    star = clause.token("*") if clause else None
    if star:
        return [Edit(star.start, star.end, " ".join(f"?{column}" for column in columns))]
    items = list(clause.nodes) if clause else []
    return [remove_node(query, item) for item in items if _column(item) not in columns]


def _column(item: Node) -> str:
    """Return the name of the column that an item of SELECT makes: its last variable."""
    return [token.text[1:] for token in item.tokens if token.kind == "var"][-1]


def replace_prologue(query: ParsedQuery, prologue: Prologue) -> list[Edit]:
    """Write other declarations in the place of the query's own."""
    node = query.root.child("Prologue")
    if node is None:
        return [Edit(query.main.start, query.main.start, f"{prologue.format()}\n")]
    return [Edit(node.start, node.end, prologue.format())]
