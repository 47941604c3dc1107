"""Queries that name an endpoint or a file, in every place and disguise."""

import re
from pathlib import Path
from typing import NamedTuple

THERE = "{ ?x ?y ?z }"

SERVICES = {
    "plain": "SELECT * { SERVICE <URL> THERE }",
    "silent": "SELECT * { SERVICE SILENT <URL> THERE }",
    "case": "SELECT * { sErViCe <URL> THERE }",
    "filter exists": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <URL> THERE } }",
    "filter not exists": "SELECT * { ?s ?p ?o FILTER NOT EXISTS { SERVICE <URL> THERE } }",
    "exists in a function": "SELECT * { FILTER(IF(EXISTS { SERVICE <URL> THERE }, 1, 0)) }",
    "exists in bind": "SELECT * { BIND(EXISTS { SERVICE <URL> THERE } AS ?e) }",
    "exists in select": "SELECT (EXISTS { SERVICE <URL> THERE } AS ?e) {}",
    "exists in having": "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING(EXISTS { SERVICE <URL> THERE })",
    "exists in order": "SELECT * { ?s ?p ?o } ORDER BY (EXISTS { SERVICE <URL> THERE })",
    "exists in an aggregate": "SELECT (COUNT(EXISTS { SERVICE <URL> THERE }) AS ?n) { ?s ?p ?o }",
    "subselect": "SELECT * { { SELECT * { { SELECT ?x { SERVICE <URL> THERE } } } } }",
    "variable by values": "SELECT * { VALUES ?e { <URL> } SERVICE ?e THERE }",
    "variable by values after": "SELECT * { SERVICE ?e THERE } VALUES ?e { <URL> }",
    "variable by bind": "SELECT * { BIND(IRI('URL') AS ?e) SERVICE SILENT ?e THERE }",
    "variable by a function": "SELECT * { BIND(IRI(CONCAT('UR','L')) AS ?e) SERVICE $e THERE }",
    "prefix": "PREFIX e: <URL> SELECT * { SERVICE e: THERE }",
    "prefix and local name": "PREFIX e: <ROOT> SELECT * { SERVICE e:sparql THERE }",
    "prefix named service": "PREFIX service: <URL> SELECT * { SERVICE service: THERE }",
    "base": "BASE <ROOT> SELECT * { SERVICE <sparql> THERE }",
    "comment between": "SELECT * { SERVICE # <urn:x:not>\n <URL> THERE }",
    "comment before": "# SERVICE\nSELECT * { # it's \n SERVICE <URL> THERE }",
    "carriage return ends a comment": "SELECT * { # a \r SERVICE <URL> THERE }",
    "escaped letter": "SELECT * { \\u0053ERVICE <URL> THERE }",
    "escaped in full": "SELECT * { \\U00000053\\u0045RVICE <URL> THERE }",
    "escaped quotes": 'SELECT * { ?s ?p "\\u0022" . SERVICE <URL> THERE FILTER("" != "\\u0022") }',
    "escaped hash": "SELECT * { ?s ?p '\\u0023' . SERVICE <URL> THERE }",
    "escaped address": "SELECT * { SERVICE <\\u0068ttpREST> THERE }",
    "no space": "SELECT * {SERVICE<URL>{?x ?y ?z}}",
    "after a number": "SELECT * { ?s ?p 1.SERVICE <URL> THERE }",
    "after an IRI with a hash": "SELECT * { <urn:x:#a> ?p ?o . SERVICE <URL> THERE }",
    "after quotes": "SELECT * { ?s ?p 'it\\'s # ', '''a ' b''' . SERVICE <URL> THERE }",
    "in graph": "SELECT * { GRAPH ?g { SERVICE <URL> THERE } }",
    "in optional": "SELECT * { OPTIONAL { SERVICE <URL> THERE } }",
    "in minus": "SELECT * { ?s ?p ?o MINUS { SERVICE <URL> { ?s ?p ?o } } }",
    "in union": "SELECT * { { ?s ?p ?o } UNION { SERVICE <URL> THERE } }",
    "in service": "SELECT * { SERVICE <urn:x:none> { SERVICE <URL> THERE } }",
    "beside a path": "SELECT * { ?s (!<urn:x:a>|^<urn:x:b>)*/<urn:x:c>? ?o . SERVICE <URL> THERE }",
    "in lateral": "SELECT * { ?s ?p ?o LATERAL { SERVICE <URL> THERE } }",
    "in construct": "CONSTRUCT { ?x ?y ?z } { SERVICE <URL> THERE }",
    "in construct where": "CONSTRUCT WHERE { SERVICE <URL> THERE }",
    "in ask": "ASK { SERVICE <URL> THERE }",
    "in describe": "DESCRIBE ?x { SERVICE <URL> THERE }",
    "beside a quoted triple": "SELECT * { <<( ?a ?b ?c )>> ?p ?o . SERVICE <URL> THERE }",
    "in an annotation": "SELECT * { ?s ?p ?o {| ?q ?r |} . SERVICE <URL> THERE }",
    "from a file": "SELECT * { SERVICE <FILE> THERE }",
}
"""SERVICE in every place and disguise; URL, ROOT, REST and FILE are put in by ``made``."""

DATASETS = {
    "from": "SELECT * FROM <URL> { ?s ?p ?o }",
    "from a file": "SELECT * FROM <FILE> { ?s ?p ?o }",
    "from named": "SELECT * FROM NAMED <URL> FROM NAMED <FILE> { GRAPH ?g { ?s ?p ?o } }",
    "base and from": "BASE <ROOT> SELECT * FROM <sparql> { ?s ?p ?o }",
    "graph": "SELECT * { { GRAPH <URL> THERE } UNION { GRAPH <FILE> { ?a ?b ?c } } }",
    "describe": "DESCRIBE <URL> <FILE>",
    "from and describe": "DESCRIBE <FILE> FROM <FILE>",
    "construct": "CONSTRUCT { <FILE> ?p ?o } FROM <FILE> { ?s ?p ?o }",
}
"""Graphs that are not in the release: they are empty, whatever their names look like."""

UPDATES = (
    "LOAD <URL>",
    "LOAD SILENT <FILE> INTO GRAPH <urn:x:g>",
    "INSERT { ?x ?y ?z } WHERE { SERVICE <URL> THERE }",
    "DELETE { ?s ?p ?o } USING <FILE> WHERE { ?s ?p ?o }",
    "COPY <URL> TO DEFAULT",
)


class Bait(NamedTuple):
    """A canary's address and a file that holds a statement."""

    url: str
    file: Path

    def made(self, text: str) -> str:
        """A query that names them."""
        root, rest = self.url.removesuffix("sparql"), self.url.removeprefix("http")
        names = {"URL": self.url, "ROOT": root, "REST": rest, "FILE": self.file.as_uri()}
        text = re.sub(r"\b(URL|ROOT|FILE)\b|REST(?=>)", lambda m: names[m[0]], text)
        return text.replace("'UR','L'", f"'{self.url[:9]}','{self.url[9:]}'").replace(
            "THERE", THERE
        )


def call(address: str) -> str:
    """A query that an endpoint answers."""
    return f"SELECT * {{ SERVICE <{address}> {THERE} }}"
