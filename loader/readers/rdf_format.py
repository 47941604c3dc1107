"""The syntax of an RDF file, by its suffix or its content, and what helps where it is broken."""

import re
from pathlib import PurePosixPath

from pyoxigraph import RdfFormat

from loader.errors import DataError, Finding, Severity
from loader.readers.source import SourceFile

FORMAT_BY_SUFFIX = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
}
SUFFIXES_BY_CONTENT = (".owl", ".n3", ".json")
"""Suffixes that name no syntax: the content of the file decides."""

OTHER_SYNTAXES = (
    (re.compile(r"(?:<[?!].*?>\s*)*<(?:owl:)?Ontology\b", re.DOTALL), "OWL/XML"),
    (re.compile(r"(?:Prefix|Ontology)\s*\("), "the functional syntax of OWL"),
    (re.compile(r"(?:Prefix|Ontology):"), "the Manchester syntax of OWL"),
    (re.compile(r"format-version:"), "OBO"),
)
"""How files begin that describe an ontology, and are no RDF."""
XML_START = re.compile(r"<(?:[?!]|[\w.-]+(?::[\w.-]+)?[\s/>])")
JSON_LD_KEY = re.compile(r'"@(?:context|id|graph|type|value|list|set)"')
TURTLE_LIKE = (RdfFormat.TURTLE, RdfFormat.TRIG)
LINE_FORMATS = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


def detect_format(source: SourceFile) -> RdfFormat:
    """Return the syntax of a file, by its suffix or else by how its content begins.

    Raise DataError where the content is no RDF.
    """
    suffix = PurePosixPath(source.name).suffix.lower()
    if suffix in FORMAT_BY_SUFFIX:
        return FORMAT_BY_SUFFIX[suffix]
    text = source.text.lstrip()
    other = next((name for sign, name in OTHER_SYNTAXES if sign.match(text)), "")
    if other:
        message = f"this is {other}, which is not RDF; export it as Turtle or RDF/XML."
        raise _build_error(source, message)
    if suffix == ".json" or (text.startswith(("{", "[")) and JSON_LD_KEY.search(text)):
        if not JSON_LD_KEY.search(text):
            message = "this JSON is not JSON-LD: no key of it is @context, @id or @graph; add them."
            raise _build_error(source, message)
        return RdfFormat.JSON_LD
    return RdfFormat.RDF_XML if XML_START.match(text) else RdfFormat.TURTLE


def find_syntax_hint(rdf_format: RdfFormat, reason: str) -> str:
    """Return what helps against an error of the parser, in the words of the syntax, or ""."""
    if "No scheme found in an absolute IRI" in reason:
        if rdf_format == RdfFormat.RDF_XML:
            return 'write the IRI out, or add xml:base="…" to rdf:RDF'
        if rdf_format == RdfFormat.JSON_LD:
            return 'write the IRI out, or add "@base" to the @context'
        return "write the IRI out" + (", or declare @base" if rdf_format in TURTLE_LIKE else "")
    if "has not been declared" in reason or "Unknown prefix" in reason:
        if rdf_format == RdfFormat.RDF_XML:
            return 'declare it with xmlns:…="…" on rdf:RDF'
        return "declare it with a line @prefix …: <…> . at the top"
    if "LoadDocumentCallback" in reason:
        return "its @context is an address, and nothing is fetched; write it out"
    if "Unexpected end of file" in reason or "unexpected end" in reason.lower():
        what = "an element" if rdf_format == RdfFormat.RDF_XML else "a string, bracket or statement"
        return f"{what} is not closed"
    return ""


def _build_error(source: SourceFile, message: str) -> DataError:
    finding = Finding(source.path, 1, 0, Severity.ERROR, message, "rdf-syntax")
    return DataError(str(finding), [finding])
