"""Mapping of obligations: each a concept under its principle, with its verification."""

from pyoxigraph import Literal

from loader.document import Record
from loader.errors import Severity
from loader.mapping.statement_builder import StatementBuilder
from loader.namespaces import CKG, DCTERMS, RDF, SKOS, concept, scheme, slugify


def map_obligation(builder: StatementBuilder, record: Record) -> None:
    """State an obligation of the Concordat as a concept of the scheme of principles."""
    code = record.first("code")
    if code is None:
        builder.report_finding(
            "no-code",
            "an obligation needs a code, such as ECI1",
            record.span,
            severity=Severity.ERROR,
        )
        return
    node = concept("principles", slugify(code.text))
    builder.add_types(node, record)
    for class_ in (SKOS.Concept, CKG.Obligation):
        builder.add_field_statement(node, RDF.type, class_, code)
    builder.add_field_statement(node, SKOS.inScheme, scheme("principles"), code)
    builder.add_field_statement(node, SKOS.notation, Literal(code.text.strip()), code)
    for field in record.all("gloss"):
        label = f"{code.text.strip()}: {field.text.strip()}"
        builder.add_field_statement(node, SKOS.prefLabel, Literal(label, language="en"), field)
        builder.add_field_statement(
            node, SKOS.definition, Literal(field.text.strip(), language="en"), field
        )
    for field in record.all("principle"):
        broader = builder.context.taggers["principles"].match(field.text)
        if broader is None:
            builder.report_finding(
                "unknown-tag",
                f"'{field.text}' is no principle of the scheme",
                field,
                node,
                Severity.ERROR,
            )
        else:
            builder.add_field_statement(node, SKOS.broader, broader, field)
            builder.add_field_statement(broader, SKOS.narrower, node, field)
    builder.add_literals(node, CKG.responsibleGroup, record, "responsible_group")
    builder.add_literals(node, CKG.verification, record, "verification")
    builder.add_web_links(node, DCTERMS.source, record, "source")
    builder.add_unknown_fields(node, record)
