"""The triple patterns of a query: a subject with its verbs and objects, one part for each."""

from dataclasses import dataclass

from query_ui.endpoint.diagnosis.query_parts import (
    Group,
    Part,
    Path,
    Span,
    Statement,
    Term,
    TermReader,
    Verb,
)

DEEPEST = 20
"""How deep a ``[ … ]`` inside another is still looked into."""

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _About:
    """A subject, the tokens it is ``written`` with, its group, and how deep in ``[ … ]`` it is."""

    subject: Term
    written: Range
    group: Group
    depth: int = 0


class StatementReader:
    """Reads statements; puts their patterns into ``parts`` and the statements into their list."""

    def __init__(self, terms: TermReader, parts: list[Part], statements: list[Statement]) -> None:
        self.terms = terms
        self.parts = parts
        self.statements = statements
        self._nodes: list[tuple[int, int, Term]] = []

    def statement(self, index: int, group: Group) -> int:
        """Read the statement that begins at ``index``; gives the index after it and its dot."""
        first = index
        statement = Statement(self.terms.at(index).start)
        subject, index = self._term(index, 0)
        if self._begins_verb(index) or subject.kind not in ("node", "list"):
            index = self._verbs(index, statement, _About(subject, (first, index), group))
        statement.end = self.terms.at(index - 1).end
        group.elements.append(statement)
        self.statements.append(statement)
        self._inside_nodes(statement, group)
        token = self.terms.at(index)
        if not token.says("."):
            return index
        statement.dot = Span(token.start, token.end)
        return index + 1

    def _inside_nodes(self, outer: Statement, group: Group) -> None:
        """Read what stands in the ``[ … ]`` that were met, and in those inside them."""
        while self._nodes:
            opening, depth, node = self._nodes.pop()
            statement = Statement(self.terms.at(opening + 1).start)
            about = _About(node, (opening, opening + 1), group, depth + 1)
            end = self._verbs(opening + 1, statement, about)
            statement.end = self.terms.at(end - 1).end
            self.statements.append(statement)
            if depth == 0 and not outer.verbs:
                outer.inner = statement

    def _verbs(self, index: int, statement: Statement, about: _About) -> int:
        """Read verbs with their objects for as long as they go on."""
        while True:
            path, after = self.terms.verb(index)
            verb = Verb(Span(path.start, path.end))
            statement.verbs.append(verb)
            range_of_path = (index, after)
            index = self._objects(verb, path, range_of_path, about)
            separated = self.terms.at(index).says(";")
            while self.terms.at(index).says(";"):
                token = self.terms.at(index)
                statement.semicolons.append((len(statement.verbs), Span(token.start, token.end)))
                index += 1
            if not separated or not self._begins_verb(index):
                return index

    def _objects(self, verb: Verb, path: Path, written: Range, about: _About) -> int:
        """Read the objects of a verb, each of which makes a part."""
        index = written[1]
        while True:
            value, after = self._term(index, about.depth)
            ranges = (about.written, written, (index, after))
            part = Part(
                self._start(value, verb, path, about), value.end, "triple", about.group,
                self.terms.tokens, ranges, about.group.needed, about.group.negative,
                about.subject, path, value,
            )  # fmt: skip
            self.parts.append(part)
            verb.parts.append(part)
            comma = self.terms.at(after)
            if not comma.says(","):
                return after
            verb.commas.append(Span(comma.start, comma.end))
            index = after + 1

    def _start(self, value: Term, verb: Verb, path: Path, about: _About) -> int:
        """Where a pattern begins in the text: at its subject, its verb or its object."""
        if verb.parts:
            return value.start
        beside = self.terms.at(about.written[1]).start == path.start
        return about.subject.start if beside and about.subject.kind != "node" else path.start

    def _term(self, index: int, depth: int) -> tuple[Term, int]:
        term, after = self.terms.term(index)
        if term.kind == "node" and after > index + 2 and depth < DEEPEST:
            self._nodes.append((index, depth, term))
        return term, after

    def _begins_verb(self, index: int) -> bool:
        token = self.terms.at(index)
        named = token.kind in ("iri", "name", "variable")
        return named or (token.kind == "word" and token.text == "a") or token.says("^", "!", "(")
