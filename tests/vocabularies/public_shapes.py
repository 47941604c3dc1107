"""Twenty example vocabularies, each in a shape that public ones have; all content is invented.

Each has a scheme, and concepts that the pages must show under their own addresses.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

HEAD = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix v: <{base}> .
v:scheme a skos:ConceptScheme .
"""
LANGUAGES = ("en", "de", "fr", "es", "cy", "fi")
LARGE = 5_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One vocabulary: file name, text, scheme, and the name of some concepts by their IRIs."""

    file: str
    text: str
    scheme: str
    names: dict[str, str]


def base_of(name: str) -> str:
    return f"https://{name}.vocab.example.org/terms/"


def concept(
    key: str, label: str, more: str = "", parent: str = "", definition: str = "Invented."
) -> str:
    """A concept with an English label and definition, below ``parent`` or at the top."""
    place = f"skos:broader {parent}" if parent else "skos:topConceptOf v:scheme"
    return (
        f'{key} a skos:Concept ; skos:inScheme v:scheme ; {place} ; skos:prefLabel "{label}"@en ;'
        f' skos:definition "{definition}"@en {";" if more else ""} {more} .\n'
    )


def turtle(name: str, body: str, names: dict[str, str], title: str = "") -> Vocabulary:
    base = base_of(name)
    head = HEAD.format(base=base)
    if title != "none":
        head += f'v:scheme dcterms:title "{title or name.capitalize()}"@en .\n'
    shown = {key if key.startswith("urn:") else base + key: label for key, label in names.items()}
    return Vocabulary(f"{name}.ttl", head + body, f"{base}scheme", shown)


def plain_tree() -> Vocabulary:
    body = concept("v:a", "Crafts") + concept("v:b", "Weaving", parent="v:a")
    return turtle("plain", body, {"a": "Crafts", "b": "Weaving"})


def skos_xl() -> Vocabulary:
    body = "".join(
        f"v:c{n} a skos:Concept ; skos:inScheme v:scheme ; skos:topConceptOf v:scheme ;"
        f' xl:prefLabel v:l{n} ; xl:altLabel [ a xl:Label ; xl:literalForm "Also {n}"@en ] .\n'
        f'v:l{n} a xl:Label ; xl:literalForm "Label {n}"@en .\n'
        for n in range(30)
    )
    return turtle("skosxl", body, {"c0": "Label 0", "c29": "Label 29"})


def polyhierarchy() -> Vocabulary:
    body = concept("v:top", "Top")
    body += "".join(concept(f"v:m{n}", f"Middle {n}", parent="v:top") for n in range(4))
    body += "".join(
        concept(f"v:p{n}", f"Leaf {n}", f"skos:broader v:m{(n + 1) % 4}", f"v:m{n % 4}")
        for n in range(40)
    )
    return turtle("poly", body, {"p7": "Leaf 7", "m3": "Middle 3"})


def collections() -> Vocabulary:
    body = concept("v:a", "Milk") + concept("v:b", "Cheese")
    body += 'v:by-age a skos:Collection ; skos:prefLabel "By age"@en ; skos:member v:a , v:b .\n'
    return turtle("collections", body, {"a": "Milk", "by-age": "By age"})


def ordered_collections() -> Vocabulary:
    body = "".join(concept(f"v:s{n}", f"Stage {n}") for n in range(5))
    members = " ".join(f"v:s{n}" for n in (3, 1, 4, 0, 2))
    body += (
        f'v:order a skos:OrderedCollection ; skos:prefLabel "In order"@en ;'
        f" skos:memberList ( {members} ) .\n"
    )
    return turtle("ordered", body, {"s3": "Stage 3", "order": "In order"})


def typed_notations() -> Vocabulary:
    body = "".join(
        concept(
            f"v:n{n}",
            f"Place {n}",
            f'skos:notation "{n:03}"^^v:numeric , "P{n}"^^v:letters , "0{n}"^^xsd:integer',
        )
        for n in range(20)
    )
    return turtle("notations", body, {"n7": "Place 7"})


def large_flat() -> Vocabulary:
    """5,000 concepts at the top, without any hierarchy, as lists of subjects are."""
    body = "".join(concept(f"v:c{n}", f"Subject {n}") for n in range(LARGE))
    return turtle("largeflat", body, {"c0": "Subject 0", f"c{LARGE - 1}": f"Subject {LARGE - 1}"})


def large_deep() -> Vocabulary:
    """5,000 concepts in six levels, labelled in six languages."""
    body = "".join(
        concept(
            f"v:c{n}",
            f"Term {n}",
            "skos:prefLabel " + " , ".join(f'"Term {n} {tag}"@{tag}' for tag in LANGUAGES[1:]),
            f"v:c{(n - 1) // 5}" if n else "",
        )
        for n in range(LARGE)
    )
    return turtle("largedeep", body, {"c0": "Term 0", "c4999": "Term 4999"})


def six_languages() -> Vocabulary:
    body = ""
    for n, tag in product(range(12), LANGUAGES):
        body += (
            f'v:c{n} skos:prefLabel "Wort {tag} {n}"@{tag} ; skos:definition "d {tag}"@{tag} .\n'
        )
    body += "".join(
        f"v:c{n} a skos:Concept ; skos:inScheme v:scheme ; skos:topConceptOf v:scheme .\n"
        for n in range(12)
    )
    return turtle("languages", body, {"c3": "Wort en 3"})


def without_english() -> Vocabulary:
    """Most labels are Finnish, some Swedish only: one language at a time."""
    body = "".join(
        f"v:c{n} a skos:Concept ; skos:inScheme v:scheme ; skos:topConceptOf v:scheme ;"
        f' skos:prefLabel "Käsite {n}"@fi , "A begrepp {n}"@sv .\n'
        for n in range(8)
    )
    body += 'v:c9 a skos:Concept ; skos:inScheme v:scheme ; skos:prefLabel "Bara"@sv .\n'
    body += 'v:c8 a skos:Concept ; skos:inScheme v:scheme ; skos:prefLabel "Vain"@fi .\n'
    body += 'v:scheme skos:prefLabel "Sanasto"@fi , "En ordlista"@sv .\n'
    return turtle("finnish", body, {"c3": "Käsite 3", "c9": "Bara"}, "none")


def deprecated_terms() -> Vocabulary:
    body = concept("v:new", "Present term")
    body += concept(
        "v:old",
        "Former term",
        'owl:deprecated true ; dcterms:isReplacedBy v:new ; skos:changeNote "Given up."@en',
    )
    return turtle("deprecated", body, {"old": "Former term", "new": "Present term"})


def percent_signs() -> Vocabulary:
    base = base_of("percent")
    body = concept(f"<{base}j%C3%A4lki(a)>", "Percent encoded")
    body += concept(f"<{base}jälki(a)>", "Not ASCII", parent=f"<{base}j%C3%A4lki(a)>")
    body += concept(f"<{base}q?a=1&b=2#frag>", "Query and fragment")
    body += concept(f"<{base}日本語/語彙>", "Han")
    return turtle(
        "percent",
        body,
        {
            "j%C3%A4lki(a)": "Percent encoded",
            "jälki(a)": "Not ASCII",
            "q?a=1&b=2#frag": "Query and fragment",
            "日本語/語彙": "Han",
        },
    )


def urn_addresses() -> Vocabulary:
    body = concept("<urn:example:terms:1>", "First by name")
    return turtle("urns", body, {"urn:example:terms:1": "First by name"})


def notes_as_nodes() -> Vocabulary:
    body = concept(
        "v:a",
        "With history",
        'skos:changeNote [ rdf:value "Moved in spring"@en ; dcterms:created "2020"^^xsd:gYear ] ;'
        " skos:scopeNote v:note",
    )
    body += 'v:note rdf:value "Used narrowly"@en .\n'
    return turtle("notes", body, {"a": "With history"})


def outside_parents() -> Vocabulary:
    body = concept("v:a", "Extract", parent="<https://large.example.com/c/99>")
    return turtle("extract", body, {"a": "Extract"})


def several_matches() -> Vocabulary:
    body = concept(
        "v:a",
        "Mapped",
        "skos:exactMatch <http://other.example.com/onto#One> , <http://other.example.com/onto#Two>",
    )
    return turtle("mapped", body, {"a": "Mapped"})


def narrower_only() -> Vocabulary:
    body = "v:scheme skos:hasTopConcept v:a .\n"
    for key, label in (("a", "Upper"), ("b", "Lower"), ("c", "Lowest")):
        body += f'v:{key} a skos:Concept ; skos:inScheme v:scheme ; skos:prefLabel "{label}"@en .\n'
    body += "v:a skos:narrower v:b . v:b skos:narrower v:c .\n"
    return turtle("narrower", body, {"a": "Upper", "c": "Lowest"})


def codes_without_labels() -> Vocabulary:
    body = "".join(
        f"v:k{n} a skos:Concept ; skos:inScheme v:scheme ; skos:topConceptOf v:scheme ;"
        f' skos:notation "K{n}" ; skos:definition "" .\n'
        for n in range(5)
    )
    return turtle("codes", body, {"k3": "k3"})


def rdf_xml_with_entities() -> Vocabulary:
    base = base_of("owlfile")
    text = f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE rdf:RDF [ <!ENTITY skos 'http://www.w3.org/2004/02/skos/core#'>
  <!ENTITY b '{base}'> ]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="&skos;"
  xml:base="{base}">
<skos:ConceptScheme rdf:about="scheme"><skos:prefLabel xml:lang="en">Café words</skos:prefLabel>
</skos:ConceptScheme>
<skos:Concept rdf:about="&b;a"><skos:inScheme rdf:resource="scheme"/>
<skos:topConceptOf rdf:resource="scheme"/>
<skos:prefLabel xml:lang="en">Café au lait</skos:prefLabel></skos:Concept>
</rdf:RDF>
"""
    return Vocabulary("owlfile.owl", text, f"{base}scheme", {f"{base}a": "Café au lait"})


