"""A case study: its tags, its institution, and what it lacks."""

from loader.document import Rule, Span
from loader.namespaces import CKG, DCTERMS, RDF, concept, thing
from tests.loader.mapping.conftest import Mapper, codes, field, record, said

NORTHGATE = thing("organisation", "northgate-university").value


def test_a_tag_line_gives_its_concepts_and_keeps_what_none_of_them_is(mapped: Mapper) -> None:
    line = "Wellbeing Coffee  mornings EDI\n   lab swaps"
    made = mapped(record("case-study", field("keywords", line, 4, Rule.TAG_LINE), slug="a"))
    assert said(made, DCTERMS.subject) == [
        concept("keywords", "wellbeing").value,
        concept("keywords", "equality-diversity-and-inclusion").value,
    ]
    assert said(made, CKG.unrecognisedText) == ["Coffee  mornings", "lab swaps"]
    unknown = [f for f in made.findings if f.code == "unknown-tag"]
    assert [(f.line, f.column) for f in unknown] == [(4, 11), (5, 4)]
    assert "Unknown keyword ‘Coffee mornings’" in unknown[0].message


def test_a_tag_under_another_name_quotes_the_words_that_say_so(mapped: Mapper) -> None:
    line = field("keywords", "Wellbeing EDI", 4, Rule.TAG_LINE)
    made = mapped(record("case-study", line, slug="a"))
    usual, odd = (s for s in made.statements if s.predicate == DCTERMS.subject)
    assert (usual.quoted, usual.span, usual.rule) == ("Wellbeing EDI", line.span, Rule.TAG_LINE)
    assert (odd.quoted, odd.span) == ("EDI", Span(4, 4, 11))


def test_an_item_of_a_list_is_never_split(mapped: Mapper) -> None:
    made = mapped(record("case-study", field("keywords", "Training Wellbeing"), slug="a"))
    assert said(made, DCTERMS.subject) == []
    assert said(made, CKG.unrecognisedText) == ["Training Wellbeing"]


def test_one_label_in_three_schemes_is_three_concepts(mapped: Mapper) -> None:
    label = "Managers of researchers"
    made = mapped(record("case-study", field("beneficiaries", label), field("stakeholders", label)))
    assert said(made, CKG.beneficiary) == [
        concept("beneficiaries", "managers-of-researchers").value
    ]
    assert said(made, CKG.stakeholder) == [concept("stakeholders", "managers-of-researchers").value]


def test_a_named_institution_is_looked_up_and_an_unknown_one_kept(mapped: Mapper) -> None:
    made = mapped(
        record("case-study", field("institution", "NGU", 2), slug="a"),
        record("case-study", field("institution", "Nowhere College", 3), slug="b"),
    )
    assert said(made, CKG.organisation) == [NORTHGATE]
    assert said(made, CKG.unrecognisedText) == ["institution: Nowhere College"]
    found = [f for f in made.findings if f.code == "unknown-organisation"]
    assert [(f.path, f.line) for f in found] == [("in/cards.txt", 3)]


def test_the_only_institution_that_the_prose_names_is_taken_with_its_words(mapped: Mapper) -> None:
    text = "A scheme of\nNorthgate University, with the Northern Three."
    made = mapped(record("case-study", field("abstract", text, 5), slug="a"))
    (own,) = (s for s in made.statements if s.predicate == CKG.organisation)
    assert (own.object, own.rule, own.quoted) == (
        thing("organisation", "northgate-university"),
        Rule.NAME_IN_PROSE,
        "Northgate University",
    )
    assert own.span == Span(6, 6, 1)
    assert len(said(made, CKG.mentions)) == 2
    assert codes(made) == []


def test_an_acronym_is_told_apart_from_a_name(mapped: Mapper) -> None:
    made = mapped(record("case-study", field("abstract", "NGU tried it."), slug="a"))
    (own,) = (s for s in made.statements if s.predicate == CKG.organisation)
    assert own.rule is Rule.ACRONYM_IN_PROSE


def test_several_institutions_in_the_prose_are_no_answer(mapped: Mapper) -> None:
    text = "NGU and the University of Southwick tried it."
    made = mapped(record("case-study", field("abstract", text), slug="a"))
    assert said(made, CKG.organisation) == []
    assert len(said(made, CKG.mentions)) == 2
    assert "several-institutions" in codes(made)


def test_no_institution_is_reported_and_not_guessed(mapped: Mapper) -> None:
    made = mapped(record("case-study", field("abstract", "A reading circle."), slug="a"))
    assert said(made, CKG.organisation) == []
    assert "no-institution" in codes(made)


def test_a_study_whose_text_is_not_held_says_so(mapped: Mapper) -> None:
    made = mapped(record("case-study", field("title", "Open doors")))
    assert said(made, CKG.textHeld) == ["false"]
    assert said(made, DCTERMS.abstract) == []


def test_names_come_from_slug_then_title_then_place(mapped: Mapper) -> None:
    made = mapped(
        record("case-study", field("title", "Open doors"), slug="own"),
        record("case-study", field("title", "Open doors")),
        record("case-study"),
    )
    subjects = [s.subject for s in made.statements if s.predicate == RDF.type]
    assert subjects == [
        thing("case-study", "own"),
        thing("case-study", "open-doors"),
        thing("case-study", "cards-3"),
    ]


def test_what_is_no_address_and_what_no_column_knows_is_kept(mapped: Mapper) -> None:
    made = mapped(
        record(
            "case-study",
            field("title", "<b>Turtle</b> } . <a> <b> <c> ."),
            field("source", "see the web"),
            field("unknown", "Mood: bright"),
        )
    )
    assert said(made, DCTERMS.title) == ["<b>Turtle</b> } . <a> <b> <c> ."]
    assert said(made, CKG.unrecognisedText) == ["source: see the web", "Mood: bright"]
    assert "bad-address" in codes(made)
