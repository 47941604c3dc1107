"""The ontology as a page: every class, property and individual, where its IRI leads."""

from collections import defaultdict
from dataclasses import dataclass

from flask import Blueprint, render_template

from loader.settings import BASE
from query_ui.web.links import any_path
from query_ui.web.names import readable
from query_ui.web.site import site, string

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