def json_ld() -> Vocabulary:
    base = base_of("jsonfile")
    text = f"""{{"@context": {{"skos": "http://www.w3.org/2004/02/skos/core#", "@language": "en"}},
 "@graph": [
  {{"@id": "{base}scheme", "@type": "skos:ConceptScheme", "skos:prefLabel": "From JSON"}},
  {{"@id": "{base}a", "@type": "skos:Concept", "skos:prefLabel": "A term of JSON",
   "skos:inScheme": {{"@id": "{base}scheme"}}, "skos:topConceptOf": {{"@id": "{base}scheme"}}}}]}}
"""
    return Vocabulary("jsonfile.json", text, f"{base}scheme", {f"{base}a": "A term of JSON"})


SHAPES: tuple[Callable[[], Vocabulary], ...] = (
    plain_tree,
    skos_xl,
    polyhierarchy,
    collections,
    ordered_collections,
    typed_notations,
    large_flat,
    large_deep,
    six_languages,
    without_english,
    deprecated_terms,
    percent_signs,
    urn_addresses,
    notes_as_nodes,
    outside_parents,
    several_matches,
    narrower_only,
    codes_without_labels,
    rdf_xml_with_entities,
    json_ld,
)


def list_vocabularies() -> Iterator[Vocabulary]:
    """Yield all twenty."""
    return (shape() for shape in SHAPES)
