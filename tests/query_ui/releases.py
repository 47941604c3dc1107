"""Small releases for the tests of the engine, the formats and the commands."""

import os
from pathlib import Path

from pyoxigraph import RdfFormat, Store

EXAMPLE = """
@prefix e: <https://example.org/> .
@prefix c: <https://example.org/concept/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e:g1 {
  e:a e:title "Lles"@cy, "Well-being"@en ; e:subject c:wellbeing ; e:size 12 .
  e:b e:title "Nasty, \\"quoted\\" <b>text</b>\\nin two lines" ; e:subject c:careers .
}
e:g2 { e:a e:since "2024-02-29"^^xsd:date ; e:share 2.5 ; e:open true . }
"""

CROSS_PRODUCT = """SELECT (COUNT(*) AS ?n) {
  ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r . ?s ?t ?u . ?v ?w ?x .
  ?a1 ?b1 ?c1 . ?d1 ?e1 ?f1 . ?g1 ?h1 ?i1 . ?j1 ?k1 ?l1 .
}"""
"""Twelve times everything: it would run for years."""


def publish(out: Path, name: str = "r1", trig: str = EXAMPLE) -> Path:
    """Make a release of the name and switch to it; gives ``out``."""
    folder = out / "releases" / name / "store"
    folder.mkdir(parents=True)
    store = Store(str(folder))
    store.load(trig.encode(), format=RdfFormat.TRIG)
    store.flush()
    del store
    (out / "current").write_text(f"{name}\n", encoding="ascii")
    return out


def publish_beside(out: Path, name: str, trig: str) -> None:
    """Make another release, and leave the current one as it is."""
    current = (out / "current").read_text("ascii").strip()
    publish(out, name, trig)
    switch(out, current)


def switch(out: Path, release: str) -> None:
    """Make a release the current one, as a build does: in one step."""
    (out / "next").write_text(f"{release}\n", "ascii")
    os.replace(out / "next", out / "current")
