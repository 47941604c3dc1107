"""States what an obligation record says: a concept under its principle, with its verification."""

from pyoxigraph import Literal

from loader.document import Record
from loader.errors import Severity
from loader.mapping.statement_builder import Scribe
from loader.namespaces import CKG, DCTERMS, RDF, SKOS, concept, scheme, slugify


def obligation(scribe: Scribe, record: Record) -> None:
    """State an obligation of the Concordat as a concept of the scheme of principles."""
    code = record.first("code")
    if code is None:
        scribe.find(
            "no-code",
            "an obligation needs a code, such as ECI1",
            record.span,
            severity=Severity.ERROR,
        )
        return
    node = concept("principles", slugify(code.text))
    scribe.typed(node, record)
    for class_ in (SKOS.Concept, CKG.Obligation):
        scribe.say(node, RDF.type, class_, code)
    scribe.say(node, SKOS.inScheme, scheme("principles"), code)
    scribe.say(node, SKOS.notation, Literal(code.text.strip()), code)
    for field in record.all("gloss"):
        label = f"{code.text.strip()}: {field.text.strip()}"
        scribe.say(node, SKOS.prefLabel, Literal(label, language="en"), field)
        scribe.say(node, SKOS.definition, Literal(field.text.strip(), language="en"), field)
    for field in record.all("principle"):
        broader = scribe.context.taggers["principles"].match(field.text)
        if broader is None:
            scribe.find(
                "unknown-tag",
                f"'{field.text}' is no principle of the scheme",
                field,
                node,
                Severity.ERROR,
            )
        else:
            scribe.say(node, SKOS.broader, broader, field)
            scribe.say(broader, SKOS.narrower, node, field)
    scribe.literal(node, CKG.responsibleGroup, record, "responsible_group")
    scribe.literal(node, CKG.verification, record, "verification")
    scribe.web(node, DCTERMS.source, record, "source")
    scribe.unknown(node, record)
