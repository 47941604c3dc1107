"""Data issues: each statement once, and those of one issue together."""

from dataclasses import replace
from itertools import groupby

from pyoxigraph import Literal

from loader.errors import Finding, Severity
from loader.namespaces import CKG
from loader.validation.data_issues import build_issue_quads

FIRST = Finding("a.csv", 2, 0, Severity.WARNING, "Wrong.", "form")


def test_equal_findings_are_one_issue_and_its_statements_follow_one_another() -> None:
    findings = [FIRST, replace(FIRST, line=3), FIRST, replace(FIRST, severity=Severity.ERROR)]
    quads = list(build_issue_quads(findings, {"a.csv": "a.csv"}))
    assert len(quads) == len(set(quads))
    assert len([*groupby(quads, key=lambda quad: quad.subject)]) == 2
    both = {quad.object for quad in quads if quad.predicate == CKG.severity}
    assert both == {Literal("warning"), Literal("error")}
