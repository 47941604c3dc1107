"""The content folders and the build folder of a run, passed as one value and never global."""

from dataclasses import dataclass
from pathlib import Path

BASE = "https://w3id.org/concordat-kg/"
SKOLEM_BASE = f"{BASE}.well-known/genid/"
"""The IRIs of blank nodes, https://www.w3.org/TR/rdf11-concepts/#section-skolemization."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The folders of one run.

    ``root`` holds ``ontology/`` and ``sparql/``; ``data`` are the folders whose documents go into
    the release; ``out`` is the build folder with ``releases/`` and the file ``current``;
    ``max_bytes`` is the largest size of a document, in bytes.
    """

    root: Path
    data: tuple[Path, ...] = ()
    out: Path = Path("build")
    max_bytes: int = 100 * 1024 * 1024

    @property
    def ontology(self) -> Path:
        return self.root / "ontology"

    @property
    def queries(self) -> Path:
        return self.root / "sparql" / "queries"

    @property
    def checks(self) -> Path:
        return self.root / "sparql" / "checks"

    @property
    def pages(self) -> Path:
        return self.root / "sparql" / "pages"

    @property
    def describing(self) -> Path:
        return self.root / "sparql" / "describing"

    @property
    def facets(self) -> Path:
        return self.root / "sparql" / "facets"

    @property
    def indexing(self) -> Path:
        return self.root / "sparql" / "index"

    @property
    def links(self) -> Path:
        return self.root / "sparql" / "links"

    @property
    def updates(self) -> Path:
        return self.root / "sparql" / "updates"

    @property
    def doctor(self) -> Path:
        return self.root / "sparql" / "doctor"


def content_root(start: Path) -> Path:
    """Return the content folder: ``start`` if it has one, else that of the package or checkout."""
    packaged = Path(__file__).parent / "content"
    checkout = Path(__file__).parents[1]
    candidates = (start, packaged, checkout)
    return next((c for c in candidates if (c / "ontology").is_dir()), checkout)
