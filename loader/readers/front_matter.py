"""The front matter of curated Markdown: its keys, and the fields that they become."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from loader.document import Field, Record, Rule
from loader.errors import Finding, Severity
from loader.readers.yaml_positions import BlockLocation, YamlValue

INITIATIVE_TYPES = ("programme", "scheme", "pledge", "report", "award", "resource", "initiative")
RECORD_TYPES = ("case-study", *INITIATIVE_TYPES)
ID_KEYS = ("id", "slug")
TAG_FIELDS = ("beneficiaries", "stakeholders", "principles", "keywords")
CURATED_KEYS = ("obligations", "describes", "institution", *TAG_FIELDS)
METADATA_FIELD_BY_KEY = {
    "title": "title",
    "source": "source",
    "licence": "licence",
    "license": "licence",
    "attribution": "attribution",
    "trust": "trust",
}
TRUST_LEVELS = ("official", "platform", "curated", "low")
COMMON_FIELD_BY_KEY = {
    "title": "title",
    "source": "source",
    "note": "note",
    "institution": "institution",
    "institutions": "institution",
    "organisation": "institution",
    "organisations": "institution",
}
FIELD_BY_KEY_BY_TYPE = {
    "case-study": {"date": "date"},
    **dict.fromkeys(INITIATIVE_TYPES, {"start": "start", "end": "end"}),
}
LIST_FIELDS = {"institution", "about"}
DERIVATION_KEYS = ("file", "sha256", "lines")
PART_SCHEMAS = {
    "claims": ("claim", ("text", "about", "standing", "evidence", "lines"), ("text",)),
    "issues": ("issue", ("code", "message", "about", "severity", "lines"), ("code", "message")),
}
JUDGEMENT_KEYS = ("standing", "evidence")
"""The keys of a claim or commitment that a curator states and the source does not."""


class FrontMatter:
    """The fields, parts and findings of one block."""

    def __init__(self, block: YamlValue, location: BlockLocation) -> None:
        self.block = block
        self.place = location
        self.findings: list[Finding] = []
        self.type = self._read_type()
        self.metadata = tuple(self._read_metadata())
        self.fields = tuple(self._read_fields())
        self.parts = tuple(self._read_parts())
        for problem in (self._check_title(), self._check_trust()):
            self.findings += problem

    def add_error(self, message: str, value: YamlValue | None = None) -> None:
        """Record an error at ``value``, or at the head of the block."""
        span = (value or self.block).span
        self.findings.append(self.place.build_error(message, span.start, span.column))

    def add_warning(self, code: str, message: str, value: YamlValue) -> None:
        """Record a warning at ``value``."""
        span = value.span
        finding = Finding(self.place.path, span.start, span.column, Severity.WARNING, message, code)
        self.findings.append(finding)

    def _read_type(self) -> str:
        given = self.block.get("type")
        kind = given.text.strip() if given else ""
        if kind not in RECORD_TYPES:
            said = f'the type "{kind}" is not known' if kind else "there is no type"
            self.add_error(f"{said}; write type: and one of {', '.join(RECORD_TYPES)}.", given)
        return kind

    def _check_title(self) -> list[Finding]:
        if any(field.name == "title" for field in self.fields):
            return []
        return [
            self.place.build_error("there is no title; add a line title: …", self.block.span.start)
        ]

    def _check_trust(self) -> list[Finding]:
        given = self.block.get("trust")
        if given is None or given.text in TRUST_LEVELS:
            return []
        message = f'the trust "{given.text}" is not known; it is one of {", ".join(TRUST_LEVELS)}.'
        return [self.place.build_error(message, given.span.start, given.span.column)]

    def _read_metadata(self) -> Iterator[Field]:
        for key, value in self.block.entries:
            if key.text in METADATA_FIELD_BY_KEY and value.kind == "scalar" and value.text:
                yield build_field(METADATA_FIELD_BY_KEY[key.text], value)
            elif key.text == "derived_from":
                yield from self._read_derivation(value)

    def _read_derivation(self, value: YamlValue) -> Iterator[Field]:
        if value.kind == "scalar" and value.text:
            yield build_field("derived_from.file", value)
        for key, inner in value.entries:
            if key.text not in DERIVATION_KEYS or inner.kind != "scalar":
                self.add_error(
                    f"derived_from has the keys {', '.join(DERIVATION_KEYS)}, each one text.", key
                )
            elif inner.text:
                yield build_field(f"derived_from.{key.text}", inner)

    def _read_fields(self) -> Iterator[Field]:
        handled = {
            "type",
            *ID_KEYS,
            "derived_from",
            *METADATA_FIELD_BY_KEY,
            *PART_SCHEMAS,
        } - COMMON_FIELD_BY_KEY.keys()
        groups: dict[str, Callable[[YamlValue], Iterator[Field]]] = {
            "tags": self._read_tags,
            "curated": self._read_curated,
        }
        known = COMMON_FIELD_BY_KEY | FIELD_BY_KEY_BY_TYPE.get(self.type, {})
        for key, value in self.block.entries:
            if key.text in groups:
                yield from groups[key.text](value)
            elif key.text in known:
                yield from self.values(known[key.text], key, value)
            elif key.text not in handled:
                yield self.read_unknown_entry(key, value)

    def _read_tags(self, group: YamlValue) -> Iterator[Field]:
        for key, value in self._list_entries("tags", group):
            if key.text not in TAG_FIELDS:
                yield self.read_unknown_entry(key, value)
            elif value.kind == "list":
                yield from self.values(key.text, key, value, accepts_list=True)
            else:
                yield from self._read_tag_line(key, value)

    def _read_tag_line(self, key: YamlValue, value: YamlValue) -> Iterator[Field]:
        if value.kind != "scalar":
            self.add_error(f"{key.text} under tags is a line of terms or a list of them.", value)
        elif value.text:
            yield Field(key.text, value.source_text, value.span, Rule.TAG_LINE)

    def _read_curated(self, group: YamlValue) -> Iterator[Field]:
        for key, value in self._list_entries("curated", group):
            if key.text in CURATED_KEYS:
                yield from self.values(key.text, key, value, Rule.CURATOR, accepts_list=True)
            else:
                yield self.read_unknown_entry(key, value)

    def _list_entries(self, name: str, group: YamlValue) -> tuple[tuple[YamlValue, YamlValue], ...]:
        if group.kind != "mapping" and not group.is_empty:
            self.add_error(f"{name} holds lines of the form key: value, indented under it.", group)
        return group.entries

    def _read_parts(self) -> Iterator[Record]:
        for key, value in self.block.entries:
            if key.text not in PART_SCHEMAS:
                continue
            if value.kind != "list" and not value.is_empty:
                self.add_error(f"{key.text} is a list; each item begins with a hyphen.", value)
            for item in value.items:
                yield self._read_part(key.text, item)

    def _read_part(self, name: str, item: YamlValue) -> Record:
        kind, known, needed = PART_SCHEMAS[name]
        if item.kind != "mapping":
            self.add_error(f"each of the {name} has the keys {', '.join(known)}.", item)
        fields: list[Field] = []
        for key, value in item.entries:
            fields += self.read_part_field(known, key, value)
        missing = [n for n in needed if not any(f.name == n for f in fields)]
        if missing and item.kind == "mapping":
            self.add_error(f"one of the {name} has no {' and no '.join(missing)}; add it.", item)
        self._check_severity(item.get("severity"))
        return Record(kind, "", replace(item.span, column=0), tuple(fields))

    def _check_severity(self, value: YamlValue | None) -> None:
        known = [severity.value for severity in Severity]
        if value is not None and value.text not in known:
            self.add_error(f'the severity "{value.text}" is not one of {", ".join(known)}.', value)

    def read_part_field(
        self,
        known_keys: tuple[str, ...],
        key: YamlValue,
        value: YamlValue,
        accepts_list: bool = False,
    ) -> Iterator[Field]:
        """Yield the fields of one key of a claim, an issue or a commitment."""
        if key.text not in known_keys:
            yield self.read_unknown_entry(key, value)
            return
        rule = Rule.CURATOR if key.text in (*JUDGEMENT_KEYS, *TAG_FIELDS) else Rule.AS_WRITTEN
        yield from self.values(key.text, key, value, rule, accepts_list)

    def values(
        self,
        name: str,
        key: YamlValue,
        value: YamlValue,
        rule: Rule = Rule.AS_WRITTEN,
        accepts_list: bool = False,
    ) -> Iterator[Field]:
        """Yield one field for a scalar, or one for each item of a list where a list is allowed."""
        items = value.items if value.kind == "list" else (value,)
        if value.kind == "list" and not (accepts_list or name in LIST_FIELDS):
            self.add_error(f"{key.text} is one text, not a list.", value)
            return
        for item in items:
            if item.kind != "scalar":
                self.add_error(f"{key.text} holds texts only; this is a {item.kind}.", item)
            elif item.text:
                yield build_field(name, item, rule)

    def read_unknown_entry(self, key: YamlValue, value: YamlValue) -> Field:
        """Return the entry word for word as an unknown field, with a warning."""
        message = f'the key "{key.text}" is not known here; its text is kept as unrecognised text.'
        self.add_warning("unknown-key", message, key)
        text = value.source_text if value.kind != "scalar" else value.text
        end = max(key.span.end, value.span.end if text else 0)
        return Field("unknown", f"{key.text}: {text}".rstrip(), replace(key.span, end=end))


def build_field(name: str, value: YamlValue, rule: Rule = Rule.AS_WRITTEN) -> Field:
    """Return the field of a scalar."""
    return Field(name, value.text, value.span, rule)
