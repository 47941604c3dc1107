"""A saved query, as it is read from its file."""

from collections.abc import Mapping
from dataclasses import dataclass

from loader.queries.contract import Contract
from loader.queries.parameters import Parameter
from loader.queries.syntax.parser import ParsedQuery, parse_file

TRIPLE_COLUMNS = ("subject", "predicate", "object")
"""The columns of a graph that is shown as a table."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A question in words that a query answers; ``{name}`` in it is a value of a parameter.

    ``values`` are those that the words themselves mean: "tested in a trial" is a level of evidence.
    ``line`` counts from 1.
    """

    text: str
    values: Mapping[str, tuple[str, ...]]
    line: int


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """One query file. ``name`` is the file name without ``.rq``; ``text`` runs in any SPARQL tool.

    ``prefixes`` are those that the file itself declares: name → namespace. ``phrasings`` are
    questions that it answers.
    """

    name: str
    path: str
    title: str
    summary: str
    tags: tuple[str, ...]
    contract: Contract
    parameters: tuple[Parameter, ...]
    text: str
    prefixes: Mapping[str, str]
    phrasings: tuple[Phrasing, ...] = ()

    @property
    def syntax(self) -> ParsedQuery:
        """The query with its syntax tree; each text is parsed once."""
        return parse_file(self.text)
