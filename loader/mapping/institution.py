"""Mapping of organisations: those that a record names in its field, and those in its prose."""

from pyoxigraph import NamedNode

from loader.document import Field, Record, Rule, Statement
from loader.errors import Severity
from loader.mapping.statement_builder import ORGANISATION, StatementBuilder
from loader.namespaces import CKG


def map_institutions(builder: StatementBuilder, node: NamedNode, record: Record) -> bool:
    """State the organisations in the institution fields; return whether there was such a field."""
    fields = list(record.all("institution"))
    for field in fields:
        iri = builder.context.organisations.match(field.text)
        if iri is not None:
            builder.add_field_statement(node, CKG.organisation, iri, field)
        else:
            report_unknown_organisation(builder, node, field)
    return bool(fields)


def report_unknown_organisation(builder: StatementBuilder, node: NamedNode, field: Field) -> None:
    """Keep a name that matches no organisation as unrecognised text, and report it."""
    builder.add_unrecognised_text(node, field, f"{field.name}: {field.text.strip()}")
    advice = " (if it is new, add it to a table of organisations)"
    builder.report_unknown_name(ORGANISATION, advice, field, node)


def map_mentions(
    builder: StatementBuilder,
    node: NamedNode,
    record: Record,
    field_name: str,
    has_institution: bool,
) -> None:
    """State the organisations that the prose names, with the quotation.

    Where the record has no institution field and its prose names exactly one organisation, state
    that one as its institution too; with several or none, report a finding instead.
    """
    found = map_prose_mentions(builder, node, record, field_name)
    if has_institution:
        return
    own = {iri for iri in found if iri not in builder.context.consortia}
    if len(own) == 1:
        (iri,) = own
        builder.statements.append(found[iri]._replace(predicate=CKG.organisation))
    elif own:
        labels = ", ".join(sorted(found[iri].quoted for iri in own))
        builder.report_finding(
            "several-institutions",
            f"the text names {labels}: which is its institution is not said",
            record.span,
            node,
        )
    else:
        builder.report_finding(
            "no-institution",
            "no institution is given and the text names none that the data knows",
            record.span,
            node,
            Severity.WARNING,
        )


def map_prose_mentions(
    builder: StatementBuilder, node: NamedNode, record: Record, *field_names: str
) -> dict[NamedNode, Statement]:
    """State ``ckg:mentions`` for every organisation in those fields, at its first mention.

    Return the statements by organisation.
    """
    found: dict[NamedNode, Statement] = {}
    for field in (field for field in record.fields if field.name in field_names):
        for mention in builder.context.recogniser.find(field.text):
            if mention.iri not in found:
                rule = Rule.ACRONYM_IN_PROSE if mention.acronym else Rule.NAME_IN_PROSE
                place = field.place(mention.offset)
                found[mention.iri] = Statement(
                    node, CKG.mentions, mention.iri, place, rule, mention.printed
                )
    builder.statements.extend(found.values())
    return found
