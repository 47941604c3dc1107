"""What the doctor says: the part at fault, the likely cause, and the repaired query."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One likely cause: ``culprit`` is a piece of the query, at ``line`` and ``column`` from 1.

    ``cause`` is a code, ``explanation`` a sentence or two. ``repair`` is the whole query mended, ""
    where no repair is plain; it gives rows unless the explanation says otherwise.
    """

    culprit: str
    line: int
    column: int
    cause: str
    explanation: str
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The outcome of an examination.

    ``found`` tells whether something is likely to be wrong; then ``findings`` has the likeliest
    first, and the fields before it repeat that one. Without, ``culprit`` is the smallest part of
    the query that already matches nothing, or "". ``tried`` reduced queries were asked in
    ``seconds``; ``complete`` is False where the time or the number of probes ran out.
    """

    found: bool
    culprit: str
    line: int
    column: int
    cause: str
    explanation: str
    repair: str
    tried: int
    seconds: float
    complete: bool
    findings: tuple[Finding, ...] = ()
