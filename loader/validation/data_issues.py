"""Conversion of findings to the data issues of the issues graph."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from pyoxigraph import Literal, NamedNode

from loader.errors import Finding
from loader.mapping.provenance import Line, graph_of, number_literal
from loader.namespaces import CKG, ISSUES, PROV, RDF, thing


def format_issues(findings: Iterable[Finding], names: Mapping[str, str]) -> Iterator[list[Line]]:
    """Yield the lines of each issue, each line once.

    ``names`` maps the path of each document to its name: the graph must not depend on the folder in
    which a build is started. A large release has half a million of these lines, so they are
    formatted as text directly, as passages are.
    """
    findings_by_slug: dict[str, list[Finding]] = {}
    for finding in findings:
        slug = build_issue_slug(finding, names.get(finding.path, finding.path))
        findings_by_slug.setdefault(slug, []).append(finding)
    home = str(ISSUES)
    for slug, same in findings_by_slug.items():
        node = str(thing("issue", slug))
        facts = dict.fromkeys(fact for one in same for fact in describe_issue(one, names))
        yield [(f"{node} {prop} {value}", home) for prop, value in facts]


def describe_issue(finding: Finding, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the properties and values of the issue of one finding, as N-Triples."""
    name = names.get(finding.path, finding.path)
    yield _TYPE, _ISSUE
    yield _SEVERITY, format_text(finding.severity.value)
    yield _CODE, format_text(finding.code)
    yield _MESSAGE, format_text(finding.message)
    yield _FILE, format_text(name)
    if finding.path in names:
        yield _SOURCE, format_graph(name)
    if finding.line:
        yield _LINE, str(number_literal(finding.line))
    if finding.column:
        yield _COLUMN, str(number_literal(finding.column))
    if finding.about:
        yield _ABOUT, str(NamedNode(finding.about))
    if finding.is_low_trust:
        yield _TRUST, _LOW


_TYPE, _ISSUE = str(RDF.type), str(CKG.DataIssue)
_SEVERITY, _CODE, _MESSAGE = str(CKG.severity), str(CKG.code), str(CKG.message)
_FILE, _SOURCE = str(CKG.sourceFile), str(PROV.wasDerivedFrom)
_LINE, _COLUMN = str(CKG.startLine), str(CKG.startColumn)
_ABOUT, _TRUST, _LOW = str(CKG.about), str(CKG.trust), str(CKG.Low)


@lru_cache(maxsize=1024)
def format_text(text: str) -> str:
    """Return a text as a literal of N-Triples; many issues have the same."""
    return str(Literal(text))


@lru_cache(maxsize=1024)
def format_graph(name: str) -> str:
    """Return the graph of a document as N-Triples."""
    return str(graph_of(name))


def build_issue_slug(finding: Finding, name: str) -> str:
    """Return a slug for an issue that stays the same as long as the problem does."""
    parts = (finding.code, name, str(finding.line), str(finding.column), finding.about)
    text = "\0".join((*parts, finding.message))
    return f"{finding.code.replace(':', '-')}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
