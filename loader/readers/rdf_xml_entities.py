"""RDF/XML as its parser needs it: UTF-8, entities in double quotes, and no more than fits.

The parser reads `<!ENTITY name "value">` alone, and expands entities without any limit. XML allows
either quote, comments, external entities and other encodings (https://www.w3.org/TR/xml/#sec-
internal-ent, #charencoding). Lines stay where they are, so that findings name them.
"""

import codecs
import re
from dataclasses import replace

from loader.errors import DataError, Finding, Severity
from loader.readers.source import SourceFile

MAX_EXPANSION = 50_000_000
"""The most characters that the entities of a file may become."""

DECLARED_ENCODING = re.compile(rb"""\A<\?xml[^>]*?\bencoding\s*=\s*["']([\w.-]+)["']""")
DOCTYPE = re.compile(
    r"\A(?:\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE\s+[^\s\[>\"']+"
    r"(?:\s+(?:SYSTEM|PUBLIC)(?:\s+(?:\"[^\"]*\"|'[^']*')){1,2})?\s*\[",
    re.DOTALL,
)
DECLARATION = re.compile(
    r"<!--.*?-->|<\?.*?\?>|(?P<end>\])|%[^\s;]+;|\s+"
    r"|<!ENTITY\s+(?P<name>[^\s%\"']+)\s+(?P<value>\"[^\"]*\"|'[^']*')\s*>"
    r"|<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)\b(?:\"[^\"]*\"|'[^']*'|[^>\"'])*+>",
    re.DOTALL,
)
"""One part of the internal subset, https://www.w3.org/TR/xml/#NT-intSubset."""
REFERENCE = re.compile(r"&([^\s;&#<>\"']+);")


def prepare_rdf_xml(source: SourceFile) -> SourceFile:
    """Return the file in UTF-8 with its entities in double quotes; equal lines have equal numbers.

    Raise DataError where the entities become too long.
    """
    text = source.data.decode("utf-8", "surrogateescape")
    doctype = DOCTYPE.match(text)
    if doctype is None:
        return source
    parts = [text[: doctype.end()]]
    size_by_entity: dict[str, int] = {}
    position = doctype.end()
    while (found := DECLARATION.match(text, position)) and found["end"] is None:
        position = found.end()
        if found["name"] is None:
            # The parser does not know comments and external entities here, and needs neither.
            parts.append(re.sub(r"[^\n]+", "", found[0]))
            continue
        value = found["value"][1:-1]
        quoted = value.replace('"', "&#34;")
        size = len(value) + sum(size_by_entity.get(n, 0) for n in REFERENCE.findall(value))
        # The first declaration of an entity is the one that counts, XML 1.0, 4.2.
        size_by_entity.setdefault(found["name"], size)
        _check_expansion(source, text, found.start(), size)
        breaks = re.sub(r"[^\n]+", "", found[0].replace(value, "", 1))
        parts.append(f'<!ENTITY {found["name"]} "{quoted}">{breaks}')
    total = sum(size_by_entity.get(name, 0) for name in REFERENCE.findall(text, position))
    _check_expansion(source, text, doctype.start(), total)
    parts.append(text[position:])
    return replace(source, data="".join(parts).encode("utf-8", "surrogateescape"))


def decode_source(source: SourceFile) -> SourceFile:
    """Return the file in UTF-8, by a mark of UTF-16 at its start or else its XML declaration.

    Raise DataError where the encoding is unknown or wrong.
    """
    data = source.data
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    declared = DECLARED_ENCODING.match(data)
    encoding = "utf-16" if utf16 else declared[1].decode("ascii") if declared else "utf-8"
    if encoding.lower() in ("utf-8", "utf8", "us-ascii", "ascii"):
        return source
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        message = f"the file says that it is in {encoding}, and it cannot be read so ({error}); "
        raise _build_error(source, 1, message + "save it as UTF-8.", "not-utf-8") from None
    text = re.sub(r"""(\A<\?xml[^>]*?\bencoding\s*=\s*["'])[\w.-]+""", r"\1UTF-8", text)
    return replace(source, data=text.encode("utf-8"))


def _check_expansion(source: SourceFile, text: str, position: int, size: int) -> None:
    if size > MAX_EXPANSION:
        message = (
            f"the entities of this file become {size:,} characters, and {MAX_EXPANSION:,} are the "
            "limit; nothing of the file is taken. Write the values out."
        )
        raise _build_error(source, text.count("\n", 0, position) + 1, message, "rdf-syntax")


def _build_error(source: SourceFile, line: int, message: str, code: str) -> DataError:
    finding = Finding(source.path, line, 0, Severity.ERROR, message, code)
    return DataError(str(finding), [finding])
