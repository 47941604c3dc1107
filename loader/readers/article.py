"""Reader of articles: a title, a lead, sections, a conclusion, references and closing bullets.

The first heading is the title. The heading right under it is the subtitle, unless it is marked with
``##`` or blank lines set it off from the title and not from the paragraph below. The text before
the next heading is the lead. The last paragraph is the conclusion if its section has another one
and it shares more content words with title, subtitle and lead than with that rest of its section.
Bullets after the last paragraph are closing ones, unless they have a heading of their own or that
paragraph leads to them with a colon. Content words are words of four letters or more, without the
commonest, truncated to their first six letters.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from loader.document import Document, Field, Record, Span
from loader.errors import Finding
from loader.namespaces import slugify
from loader.readers.article_blocks import ArticleBlock, BlockKind, slice_lines, split_blocks
from loader.readers.source import SourceFile

REPETITION_THRESHOLD = 0.7
"""The share of its content words in the article from which a closing bullet repeats it.

Measured on the pledge article: its two bullets reach 0.84 and 0.96; sentences on the same matter
that say something new reach at most 0.5.
"""

CLOSING_TITLES = frozenset(
    "summary|in summary|key points|in brief|references|sources|links|notes|further reading".split(
        "|"
    )
)

REFERENCE_NUMBER = re.compile(r"\[(\d+)\]\s*")
LABELLED_REFERENCE = re.compile(
    r"(?P<label>.*[^\s:])(?:\s*:\s+|\s+(?=https?://|\[))(?P<target>\S.*)", re.DOTALL
)
TARGET_START = re.compile(r"https?://\S+$|\[")
PLACEHOLDER = re.compile(
    r"\[\s*(?:insert\b[^\[\]]{0,80}|(?:link|url|reference|citation)(?:\s+here)?)\s*\](?![(\[])",
    re.IGNORECASE,
)
CONTENT_WORD = re.compile(r"[^\W\d_]{4,}")
COMMON_WORDS = frozenset(
    "also been from have into more such than that their these they this those through which will "
    "with".split()
)


def read_article(source: SourceFile) -> Document:
    """Read one record of kind ``article``, or none from an empty file.

    Fields: ``title``, ``subtitle``, ``abstract`` (the lead), ``conclusion``, ``heading`` (one that
    has no text of its own). Parts: ``section`` (``title``, ``text``), ``bullet`` (``text``),
    ``reference`` (``number``, ``label``, ``target``). Every word of the file is in one of them.
    Raise DataError if the file is not UTF-8.
    """
    found = split_blocks(source.lines)
    records = (_build_article(source.lines, found),) if found else ()
    findings = [*source.find_control_characters()]
    if not found:
        empty = "the file holds no text; fill it or delete it."
        findings.append(source.build_warning("empty-document", empty))
    for record in records:
        findings += _check_title(source, record)
        findings += _find_placeholders(source, record)
        findings += _find_repeated_bullets(source, record)
    return Document(
        path=source.path,
        name=source.name,
        sha256=source.sha256,
        lines=len(source.lines),
        reader="articles",
        records=records,
        findings=tuple(sorted(findings)),
    )


def _build_article(lines: Sequence[str], blocks: Sequence[ArticleBlock]) -> Record:
    head = _count_head_blocks(blocks)
    names = ("title", "subtitle")
    fields = [block.to_field(name) for block, name in zip(blocks[:head], names, strict=False)]
    closing = _find_closing_start(blocks, head)
    parts = [
        part
        for block in blocks
        if block.kind is BlockKind.REFERENCES
        for part in _split_references(block)
    ]
    bullets = (block for block in blocks[closing:] if block.kind is BlockKind.BULLET)
    parts += [
        Record("bullet", "", _build_block_span(block), (block.to_field("text"),))
        for block in bullets
    ]
    fields += [
        block.to_field("heading") for block in blocks[closing:] if block.kind is BlockKind.HEADING
    ]

    lead, *sections = _group_sections(blocks[head:closing])
    fields += _join_texts(lines, lead, "abstract")
    if sections and _has_conclusion(blocks[:head], lead, sections[-1]):
        fields.append(sections[-1].pop().to_field("conclusion"))
    taken: dict[str, int] = {}
    for heading, *body in sections:
        if body:
            parts.append(_build_section(lines, heading, body, taken))
        else:
            fields.append(heading.to_field("heading"))
    fields.sort(key=lambda field: field.span.start)
    parts.sort(key=lambda part: (part.span.start, part.span.column))
    return Record("article", "", Span(1, len(lines)), tuple(fields), tuple(parts))


def _count_head_blocks(blocks: Sequence[ArticleBlock]) -> int:
    """Return how many blocks are title and subtitle: 0, 1 or 2."""
    if blocks[0].kind is not BlockKind.HEADING:
        return 0
    if len(blocks) < 3 or blocks[1].kind is not BlockKind.HEADING or blocks[1].level:
        return 1
    before = blocks[1].first - blocks[0].last > 1
    after = blocks[2].first - blocks[1].last > 1
    marked = blocks[0].level > 0
    return 1 if before and not after and not marked else 2


def _find_closing_start(blocks: Sequence[ArticleBlock], head_count: int) -> int:
    """Return the index of the first block of the closing bullets and references."""
    at = len(blocks)
    while at > head_count and _is_closing_block(blocks[at - 1], at < len(blocks)):
        at -= 1
    if at > head_count and (
        blocks[at - 1].kind is BlockKind.HEADING or blocks[at - 1].text.endswith(":")
    ):
        while at < len(blocks) and blocks[at].kind is BlockKind.BULLET:
            at += 1
    return at


def _is_closing_block(block: ArticleBlock, has_more: bool) -> bool:
    if block.kind is BlockKind.HEADING:
        return has_more and block.text.casefold().strip(" :") in CLOSING_TITLES
    return block.kind is not BlockKind.PARAGRAPH


def _group_sections(blocks: Iterable[ArticleBlock]) -> list[list[ArticleBlock]]:
    """Return the lead, then each heading with its blocks; references are left out."""
    sections: list[list[ArticleBlock]] = [[]]
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            sections.append([block])
        elif block.kind is not BlockKind.REFERENCES:
            sections[-1].append(block)
    return sections


def _has_conclusion(
    head: Iterable[ArticleBlock], lead: Iterable[ArticleBlock], section: Sequence[ArticleBlock]
) -> bool:
    """Return whether the last paragraph of the last section returns to the beginning."""
    *rest, last = section
    if len(rest) < 2 or last.kind is not BlockKind.PARAGRAPH:
        return False
    words = extract_content_words(last.text)
    beginning = extract_content_words(" ".join(block.text for block in [*head, *lead]))
    return len(words & beginning) > len(
        words & extract_content_words(" ".join(b.text for b in rest))
    )


def _build_section(
    lines: Sequence[str],
    heading: ArticleBlock,
    body: Sequence[ArticleBlock],
    count_by_slug: dict[str, int],
) -> Record:
    slug = slugify(heading.text)
    count_by_slug[slug] = count_by_slug.get(slug, 0) + 1
    if count_by_slug[slug] > 1:
        slug = f"{slug}-{count_by_slug[slug]}"
    span = Span(heading.first + 1, body[-1].last + 1)
    return Record(
        "section", slug, span, (heading.to_field("title"), *_join_texts(lines, body, "text"))
    )


def _join_texts(lines: Sequence[str], body: Sequence[ArticleBlock], name: str) -> Iterator[Field]:
    """Yield the blocks as raw slices, in one field unless other text is between them."""
    runs: list[list[ArticleBlock]] = []
    for block in body:
        if runs and not any(map(str.strip, lines[runs[-1][-1].last + 1 : block.first])):
            runs[-1].append(block)
        else:
            runs.append([block])
    for run in runs:
        first, last = run[0].first, run[-1].last
        column = len(lines[first]) - len(lines[first].lstrip())
        text = slice_lines(lines, first, last, column)
        yield Field(name, text, Span(first + 1, last + 1, column + 1))


def _split_references(block: ArticleBlock) -> Iterator[Record]:
    """Yield the entries ``[1] label: target [2] …`` of one block."""
    whole = block.to_field("text")
    numbers = list(REFERENCE_NUMBER.finditer(block.text))
    ends = [number.start() for number in numbers[1:]] + [len(block.text)]
    for number, end in zip(numbers, ends, strict=True):
        start = number.end()
        end = start + len(block.text[start:end].rstrip())
        fields = [
            _slice_field(whole, "number", *number.span(1)),
            *_split_reference(whole, start, end),
        ]
        place = whole.place(number.start())
        span = Span(place.start, whole.place(end).start, place.column)
        yield Record("reference", number[1], span, tuple(fields))


def _split_reference(block_field: Field, start: int, end: int) -> list[Field]:
    """Return the label and target of one reference, as far as it has them."""
    split = LABELLED_REFERENCE.fullmatch(block_field.text, start, end)
    if split:
        return [_slice_field(block_field, name, *split.span(name)) for name in ("label", "target")]
    name = "target" if TARGET_START.match(block_field.text, start, end) else "label"
    return [_slice_field(block_field, name, start, end)] if start < end else []


def _slice_field(block_field: Field, name: str, start: int, end: int) -> Field:
    first = block_field.place(start)
    return Field(
        name,
        block_field.text[start:end],
        Span(first.start, block_field.place(end).start, first.column),
    )


def _build_block_span(block: ArticleBlock) -> Span:
    return Span(block.first + 1, block.last + 1)


def extract_content_words(text: str) -> set[str]:
    """Return the content words of ``text`` in lower case, as defined in the module docstring."""
    return {word[:6] for word in CONTENT_WORD.findall(text.casefold()) if word not in COMMON_WORDS}


def _check_title(source: SourceFile, record: Record) -> Iterator[Finding]:
    if not record.first("title"):
        message = "the article has no headline; put one in its first line."
        yield source.build_warning("missing-title", message, 1)


def _find_placeholders(source: SourceFile, record: Record) -> Iterator[Finding]:
    """Yield a warning for each placeholder instead of a link, with the label of its reference."""
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
        message = f"“{found[0]}” is where a link{what} should be; put the address in its place."
        yield source.build_warning("unresolved-reference", message, line, column)


def _find_repeated_bullets(source: SourceFile, record: Record) -> Iterator[Finding]:
    """Yield a warning for each closing bullet that repeats the article."""
    bullets = [part for part in record.parts if part.kind == "bullet"]
    others = [part for part in record.parts if part.kind == "section"]
    said = [field.text for part in (record, *others) for field in part.fields]
    article = extract_content_words(" ".join(said))
    for bullet in bullets:
        words = extract_content_words(bullet.text("text"))
        share = len(words & article) / len(words) if words else 0.0
        if share >= REPETITION_THRESHOLD:
            message = (
                f"this closing bullet repeats the article, which has {share:.0%} of its words; "
                "delete it, or say what is new."
            )
            yield source.build_warning("repeated-summary", message, bullet.span.start)
