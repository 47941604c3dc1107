"""The front matter of curated Markdown: which keys there are, and which fields they become."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from loader.document import Field, Record, Rule
from loader.errors import Finding, Severity
from loader.readers.yaml_positions import Place, Value

INITIATIVES = ("programme", "scheme", "pledge", "report", "award", "resource", "initiative")
TYPES = ("case-study", *INITIATIVES)
TAGS = ("beneficiaries", "stakeholders", "principles", "keywords")
CURATED = ("obligations", "describes", "institution", *TAGS)
ABOUT = {
    "title": "title",
    "source": "source",
    "licence": "licence",
    "license": "licence",
    "trust": "trust",
}
TRUSTS = ("official", "platform", "curated", "low")
COMMON = {
    "title": "title",
    "source": "source",
    "note": "note",
    "institution": "institution",
    "institutions": "institution",
    "organisation": "institution",
    "organisations": "institution",
}
OWN = {
    "case-study": {"date": "date"},
    **dict.fromkeys(INITIATIVES, {"start": "start", "end": "end"}),
}
LISTS = {"institution", "about"}
DERIVED = ("file", "sha256", "lines")
PARTS = {
    "claims": ("claim", ("text", "about", "standing", "evidence", "lines"), ("text",)),
    "issues": ("issue", ("code", "message", "about", "severity", "lines"), ("code", "message")),
}
JUDGEMENTS = ("standing", "evidence")
"""What a curator says of a claim or a commitment; the source says nothing of the kind."""


class FrontMatter:
    """The fields, parts and findings of one block; ``error`` makes a finding of it."""

    def __init__(self, block: Value, place: Place) -> None:
        self.block = block
        self.place = place
        self.findings: list[Finding] = []
        self.type = self._type()
        self.about = tuple(self._about())
        self.fields = tuple(self._fields())
        self.parts = tuple(self._parts())
        for problem in (self._no_title(), self._wrong_trust()):
            self.findings += problem

    def error(self, message: str, value: Value | None = None) -> None:
        """Note an error at ``value``, or at the head of the block."""
        span = (value or self.block).span
        self.findings.append(self.place.finding(message, span.start, span.column))

    def warn(self, code: str, message: str, value: Value) -> None:
        """Note a warning at ``value``."""
        span = value.span
        finding = Finding(self.place.path, span.start, span.column, Severity.WARNING, message, code)
        self.findings.append(finding)

    def _type(self) -> str:
        given = self.block.get("type")
        kind = given.text.strip() if given else ""
        if kind not in TYPES:
            said = f'the type "{kind}" is not known' if kind else "there is no type"
            self.error(f"{said}; write type: and one of {', '.join(TYPES)}.", given)
        return kind

    def _no_title(self) -> list[Finding]:
        if any(field.name == "title" for field in self.fields):
            return []
        return [self.place.finding("there is no title; add a line title: …", self.block.span.start)]

    def _wrong_trust(self) -> list[Finding]:
        given = self.block.get("trust")
        if given is None or given.text in TRUSTS:
            return []
        message = f'the trust "{given.text}" is not known; it is one of {", ".join(TRUSTS)}.'
        return [self.place.finding(message, given.span.start, given.span.column)]

    def _about(self) -> Iterator[Field]:
        for key, value in self.block.entries:
            if key.text in ABOUT and value.kind == "scalar" and value.text:
                yield field(ABOUT[key.text], value)
            elif key.text == "derived_from":
                yield from self._derived(value)

    def _derived(self, value: Value) -> Iterator[Field]:
        if value.kind == "scalar" and value.text:
            yield field("derived_from.file", value)
        for key, inner in value.entries:
            if key.text not in DERIVED or inner.kind != "scalar":
                self.error(f"derived_from has the keys {', '.join(DERIVED)}, each one text.", key)
            elif inner.text:
                yield field(f"derived_from.{key.text}", inner)

    def _fields(self) -> Iterator[Field]:
        handled = {"type", "slug", "derived_from", *ABOUT, *PARTS} - COMMON.keys()
        groups: dict[str, Callable[[Value], Iterator[Field]]] = {
            "tags": self._tags,
            "curated": self._curated,
        }
        known = COMMON | OWN.get(self.type, {})
        for key, value in self.block.entries:
            if key.text in groups:
                yield from groups[key.text](value)
            elif key.text in known:
                yield from self.values(known[key.text], key, value)
            elif key.text not in handled:
                yield self.unknown(key, value)

    def _tags(self, group: Value) -> Iterator[Field]:
        for key, value in self._entries("tags", group):
            if key.text not in TAGS:
                yield self.unknown(key, value)
            elif value.kind == "list":
                yield from self.values(key.text, key, value, many=True)
            else:
                yield from self._tag_line(key, value)

    def _tag_line(self, key: Value, value: Value) -> Iterator[Field]:
        if value.kind != "scalar":
            self.error(f"{key.text} under tags is a line of terms or a list of them.", value)
        elif value.text:
            yield Field(key.text, value.printed, value.span, Rule.TAG_LINE)

    def _curated(self, group: Value) -> Iterator[Field]:
        for key, value in self._entries("curated", group):
            if key.text in CURATED:
                yield from self.values(key.text, key, value, Rule.CURATOR, many=True)
            else:
                yield self.unknown(key, value)

    def _entries(self, name: str, group: Value) -> tuple[tuple[Value, Value], ...]:
        if group.kind != "mapping" and not group.empty:
            self.error(f"{name} holds lines of the form key: value, indented under it.", group)
        return group.entries

    def _parts(self) -> Iterator[Record]:
        for key, value in self.block.entries:
            if key.text not in PARTS:
                continue
            if value.kind != "list" and not value.empty:
                self.error(f"{key.text} is a list; each item begins with a hyphen.", value)
            for item in value.items:
                yield self._part(key.text, item)

    def _part(self, name: str, item: Value) -> Record:
        kind, known, needed = PARTS[name]
        if item.kind != "mapping":
            self.error(f"each of the {name} has the keys {', '.join(known)}.", item)
        fields: list[Field] = []
        for key, value in item.entries:
            fields += self.part_field(known, key, value)
        missing = [n for n in needed if not any(f.name == n for f in fields)]
        if missing and item.kind == "mapping":
            self.error(f"one of the {name} has no {' and no '.join(missing)}; add it.", item)
        self._severity(item.get("severity"))
        return Record(kind, "", replace(item.span, column=0), tuple(fields))

    def _severity(self, given: Value | None) -> None:
        known = [severity.value for severity in Severity]
        if given is not None and given.text not in known:
            self.error(f'the severity "{given.text}" is not one of {", ".join(known)}.', given)

    def part_field(
        self, known: tuple[str, ...], key: Value, value: Value, many: bool = False
    ) -> Iterator[Field]:
        """The fields of one key of a claim, an issue or a commitment."""
        if key.text not in known:
            yield self.unknown(key, value)
            return
        rule = Rule.CURATOR if key.text in (*JUDGEMENTS, *TAGS) else Rule.AS_WRITTEN
        yield from self.values(key.text, key, value, rule, many)

    def values(
        self, name: str, key: Value, value: Value, rule: Rule = Rule.AS_WRITTEN, many: bool = False
    ) -> Iterator[Field]:
        """One field for a scalar, one for each item of a list where a list may stand."""
        items = value.items if value.kind == "list" else (value,)
        if value.kind == "list" and not (many or name in LISTS):
            self.error(f"{key.text} is one text, not a list.", value)
            return
        for item in items:
            if item.kind != "scalar":
                self.error(f"{key.text} holds texts only; this is a {item.kind}.", item)
            elif item.text:
                yield field(name, item, rule)

    def unknown(self, key: Value, value: Value) -> Field:
        """The entry word for word, with a warning, so that nothing is lost."""
        message = f'the key "{key.text}" is not known here; its text is kept as unrecognised text.'
        self.warn("unknown-key", message, key)
        text = value.printed if value.kind != "scalar" else value.text
        end = max(key.span.end, value.span.end if text else 0)
        return Field("unknown", f"{key.text}: {text}".rstrip(), replace(key.span, end=end))


def field(name: str, value: Value, rule: Rule = Rule.AS_WRITTEN) -> Field:
    """The field of a scalar."""
    return Field(name, value.text, value.span, rule)
