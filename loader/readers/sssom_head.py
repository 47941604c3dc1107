"""Head of an SSSOM mapping set: its slots with their lines, prefixes and extensions.

https://mapping-commons.github.io/sssom/spec-formats-tsv/ (metadata block)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import yaml

from loader.errors import DataError, Finding, Severity
from loader.readers.source import SourceFile
from loader.readers.sssom_slots import PROPAGATABLE, URI_OR_CURIE

STRING = "http://www.w3.org/2001/XMLSchema#string"
DEFAULT_EXTENSION = "http://sssom.invalid/"
"""The namespace of the property of an extension that has no definition.

https://mapping-commons.github.io/sssom/spec-model/#non-standard-slots
"""

SET_SLOTS = PROPAGATABLE | {
    *("mapping_set_id", "mapping_set_version", "mapping_set_source", "mapping_set_title"),
    *("mapping_set_description", "mapping_set_confidence", "creator_id", "creator_label"),
    *("license", "publication_date", "see_also", "issue_tracker", "other", "comment"),
    *("sssom_version", "curie_map", "extension_definitions"),
}
"""The standard slots of a set.

https://mapping-commons.github.io/sssom/MappingSet/
"""


@dataclass(frozen=True, slots=True)
class ExtensionSlot:
    """Extension slot: the IRI of its property, and of the datatype of its values."""

    property: str
    type: str = STRING


@dataclass(frozen=True, slots=True)
class MappingSetHead:
    """The slots of a head as texts or lists of texts, and the line of each.

    ``prefixes`` are those that the head declares, and ``definitions`` its extension definitions.
    """

    slots: Mapping[str, str | list[str]]
    line_by_slot: Mapping[str, int]
    prefixes: Mapping[str, str]
    definitions: tuple[Mapping[str, str], ...] = ()

    def join(self, other: "MappingSetHead") -> "MappingSetHead":
        """Return a head with the slots, prefixes and definitions of both."""
        return MappingSetHead(
            {**other.slots, **self.slots},
            self.line_by_slot,
            {**other.prefixes, **self.prefixes},
            (*self.definitions, *other.definitions),
        )

    def get_line(self, name: str) -> int:
        """Return the line of a slot, or that of the head where it is not known."""
        return self.line_by_slot.get(name, 1)

    def find_reference_extensions(self, prefixes: Mapping[str, str]) -> frozenset[str]:
        """Return the names of the extension slots whose values are identifiers."""
        names = (definition.get("slot_name", "") for definition in self.definitions)
        return frozenset(n for n in names if self.find_extension(n, prefixes).type == URI_OR_CURIE)

    def find_extension(self, name: str, prefixes: Mapping[str, str]) -> ExtensionSlot:
        """Return the extension ``name``: as the head defines it, else as the standard says."""
        for definition in self.definitions:
            if definition.get("slot_name") == name:
                iri = expand_curie(definition.get("property", ""), prefixes)
                hint = expand_curie(definition.get("type_hint", ""), prefixes)
                return ExtensionSlot(iri or DEFAULT_EXTENSION + quote(name), hint or STRING)
        return ExtensionSlot(DEFAULT_EXTENSION + quote(name))


def expand_curie(text: str, prefixes: Mapping[str, str]) -> str:
    """Return a CURIE or IRI as an IRI, or "" where its prefix is not known."""
    if re.match(r"https?://|urn:", text):
        return text
    prefix, colon, rest = text.partition(":")
    return prefixes[prefix] + rest if colon and prefix in prefixes else ""


def count_head_lines(source: SourceFile) -> int:
    """Return how many lines at the top are the head."""
    return next(
        (n for n, line in enumerate(source.lines) if not line.startswith("#")), len(source.lines)
    )


def read_head(source: SourceFile) -> MappingSetHead:
    """Read the head, which is YAML behind ``#``; raise DataError where it is not valid."""
    lines = source.lines[: count_head_lines(source)]
    return parse_head(source, "\n".join(line[1:] for line in lines))


def parse_head(source: SourceFile, text: str) -> MappingSetHead:
    """Parse the slots in YAML of a head in ``source``; raise DataError where they are not valid.

    Values stay as they are written: ``1.10`` is no number.
    """
    try:
        head = yaml.load(text, yaml.BaseLoader) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise build_form_error(
            source, mark.line + 1 if mark else 1, "the metadata are not YAML"
        ) from None
    if not isinstance(head, dict):
        raise build_form_error(source, 1, 'the metadata have to be lines "key: value"')
    line_by_slot = find_key_lines(text)
    prefixes = head.pop("curie_map", None) or {}
    if not is_text_mapping(prefixes):
        line = line_by_slot.get("curie_map", 1)
        raise build_form_error(source, line, "curie_map has to give an address for each prefix")
    definitions = head.pop("extension_definitions", None) or []
    if not isinstance(definitions, list) or not all(map(is_text_mapping, definitions)):
        line = line_by_slot.get("extension_definitions", 1)
        raise build_form_error(
            source, line, "extension_definitions has to be a list with a slot_name in each item"
        )
    for name, value in head.items():
        texts = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            line = line_by_slot.get(str(name), 1)
            raise build_form_error(source, line, f"{name} has to be a text, or a list of texts")
    slots = {str(name): value for name, value in head.items() if name != "sssom_version" and value}
    return MappingSetHead(slots, line_by_slot, prefixes, tuple(definitions))


def find_key_lines(text: str) -> dict[str, int]:
    """Return the number of the line of each key of a mapping in YAML."""
    node = yaml.compose(text, yaml.BaseLoader)
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return {key.value: key.start_mark.line + 1 for key, _ in pairs}


def is_text_mapping(value: Any) -> bool:
    """Return whether a value of YAML is a mapping from texts to texts."""
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())


def build_form_error(source: SourceFile, line: int, message: str) -> DataError:
    """Return the error of a file that is no mapping set."""
    finding = Finding(source.path, line, 0, Severity.ERROR, f"{message}.", "sssom-form")
    return DataError(str(finding), [finding])
