"""From the syntax tree of a query to the parts that can be taken out of it."""

from collections import deque
from collections.abc import Iterable
from itertools import pairwise

from loader.queries.prologue import Prologue, read_prologue
from loader.queries.syntax.lexer import Token
from loader.queries.syntax.parser import ParsedQuery, parse_query
from loader.queries.syntax.tree import Node, walk
from query_ui.endpoint.diagnosis.query_parts import (
    ExaminedQuery,
    Group,
    Part,
    PartKind,
    UnsupportedSyntaxError,
    find_verb_list,
    is_objects,
)
from query_ui.endpoint.diagnosis.query_terms import Span, Term, read_path, read_term

MAX_NODE_DEPTH = 20
"""How deep a ``[ … ]`` inside another is still looked into."""
_UNSUPPORTED = ("ReifiedTriple", "TripleTerm", "Reifier", "Lateral")
_KIND_BY_RULE: dict[str, PartKind] = {
    "Filter": "filter",
    "Optional": "optional",
    "Minus": "minus",
    "Union": "union",
    "Graph": "graph",
    "Service": "service",
    "Bind": "bind",
    "Values": "values",
    "SubSelect": "subselect",
}


def read_parts(text: str) -> ExaminedQuery:
    """Return a query with its parts.

    UnsupportedSyntaxError where it is no query with patterns of SPARQL 1.1.
    """
    syntax = parse_query(text)
    prologue = read_prologue(syntax)
    _check_support(syntax, prologue)
    where = syntax.clause("WhereClause")
    group = (where or syntax.main).child("Group", "Template")
    if group is None:
        raise UnsupportedSyntaxError("The query has no patterns.")
    reader = _PartReader(prologue)
    outermost = reader.add_group(group, True, False)
    for clause in syntax.main.find_all("DatasetClause"):
        term = read_term(clause.nodes[0], prologue)
        reader.add_part("dataset", clause, outermost, term=term)
    modifier, values = syntax.clause("SolutionModifier"), syntax.root.child("ValuesClause")
    clauses = [*(modifier.nodes if modifier else ()), *([values] if values else ())]
    reader.read_modifiers(clauses, outermost)
    reader.read_queue()
    tail = Span(group.end, values.start if values else len(text))
    return ExaminedQuery(
        syntax, prologue, _find_form(syntax, where or group), outermost, tail,
        reader.groups, reader.verb_lists, reader.parts, reader.part_by_node,
    )  # fmt: skip


def _check_support(syntax: ParsedQuery, prologue: Prologue) -> None:
    if not syntax.is_valid:
        raise UnsupportedSyntaxError("It cannot be read as SPARQL.")
    unsupported = syntax.root.find(*_UNSUPPORTED)
    if unsupported:
        raise UnsupportedSyntaxError(f"No term of SPARQL 1.1 begins at {unsupported.start}.")
    for token in syntax.main.tokens:
        if token.kind in ("prefixed", "namespace") and prologue.expand(token) is None:
            prefix = token.text.partition(":")[0]
            raise UnsupportedSyntaxError(f"The prefix {prefix}: is not declared.")


def _find_form(syntax: ParsedQuery, where: Node) -> Span:
    """Return the place from SELECT, ASK … to what stands before FROM, WHERE or the patterns."""
    dataset = syntax.main.find("DatasetClause")
    after = syntax.main.token("WHERE") if where.kind == "Template" else None
    border = dataset.start if dataset else after.start if after else where.start
    ends = [token.end for token in syntax.main.tokens if token.end <= border]
    return Span(syntax.main.start, ends[-1])


