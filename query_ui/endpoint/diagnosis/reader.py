"""The reader: a query into its parts.

What it does not know (SPARQL 1.2, updates) is Unreadable and left alone.
https://www.w3.org/TR/sparql11-query/#sparqlGrammar
"""

from query_ui.endpoint.diagnosis.blocks import BlockReader
from query_ui.endpoint.diagnosis.query_parts import Declared, Query, Span, Term, TermReader
from query_ui.engine.query_tokens import Unreadable, brackets_of, tokens_of


def read_query(text: str) -> Query:
    """The parts of a query; Unreadable where it holds anything unknown."""
    tokens = tokens_of(text)
    terms = TermReader(tokens, brackets_of(tokens))
    prefixes, index = _prologue(terms)
    blocks = BlockReader(terms)
    first = index
    index = _form(terms, index)
    form = Span(terms.at(first).start, terms.at(index - 1).end)
    datasets, index = _datasets(terms, index)
    if terms.at(index).says("WHERE"):
        index += 1
    where = blocks.block(index, True, False)
    for start, end, graph in datasets:
        blocks.part("dataset", start, end, where, graph)
    values = blocks.tail(terms.closing[index] + 1, len(tokens), where)
    end_of_tail = terms.at(values).start if values < len(tokens) else len(text)
    blocks.read_waiting()
    return Query(
        text, terms, prefixes, form, where, Span(where.end, end_of_tail),
        blocks.groups, blocks.statements, blocks.parts,
    )  # fmt: skip


def _prologue(terms: TermReader) -> tuple[dict[str, Declared], int]:
    """The declared prefixes, and the index after the last declaration."""
    prefixes: dict[str, Declared] = {}
    index = 0
    while True:
        token, name, iri = (terms.at(index + offset) for offset in range(3))
        if token.says("BASE") and name.kind == "iri":
            terms.base = terms.iri(name)
            index += 2
        elif token.says("PREFIX") and name.kind == "name" and iri.kind == "iri":
            prefix = name.text.removesuffix(":")
            terms.namespaces[prefix] = terms.iri(iri)
            prefixes[prefix] = Declared(iri.start, iri.end, prefix, terms.namespaces[prefix])
            index += 3
        else:
            return prefixes, index


def _form(terms: TermReader, index: int) -> int:
    """The index after SELECT with its projection, ASK, or CONSTRUCT with its template."""
    token = terms.at(index)
    if not token.says("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
        raise Unreadable("The query is no SELECT, ASK, CONSTRUCT or DESCRIBE.")
    index += 1
    if token.says("CONSTRUCT") and terms.at(index).says("{"):
        return terms.closing[index] + 1
    while not terms.at(index).says("FROM", "WHERE", "{"):
        if terms.at(index).kind == "end":
            raise Unreadable("The query has no patterns.")
        index = terms.closing.get(index, index) + 1
    return index


def _datasets(terms: TermReader, index: int) -> tuple[list[tuple[int, int, Term]], int]:
    """Each FROM with its tokens and its graph, and the index after the last one."""
    found = []
    while terms.at(index).says("FROM"):
        place = index + (2 if terms.at(index + 1).says("NAMED") else 1)
        graph, after = terms.term(place)
        found.append((index, after, graph))
        index = after
    return found, index
