"""Causes in patterns: the wrong way round, a wrong property or class, too short a path."""

from collections.abc import Iterator

from loader.queries.rewrite import Edit
from query_ui.endpoint.diagnosis.failing_part import FailingPart, Suspicion, is_type, replace_span
from query_ui.endpoint.diagnosis.query_parts import Part
from query_ui.endpoint.diagnosis.query_terms import Term

SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"


def find_wrong_direction(failing: FailingPart) -> Iterator[Suspicion]:
    """Find a property that leads from the other end."""
    for part in failing.list_triples():
        assert part.path is not None and part.object is not None
        if part.object.kind == "literal" or not part.path.steps:
            continue
        for step in part.path.steps:
            values = failing.facts.list_values(step.value)
            if is_type(step) or (values.literals and not values.iris):
                continue
            written = failing.source(step)
            said = f"{written} leads the other way: its subject and its object are swapped."
            yield Suspicion("direction", part, said, _reverse_step(failing, part, step))


def _reverse_step(failing: FailingPart, part: Part, step: Term) -> tuple[Edit, ...]:
    """Return the edits that turn one step of a pattern round."""
    assert part.subject is not None and part.object is not None and part.path is not None
    alone = part.start == part.subject.start and _stands_alone(failing, part)
    if part.path.is_simple and alone and part.subject.kind in ("variable", "iri"):
        subject, value = failing.source(part.subject), failing.source(part.object)
        return replace_span(part.subject, value), replace_span(part.object, subject)
    if failing.query.text[step.start - 1] == "^":
        return (Edit(step.start - 1, step.start, ""),)
    return (Edit(step.start, step.start, "^"),)


def _stands_alone(failing: FailingPart, part: Part) -> bool:
    """Whether no other pattern shares the subject in the text."""
    lists = (failing.query.list_triples(verbs) for verbs in failing.query.verb_lists)
    return [part] in lists


def find_short_paths(failing: FailingPart) -> Iterator[Suspicion]:
    """Find one step of a hierarchy where several are meant."""
    for part in failing.list_triples():
        assert part.path is not None
        for step in part.path.steps:
            after = failing.query.text[step.end : step.end + 1]
            if (
                after in ("*", "+", "?")
                or is_type(step)
                or not failing.facts.list_values(step.value).iris
            ):
                continue
            if not failing.facts.select_rows("chains", property=f"<{step.value}>"):
                continue
            written = failing.source(step)
            said = f"{written} goes one step only; {written}+ goes any number of steps."
            yield Suspicion("path", part, said, (Edit(step.end, step.end, "+"),))


def find_other_properties(failing: FailingPart) -> Iterator[Suspicion]:
    """Find a property that says the same, of other things than these."""
    for part in failing.list_triples():
        assert part.path is not None
        for step in part.path.steps:
            for other in failing.facts.list_terms("alternatives", property=f"<{step.value}>"):
                name = failing.format_iri(other)
                said = f"Nothing here has {failing.source(step)}; these entities have {name}."
                yield Suspicion("other-property", step, said, (replace_span(step, name),))


def find_other_classes(failing: FailingPart) -> Iterator[Suspicion]:
    """Find a class whose things are all in classes below it, or one that a property is not for."""
    typed = [part for part in failing.list_triples() if _get_class(part)]
    for part in typed:
        term, step = _get_class(part), part.path.steps[0] if part.path else None
        assert term is not None and step is not None
        written = failing.source(term)
        if failing.facts.list_terms("subclasses", **{"class": f"<{term.value}>"}):
            said = f"Entities are of the classes below {written}, not of that class itself."
            path = f"{failing.source(step)}/{failing.format_iri(SUBCLASS)}*"
            yield Suspicion("subclass", part, said, (replace_span(step, path),))
        for other in failing.facts.list_terms("claims", **{"class": f"<{term.value}>"}):
            said = (
                f"These are {failing.format_iri(other)}, not {written}: what only a source says is "
                "a claim, and what the graph vouches for is a fact."
            )
            yield Suspicion("claims", term, said, (replace_span(term, failing.format_iri(other)),))
        yield from _find_fitting_classes(failing, part, term)


def _find_fitting_classes(failing: FailingPart, typed: Part, term: Term) -> Iterator[Suspicion]:
    """Find where the ontology says that a property is for other classes."""
    for part in failing.list_triples():
        if part is typed or part.path is None or not part.path.is_simple:
            continue
        if not _have_equal_subjects(part, typed):
            continue
        step = part.path.steps[0]
        classes = failing.facts.list_terms("domains", property=f"<{step.value}>")
        if classes and term.value not in classes:
            name = failing.source(step)
            for other in classes:
                said = (
                    f"{name} is for {failing.format_iri(other)}; no {failing.source(term)} has it."
                )
                edit = replace_span(term, failing.format_iri(other))
                yield Suspicion("other-class", term, said, (edit,))


def find_reused_variables(failing: FailingPart) -> Iterator[Suspicion]:
    """Find one variable for a text and for a thing."""
    triples = list(failing.list_triples())
    for part in triples:
        name = _get_text_property(failing, part)
        if not name or part.object is None:
            continue
        for other in triples:
            if other is part or other.object is None:
                continue
            written = failing.source(part.object)
            if other.subject is not None and _is_variable(other.subject, part.object.value):
                said = f"{written} is a text, as {name} gives it, and a text has no properties."
                yield Suspicion("text-for-iri", part, said, is_certain=True)
            elif _is_variable(other.object, part.object.value) and not _get_text_property(
                failing, other
            ):
                said = f"{written} is a text in one pattern and a thing in another."
                edit = replace_span(part.object, f"{written}2")
                yield Suspicion("variable-reused", part, said, (edit,))


def find_failing_modifiers(failing: FailingPart) -> Iterator[Suspicion]:
    """Find a subquery whose HAVING, LIMIT or OFFSET leaves nothing of what it finds."""
    for part in failing.parts:
        written = failing.source(part).strip()
        if part.kind in ("having", "slice"):
            said = f"The patterns of the subquery match, and {written} leaves no results."
            edits = (replace_span(part, " "),) if part.kind == "slice" else ()
            yield Suspicion(written.split()[0].lower(), part, said, edits, is_certain=True)


def _get_text_property(failing: FailingPart, part: Part) -> str:
    """Return the property of a pattern where it has nothing but texts, for a variable; else ""."""
    if part.path is None or not part.path.is_simple or part.object is None:
        return ""
    values = failing.facts.list_values(part.path.steps[0].value)
    plain = bool(values.literals) and not values.iris
    return failing.source(part.path) if plain and part.object.kind == "variable" else ""


def _get_class(part: Part) -> Term | None:
    if part.path is None or not part.path.is_simple or not is_type(part.path.steps[0]):
        return None
    return part.object if part.object is not None and part.object.kind == "iri" else None


def _have_equal_subjects(one: Part, other: Part) -> bool:
    if one.subject is None or other.subject is None:
        return False
    return (one.subject.kind, one.subject.value) == (other.subject.kind, other.subject.value)


def _is_variable(term: Term, name: str) -> bool:
    return term.kind == "variable" and term.value == name
