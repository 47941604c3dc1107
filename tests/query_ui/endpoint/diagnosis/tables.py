"""The tables of broken and of honest queries, and an examination of one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from loader.queries.header import YAML_LOADER
from loader.queries.query_files import SavedQuery, load_saved_queries
from query_ui.endpoint.diagnosis.diagnose import diagnose
from query_ui.endpoint.diagnosis.finding import Diagnosis
from query_ui.endpoint.diagnosis.probes import Probes
from query_ui.engine.protocol import Engine
from tests.conftest import PROJECT

HERE = Path(__file__).parent
PROLOGUE: str = yaml.load((HERE / "broken.yaml").read_bytes(), YAML_LOADER)["prologue"]


@dataclass(frozen=True, slots=True)
class Broken:
    """A query with a known fault: ``repaired`` is a piece of the mended query, "" without one."""

    name: str
    query: str
    culprit: str = ""
    cause: str = ""
    repaired: str = ""

    @property
    def text(self) -> str:
        """The query with its prologue."""
        return self.query if "PREFIX" in self.query else PROLOGUE + self.query


def entries(name: str) -> list[Broken]:
    """The entries of one of the tables."""
    table = yaml.load((HERE / f"{name}.yaml").read_bytes(), YAML_LOADER)
    return [Broken(**entry) for entry in table["queries"]]


def files() -> Mapping[str, SavedQuery]:
    """The doctor's own queries."""
    return load_saved_queries(PROJECT / "sparql" / "doctor")


def diagnosis(engine: Engine, text: str) -> Diagnosis:
    """What the doctor says of a query."""
    return diagnose(text, Probes(engine), files())


def gives_rows(engine: Engine, text: str) -> bool:
    """Whether a query has rows, or is true."""
    answer = engine.query(text)
    return bool(answer.boolean) if answer.kind == "boolean" else bool(answer.rows)
