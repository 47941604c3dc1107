"""The page of the ontology, to which the IRI of each class, property and individual leads."""

from collections import defaultdict
from dataclasses import dataclass

from flask import Blueprint, render_template

from loader.settings import BASE
from query_ui.graph.entity_labels import humanise_iri
from query_ui.graph.page_queries import current_graph, get_cell_text
from query_ui.graph.urls import to_generic_page_path

blueprint = Blueprint("ontology", __name__)

ONTOLOGY_NAMESPACE = f"{BASE}ontology#"


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A term: ``name`` is the end of its IRI, ``href`` the page with all its statements."""

    name: str
    label: str
    comment: str
    href: str


@blueprint.get("/ontology")
def terms() -> str:
    """Return the terms of the ontology: classes, properties and individuals."""
    groups: dict[str, dict[str, OntologyTerm]] = defaultdict(dict)
    for row in current_graph().select_rows("terms"):
        iri = get_cell_text(row, "term")
        name = iri.removeprefix(ONTOLOGY_NAMESPACE)
        label = get_cell_text(row, "label") or humanise_iri(iri)
        term = OntologyTerm(name, label, get_cell_text(row, "comment"), to_generic_page_path(iri))
        groups[humanise_iri(get_cell_text(row, "kind"))].setdefault(name, term)
    return render_template("ontology.html", groups=groups)
