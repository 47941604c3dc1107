"""Reduced queries: the user's own text without some of its parts."""

from collections.abc import Collection, Iterator

from loader.queries.rewrite import Edit
from loader.queries.syntax.lexer import Token
from loader.queries.syntax.tree import Node
from query_ui.endpoint.diagnosis.query_parts import (
    ExaminedQuery,
    Part,
    find_verb_list,
    is_objects,
)
from query_ui.endpoint.diagnosis.query_terms import Span

ASK = "ASK "
_OUTSIDE_OF_GROUPS = ("having", "slice", "dataset", "values")


def convert_to_ask(query: ExaminedQuery) -> list[Edit]:
    """Return the edits by which a query asks only whether its patterns match anything."""
    tail = Edit(query.tail.start, query.tail.end, " ")
    return [Edit(query.form.start, query.form.end, ASK), tail]


def remove_parts(query: ExaminedQuery, removed: Collection[Part]) -> list[Edit]:
    """Return the edits that take parts out and leave a query that can be parsed.

    A removed pattern takes along its comma, semicolon or dot, and its verb where that has no other
    object.
    """
    gone = frozenset(removed)
    edits = [edit for group in query.groups for edit in _edit_group(query, group.node, gone)]
    for verb_list in query.verb_lists:
        edits += _edit_verbs(query, verb_list, gone)
    # Modifiers, FROM and a last VALUES are no elements of a group: they go as they stand.
    edits += [_blank(part) for part in gone if part.kind in _OUTSIDE_OF_GROUPS]
    return edits


def _edit_group(query: ExaminedQuery, group: Node, gone: frozenset[Part]) -> Iterator[Edit]:
    """Take elements out; where a statement without a dot comes before, a dot takes their place."""
    is_open = False
    after = [*group.children[1:], group.children[-1]]
    for child, following in zip(group.children, after, strict=True):
        dot = following if isinstance(following, Token) and following.kind == "." else None
        if isinstance(child, Token):
            continue
        part = query.part_by_node.get(child)
        if child.kind in ("PathTriples", "PlainTriples"):
            if not _is_emptied(query, child, gone):
                is_open = dot is None
                continue
            yield _blank(child)
        elif part is None or part not in gone:
            is_open = False
            continue
        elif part.kind == "graph":
            yield Edit(part.start, part.groups[0].start, " ")
            is_open = False
            continue
        else:
            yield Edit(part.start, part.end, " . " if is_open else " ")
            is_open = False
        if dot:
            yield _blank(dot)


def _is_emptied(query: ExaminedQuery, statement: Node, gone: frozenset[Part]) -> bool:
    """Whether no pattern of a statement is left; one that had none is never taken out."""
    verb_list = find_verb_list(statement) or find_verb_list(statement.nodes[0])
    triples = query.list_triples(verb_list) if verb_list else []
    return bool(triples) and gone.issuperset(triples)


def _edit_verbs(query: ExaminedQuery, verb_list: Node, gone: frozenset[Part]) -> Iterator[Edit]:
    """Take patterns out of those that share a subject or stand in one ``[ … ]``."""
    if gone.issuperset(query.list_triples(verb_list)):
        yield _blank(verb_list)
        return
    verb, is_any_left = verb_list, False
    for child in verb_list.children:
        if isinstance(child, Token):
            if not is_any_left:
                yield _blank(child)
        elif not is_objects(child):
            verb = child
        elif all(query.part_by_node[one] in gone for one in child.nodes):
            yield Edit(verb.start, child.end, " ")
        else:
            is_any_left = True
            yield from _edit_objects(query, child, gone)


def _edit_objects(query: ExaminedQuery, objects: Node, gone: frozenset[Part]) -> Iterator[Edit]:
    """Take some objects of a verb out, each with the comma before it, the first one's after it."""
    is_any_left = False
    comma: Token | None = None
    for child in objects.children:
        if isinstance(child, Token):
            comma = child
            continue
        is_gone = query.part_by_node[child] in gone
        if is_gone:
            yield _blank(child)
        if comma and (is_gone or not is_any_left):
            yield _blank(comma)
        is_any_left = is_any_left or not is_gone


def _blank(place: Node | Token | Span) -> Edit:
    return Edit(place.start, place.end, " ")
