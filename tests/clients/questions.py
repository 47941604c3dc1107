"""What every client asks, with the answers as the sources have them."""

from urllib.parse import quote

BASE = "https://w3id.org/concordat-kg/"

PRINCIPLES = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>
SELECT ?principle ?label ?none WHERE {
  ?principle a ckg:Principle ; skos:prefLabel ?label
  OPTIONAL { ?principle ckg:nothing ?none }
} ORDER BY ?label"""
LABELS = [
    "Employment",
    "Environment and culture",
    "Professional and career development",
]
OBLIGATIONS = """PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>
SELECT (COUNT(DISTINCT ?o) AS ?n) { ?o a ckg:Obligation }"""
YES = "PREFIX ckg: <https://w3id.org/concordat-kg/ontology#> ASK { ?x a ckg:CaseStudy }"
NO = "ASK { <urn:nobody> ?p ?o }"
GRAPH = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>
CONSTRUCT { ?p skos:prefLabel ?l } WHERE { ?p a ckg:Principle ; skos:prefLabel ?l }"""
WRONG = "SELECT * WHERE { ?s ?p }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def address(endpoint: str, query: str, **more: str) -> str:
    """The query as an address, for clients that are given nothing else."""
    fields = {"query": query, **more}
    return f"{endpoint}?" + "&".join(f"{name}={quote(value)}" for name, value in fields.items())
