"""Random valid documents: case studies, initiatives and organisations as a curator may add them."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pyoxigraph import Literal, NamedNode, Store

from loader.namespaces import CKG, RDF, SKOS
from loader.settings import BASE

WORDS = (
    "Mentoring Fellowship Circle Café Öffnung Induction Charter Sabbatical Network Workshop "
    "Festival Buddy Peer Review O'Neill 100% «Quiet» Days Leadership & Wellbeing "
    "/ Careers — Pilot No. 7"
).split()
DATES = ("", "1999", "2006-12", "2015", "2017-05-31", "2020-02", "2026-11-01")
KINDS = ("higher education institution", "research institute", "funder", "sector body")
TAGS = ("beneficiaries", "stakeholders", "principles", "keywords")
COLUMNS = ("name", "alt_names", "kind", "consortium", "member_from", "member_until", "note")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a document may refer to: labels by scheme, codes, names and slugs of a release."""

    tags: dict[str, list[str]]
    obligations: list[str]
    organisations: list[str]
    initiatives: list[str]


def read_vocabulary(store: Store) -> Vocabulary:
    """Read what a release has that documents can refer to."""

    def values(kind: NamedNode, name: NamedNode) -> list[str]:
        things = store.quads_for_pattern(None, RDF.type, kind)
        found = {
            quad.object.value
            for thing in things
            for quad in store.quads_for_pattern(thing.subject, name, None)
            if isinstance(quad.object, Literal)
        }
        return sorted(found)

    tags = {}
    for scheme in TAGS:
        node = NamedNode(f"{BASE}scheme/{scheme}")
        concepts = {q.subject for q in store.quads_for_pattern(None, SKOS.inScheme, node)}
        if scheme == "principles":
            principles = store.quads_for_pattern(None, RDF.type, CKG.Principle)
            concepts &= {quad.subject for quad in principles}
        tags[scheme] = sorted(
            quad.object.value
            for concept in concepts
            for quad in store.quads_for_pattern(concept, SKOS.prefLabel, None)
            if isinstance(quad.object, Literal)
        )
    initiatives = {q.subject for q in store.quads_for_pattern(None, RDF.type, CKG.Initiative)}
    slugs = sorted(n.value.rsplit("/", 1)[1] for n in initiatives if isinstance(n, NamedNode))
    return Vocabulary(
        {scheme: sorted(set(labels)) for scheme, labels in tags.items()},
        values(CKG.Obligation, SKOS.notation),
        values(CKG.Institution, SKOS.prefLabel),
        slugs,
    )


def write_document(folder: Path, random: Random, known: Vocabulary, number: int) -> Path:
    """Write one random valid document with a name of its own, and return its path."""
    write = random.choice((write_case_study, write_card, write_initiative, write_organisations))
    suffix, text = write(random, known, number)
    path = folder / f"new-{number}{suffix}"
    path.write_text(text, "utf-8", newline="")
    return path


def write_case_study(random: Random, known: Vocabulary, number: int) -> tuple[str, str]:
    """A case study in Markdown; all but its type and title may be missing."""
    lines = ["---", "type: case-study", f"title: {quote(make_title(random, number))}"]
    if random.random() < 0.7:
        lines.append(f"institution: {some(random, known.organisations, 1, 2)}")
    if random.random() < 0.5:
        lines.append(f"source: https://example.org/studies/{number}")
    lines += tag_lines(random, known, with_obligations=True)
    lines.append("---")
    lines.append(make_prose(random) if random.random() < 0.6 else "")
    return ".md", "\n".join(lines) + "\n"


def write_card(random: Random, known: Vocabulary, number: int) -> tuple[str, str]:
    """A summary card, which may lack a title, an institution and any tag line."""
    lines = []
    if random.random() < 0.6:
        lines.append(f"Title: {make_title(random, number)}")
    if random.random() < 0.6:
        lines.append(f"Institution: {random.choice(known.organisations)}")
    lines += [f"Card number {number}. {make_prose(random)}", ""]
    heads = dict(
        zip(
            TAGS, ("Beneficiaries", "Stakeholders", "Concordat principles", "Keywords"), strict=True
        )
    )
    for scheme in random.sample(TAGS, random.randint(1, 4)):
        labels = random.sample(known.tags[scheme], random.randint(1, 2))
        lines.append(f"{heads[scheme]}: {' '.join(labels)}")
    return ".txt", "\n".join(lines) + "\n"


