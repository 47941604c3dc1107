"""Conversion of findings to the data issues of the issues graph."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Quad

from loader.errors import Finding
from loader.mapping.provenance import graph_of, number_literal
from loader.namespaces import CKG, ISSUES, PROV, RDF, thing


def build_issue_quads(findings: Iterable[Finding], names: Mapping[str, str]) -> Iterator[Quad]:
    """Yield the quads of the issues graph, each once, with those of one issue together.

    ``names`` maps the path of each document to its name: the graph must not depend on the folder in
    which a build is started.
    """
    findings_by_slug: dict[str, list[Finding]] = {}
    for finding in findings:
        slug = build_issue_slug(finding, names.get(finding.path, finding.path))
        findings_by_slug.setdefault(slug, []).append(finding)
    for slug, same in findings_by_slug.items():
        node = thing("issue", slug)
        yield from dict.fromkeys(quad for one in same for quad in describe_issue(node, one, names))


def describe_issue(node: NamedNode, finding: Finding, names: Mapping[str, str]) -> Iterator[Quad]:
    """Yield the quads about the issue of one finding."""
    name = names.get(finding.path, finding.path)
    yield Quad(node, RDF.type, CKG.DataIssue, ISSUES)
    yield Quad(node, CKG.severity, Literal(finding.severity.value), ISSUES)
    yield Quad(node, CKG.code, Literal(finding.code), ISSUES)
    yield Quad(node, CKG.message, Literal(finding.message), ISSUES)
    yield Quad(node, CKG.sourceFile, Literal(name), ISSUES)
    if finding.path in names:
        yield Quad(node, PROV.wasDerivedFrom, graph_of(name), ISSUES)
    if finding.line:
        yield Quad(node, CKG.startLine, number_literal(finding.line), ISSUES)
    if finding.column:
        yield Quad(node, CKG.startColumn, number_literal(finding.column), ISSUES)
    if finding.about:
        yield Quad(node, CKG.about, NamedNode(finding.about), ISSUES)
    if finding.is_low_trust:
        yield Quad(node, CKG.trust, CKG.Low, ISSUES)


def build_issue_slug(finding: Finding, name: str) -> str:
    """Return a slug for an issue that stays the same as long as the problem does."""
    parts = (finding.code, name, str(finding.line), str(finding.column), finding.about)
    text = "\0".join((*parts, finding.message))
    return f"{finding.code.replace(':', '-')}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
