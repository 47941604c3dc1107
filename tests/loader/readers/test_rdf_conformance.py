"""The W3C tests of the RDF 1.1 syntaxes: what is right is read, what is wrong refused in place.

They are in ../shared/conformance/rdf-1.1, unchanged; the tests are skipped where it is missing.
"""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import canonicalize

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    parse,
)

from loader.document import Document
from loader.errors import DataError
from loader.readers import rdf, rdf_format
from loader.readers.source import SourceFile
from loader.settings import SKOLEM_BASE
from tests.each_case import check_each

FOLDER = Path(__file__).parents[4] / "shared" / "conformance" / "rdf-1.1"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
RDFT = "http://www.w3.org/ns/rdftest#"
XML_LITERAL = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral")
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
BASE_OF_TESTS = "https://w3c.github.io/rdf-tests/rdf/rdf11/"
XML_ROOT = re.compile(rb"(<(?:[\w-]+:)?RDF\b)[^>]*>")
EXPECTED = 900
"""There are more tests than this: an empty manifest proves nothing."""


class Case(NamedTuple):
    """One entry of a manifest: the kind of test, the file and its expected result, or None."""

    kind: str
    action: Path
    result: Path | None


def read_cases(manifest: Path) -> list[Case]:
    store = Store()
    base = f"{BASE_OF_TESTS}{manifest.parent.name}/manifest.ttl"
    store.load(path=manifest, format=RdfFormat.TURTLE, base_iri=base)
    folder = base.rpartition("/")[0] + "/"

    def find_file(test: object, name: str) -> Path | None:
        for quad in store.quads_for_pattern(test, NamedNode(MF + name), None, None):  # type: ignore[arg-type]
            assert isinstance(quad.object, NamedNode)
            return manifest.parent / quad.object.value.removeprefix(folder)
        return None

    found = []
    for quad in store.quads_for_pattern(None, TYPE, None, None):
        kind = quad.object.value if isinstance(quad.object, NamedNode) else ""
        if kind.startswith(RDFT) and (action := find_file(quad.subject, "action")):
            found.append(Case(kind.removeprefix(RDFT), action, find_file(quad.subject, "result")))
    return sorted(found)


@cache
def list_cases() -> list[Case]:
    return [case for path in sorted(FOLDER.glob("*/manifest.ttl")) for case in read_cases(path)]


def read(path: Path) -> Document:
    """Read a file as the build does, which has no base: the W3C gives each the address of it."""
    data = path.read_bytes()
    base = f"{BASE_OF_TESTS}{path.relative_to(FOLDER).as_posix()}"
    if path.suffix in (".ttl", ".trig"):
        data = f"@base <{base}> . ".encode() + data
    elif path.suffix == ".rdf" and (root := XML_ROOT.search(data)) and b"xml:base" not in root[0]:
        data = data[: root.end(1)] + f' xml:base="{base}"'.encode() + data[root.end(1) :]
    return rdf.read_rdf(SourceFile(str(path), path.name, data, sha256(data).hexdigest()))


def to_dataset(quads: list[Quad]) -> Dataset:
    """Return the quads with our addresses of blank nodes as blank nodes, canonically named."""

    def free(term: object) -> object:
        if isinstance(term, NamedNode) and term.value.startswith(SKOLEM_BASE):
            return BlankNode(term.value.rpartition("/")[2].replace("-", ""))
        if isinstance(term, Literal) and term.datatype == XML_LITERAL:
            # Their value is the document, however it is written: RDF 1.1 Concepts, 5.2.
            return Literal(canonicalize(f"<x>{term.value}</x>"), datatype=XML_LITERAL)
        return term

    found = Dataset(
        Quad(free(q.subject), q.predicate, free(q.object), q.graph_name)  # type: ignore[arg-type]
        for q in quads
    )
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return found


@pytest.fixture(scope="module", autouse=True)
def _needs_the_tests() -> None:
    if not FOLDER.is_dir():
        pytest.skip("the W3C tests of RDF are not beside this checkout (../shared/conformance)")


def test_the_manifests_are_read() -> None:
    assert len(list_cases()) > EXPECTED


def test_w3c() -> None:
    check_each(
        list_cases(), check_case, lambda case: f"{case.action.parent.name}/{case.action.name}"
    )


def check_case(case: Case) -> None:
    """Check that a file is read as its result says, or refused with its place."""
    if "Negative" in case.kind:
        with pytest.raises(DataError) as caught:
            read(case.action)
        (finding,) = caught.value.findings
        assert (finding.path, finding.code) == (str(case.action), "rdf-syntax")
        assert finding.line > 0
        return
    document = read(case.action)
    graphs = {f.code for f in document.findings if f.severity == "error"}
    assert graphs <= {"blank-graph"}
    if case.result and not graphs:
        suffix = case.result.suffix
        base = f"{BASE_OF_TESTS}{case.action.relative_to(FOLDER).as_posix()}"
        wanted = parse(path=case.result, format=rdf_format.FORMAT_BY_SUFFIX[suffix], base_iri=base)
        assert to_dataset([s.quad for s in document.statements]) == to_dataset([*wanted])
