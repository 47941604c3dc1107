"""States what an article says: commitments and claims with a standing, never plain facts."""

from pyoxigraph import Literal, NamedNode

from loader.document import Field, Record, Rule
from loader.mapping.initiative import commitment
from loader.mapping.institution import prose_mentions
from loader.mapping.statement_builder import Scribe
from loader.namespaces import CKG, DCTERMS, slugify, thing, web_iri

NEAR = 60
"""Characters between two names that a reader takes as one phrase."""


def article(scribe: Scribe, record: Record) -> None:
    """State an article as a pledge, none of it vouched for until a curator has judged it."""
    node = thing("initiative", record.slug or slugify(record.text("title"))[:80].strip("-"))
    scribe.typed(node, record, CKG.Initiative, CKG.Pledge)
    scribe.literal(node, DCTERMS.title, record, "title")
    scribe.literal(node, DCTERMS.alternative, record, "subtitle")
    scribe.literal(node, DCTERMS.description, record, "abstract")
    scribe.add(node, CKG.standing, CKG.Unsupported, record.span, Rule.RECORD)
    prose_mentions(scribe, node, record, "title", "subtitle", "abstract", "conclusion")
    position = 0
    for part in record.parts:
        if part.kind == "section":
            position += 1
            section(scribe, node, part, position)
        elif part.kind == "reference":
            reference(scribe, node, part)
        else:
            claim(scribe, node, part)
    for field in record.all("conclusion"):
        scribe.say(node, DCTERMS.description, Literal(field.text.strip()), field)
    consortia_agree(scribe, node, record)
    members_only(scribe, node, record)


def section(scribe: Scribe, whole: NamedNode, part: Record, position: int) -> None:
    """State a section as a commitment whose standing is that nothing supports it yet."""
    node = commitment(scribe, whole, part, position)
    for field in part.all("text"):
        scribe.say(node, DCTERMS.description, Literal(field.text.strip()), field)
    scribe.add(node, CKG.standing, CKG.Unsupported, part.span, Rule.SECTION)
    prose_mentions(scribe, node, part, "text")


def claim(scribe: Scribe, whole: NamedNode, part: Record) -> None:
    """State that the article makes a claim, in its own words."""
    number = sum(s.object == CKG.Claim for s in scribe.statements) + 1
    node = thing("claim", f"{whole.value.rsplit('/', 1)[1]}-{number}")
    scribe.typed(node, part, CKG.Claim)
    scribe.add(node, CKG.about, whole, part.span, Rule.RECORD)
    scribe.literal(node, CKG.restatement, part, "text")
    scribe.add(node, CKG.standing, CKG.Unsupported, part.span, Rule.RECORD)


def reference(scribe: Scribe, whole: NamedNode, part: Record) -> None:
    """State where a reference leads; one that leads nowhere is kept as it is printed."""
    label, target = part.text("label").strip(), part.first("target")
    iri = web_iri(target.text.strip()) if target else None
    if target is None or iri is None:
        field = target or Field("reference", label, part.span)
        scribe.unrecognised(whole, field, f"{label}: {target.text.strip() if target else ''}")
    else:
        scribe.say(whole, DCTERMS.references, iri, target)


def consortia_agree(scribe: Scribe, node: NamedNode, record: Record) -> None:
    """Report a headline that names other consortia than the text under it."""
    title = [f for f in record.fields if f.name == "title"]
    headline = _consortia(scribe, title)
    body = _consortia(scribe, [f for f in _prose(record) if f.name != "title"])
    if headline and body and not headline.keys() & body.keys():
        scribe.find(
            "title-body-mismatch",
            f"the title names {', '.join(sorted(headline.values()))}, the text names "
            f"{', '.join(sorted(body.values()))}",
            record.span if not title else title[0],
            node,
        )


def members_only(scribe: Scribe, node: NamedNode, record: Record) -> None:
    """Report, once each, an organisation named in one breath with a consortium it is not in."""
    context, seen = scribe.context, set()
    for field in _prose(record):
        found = context.recogniser.find(field.text)
        for first, second in zip(found, found[1:], strict=False):
            pair = (first.iri, second.iri)
            near = second.offset - first.offset - len(first.printed) <= NEAR
            named = first.iri not in context.consortia and second.iri in context.consortia
            if near and named and pair not in context.members and pair not in seen:
                seen.add(pair)
                scribe.find(
                    "not-a-member",
                    f"'{first.printed}' is named together with '{second.printed}', of which it "
                    "is no member",
                    field.place(first.offset),
                    node,
                )


def _prose(record: Record) -> list[Field]:
    parts = [field for part in record.parts for field in part.fields]
    return [f for f in (*record.fields, *parts) if f.name != "target"]


def _consortia(scribe: Scribe, fields: list[Field]) -> dict[NamedNode, str]:
    return {
        mention.iri: mention.printed
        for field in fields
        for mention in scribe.context.recogniser.find(field.text)
        if mention.iri in scribe.context.consortia
    }
