"""States what a case-study record says."""

from pyoxigraph import Literal, NamedNode

from loader.document import Record, Rule
from loader.mapping.institution import institutions, mentions
from loader.mapping.statement_builder import Scribe
from loader.mapping.tags import tags
from loader.namespaces import CKG, DCTERMS, SKOS, XSD, concept, slugify, thing


def case_study(scribe: Scribe, record: Record) -> None:
    """State a case study; what the record lacks is left out and reported, never guessed."""
    node = scribe.node("case-study", record)
    scribe.typed(node, record, CKG.CaseStudy)
    scribe.literal(node, DCTERMS.title, record, "title")
    scribe.literal(node, DCTERMS.abstract, record, "abstract")
    if not record.text("abstract"):
        held = Literal("false", datatype=XSD.boolean)
        scribe.add(node, CKG.textHeld, held, record.span, Rule.RECORD)
    scribe.web(node, DCTERMS.source, record, "source")
    scribe.literal(node, SKOS.editorialNote, record, "note")
    scribe.dated(node, DCTERMS.date, record, "date")
    tags(scribe, node, record)
    links(scribe, node, record)
    named = institutions(scribe, node, record)
    mentions(scribe, node, record, "abstract", named)
    scribe.unknown(node, record)


def links(scribe: Scribe, node: NamedNode, record: Record) -> None:
    """State the obligations that the thing serves and the initiatives that it describes."""
    for field in record.all("obligations"):
        scribe.say(node, CKG.obligation, concept("principles", slugify(field.text)), field)
    for field in record.all("describes"):
        scribe.say(node, CKG.describes, thing("initiative", slugify(field.text)), field)
