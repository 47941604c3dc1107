"""Articles: commitments and claims nobody vouches for, and the contradictions inside them."""

from loader.namespaces import CKG, DCTERMS, thing
from tests.loader.mapping.conftest import Mapper, codes, field, record, said


def article(mapped: Mapper, title: str, lead: str, **part: str):  # type: ignore[no-untyped-def]
    parts = (record("section", field("title", "Pumps"), field("text", part.get("text", "Moved."))),)
    return mapped(record("article", field("title", title), field("abstract", lead), parts=parts))


def test_a_section_is_a_commitment_that_nothing_supports(mapped: Mapper) -> None:
    made = article(mapped, "Quiet rooms", "A list.", text="Northgate University moves the pumps.")
    node = thing("commitment", "quiet-rooms-pumps")
    about = {s.predicate: s.object for s in made.statements if s.subject == node}
    assert about[CKG.standing] == CKG.Unsupported
    assert about[DCTERMS.isPartOf] == thing("initiative", "quiet-rooms")
    assert about[CKG.mentions] == thing("organisation", "northgate-university")
    assert said(made, CKG.organisation) == []


def test_title_and_text_that_name_different_consortia(mapped: Mapper) -> None:
    made = article(mapped, "The Northern Three promise", "The Southern Pair announced.")
    assert codes(made) == ["title-body-mismatch"]
    assert "names Northern Three, the text names Southern Pair" in made.findings[0].message


def test_an_organisation_in_one_breath_with_a_consortium_it_is_not_in(mapped: Mapper) -> None:
    wrong = article(mapped, "News", "Northgate University and the Southern Pair announced.")
    right = article(mapped, "News", "Northgate University and the Northern Three announced.")
    far = article(mapped, "News", f"Northgate University {'and so on ' * 9} the Southern Pair.")
    assert codes(wrong) == ["not-a-member"]
    assert codes(right) == codes(far) == []


def test_a_reference_that_leads_nowhere_is_kept(mapped: Mapper) -> None:
    parts = (
        record("reference", field("label", "Report"), field("target", "[insert link]")),
        record("reference", field("label", "Page"), field("target", "https://a.example/")),
        record("bullet", field("text", "Pumps were moved.")),
    )
    made = mapped(record("article", field("title", "News"), parts=parts))
    assert said(made, CKG.unrecognisedText) == ["Report: [insert link]"]
    assert said(made, DCTERMS.references) == ["https://a.example/"]
    assert said(made, CKG.restatement) == ["Pumps were moved."]
