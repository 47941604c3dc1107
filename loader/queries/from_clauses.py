"""The dataset that a query names by FROM and FROM NAMED.

https://www.w3.org/TR/sparql11-query/#specifyingDataset
"""

import re
from dataclasses import dataclass

from pyoxigraph import NamedNode

from loader.queries.prologue import read_prologue
from loader.queries.syntax.parser import ParsedQuery, parse_query

_MAYBE_FROM = re.compile(r"(?<![\w?$:])from", re.IGNORECASE)
"""What may be the keyword; a variable or the end of a name is not, and costs no parse."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that make up the default graph, and those that GRAPH may name; none twice."""

    default: tuple[NamedNode, ...] = ()
    named: tuple[NamedNode, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


def parse_dataset(text: str) -> Dataset | None:
    """Return what FROM names: None where there is no FROM, empty where one cannot be read."""
    # Nearly no query has the word, and to look for that alone takes a tenth of the time.
    if "from" not in text.lower() or not _MAYBE_FROM.search(text):
        return None
    return read_dataset(parse_query(text))


def read_dataset(query: ParsedQuery) -> Dataset | None:
    """Return what the FROM clauses of a parsed query name; see ``parse_dataset``."""
    if not query.is_valid:
        return Dataset() if any(token.kind == "FROM" for token in query.tokens) else None
    prologue = read_prologue(query)
    graphs: dict[bool, dict[NamedNode, None]] = {False: {}, True: {}}
    clauses = list(query.main.find_all("DatasetClause"))
    for clause in clauses:
        iri = prologue.expand(clause.child("Iri"))
        try:
            graph = NamedNode(iri or "")
        except ValueError:
            return Dataset()
        graphs[clause.token("NAMED") is not None][graph] = None
    return Dataset(tuple(graphs[False]), tuple(graphs[True])) if clauses else None