class _PartReader:
    """Reads groups from a queue and without recursion; collects what it finds in its fields."""

    def __init__(self, prologue: Prologue) -> None:
        self.prologue = prologue
        self.groups: list[Group] = []
        self.parts: list[Part] = []
        self.verb_lists: list[Node] = []
        self.part_by_node: dict[Node, Part] = {}
        self._queue: deque[Group] = deque()

    def add_group(
        self, node: Node, needed: bool, negative: bool, owner: Part | None = None
    ) -> Group:
        """Add a group, whose inside waits for ``read_queue``."""
        group = Group(node.start, node.end, node, needed, negative)
        self.groups.append(group)
        self._queue.append(group)
        if owner is not None:
            owner.groups.append(group)
        return group

    def add_part(
        self, kind: PartKind, node: Node, group: Group, nodes: Iterable[Node | Token] = (),
        term: Term | None = None,
    ) -> Part:  # fmt: skip
        """Add a part that is all of ``node``; ``nodes`` are its own tokens where not all are."""
        own = tuple(nodes) or (node,)
        part = Part(node.start, node.end, kind, node, own, group, term=term)
        self.parts.append(part)
        self.part_by_node[node] = part
        return part

    def read_queue(self) -> None:
        """Read every group that waits, and those that they hold."""
        while self._queue:
            group = self._queue.popleft()
            for node in group.node.nodes:
                if node.kind in ("PathTriples", "PlainTriples"):
                    self._read_triples(node, group)
                else:
                    self._read_pattern(node, group)

    def read_modifiers(self, clauses: Iterable[Node], group: Group) -> None:
        """Read HAVING, LIMIT 0, OFFSET and a VALUES after the patterns of a query."""
        for clause in clauses:
            if clause.kind == "HavingClause":
                self.add_part("having", clause, group)
            elif clause.kind == "ValuesClause":
                self.add_part("values", clause, group)
            elif clause.kind == "LimitClauses":
                for one in clause.nodes:
                    if one.kind == "OffsetClause" or [*one.tokens][-1].text == "0":
                        self.add_part("slice", one, group)

    def _read_pattern(self, node: Node, group: Group) -> None:
        kind = _KIND_BY_RULE[node.kind]
        branches = [one for one in node.nodes if one.kind == "Group"]
        if kind == "union" and len(branches) == 1:
            self.add_group(branches[0], group.is_needed, group.is_negative)
        elif kind in ("graph", "service"):
            self._read_named(kind, node, group)
        elif kind == "subselect":
            self._read_subselect(node, group)
        else:
            part = self.add_part(kind, node, group)
            if kind == "filter":
                self._read_existence(part)
            for branch in branches:
                self.add_group(branch, False, group.is_negative or kind == "minus", part)

    def _read_named(self, kind: PartKind, node: Node, group: Group) -> None:
        """Read GRAPH, or SERVICE, whose patterns are those of another server."""
        *head, name, inside = node.children
        assert isinstance(name, Node) and isinstance(inside, Node)
        term = read_term(name, self.prologue)
        own = (*head, name) if kind == "graph" else ()
        part = self.add_part(kind, node, group, own, term)
        if kind == "graph":
            self.add_group(inside, group.is_needed, group.is_negative, part)

    def _read_subselect(self, node: Node, group: Group) -> None:
        """Read a subquery: one that only counts has a row even where nothing matches."""
        part = self.add_part("subselect", node, group)
        select, where, *after = node.nodes
        clauses = [
            one
            for clause in after
            for one in (clause.nodes if clause.kind == "SolutionModifier" else [clause])
        ]
        computes = any(token.kind == "(" for token in select.tokens)
        is_grouped = any(clause.kind == "GroupClause" for clause in clauses)
        needed = group.is_needed and (is_grouped or not computes)
        inner = self.add_group(where.nodes[0], needed, group.is_negative, part)
        self.read_modifiers(clauses, inner)

    def _read_existence(self, part: Part) -> None:
        """Add the outermost groups of a filter; FILTER EXISTS alone is needed as patterns are."""
        outer = part.group
        existence = part.node.child("BuiltInCall")
        plain = existence.child("Existence") if existence else None
        for group, _ in walk(part.node, "Group"):
            if not isinstance(group, Node) or group.kind != "Group":
                continue
            is_plain = plain is not None and plain.token("NOT") is None and group in plain.nodes
            self.add_group(
                group, is_plain and outer.is_needed, outer.is_negative or not is_plain, part
            )

    def _read_triples(self, node: Node, group: Group) -> None:
        """Read the patterns of one subject and those in the ``[ … ]`` that stand in them."""
        subject = node.nodes[0]
        waiting = [(subject, 0)] if subject.kind in ("PathNode", "PlainNode") else []
        verb_list = find_verb_list(node)
        if verb_list:
            waiting += self._read_verbs(verb_list, subject, subject, group, 0)
        while waiting:
            bracketed, depth = waiting.pop()
            inside = find_verb_list(bracketed)
            if inside and depth < MAX_NODE_DEPTH:
                bracket = bracketed.first_token
                waiting += self._read_verbs(inside, bracketed, bracket, group, depth + 1)

    def _read_verbs(
        self, verb_list: Node, subject: Node, written: Node | Token, group: Group, depth: int
    ) -> list[tuple[Node, int]]:
        """Add a part for each object; return the ``[ … ]`` among the objects with their depth."""
        self.verb_lists.append(verb_list)
        about, nested = read_term(subject, self.prologue), []
        for verb, objects in pairwise(verb_list.nodes):
            if not is_objects(objects):
                continue
            path = read_path(verb, self.prologue)
            with_subject = verb is verb_list.nodes[0] and about.kind != "node"
            for number, one in enumerate(objects.nodes):
                start = about.start if with_subject else path.start
                value = read_term(one.nodes[0], self.prologue)
                part = Part(
                    one.start if number else start, one.end, "triple", one,
                    (written, verb, one), group, about, path, value,
                )  # fmt: skip
                self.parts.append(part)
                self.part_by_node[one] = part
                nested.append((one.nodes[0], depth))
        return nested
