"""Broad tagging: more than a third of the printed keywords, counted on the entity itself."""

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from loader.namespaces import CKG, DCTERMS, RDF, SKOS, WEIGHTS, XSD, concept, scheme, thing
from loader.release.search_index import collect_index_contents
from loader.release.search_index.broad_tagging import build_broad_tagging_quads
from loader.settings import Settings
from tests.conftest import PROJECT


def find_broad(printed: int, added: int, ticks: int) -> list[str]:
    """The broadly tagged of one case study that has ``ticks`` of the printed keywords."""
    store = Store()

    def say(subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> None:
        store.add(Quad(subject, predicate, value, DefaultGraph()))

    names = [f"printed{n}" for n in range(printed)] + [f"added{n}" for n in range(added)]
    for name in names:
        say(concept("keywords", name), SKOS.inScheme, scheme("keywords"))
        if name.startswith("added"):
            say(concept("keywords", name), CKG.origin, Literal("curator"))
    study = thing("case-study", "one")
    say(study, RDF.type, CKG.CaseStudy)
    say(study, DCTERMS.title, Literal("One"))
    for name in names[:ticks]:
        say(study, DCTERMS.subject, concept("keywords", name))
    say(study, CKG.principle, concept("principles", "employment"))
    return [*collect_index_contents(store, Settings(root=PROJECT)).broadly_tagged]


@pytest.mark.parametrize(
    ("printed", "added", "ticks", "is_broad"),
    [(12, 0, 4, False), (12, 0, 5, True), (12, 30, 5, True), (9, 0, 4, True), (0, 3, 2, False)],
)
def test_more_than_a_third_of_what_is_printed_is_broad(
    printed: int, added: int, ticks: int, is_broad: bool
) -> None:
    expected = [thing("case-study", "one").value] if is_broad else []
    assert find_broad(printed, added, ticks) == expected


def test_the_mark_is_stated_in_the_graph_of_the_weights() -> None:
    study = thing("case-study", "one")
    assert [*build_broad_tagging_quads([study.value])] == [
        Quad(study, CKG.broadlyTagged, Literal("true", datatype=XSD.boolean), WEIGHTS)
    ]
