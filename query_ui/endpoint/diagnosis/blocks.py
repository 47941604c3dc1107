"""The blocks of a query: each ``{ … }`` into its elements, from a queue and without recursion."""

from collections import deque

from query_ui.endpoint.diagnosis.query_parts import (
    Element,
    Group,
    Part,
    PartKind,
    Span,
    Statement,
    Term,
    TermReader,
)
from query_ui.endpoint.diagnosis.triple_reader import StatementReader
from query_ui.engine.query_tokens import Token, Unreadable

_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")


class BlockReader:
    """Reads blocks of tokens; ``groups``, ``statements`` and ``parts`` collect what was found."""

    def __init__(self, terms: TermReader) -> None:
        self.terms = terms
        self.groups: list[Group] = []
        self.parts: list[Part] = []
        self.statements: list[Statement] = []
        self._triples = StatementReader(terms, self.parts, self.statements)
        self._waiting: deque[tuple[int, int, Group]] = deque()

    def block(self, index: int, needed: bool, negative: bool, owner: Part | None = None) -> Group:
        """The group whose bracket opens at ``index``; its inside waits for ``read_waiting``."""
        if not self.terms.at(index).says("{"):
            raise Unreadable("A group is missing where one should begin.")
        last = self.terms.closing[index]
        start, end = self.terms.at(index).start, self.terms.at(last).end
        group = Group(start, end, needed, negative)
        self.groups.append(group)
        self._waiting.append((index, last, group))
        if owner is not None:
            owner.groups.append(group)
        return group

    def read_waiting(self) -> None:
        """Read every group that waits, and those that they hold."""
        while self._waiting:
            first, last, group = self._waiting.popleft()
            if self.terms.at(first + 1).says("SELECT"):
                self._subselect(first + 1, last, group)
                continue
            index = first + 1
            while index < last:
                index = self._element(index, group)

    def part(
        self, kind: PartKind, first: int, last: int, group: Group, term: Term | None = None
    ) -> Part:
        """A new part of the tokens from ``first`` up to ``last``."""
        tokens = self.terms.tokens
        head = last if kind != "graph" else self._head(first)
        part = Part(
            tokens[first].start, tokens[last - 1].end, kind, group, tokens, ((first, head),),
            group.needed, group.negative, term=term,
        )  # fmt: skip
        self.parts.append(part)
        return part

    def tail(self, index: int, stop: int, group: Group) -> int:
        """The modifiers from ``index`` up to ``stop``; gives the index of a VALUES, or ``stop``."""
        starts = self._sections(index, stop)
        for first, last in zip(starts, [*starts[1:], stop], strict=False):
            token = self.terms.at(first)
            count = self.terms.at(first + 1).text
            if token.says("HAVING"):
                self.part("having", first, last, group)
            elif (token.says("LIMIT") and count == "0") or token.says("OFFSET"):
                self.part("slice", first, last, group)
            elif token.says("VALUES"):
                self.part("values", first, last, group)
                return first
        return stop

    def _sections(self, index: int, stop: int) -> list[int]:
        """Where each modifier begins, outside of all brackets."""
        starts = []
        while index < stop:
            token = self.terms.at(index)
            if token.says(*_MODIFIERS):
                starts.append(index)
            elif not starts:
                raise Unreadable(f"Something unknown follows the patterns at {token.start}.")
            index = self.terms.closing.get(index, index) + 1
        return starts

    def _subselect(self, first: int, last: int, group: Group) -> None:
        part = self.part("subselect", first, last, group)
        group.elements.append(Element(part))
        opening = first
        while opening < last and not self.terms.at(opening).says("{"):
            opening = self.terms.closing.get(opening, opening) + 1
        counts = any(self.terms.at(i).says("(") for i in range(first, opening))
        after = self.terms.closing.get(opening, last) + 1
        grouped = any(self.terms.at(i).says("GROUP") for i in range(after, last))
        needed = group.needed and (grouped or not counts)
        inner = self.block(opening, needed, group.negative, part)
        self.tail(after, last, inner)

    def _element(self, index: int, group: Group) -> int:
        """Read the element of a group that begins at ``index``; gives the index after it."""
        token = self.terms.at(index)
        if token.says("FILTER"):
            part, after = self._filter(index, group)
        elif token.says("OPTIONAL", "MINUS"):
            part, after = self._guarded(index, group, token)
        elif token.says("GRAPH", "SERVICE"):
            part, after = self._named(index, group, token)
        elif token.says("BIND"):
            after = self._closed(index + 1)
            part = self.part("bind", index, after, group)
        elif token.says("VALUES"):
            after = self.terms.closing.get(index + 1, index + 1) + 1
            after = self._closed(after)
            part = self.part("values", index, after, group)
        elif token.says("{"):
            return self._branches(index, group)
        else:
            return self._triples.statement(index, group)
        return self._dotted(Element(part), after, group)

    def _dotted(self, element: Element, index: int, group: Group) -> int:
        group.elements.append(element)
        token = self.terms.at(index)
        if not token.says("."):
            return index
        element.dot = Span(token.start, token.end)
        return index + 1

    def _closed(self, index: int) -> int:
        """The index after the bracket that opens at ``index``."""
        if index not in self.terms.closing:
            raise Unreadable("A bracket is missing where one should open.")
        return self.terms.closing[index] + 1

    def _head(self, index: int) -> int:
        while not self.terms.at(index).says("{"):
            index += 1
        return index

    def _guarded(self, index: int, group: Group, token: Token) -> tuple[Part, int]:
        """OPTIONAL or MINUS."""
        after = self._closed(index + 1)
        minus = token.says("MINUS")
        part = self.part("minus" if minus else "optional", index, after, group)
        self.block(index + 1, False, group.negative or minus, part)
        return part, after

    def _named(self, index: int, group: Group, token: Token) -> tuple[Part, int]:
        """GRAPH or SERVICE."""
        service = token.says("SERVICE")
        place = index + (2 if self.terms.at(index + 1).says("SILENT") else 1)
        term, opening = self.terms.term(place)
        after = self._closed(opening)
        part = self.part("service" if service else "graph", index, after, group, term)
        if not service:
            self.block(opening, group.needed, group.negative, part)
        return part, after

    def _branches(self, index: int, group: Group) -> int:
        """A group, or several joined by UNION."""
        openings, after = [index], self._closed(index)
        while self.terms.at(after).says("UNION"):
            openings.append(after + 1)
            after = self._closed(after + 1)
        if len(openings) == 1:
            self.block(index, group.needed, group.negative)
            return self._dotted(Element(None), after, group)
        part = self.part("union", index, after, group)
        for opening in openings:
            self.block(opening, False, group.negative, part)
        return self._dotted(Element(part), after, group)

    def _filter(self, index: int, group: Group) -> tuple[Part, int]:
        first = index + 1
        place = first
        while self.terms.at(place).kind in ("word", "iri", "name") and place < first + 2:
            place += 1
        after = self._closed(place)
        part = self.part("filter", index, after, group)
        place = first
        while place < after:
            if self.terms.at(place).says("{"):
                plain = place == first + 1
                self.block(place, plain and group.needed, group.negative or not plain, part)
                place = self.terms.closing[place]
            place += 1
        return part, after
