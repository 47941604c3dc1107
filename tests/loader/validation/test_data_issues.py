"""Data issues: each statement once, and those of one issue together."""

from dataclasses import replace

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from loader.errors import Finding, Severity
from loader.mapping.provenance import format_quads, graph_of
from loader.namespaces import CKG, ISSUES, PROV, RDF, XSD
from loader.validation.data_issues import format_issues

FIRST = Finding("a.csv", 2, 0, Severity.WARNING, "Wrong.", "form")
NAMES = {"a.csv": "a.csv", "/made/b c.csv": "b c.csv"}


def test_equal_findings_are_one_issue_and_no_line_comes_twice() -> None:
    findings = [FIRST, replace(FIRST, line=3), FIRST, replace(FIRST, severity=Severity.ERROR)]
    issues = list(format_issues(findings, NAMES))
    assert len(issues) == 2
    for lines in issues:
        assert len(lines) == len(set(lines))
        assert len({triple.split(" ")[0] for triple, _ in lines}) == 1
    both = {triple.split(" ")[2] for triple, _ in issues[0] if str(CKG.severity) in triple}
    assert both == {'"warning"', '"error"'}


def test_the_lines_are_as_the_engine_writes_them() -> None:
    message = '“Tea”, "tea"\\ and\n\ttéa\x00\x7f\u2028 𝄞'
    about = "https://example.org/é?q=1"
    finding = Finding(
        "/made/b c.csv", 2, 7, Severity.INFO, message, "a:b", about, is_low_trust=True
    )
    ((*lines,),) = format_issues([finding], NAMES)
    text = "".join(f"{triple} {graph} .\n" for triple, graph in lines)
    quads = [*parse(text, RdfFormat.N_QUADS)]
    (node,) = {quad.subject for quad in quads}
    number = {one: Literal(str(one), datatype=XSD.integer) for one in (2, 7)}
    facts: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF.type, CKG.DataIssue),
        (CKG.severity, Literal("info")),
        (CKG.code, Literal("a:b")),
        (CKG.message, Literal(message)),
        (CKG.sourceFile, Literal("b c.csv")),
        (PROV.wasDerivedFrom, graph_of("b c.csv")),
        (CKG.startLine, number[2]),
        (CKG.startColumn, number[7]),
        (CKG.about, NamedNode(about)),
        (CKG.trust, CKG.Low),
    ]
    expected = [Quad(node, prop, value, ISSUES) for prop, value in facts]
    assert lines == [*format_quads(expected)] and quads == expected
    assert isinstance(quads[0].triple, Triple)


def test_what_is_unknown_is_not_stated() -> None:
    ((*lines,),) = format_issues([replace(FIRST, path="elsewhere.csv", line=0)], NAMES)
    stated = [triple.split(" ")[1] for triple, _ in lines]
    known = (RDF.type, CKG.severity, CKG.code, CKG.message, CKG.sourceFile)
    assert stated == [str(one) for one in known]
