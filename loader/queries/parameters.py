"""The parameters of a saved query: its annotated VALUES lines, with defaults as typed terms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from loader.namespaces import RDF
from loader.queries.header import Problems, header_lines

Term: TypeAlias = NamedNode | Literal

_NOTES = ("label", "choices", "required")
_PROLOGUE = re.compile(r"\bPREFIX\s+[^\s:]*:\s*<[^<>\s]*>|\bBASE\s*<[^<>\s]*>", re.IGNORECASE)
_PARAMETER = re.compile(
    r"^\s*VALUES\s+[?$](?P<name>\w+)\s*\{(?P<inside>[^{}]*)\}\s*#\+(?P<notes>.*)$",
    re.IGNORECASE,
)


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


def read_parameters(text: str, prologue: str, problems: Problems) -> Iterator[Parameter]:
    """The parameter lines; a ``#+`` anywhere else below the header is a problem."""
    start = 0
    seen: set[str] = set()
    above = sum(1 for _ in header_lines(text))
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        if number > above and "#+" in line:
            found = _PARAMETER.match(line.rstrip("\r\n"))
            parameter = _parameter(found, prologue, number, problems) if found else None
            if not found:
                problems.add(
                    number, 'A "#+" note below the header belongs after "VALUES ?x { … }".'
                )
            elif found["name"] in seen:
                problems.add(number, f'The parameter "{found["name"]}" is declared twice.')
            elif parameter:
                seen.add(parameter.name)
                inside = (start + found.start("inside"), start + found.end("inside"))
                yield replace(parameter, start=inside[0], end=inside[1])
        start += len(line)


def _parameter(
    found: re.Match[str], prologue: str, number: int, problems: Problems
) -> Parameter | None:
    name = found["name"]
    notes = _notes(found["notes"], number, problems)
    try:
        defaults = terms_in(found["inside"], prologue)
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
    return Parameter(name, label, choices, required == "yes", defaults, number, 0, 0)


def _notes(written: str, number: int, problems: Problems) -> dict[str, str]:
    """``label: Keyword; choices: keywords`` as a mapping."""
    pairs = [part.partition(":") for part in written.split(";") if part.strip()]
    notes = {key.strip(): value.strip() for key, _, value in pairs}
    for key in notes:
        if key not in _NOTES:
            problems.add(number, f'A parameter has no "{key}"; it has {", ".join(_NOTES)}.')
    if not notes.get("label"):
        problems.add(number, 'The parameter lacks a label: write "#+ label: …".')
    return notes


def terms_in(inside: str, prologue: str) -> tuple[Term, ...]:
    """The IRIs and literals between braces; SyntaxError where they are none.

    A VALUES list without UNDEF reads like a Turtle collection.
    """
    turtle = f"{prologue}\n<urn:x:s> <urn:x:p> ( {inside}\n) ."
    firsts = (q.object for q in parse(turtle, format=RdfFormat.TURTLE) if q.predicate == RDF.first)
    return tuple(term for term in firsts if isinstance(term, NamedNode | Literal))


def prologue_of(text: str) -> str:
    """The PREFIX and BASE declarations of a query; Turtle reads them too."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return "\n".join(_PROLOGUE.findall("\n".join(lines)))


def declared_prefixes(prologue: str) -> dict[str, str]:
    """The short names that the prologue declares; none when it does not parse."""
    reader = parse(prologue, format=RdfFormat.TURTLE)
    try:
        list(reader)
    except SyntaxError:
        return {}
    return dict(reader.prefixes)
