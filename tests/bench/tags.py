"""Measures the tags that are suggested for the case studies whose abstracts we hold."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Store

from loader.namespaces import CKG, DCTERMS, RDF
from loader.release.release_folder import Release
from loader.settings import BASE
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.matching.tag_suggester import suggest_tags
from tests.bench.measure import row

KEYWORDS = frozenset({f"{BASE}scheme/keywords"})


def left_out(release: Release) -> Iterator[str]:
    """A row: precision and recall at as many suggestions as a case study has keywords.

    Each case study is left out of what its tags are suggested from: labels and nothing learnt from
    any case study go into a suggestion, so leaving one out changes nothing.
    """
    store = Store.read_only(str(release.store))
    gazetteer = NameIndex(release.folder / "names.sqlite")
    hits = wanted = suggested = studies = 0
    for study, text, tags in tagged(store):
        assert study
        found = [t.entity.iri for t in suggest_tags(gazetteer, text, KEYWORDS)][: len(tags)]
        hits += len(tags & set(found))
        suggested += len(found)
        wanted += len(tags)
        studies += 1
    shares = f"{hits / max(1, suggested):.2f} / {hits / max(1, wanted):.2f}"
    yield row(
        f"tags suggested for the {studies} case studies with abstracts: precision / recall",
        f"{shares} ({hits} of {wanted} keywords)",
        "reported",
    )


def tagged(store: Store) -> Iterator[tuple[str, str, set[str]]]:
    """The case studies with an abstract and keywords."""
    for quad in store.quads_for_pattern(None, RDF.type, CKG.CaseStudy, None):
        study = quad.subject
        assert isinstance(study, NamedNode)
        texts = {
            q.object.value
            for told in (DCTERMS.title, DCTERMS.abstract)
            for q in store.quads_for_pattern(study, told, None, None)
            if isinstance(q.object, Literal)
        }
        abstract = next(store.quads_for_pattern(study, DCTERMS.abstract, None, None), None)
        tags = {
            q.object.value
            for q in store.quads_for_pattern(study, DCTERMS.subject, None, None)
            if isinstance(q.object, NamedNode)
        }
        if abstract and tags and str(quad.graph_name) == "DEFAULT":
            yield study.value, " ".join(sorted(texts)), tags
