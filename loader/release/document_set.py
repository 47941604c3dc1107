"""The documents of a build: the files of the ontology and those of every data folder."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loader.document import Document, Field, Span
from loader.errors import DataError, Finding, Severity
from loader.mapping.provenance import graph_of
from loader.namespaces import MADE
from loader.readers import (
    SECTOR_FOLDER,
    list_documents,
    list_downloads,
    list_files,
    read_document,
)
from loader.readers.catalogue import DocumentCatalogue, read_catalogue
from loader.readers.table_description import load_table_descriptions
from loader.release.phase_times import Progress
from loader.settings import Settings

TRUST = {"articles": "low", "cards": "platform", "sector": "platform"}
"""The trust of a document by its reader, where neither it nor the catalogue states any."""
KEPT_BYTES = 8 * 1024 * 1024
"""The most bytes of files whose documents are kept between two readings."""


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One file to read: its path as the user named it, its name, the catalogue of its folder."""

    path: Path
    name: str
    catalogue: DocumentCatalogue


class DocumentSet:
    """Reads every document in a fixed order, as often as needed.

    A first reading of some documents keeps up to ``KEPT_BYTES`` of files for the next one.
    """

    def __init__(self, settings: Settings, extra: Sequence[Path] = ()) -> None:
        self.settings = settings
        self.tables = load_table_descriptions(settings.ontology)
        self.folders = [*settings.data, *(path for path in extra if path.is_dir())]
        self.downloads = [folder / SECTOR_FOLDER for folder in self.folders]
        self.read_paths: set[Path] = set()
        self.extra = list_extra_entries(extra, self.downloads)
        self.items = [
            *list_ontology_entries(settings),
            *list_data_entries(settings, self.downloads),
        ]
        self.items = [item for item in self.items if not self._is_replaced(item)] + self.extra
        refuse_shared_graphs(self.items)
        self._kept: dict[str, Document] = {}
        self._free_bytes = KEPT_BYTES

    def _is_replaced(self, item: DocumentEntry) -> bool:
        """Return whether an extra file is this one, or a newer form of it under its name."""
        return any(
            extra.path.resolve() == item.path.resolve()
            or graph_of(extra.name) == graph_of(item.name)
            for extra in self.extra
        )

    def read(self, item: DocumentEntry) -> Document:
        """Read one document; raise DataError with its findings where it cannot be read."""
        try:
            document = read_document(
                item.path, item.name, self.settings.max_bytes, self.tables, self.downloads
            )
        except DataError as error:
            self.read_paths |= {Path(finding.path).resolve() for finding in error.findings}
            raise
        self.read_paths.add(Path(document.path).resolve())
        trust = TRUST.get(document.reader)
        usual = (Field("trust", trust, Span(1, 1)),) if trust else ()
        about = item.catalogue.resolve_metadata(item.name, usual)
        # A file's own title is that of the thing in it; the catalogue may name the document.
        listed = item.catalogue.documents.get(item.name, ())
        title = (entry for entry in listed if entry.name == "title")
        return replace(document, about=(*title, *document.about, *about))

    def findings(self) -> Iterator[Finding]:
        """Yield the findings of the catalogues themselves."""
        for path, catalogue in {item.catalogue.path: item.catalogue for item in self.items}.items():
            names = (item.name for item in self.items if item.catalogue.path == path)
            yield from catalogue.find_unmatched_entries(names)

    def find_unread_downloads(self) -> Iterator[Finding]:
        """Yield a warning for each download that no descriptor reads, once all is read."""
        for path in dict.fromkeys(one for folder in self.folders for one in list_downloads(folder)):
            if path.resolve() not in self.read_paths:
                message = (
                    "no descriptor reads this download, so nothing of it is in the graph; give it "
                    "the name that “file” of its descriptor has, or write a descriptor "
                    "(data/README.md)."
                )
                yield Finding(str(path), 0, 0, Severity.WARNING, message, "sector-unread")

    def documents(
        self, progress: Progress, stage: str, suffixes: Container[str] | None = None
    ) -> Iterator[Document | DataError]:
        """Yield every document in turn, or the error that prevented it from being read.

        With some ``suffixes`` only the files that end so are read.
        """
        for item in self.list_entries(progress, stage, suffixes):
            yield self.open(item, keep=suffixes is not None)

    def list_entries(
        self, progress: Progress, stage: str, suffixes: Container[str] | None = None
    ) -> Iterator[DocumentEntry]:
        """Yield the entry of every document, or of those that end in one of ``suffixes``."""
        items = [i for i in self.items if suffixes is None or i.path.suffix.lower() in suffixes]
        for done, item in enumerate(items):
            progress(stage, done, len(items))
            yield item

    def open(self, item: DocumentEntry, keep: bool = False) -> Document | DataError:
        """Return a document, or the error that prevented it from being read.

        With ``keep`` it is kept for the next reading, where there is room.
        """
        try:
            document = self._kept.pop(item.name, None) or self.read(item)
        except DataError as error:
            return error
        if keep:
            self._keep(item, document)
        return document

    def _keep(self, item: DocumentEntry, document: Document) -> None:
        """Keep a document for the next reading, as long as there is room."""
        self._free_bytes -= item.path.stat().st_size
        if self._free_bytes >= 0:
            self._kept[item.name] = document


def list_ontology_entries(settings: Settings) -> list[DocumentEntry]:
    """Return the ontology's own files, named ``ontology/…``; raise DataError without any."""
    folder = settings.ontology
    files = sorted(f for f in list_files(folder) if f.suffix == ".ttl") if folder.is_dir() else []
    if not files:
        raise DataError(f"{folder}: no ontology: a build needs concordat.ttl and the schemes")
    catalogue = read_catalogue(folder)
    return [
        DocumentEntry(f, f"ontology/{f.relative_to(folder).as_posix()}", catalogue) for f in files
    ]


def list_data_entries(settings: Settings, downloads: Sequence[Path] = ()) -> list[DocumentEntry]:
    """Return the documents of every data folder; ``downloads`` are folders of downloads."""
    items = []
    for folder in settings.data:
        catalogue = read_catalogue(folder)
        found = list_documents(folder, downloads)
        items += [DocumentEntry(path, name, catalogue) for path, name in found]
    return items


def list_extra_entries(
    paths: Sequence[Path], downloads: Sequence[Path] = ()
) -> list[DocumentEntry]:
    """Return the files among ``paths``, and the documents of the folders."""
    items = []
    for path in paths:
        if path.is_dir():
            catalogue = read_catalogue(path)
            found = list_documents(path, downloads)
            items += [DocumentEntry(p, name, catalogue) for p, name in found]
        else:
            items.append(DocumentEntry(path, path.name, DocumentCatalogue(str(path))))
    return items


def refuse_shared_graphs(items: list[DocumentEntry]) -> None:
    """Raise DataError where two files share a graph, or one uses a graph of the build."""
    seen = {made.value: "one that the build makes itself" for made in MADE}
    findings = []
    for item in items:
        slug = graph_of(item.name).value
        if slug in seen:
            message = f"the same name, for the graph <{slug}>, as {seen[slug]}; rename one"
            findings.append(
                Finding(str(item.path), 0, 0, Severity.ERROR, message, "same-graph", slug)
            )
        seen.setdefault(slug, str(item.path))
    if findings:
        raise DataError("two documents have the same name", findings)
