"""States what an organisation record says: names, identifiers, links, dated memberships."""

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Record, Rule
from loader.errors import Severity
from loader.mapping.institution import unknown_organisation
from loader.mapping.lookups import organisation_iri
from loader.mapping.statement_builder import Scribe
from loader.namespaces import ADMS, CKG, DCTERMS, FOAF, ORG, RDF, SCHEMA, SKOS, TIME, slugify, thing

FORMAL = ORG.FormalOrganization
KINDS = {
    "higher education institution": (FORMAL, CKG.Institution),
    "research institute": (FORMAL, CKG.Institution, CKG.ResearchInstitute),
    "funder": (FORMAL, CKG.Funder),
    "sector body": (FORMAL, CKG.SectorBody),
    "public body": (FORMAL, CKG.PublicBody),
    "consortium": (ORG.OrganizationalCollaboration, CKG.Consortium),
}
REGISTERS = {"ror": "ROR", "wikidata": "Wikidata", "ukprn": "UKPRN"}
ADDRESSES = {"ror", "wikidata"}


def organisation(scribe: Scribe, record: Record) -> None:
    """State an organisation; its membership, where it has one, is a thing with an interval."""
    node = organisation_iri(record)
    scribe.typed(node, record)
    _kind(scribe, node, record)
    for name, predicate in (("name", SKOS.prefLabel), ("alt_names", SKOS.altLabel)):
        for field in record.all(name):
            scribe.say(node, predicate, Literal(field.text.strip(), language="en"), field)
    scribe.web(node, FOAF.homepage, record, "homepage")
    scribe.dated(node, SCHEMA.foundingDate, record, "founded")
    scribe.web(node, DCTERMS.source, record, "source")
    scribe.literal(node, SKOS.editorialNote, record, "note")
    for name, register in REGISTERS.items():
        for field in record.all(name):
            identifier(scribe, node, register, field)
        if name in ADDRESSES:
            scribe.web(node, SKOS.exactMatch, record, name)
    for field in record.all("consortium"):
        membership(scribe, node, record, field)
    scribe.unknown(node, record)


def _kind(scribe: Scribe, node: NamedNode, record: Record) -> None:
    field = record.first("kind")
    classes = KINDS.get(field.text.strip().lower(), ()) if field else (FORMAL,)
    if field and not classes:
        known = ", ".join(KINDS)
        scribe.find(
            "unknown-kind",
            f"'{field.text}' is no kind of organisation: use {known}",
            field,
            node,
            Severity.ERROR,
        )
    for class_ in classes:
        if field:
            scribe.say(node, RDF.type, class_, field)
        else:
            scribe.add(node, RDF.type, class_, record.span, Rule.RECORD)


def identifier(scribe: Scribe, node: NamedNode, register: str, field: Field) -> None:
    """State an identifier as a thing of its own, as ADMS has it, with the register it is from."""
    code = field.text.strip()
    short = code.rsplit("/", 1)[-1]
    key = thing("identifier", f"{slugify(register)}-{slugify(short)}")
    scribe.say(node, ADMS.identifier, key, field)
    scribe.say(key, RDF.type, ADMS.Identifier, field)
    scribe.say(key, SKOS.notation, Literal(code), field)
    scribe.say(key, CKG.register, Literal(register), field)


def membership(scribe: Scribe, node: NamedNode, record: Record, field: Field) -> None:
    """State a membership of a consortium with the interval in which it holds."""
    whole = scribe.context.organisations.match(field.text)
    if whole is None:
        unknown_organisation(scribe, node, field)
        return
    slug = f"{whole.value.rsplit('/', 1)[1]}-{node.value.rsplit('/', 1)[1]}"
    member, interval = thing("membership", slug), thing("interval", slug)
    scribe.say(member, RDF.type, ORG.Membership, field)
    scribe.say(member, ORG.member, node, field)
    scribe.say(member, ORG.organization, whole, field)
    scribe.say(member, ORG.memberDuring, interval, field)
    scribe.say(interval, RDF.type, TIME.Interval, field)
    scribe.dated(interval, SCHEMA.startDate, record, "member_from")
    scribe.dated(interval, SCHEMA.endDate, record, "member_until")
    if not record.text("member_from"):
        scribe.find(
            "undated-membership", "the membership has no date in column member_from", field, member
        )
