"""Turns findings into the data issues of the issues graph."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Quad

from loader.errors import Finding
from loader.mapping.provenance import graph_of, number_literal
from loader.namespaces import CKG, ISSUES, PROV, RDF, thing


def issue_quads(findings: Iterable[Finding], names: Mapping[str, str]) -> Iterator[Quad]:
    """The quads of the issues graph.

    ``names`` gives the name of each document by the path it was read from: the graph must not
    depend on the folder that a build is started in.
    """
    for finding in findings:
        name = names.get(finding.path, finding.path)
        node = thing("issue", issue_slug(finding, name))
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


def issue_slug(finding: Finding, name: str) -> str:
    """A name for an issue that stays the same as long as the problem does."""
    parts = (finding.code, name, str(finding.line), str(finding.column), finding.about)
    text = "\0".join((*parts, finding.message))
    return f"{finding.code.replace(':', '-')}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
