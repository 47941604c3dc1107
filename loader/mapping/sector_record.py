"""States what a row of a sector dataset says: as a record of that dataset, joined to our things.

A record is no fact of this graph: it says what its dataset says, and whom it is about.
"""

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Record, Rule
from loader.errors import Severity
from loader.identifiers import SCHEMES, homepage
from loader.mapping.provenance import number_literal
from loader.mapping.statement_builder import Scribe, date_literal
from loader.namespaces import ADMS, CKG, DCTERMS, RDF, SKOS, XSD, slugify, thing, web_iri


def sector_record(scribe: Scribe, record: Record) -> None:
    """State one row; rows that join nothing are left out where the descriptor says so."""
    joined = {about: field for field in record.fields for about in joins(scribe, field)}
    if record.text("keep") == "joined" and not joined:
        return
    node = thing("record", slugify(record.slug))
    scribe.typed(node, record, CKG.SectorRecord)
    scribe.add(node, DCTERMS.isPartOf, scribe.home, record.span, Rule.RECORD)
    name = f"{record.text('string dcterms:title', record.slug)}, by {dataset(scribe)}"
    scribe.add(node, SKOS.prefLabel, Literal(name, language="en"), record.span, Rule.RECORD)
    for about, field in joined.items():
        scribe.say(node, CKG.recordOf, about, field)
        scribe.say(node, CKG.joinedBy, Literal(field.name.removeprefix("join ")), field)
    for field in record.fields:
        state(scribe, node, field)


def dataset(scribe: Scribe) -> str:
    """What the dataset at hand is called."""
    about = scribe.document.about
    return next((field.text for field in about if field.name == "title"), scribe.document.name)


def joins(scribe: Scribe, field: Field) -> list[NamedNode]:
    """The things that a cell joins a record to: by an identifier, or by a reviewed name."""
    kind, _, scheme = field.name.partition(" ")
    if kind != "join":
        return []
    if scheme == "reviewed-name":
        found = scribe.context.reviewed.get(field.text)
    else:
        found = scribe.context.identified.get((scheme, full(scheme, field.text)))
    return [found] if found else []


def full(scheme: str, text: str) -> str:
    """An identifier in its full form."""
    return SCHEMES[scheme].canonical(text) if scheme in SCHEMES else homepage(text)


def state(scribe: Scribe, node: NamedNode, field: Field) -> None:
    """State one cell: an identifier, a constant or a value of a property."""
    kind, _, name = field.name.partition(" ")
    if kind == "id":
        identifier(scribe, node, name, field)
    elif kind.startswith("="):
        property_, value = (scribe.context.term(t) for t in (kind[1:], field.text))
        if property_ and value:
            scribe.say(node, property_, value, field)
        else:
            unknown(scribe, field.text if property_ else kind[1:], field)
    elif name and kind != "join":
        property_ = scribe.context.term(name)
        value_ = valued(scribe, kind, field)
        if property_ is None:
            unknown(scribe, name, field)
        elif value_ is None:
            scribe.unrecognised(node, field, f"{name}: {field.text}")
            scribe.find("sector-value", f"“{field.text}” is no {kind}.", field, node)
        else:
            scribe.say(node, property_, value_, field)


def unknown(scribe: Scribe, name: str, field: Field) -> None:
    """Report, once a document, a term that neither the ontology nor the prefixes know."""
    message = (
        f"the descriptor maps to “{name}”, which is none of the prefixes or terms that are known; "
        "look it up in ontology/prefixes.ttl and ontology/concordat.ttl."
    )
    if message not in {finding.message for finding in scribe.findings}:
        scribe.find("sector-property", message, field, severity=Severity.ERROR)


def valued(scribe: Scribe, kind: str, field: Field) -> Literal | NamedNode | None:
    """A cell as a value of a datatype, or None where it is none."""
    text = field.text
    if kind == "anyURI":
        return web_iri(text)
    if kind == "date":
        return date_literal(text)
    plain = text.replace(",", "").lstrip("£$€").strip()
    if kind == "integer":
        return number_literal(int(plain)) if plain.isascii() and plain.isdigit() else None
    if kind == "decimal":
        number = plain.replace(".", "", 1).removeprefix("-")
        whole = number.isascii() and number.isdigit()
        return Literal(plain, datatype=XSD.decimal) if whole else None
    return Literal(text)


def identifier(scribe: Scribe, node: NamedNode, scheme: str, field: Field) -> None:
    """State which identifier a record gives; it may differ from what others give."""
    code = full(scheme, field.text)
    title = SCHEMES[scheme].title if scheme in SCHEMES else "homepage"
    if not code or (scheme in SCHEMES and not SCHEMES[scheme].sound(field.text)):
        scribe.unrecognised(node, field, f"{title}: {field.text}")
        message = f"“{field.text}” has not the form or the check digits of a {title}."
        scribe.find("sector-identifier", message, field, node)
        return
    key = thing("stated-identifier", f"{slugify(title)}-{slugify(code.rsplit('/', 1)[-1])}")
    scribe.say(node, CKG.statesIdentifier, key, field)
    scribe.say(key, RDF.type, ADMS.Identifier, field)
    scribe.say(key, SKOS.notation, Literal(code), field)
    scribe.say(key, CKG.register, Literal(title), field)
