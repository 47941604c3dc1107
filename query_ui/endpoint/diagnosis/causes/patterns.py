"""Causes in patterns: the wrong way round, a wrong property or class, too short a path."""

from collections.abc import Iterator

from query_ui.endpoint.diagnosis.failing_part import Case, Suspicion, is_type, replaced
from query_ui.endpoint.diagnosis.query_edits import Edit
from query_ui.endpoint.diagnosis.query_parts import Part, Term

SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"


def direction(case: Case) -> Iterator[Suspicion]:
    """A property that leads from the other end."""
    for part in case.triples():
        assert part.path is not None and part.object is not None
        if part.object.kind == "literal" or not part.path.steps:
            continue
        for step in part.path.steps:
            values = case.known.values(step.value)
            if is_type(step) or (values.literals and not values.iris):
                continue
            written = case.query.written(step)
            said = f"{written} leads the other way: its subject and its object are swapped."
            yield Suspicion("direction", part, said, _turned(case, part, step))


def _turned(case: Case, part: Part, step: Term) -> tuple[Edit, ...]:
    """The edits that turn one step of a pattern round."""
    assert part.subject is not None and part.object is not None and part.path is not None
    alone = part.start == part.subject.start and _stands_alone(case, part)
    if part.path.simple and alone and part.subject.kind in ("variable", "iri"):
        subject, value = case.query.written(part.subject), case.query.written(part.object)
        return replaced(part.subject, value), replaced(part.object, subject)
    if case.query.text[step.start - 1] == "^":
        return (Edit(step.start - 1, step.start, ""),)
    return (Edit(step.start, step.start, "^"),)


def _stands_alone(case: Case, part: Part) -> bool:
    """Whether no other pattern shares the subject in the text."""
    for statement in case.query.statements:
        parts = [one for verb in statement.verbs for one in verb.parts]
        if part in parts:
            return len(parts) == 1
    return False


def path_too_short(case: Case) -> Iterator[Suspicion]:
    """One step of a hierarchy where several are meant."""
    for part in case.triples():
        assert part.path is not None
        for step in part.path.steps:
            after = case.query.text[step.end : step.end + 1]
            if after in ("*", "+", "?") or is_type(step) or not case.known.values(step.value).iris:
                continue
            if not case.known.rows("chains", property=f"<{step.value}>"):
                continue
            written = case.query.written(step)
            said = f"{written} goes one step only; {written}+ goes any number of steps."
            yield Suspicion("path", part, said, (Edit(step.end, step.end, "+"),))


def other_property(case: Case) -> Iterator[Suspicion]:
    """A property that says the same, of other things than these."""
    for part in case.triples():
        assert part.path is not None
        for step in part.path.steps:
            for other in case.known.terms("alternatives", property=f"<{step.value}>"):
                name = case.iri(other)
                said = f"Nothing here has {case.query.written(step)}; these things have {name}."
                yield Suspicion("other-property", step, said, (replaced(step, name),))


def other_class(case: Case) -> Iterator[Suspicion]:
    """A class whose things are all in classes below it, or one that a property is not for."""
    typed = [part for part in case.triples() if _class_of(part)]
    for part in typed:
        term, step = _class_of(part), part.path.steps[0] if part.path else None
        assert term is not None and step is not None
        written = case.query.written(term)
        if case.known.terms("subclasses", **{"class": f"<{term.value}>"}):
            said = f"Things are of the classes below {written}, not of that class itself."
            path = f"{case.query.written(step)}/{case.iri(SUBCLASS)}*"
            yield Suspicion("subclass", part, said, (replaced(step, path),))
        for other in case.known.terms("claims", **{"class": f"<{term.value}>"}):
            said = (
                f"These are {case.iri(other)}, not {written}: what only a source says is a claim, "
                "and what the graph vouches for is a fact."
            )
            yield Suspicion("claims", term, said, (replaced(term, case.iri(other)),))
        yield from _not_for_class(case, part, term)


def _not_for_class(case: Case, typed: Part, term: Term) -> Iterator[Suspicion]:
    """Where the ontology says that a property is for other classes."""
    for part in case.triples():
        if part is typed or part.path is None or not part.path.simple:
            continue
        if not _same_subject(part, typed):
            continue
        step = part.path.steps[0]
        classes = case.known.terms("domains", property=f"<{step.value}>")
        if classes and term.value not in classes:
            name = case.query.written(step)
            for other in classes:
                said = f"{name} is for {case.iri(other)}; no {case.query.written(term)} has it."
                edit = replaced(term, case.iri(other))
                yield Suspicion("other-class", term, said, (edit,))


def variable_reused(case: Case) -> Iterator[Suspicion]:
    """One variable for a text and for a thing."""
    triples = list(case.triples())
    for part in triples:
        name = _points_to(case, part)
        if not name or part.object is None:
            continue
        for other in triples:
            if other is part or other.object is None:
                continue
            written = case.query.written(part.object)
            if other.subject is not None and _is_variable(other.subject, part.object.value):
                said = f"{written} is a text, as {name} gives it, and a text has no properties."
                yield Suspicion("text-for-iri", part, said, certain=True)
            elif _is_variable(other.object, part.object.value) and not _points_to(case, other):
                said = f"{written} is a text in one pattern and a thing in another."
                edit = replaced(part.object, f"{written}2")
                yield Suspicion("variable-reused", part, said, (edit,))


def inner_modifiers(case: Case) -> Iterator[Suspicion]:
    """A subquery whose HAVING, LIMIT or OFFSET leaves nothing of what it finds."""
    for part in case.parts:
        written = case.query.written(part).strip()
        if part.kind in ("having", "slice"):
            said = f"The patterns of the subquery match, and {written} leaves nothing of it."
            edits = (replaced(part, " "),) if part.kind == "slice" else ()
            yield Suspicion(written.split()[0].lower(), part, said, edits, certain=True)


def _points_to(case: Case, part: Part) -> str:
    """The property of a pattern whose object is a variable, where it has texts and nothing else."""
    if part.path is None or not part.path.simple or part.object is None:
        return ""
    values = case.known.values(part.path.steps[0].value)
    plain = bool(values.literals) and not values.iris
    return case.query.written(part.path) if plain and part.object.kind == "variable" else ""


def _class_of(part: Part) -> Term | None:
    if part.path is None or not part.path.simple or not is_type(part.path.steps[0]):
        return None
    return part.object if part.object is not None and part.object.kind == "iri" else None


def _same_subject(one: Part, other: Part) -> bool:
    if one.subject is None or other.subject is None:
        return False
    return (one.subject.kind, one.subject.value) == (other.subject.kind, other.subject.value)


def _is_variable(term: Term, name: str) -> bool:
    return term.kind == "variable" and term.value == name
