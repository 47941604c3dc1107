"""The parameters of a saved query: its annotated VALUES lines, with defaults as typed terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from loader.namespaces import RDF
from loader.queries.header import ProblemList
from loader.queries.rewrite import NOTE, is_note
from loader.queries.syntax.parser import Comment, ParsedQuery
from loader.queries.syntax.tree import Node

Term: TypeAlias = NamedNode | Literal

_NOTES = ("label", "choices", "required")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A ``VALUES ?name { default … }  #+ label: …; choices: …; required: yes`` line of a query.

    ``choices`` is "", the name of a scheme (keywords, beneficiaries, stakeholders, principles) or
    the name of a saved query whose first column lists what one may choose. ``required`` means that
    the default is an example, not an answer. ``start`` and ``end`` enclose the inside of the braces
    in the text of the query; ``line`` counts from 1.
    """

    name: str
    label: str
    choices: str
    required: bool
    defaults: tuple[Term, ...]
    line: int
    start: int
    end: int

    @property
    def datatype(self) -> str:
        """The IRI of the datatype of the values; "" where they are IRIs."""
        first = self.defaults[0]
        return first.datatype.value if isinstance(first, Literal) else ""


def read_parameters(
    query: ParsedQuery, prologue: str, problems: ProblemList
) -> Iterator[Parameter]:
    """Yield the parameters; a ``#+`` anywhere else below the header becomes a problem.

    ``prologue`` has the prefixes of the defaults as Turtle reads them.
    """
    blocks = {block.end: block for block in query.root.find_all("DataBlock")}
    names: set[str] = set()
    for comment in query.comments:
        if comment.follows < 0 or not is_note(comment.text):
            continue
        line, _ = query.positions.to_line_column(comment.start)
        block = blocks.get(query.tokens[comment.follows].end)
        variable = block.child("Var") if block and block.token("(", "nil") is None else None
        if block is None or variable is None:
            problems.add(line, 'A "#+" note below the header belongs after "VALUES ?x { … }".')
            continue
        parameter = _read_parameter(query, block, comment, prologue, problems)
        name = variable.first_token.text[1:]
        if name in names:
            problems.add(line, f'The parameter "{name}" is declared twice.')
        elif parameter:
            names.add(name)
            yield parameter


def _read_parameter(
    query: ParsedQuery, block: Node, comment: Comment, prologue: str, problems: ProblemList
) -> Parameter | None:
    name = block.first_token.text[1:]
    number, _ = query.positions.to_line_column(block.start)
    notes = _parse_notes(comment.text.removeprefix(NOTE), number, problems)
    opening, closing = block.token("{"), block.token("}")
    assert opening and closing
    inside = query.text[opening.end : closing.start]
    try:
        defaults = parse_terms(inside, prologue)
    except SyntaxError as error:
        problems.add(number, f'The default of "{name}" is no list of terms: {error}.')
        return None
    if len({d.datatype if isinstance(d, Literal) else None for d in defaults}) != 1:
        problems.add(number, f'"{name}" needs a default, or several of the same type.')
        return None
    required = notes.get("required", "no")
    if required not in ("yes", "no"):
        problems.add(number, f'"required" of "{name}" must be yes or no.')
    label, choices = notes.get("label", ""), notes.get("choices", "none")
    choices = "" if choices == "none" else choices
    place = (number, opening.end, closing.start)
    return Parameter(name, label, choices, required == "yes", defaults, *place)


def _parse_notes(written: str, number: int, problems: ProblemList) -> dict[str, str]:
    """Return ``label: Keyword; choices: keywords`` as a mapping."""
    pairs = [part.partition(":") for part in written.split(";") if part.strip()]
    notes = {key.strip(): value.strip() for key, _, value in pairs}
    for key in notes:
        if key not in _NOTES:
            problems.add(number, f'A parameter has no "{key}"; it has {", ".join(_NOTES)}.')
    if not notes.get("label"):
        problems.add(number, 'The parameter lacks a label: write "#+ label: …".')
    return notes


def parse_terms(inside: str, prologue: str) -> tuple[Term, ...]:
    """Return the IRIs and literals between braces; SyntaxError where they are none.

    A VALUES list without UNDEF reads like a Turtle collection.
    """
    turtle = f"{prologue}\n<urn:x:s> <urn:x:p> ( {inside}\n) ."
    firsts = (q.object for q in parse(turtle, format=RdfFormat.TURTLE) if q.predicate == RDF.first)
    return tuple(term for term in firsts if isinstance(term, NamedNode | Literal))
