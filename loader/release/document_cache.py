"""Cache of read and mapped documents, from one build to the next of the same build folder.

The folder holds two files for each document of the last build. ``<key>.json`` has the entities and
findings, under a key of everything that reading depends on, and what mapping depends on besides as
a digest. ``<SHA-256>.nq.zst`` has the sorted lines, under the hash of their content. A file that is
missing, damaged or of another version is no error: its document is read anew. The folder may be
deleted at any time.
"""

import hashlib
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import zstandard
from pyoxigraph import NamedNode

from loader.document import Document, Field, Record, Span
from loader.errors import Finding
from loader.mapping import MappedDocument
from loader.mapping.concept_schemes import Scheme
from loader.mapping.lookups import NAMING_KINDS, OrganisationCollector
from loader.namespaces import KnownTerms
from loader.readers import DESCRIPTOR_SUFFIX
from loader.readers.sssom_document import SSSOM_SUFFIX
from loader.readers.sssom_metadata_file import list_metadata_files
from loader.readers.table_description import TableDescription
from loader.release.document_set import DocumentEntry, DocumentSet
from loader.release.file_hash import hash_file

CACHE_FOLDER = ".cache"
"""The folder of the cache inside the build folder."""
LINES_SUFFIX = ".nq.zst"
LINES_AT_ONCE = 50_000
"""The most lines of a document that are held in memory when it is taken over."""
DAMAGE = (OSError, ValueError, KeyError, TypeError, zstandard.ZstdError)


class DocumentLines(NamedTuple):
    """The file of the lines of a document, and the graphs that the document names itself."""

    file: Path
    graphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CachedDocument:
    """What a document gave when it was read and mapped.

    ``summary`` is the document without its statements; of its records only those are there that
    name organisations. ``entities`` are those it describes, with their lines.
    """

    summary: Document
    entities: list[tuple[NamedNode, Span]]
    context: str
    lines: DocumentLines


class DocumentCache:
    """Takes over documents of the last build; a ``fresh`` one takes over nothing, but is filled."""

    def __init__(self, folder: Path, library: DocumentSet, fresh: bool = False) -> None:
        self.folder = folder
        self.library = library
        self.fresh = fresh
        settings = library.settings
        self._base = build_digest(
            hash_program(), library.tables, settings.max_bytes, [str(p) for p in library.downloads]
        )
        self.used: dict[str, DocumentLines | None] = {}
        """The lines of each document of this build by its name, None where they are not kept."""

        self._kept: frozenset[str] = frozenset()
        self._found: dict[str, CachedDocument | None] = {}
        self._keys: dict[str, str] = {}
        self._hashes: dict[tuple[Path, int, int, int], str] = {}
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)

    def find(self, item: DocumentEntry, context: str = "") -> CachedDocument | None:
        """Return what an unchanged document gave, None where it must be read.

        With a ``context``, the digest of what mapping looks up, this must be unchanged too.
        """
        if item.name not in self._found:
            self._keys[item.name] = self._build_key(item)
            self._found[item.name] = None if self.fresh else self._read(self._keys[item.name])
        found = self._found[item.name]
        if found is None or context not in ("", found.context):
            return None
        if context:
            self.used[item.name] = found.lines
        return found

    def open_writer(self, item: DocumentEntry, document: Document) -> "DocumentWriter | None":
        """Return a writer for a document that was read, None where it changed meanwhile."""
        key = self._keys.get(item.name)
        self.used[item.name] = None
        if not key or self._build_key(item) != key:
            return None
        return DocumentWriter(self.folder, key, document)

    def finish(self, item: DocumentEntry, writer: "DocumentWriter", context: str) -> None:
        """Complete the entry of a document; a problem of the disk leaves none."""
        self.used[item.name] = writer.finish(context)
        del self._found[item.name]

    def keep(self, names: Iterable[str]) -> None:
        """Set the names of files that stay besides those that the build uses."""
        self._kept = frozenset(names)

    def prune(self) -> None:
        """Remove every file that this build did not use and that is not to stay."""
        names = {name for name, one in self.used.items() if one}
        used = {f"{self._keys[name]}.json" for name in names} | self._kept
        used |= {one.file.name for one in self.used.values() if one}
        with suppress(OSError):
            for path in self.folder.iterdir():
                if path.name not in used and path.is_file():
                    path.unlink()

    def _build_key(self, item: DocumentEntry) -> str:
        """Return the key of a document, "" for one that cannot be read."""
        files = [item.path]
        if item.path.suffix.lower() == DESCRIPTOR_SUFFIX:
            folders = [item.path.parent, *self.library.downloads]
            files += [path for f in folders if f.is_dir() for path in sorted(f.iterdir())]
        if item.name.lower().endswith(SSSOM_SUFFIX):
            files += list_metadata_files(item.path)
        try:
            if item.path.stat().st_size > self.library.settings.max_bytes:
                return ""
            parts = [(str(path), self._hash_once(path)) for path in files if path.is_file()]
        except OSError:
            return ""
        about = item.catalogue.resolve_metadata(item.name)
        listed = item.catalogue.documents.get(item.name, ())
        return build_digest(self._base, item.name, parts, about, listed)

    def _hash_once(self, path: Path) -> str:
        """Return the SHA-256 of a file, computed again only where the file has changed.

        Every descriptor depends on all downloads, and these may be large.
        """
        status = path.stat()
        mark = (path, status.st_ino, status.st_mtime_ns, status.st_size)
        if mark not in self._hashes:
            self._hashes[mark] = hash_file(path)
        return self._hashes[mark]

    def _read(self, key: str) -> CachedDocument | None:
        """Return the entry of a key, None where there is none or it is damaged."""
        if not key:
            return None
        try:
            checksum, _, text = (self.folder / f"{key}.json").read_text("utf-8").partition("\n")
            if checksum != build_digest(key, text):
                return None
            content = json.loads(text)
            lines = self.folder / f"{content['lines']}{LINES_SUFFIX}"
            if hash_file(lines) != content["lines"]:
                return None
            return CachedDocument(
                _build_summary(content),
                [(NamedNode(iri), Span(start, start)) for iri, start in content["entities"]],
                content["context"],
                DocumentLines(lines, tuple(content["graphs"])),
            )
        except DAMAGE:
            return None


