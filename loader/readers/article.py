"""Articles: a headline, a lead, sections, a conclusion, references and closing bullets.

The first heading is the title. The heading right under it is the subtitle, unless it is marked with
``##`` or blank lines set it off from the title and not from the paragraph below. What stands before
the next heading is the lead. The last paragraph is the conclusion if its section has another one
and it shares more content words with title, subtitle and lead than with that rest of its section.
Bullets after the last paragraph are closing ones, unless they have a heading of their own or that
paragraph leads to them with a colon. Content words are words of four letters or more, the commonest
left out, cut to their first six letters.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from loader.document import Document, Field, Record, Span
from loader.errors import Finding
from loader.namespaces import slugify
from loader.readers.article_blocks import Block, Kind, blocks, raw
from loader.readers.source import Source

REPEATED = 0.7
"""A closing bullet repeats the article if the article has this share of its content words.

Measured on the pledge article: its two bullets reach 0.84 and 0.96; sentences on the same matter
that say something new reach at most 0.5.
"""

CLOSING_TITLES = frozenset(
    "summary|in summary|key points|in brief|references|sources|links|notes|further reading".split(
        "|"
    )
)

NUMBER = re.compile(r"\[(\d+)\]\s*")
LABELLED = re.compile(
    r"(?P<label>.*[^\s:])(?:\s*:\s+|\s+(?=https?://|\[))(?P<target>\S.*)", re.DOTALL
)
TARGET = re.compile(r"https?://\S+$|\[")
PLACEHOLDER = re.compile(
    r"\[\s*(?:insert\b[^\[\]]{0,80}|(?:link|url|reference|citation)(?:\s+here)?)\s*\](?![(\[])",
    re.IGNORECASE,
)
CONTENT = re.compile(r"[^\W\d_]{4,}")
COMMON = frozenset(
    "also been from have into more such than that their these they this those through which will "
    "with".split()
)


def read(source: Source) -> Document:
    """One record of kind ``article``, or none for an empty file.

    Fields: ``title``, ``subtitle``, ``abstract`` (the lead), ``conclusion``, ``heading`` (one that
    has no text of its own). Parts: ``section`` (``title``, ``text``), ``bullet`` (``text``),
    ``reference`` (``number``, ``label``, ``target``). Every word of the file is in one of them.
    DataError if the file is not UTF-8.
    """
    found = blocks(source.lines)
    records = (_article(source.lines, found),) if found else ()
    findings = [*source.control_characters()]
    if not found:
        empty = "the file holds no text; fill it or delete it."
        findings.append(source.finding("empty-document", empty))
    for record in records:
        findings += _untitled(source, record)
        findings += _unresolved(source, record)
        findings += _repeated(source, record)
    return Document(
        path=source.path,
        name=source.name,
        sha256=source.sha256,
        lines=len(source.lines),
        reader="articles",
        records=records,
        findings=tuple(sorted(findings)),
    )


def _article(lines: Sequence[str], found: Sequence[Block]) -> Record:
    head = _head(found)
    names = ("title", "subtitle")
    fields = [block.field(name) for block, name in zip(found[:head], names, strict=False)]
    closing = _closing(found, head)
    parts = [
        part for block in found if block.kind is Kind.REFERENCES for part in _references(block)
    ]
    bullets = (block for block in found[closing:] if block.kind is Kind.BULLET)
    parts += [Record("bullet", "", _span(block), (block.field("text"),)) for block in bullets]
    fields += [block.field("heading") for block in found[closing:] if block.kind is Kind.HEADING]

    lead, *sections = _sections(found[head:closing])
    fields += _texts(lines, lead, "abstract")
    if sections and _concludes(found[:head], lead, sections[-1]):
        fields.append(sections[-1].pop().field("conclusion"))
    taken: dict[str, int] = {}
    for heading, *body in sections:
        if body:
            parts.append(_section(lines, heading, body, taken))
        else:
            fields.append(heading.field("heading"))
    fields.sort(key=lambda field: field.span.start)
    parts.sort(key=lambda part: (part.span.start, part.span.column))
    return Record("article", "", Span(1, len(lines)), tuple(fields), tuple(parts))


def _head(found: Sequence[Block]) -> int:
    """How many blocks are title and subtitle: 0, 1 or 2."""
    if found[0].kind is not Kind.HEADING:
        return 0
    if len(found) < 3 or found[1].kind is not Kind.HEADING or found[1].level:
        return 1
    before = found[1].first - found[0].last > 1
    after = found[2].first - found[1].last > 1
    marked = found[0].level > 0
    return 1 if before and not after and not marked else 2


def _closing(found: Sequence[Block], head: int) -> int:
    """The index of the first block of the closing bullets and references."""
    at = len(found)
    while at > head and _closes(found[at - 1], at < len(found)):
        at -= 1
    if at > head and (found[at - 1].kind is Kind.HEADING or found[at - 1].text.endswith(":")):
        while at < len(found) and found[at].kind is Kind.BULLET:
            at += 1
    return at


def _closes(block: Block, more: bool) -> bool:
    if block.kind is Kind.HEADING:
        return more and block.text.casefold().strip(" :") in CLOSING_TITLES
    return block.kind is not Kind.PARAGRAPH


def _sections(found: Iterable[Block]) -> list[list[Block]]:
    """The lead, then each heading with what follows it; references stand by themselves."""
    sections: list[list[Block]] = [[]]
    for block in found:
        if block.kind is Kind.HEADING:
            sections.append([block])
        elif block.kind is not Kind.REFERENCES:
            sections[-1].append(block)
    return sections


def _concludes(head: Iterable[Block], lead: Iterable[Block], section: Sequence[Block]) -> bool:
    """Whether the last paragraph of the last section goes back to how the article began."""
    *rest, last = section
    if len(rest) < 2 or last.kind is not Kind.PARAGRAPH:
        return False
    words = content_words(last.text)
    beginning = content_words(" ".join(block.text for block in [*head, *lead]))
    return len(words & beginning) > len(words & content_words(" ".join(b.text for b in rest)))


def _section(
    lines: Sequence[str], heading: Block, body: Sequence[Block], taken: dict[str, int]
) -> Record:
    slug = slugify(heading.text)
    taken[slug] = taken.get(slug, 0) + 1
    if taken[slug] > 1:
        slug = f"{slug}-{taken[slug]}"
    span = Span(heading.first + 1, body[-1].last + 1)
    return Record("section", slug, span, (heading.field("title"), *_texts(lines, body, "text")))


def _texts(lines: Sequence[str], body: Sequence[Block], name: str) -> Iterator[Field]:
    """The blocks as raw slices, in one field unless something else stands between them."""
    runs: list[list[Block]] = []
    for block in body:
        if runs and not any(map(str.strip, lines[runs[-1][-1].last + 1 : block.first])):
            runs[-1].append(block)
        else:
            runs.append([block])
    for run in runs:
        first, last = run[0].first, run[-1].last
        column = len(lines[first]) - len(lines[first].lstrip())
        text = raw(lines, first, last, column)
        yield Field(name, text, Span(first + 1, last + 1, column + 1))


def _references(block: Block) -> Iterator[Record]:
    """The entries ``[1] label: target [2] …`` of one block."""
    whole = block.field("text")
    numbers = list(NUMBER.finditer(block.text))
    ends = [number.start() for number in numbers[1:]] + [len(block.text)]
    for number, end in zip(numbers, ends, strict=True):
        start = number.end()
        end = start + len(block.text[start:end].rstrip())
        fields = [_slice(whole, "number", *number.span(1)), *_entry(whole, start, end)]
        place = whole.place(number.start())
        span = Span(place.start, whole.place(end).start, place.column)
        yield Record("reference", number[1], span, tuple(fields))


def _entry(whole: Field, start: int, end: int) -> list[Field]:
    """The label and target of one reference, as far as it has them."""
    split = LABELLED.fullmatch(whole.text, start, end)
    if split:
        return [_slice(whole, name, *split.span(name)) for name in ("label", "target")]
    name = "target" if TARGET.match(whole.text, start, end) else "label"
    return [_slice(whole, name, start, end)] if start < end else []


def _slice(whole: Field, name: str, start: int, end: int) -> Field:
    first = whole.place(start)
    return Field(
        name, whole.text[start:end], Span(first.start, whole.place(end).start, first.column)
    )


def _span(block: Block) -> Span:
    return Span(block.first + 1, block.last + 1)


def content_words(text: str) -> set[str]:
    """The content words of ``text``, in small letters, as the docstring of the module has them."""
    return {word[:6] for word in CONTENT.findall(text.casefold()) if word not in COMMON}


def _untitled(source: Source, record: Record) -> Iterator[Finding]:
    if not record.first("title"):
        message = "the article has no headline; put one in its first line."
        yield source.finding("missing-title", message, 1)


def _unresolved(source: Source, record: Record) -> Iterator[Finding]:
    """A warning for each placeholder that stands where a link should be, with what it is for."""
    labels = {
        (target.span.start, target.span.column): f" for “{part.text('label')}”"
        for part in record.parts
        for target in part.all("target")
    }
    line, start = 1, 0
    for found in PLACEHOLDER.finditer(source.text):
        line += source.text.count("\n", start, found.start())
        start = found.start()
        column = start - source.text.rfind("\n", 0, start)
        what = labels.get((line, column), "")
        message = f"“{found[0]}” stands where a link{what} should be; put the address in its place."
        yield source.finding("unresolved-reference", message, line, column)


def _repeated(source: Source, record: Record) -> Iterator[Finding]:
    """A warning for each closing bullet that says what the article has said."""
    bullets = [part for part in record.parts if part.kind == "bullet"]
    others = [part for part in record.parts if part.kind == "section"]
    said = [field.text for part in (record, *others) for field in part.fields]
    article = content_words(" ".join(said))
    for bullet in bullets:
        words = content_words(bullet.text("text"))
        share = len(words & article) / len(words) if words else 0.0
        if share >= REPEATED:
            message = (
                f"this closing bullet repeats the article, which has {share:.0%} of its words; "
                "delete it, or say what is new."
            )
            yield source.finding("repeated-summary", message, bullet.span.start)
