"""The ontology as a page: every class, property and individual, where its IRI leads."""

from collections import defaultdict
from dataclasses import dataclass

from flask import Blueprint, render_template

from loader.settings import BASE
from query_ui.graph.entity_labels import readable
from query_ui.graph.page_queries import site, string
from query_ui.graph.urls import any_path

blueprint = Blueprint("ontology", __name__)

NAMESPACE = f"{BASE}ontology#"


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A term: ``name`` is the end of its IRI, ``href`` the page of all its statements."""

    name: str
    label: str
    comment: str
    href: str


@blueprint.get("/ontology")
def terms() -> str:
    """All terms by the kind of term they are."""
    groups: dict[str, dict[str, OntologyTerm]] = defaultdict(dict)
    for row in site().rows("terms"):
        iri = string(row, "term")
        name = iri.removeprefix(NAMESPACE)
        label = string(row, "label") or readable(iri)
        term = OntologyTerm(name, label, string(row, "comment"), any_path(iri))
        groups[readable(string(row, "kind"))].setdefault(name, term)
    return render_template("ontology.html", groups=groups)