def write_initiative(random: Random, known: Vocabulary, number: int) -> tuple[str, str]:
    """An initiative with commitments and claims, of which little need be known."""
    kind = random.choice(("programme", "scheme", "pledge", "report", "award", "resource"))
    title = make_title(random, number)
    lines = ["---", f"type: {kind}", f"title: {quote(title)}", f"slug: new-initiative-{number}"]
    if random.random() < 0.5:
        lines.append(f"institution: {some(random, known.organisations, 1, 2)}")
    start = random.choice(DATES)
    lines += [f"start: {start}"] if start else []
    lines += tag_lines(random, known, with_obligations=True)
    if random.random() < 0.4:
        standing = random.choice(("supported", "unsupported", "disputed", "false"))
        lines += [
            "claims:",
            f"  - text: {quote(f'Claim {number}: {make_prose(random)}')}",
            f"    about: [initiative/new-initiative-{number}]",
            f"    standing: {quote(standing)}",
        ]
        lines += ["    evidence: A published page says so."] if random.random() < 0.5 else []
    lines += ["---", make_prose(random), ""]
    for heading in range(random.randint(0, 3)):
        lines.append(f"## Aim {heading} of {number}")
        if random.random() < 0.5:
            lines.append(f"keywords: {some(random, known.tags['keywords'], 1, 3)}")
        if random.random() < 0.5:
            lines.append("standing: supported")
        lines += ["", make_prose(random), ""]
    return ".md", "\n".join(lines) + "\n"


def write_organisations(random: Random, known: Vocabulary, number: int) -> tuple[str, str]:
    """A table of organisations without identifiers, some of them members of a consortium."""
    del known
    own = f"Example Alliance {number}"
    rows = [{"name": own, "kind": "consortium"}]
    for row in range(random.randint(1, 4)):
        name = f"University of Example {number}-{row}"
        filled = {"name": name, "kind": random.choice(KINDS)}
        if random.random() < 0.7:
            consortium = random.choice((own, "N8 Research Partnership", "Midlands Innovation"))
            filled |= {"consortium": consortium, "member_from": random.choice(DATES[1:])}
        if random.random() < 0.3:
            filled["alt_names"] = f"UEx{number}{row} | Example {number} {row}"
        rows.append(filled)
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, restval="")
    table.writeheader()
    table.writerows(rows)
    return ".csv", out.getvalue()


def tag_lines(random: Random, known: Vocabulary, with_obligations: bool) -> list[str]:
    """Return the tags of a document, printed and curated, as lines of front matter."""
    schemes = random.sample(TAGS, random.randint(0, 4))
    lines = ["tags:"] if schemes else []
    lines += [f"  {scheme}: {some(random, known.tags[scheme], 1, 6)}" for scheme in schemes]
    if with_obligations and random.random() < 0.7:
        lines += ["curated:", f"  obligations: {some(random, known.obligations, 1, 59)}"]
    return lines


def some(random: Random, values: list[str], least: int, most: int) -> str:
    """Return some of the values as a list of YAML."""
    count = random.randint(least, min(most, len(values)))
    return f"[{', '.join(map(quote, random.sample(values, count)))}]"


def make_title(random: Random, number: int) -> str:
    """Return a title that no other document has."""
    return f"{' '.join(random.choices(WORDS, k=random.randint(1, 6)))} {number}"


def make_prose(random: Random) -> str:
    """Return a sentence or two."""
    return f"Here {' '.join(random.choices(WORDS, k=random.randint(3, 20))).lower()}."


def quote(text: str) -> str:
    """Return a text as YAML writes it on one line."""
    return json.dumps(text, ensure_ascii=False)
