"""Mapping of articles: commitments and claims with a standing, never plain facts."""

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Record, Rule
from loader.mapping.initiative import map_commitment
from loader.mapping.institution import map_prose_mentions
from loader.mapping.statement_builder import StatementBuilder
from loader.namespaces import CKG, DCTERMS, slugify, thing, web_iri

MAX_NAME_DISTANCE = 60
"""Most characters between two names that are read as one phrase."""


def map_article(builder: StatementBuilder, record: Record) -> None:
    """State an article as a pledge whose standing is unsupported until a curator judges it."""
    node = thing("initiative", record.slug or slugify(record.text("title"))[:80].strip("-"))
    builder.add_types(node, record, CKG.Initiative, CKG.Pledge)
    builder.add_literals(node, DCTERMS.title, record, "title")
    builder.add_literals(node, DCTERMS.alternative, record, "subtitle")
    builder.add_literals(node, DCTERMS.description, record, "abstract")
    builder.add_statement(node, CKG.standing, CKG.Unsupported, record.span, Rule.RECORD)
    map_prose_mentions(builder, node, record, "title", "subtitle", "abstract", "conclusion")
    position = 0
    for part in record.parts:
        if part.kind == "section":
            position += 1
            map_section(builder, node, part, position)
        elif part.kind == "reference":
            map_reference(builder, node, part)
        else:
            map_article_claim(builder, node, part)
    for field in record.all("conclusion"):
        builder.add_field_statement(node, DCTERMS.description, Literal(field.text.strip()), field)
    check_headline_consortia(builder, node, record)
    check_consortium_members(builder, node, record)


def map_section(
    builder: StatementBuilder, article_iri: NamedNode, part: Record, position: int
) -> None:
    """State a section as an unsupported commitment."""
    node = map_commitment(builder, article_iri, part, position)
    for field in part.all("text"):
        builder.add_field_statement(node, DCTERMS.description, Literal(field.text.strip()), field)
    builder.add_statement(node, CKG.standing, CKG.Unsupported, part.span, Rule.SECTION)
    map_prose_mentions(builder, node, part, "text")


def map_article_claim(builder: StatementBuilder, article_iri: NamedNode, part: Record) -> None:
    """State that the article makes a claim, in its own words."""
    number = sum(s.object == CKG.Claim for s in builder.statements) + 1
    node = thing("claim", f"{article_iri.value.rsplit('/', 1)[1]}-{number}")
    builder.add_types(node, part, CKG.Claim)
    builder.add_statement(node, CKG.about, article_iri, part.span, Rule.RECORD)
    builder.add_literals(node, CKG.restatement, part, "text")
    builder.add_statement(node, CKG.standing, CKG.Unsupported, part.span, Rule.RECORD)


def map_reference(builder: StatementBuilder, article_iri: NamedNode, part: Record) -> None:
    """State the target of a reference; keep one without a web address as unrecognised text."""
    label, target = part.text("label").strip(), part.first("target")
    iri = web_iri(target.text.strip()) if target else None
    if target is None or iri is None:
        field = target or Field("reference", label, part.span)
        builder.add_unrecognised_text(
            article_iri, field, f"{label}: {target.text.strip() if target else ''}"
        )
    else:
        builder.add_field_statement(article_iri, DCTERMS.references, iri, target)


def check_headline_consortia(builder: StatementBuilder, node: NamedNode, record: Record) -> None:
    """Report a title that names other consortia than the text under it."""
    title = [f for f in record.fields if f.name == "title"]
    headline = _find_consortia(builder, title)
    body = _find_consortia(builder, [f for f in _list_prose_fields(record) if f.name != "title"])
    if headline and body and not headline.keys() & body.keys():
        builder.report_finding(
            "title-body-mismatch",
            f"the title names {', '.join(sorted(headline.values()))}, the text names "
            f"{', '.join(sorted(body.values()))}",
            record.span if not title else title[0],
            node,
        )


def check_consortium_members(builder: StatementBuilder, node: NamedNode, record: Record) -> None:
    """Report, once each, an organisation named next to a consortium that it is no member of."""
    context, seen = builder.context, set()
    for field in _list_prose_fields(record):
        found = context.recogniser.find(field.text)
        for first, second in zip(found, found[1:], strict=False):
            pair = (first.iri, second.iri)
            near = second.offset - first.offset - len(first.printed) <= MAX_NAME_DISTANCE
            named = first.iri not in context.consortia and second.iri in context.consortia
            if near and named and pair not in context.members and pair not in seen:
                seen.add(pair)
                builder.report_finding(
                    "not-a-member",
                    f"'{first.printed}' is named together with '{second.printed}', of which it "
                    "is no member",
                    field.place(first.offset),
                    node,
                )


def _list_prose_fields(record: Record) -> list[Field]:
    parts = [field for part in record.parts for field in part.fields]
    return [f for f in (*record.fields, *parts) if f.name != "target"]


def _find_consortia(builder: StatementBuilder, fields: list[Field]) -> dict[NamedNode, str]:
    return {
        mention.iri: mention.printed
        for field in fields
        for mention in builder.context.recogniser.find(field.text)
        if mention.iri in builder.context.consortia
    }