class DocumentWriter:
    """Writes the entry of one document, part by part; a problem of the disk leaves none."""

    def __init__(self, folder: Path, key: str, document: Document) -> None:
        self._folder = folder
        self._key = key
        self._document = document
        self._findings = [*document.findings]
        self._entities: list[tuple[str, int]] = []
        self._graphs: set[str] = set()
        self._frames: list[bytes] = []

    def add(self, lines: Iterable[str], mapped: MappedDocument) -> None:
        """Add a part of the document: its sorted lines, and what was mapped to them."""
        self._findings += mapped.findings
        self._entities += [(node.value, span.start) for node, span in mapped.described_entities]
        self._graphs |= {one.graph.value for one in mapped.statements if one.graph is not None}
        self._frames.append(compress_lines(lines))

    def finish(self, context: str) -> DocumentLines | None:
        """Make the entry complete; ``context`` is the digest of what mapping looked up.

        Return its lines, None where the disk does not allow it.
        """
        document = self._document
        records = [
            (r.kind, r.slug, [(f.name, f.text) for f in r.fields])
            # Records of sector datasets name nothing, and each would be built again.
            for r in (document.records if document.reader != "sector" else ())
            if r.kind in NAMING_KINDS
        ]
        data = b"".join(self._frames)
        graphs = tuple(sorted(self._graphs))
        content = {
            "document": (document.path, document.name, document.sha256, document.reader),
            "records": records,
            "findings": [asdict(finding) for finding in self._findings],
            "entities": self._entities,
            "graphs": graphs,
            "context": context,
            "lines": hashlib.sha256(data).hexdigest(),
        }
        text = json.dumps(content)
        lines = self._folder / f"{content['lines']}{LINES_SUFFIX}"
        try:
            write_file(lines, data)
            checked = f"{build_digest(self._key, text)}\n{text}"
            write_file(self._folder / f"{self._key}.json", checked.encode("ascii"))
        except OSError:
            return None
        return DocumentLines(lines, graphs)


def compress_lines(lines: Iterable[str]) -> bytes:
    """Return lines as one frame; several frames after one another are one file of lines."""
    return zstandard.ZstdCompressor(level=1).compress("".join(lines).encode("utf-8"))


def read_lines(path: Path) -> Iterator[list[str]]:
    """Yield the lines of a file of compressed lines, ``LINES_AT_ONCE`` at a time."""
    engine = zstandard.ZstdDecompressor()
    with path.open("rb") as file, engine.stream_reader(file, read_across_frames=True) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
        while batch := [*islice(text, LINES_AT_ONCE)]:
            yield batch


def write_file(path: Path, data: bytes) -> None:
    """Write a file in one step; raise OSError on failure."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_bytes(data)
    draft.replace(path)


def digest_context(
    names: OrganisationCollector,
    schemes: Sequence[Scheme],
    terms: KnownTerms,
    tables: Sequence[TableDescription],
) -> str:
    """Return the digest of everything that mapping looks up beyond a document, in hex."""
    known = (list(terms.prefixes.items()), sorted(terms.own))
    linked = (list(names.linked.identified.items()), list(names.linked.names.items()))
    consortia = sorted(str(iri) for iri in names.consortia)
    return build_digest(
        list(schemes), known, tables, names.labels, consortia, names.memberships, *linked
    )


def build_digest(*parts: object) -> str:
    """Return the SHA-256, in hex, of values whose representation says all of them."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def hash_program() -> str:
    """Return the digest of the loader's files, the interpreter and the installed libraries."""
    home = Path(__file__).parents[1]
    files = [p for p in sorted(home.rglob("*")) if p.is_file() and "__pycache__" not in p.parts]
    code = [(path.relative_to(home).as_posix(), hash_file(path)) for path in files]
    # These names have the versions, for which importlib.metadata would read 200 files.
    libraries = sorted(
        one.name
        for path in sys.path
        for form in ("*.dist-info", "*.egg-info")
        for one in Path(path).glob(form)
    )
    return build_digest(code, libraries, sys.version)


def _build_summary(content: Any) -> Document:
    path, name, sha256, reader = content["document"]
    records = tuple(
        Record(kind, slug, Span(1, 1), tuple(Field(n, text, Span(1, 1)) for n, text in fields))
        for kind, slug, fields in content["records"]
    )
    findings = tuple(map(Finding.from_fields, content["findings"]))
    return Document(path, name, sha256, 0, reader, records=records, findings=findings)
