"""Graphs of our own for the conditions of SKOS: those that keep each, and those that break it.

Each is Turtle without prefixes, about names of ``ex:``. The sections are those of the SKOS
Reference, https://www.w3.org/TR/skos-reference/.
"""

CONSISTENT = {
    "4 a scheme and its top concept": "ex:s a skos:ConceptScheme ; skos:hasTopConcept ex:a .",
    "4 a concept in two schemes": "ex:a a skos:Concept ; skos:inScheme ex:s , ex:t .",
    "4 a scheme inside a dataset": "ex:s a skos:ConceptScheme ; dcterms:isPartOf ex:d .",
    "4 top concept stated from below": "ex:a skos:topConceptOf ex:s .",
    "4 a top concept with a broader one": "ex:a skos:topConceptOf ex:s ; skos:broader ex:b .",
    "4 an ontology that is a scheme": "ex:s a skos:ConceptScheme , owl:Ontology .",
    "4 a class that is a concept": "ex:a a skos:Concept , owl:Class .",
    "4 a property that is a concept": "ex:a a skos:Concept , owl:ObjectProperty .",
    "5 a label in two languages": 'ex:a skos:prefLabel "Horse"@en , "Pferd"@de .',
    "5 a label in two regions": 'ex:a skos:prefLabel "Colour"@en-GB , "Color"@en-US .',
    "5 a label without language and one with": 'ex:a skos:prefLabel "Horse" , "Horse"@en .',
    "5 alternative labels without a preferred one": 'ex:a skos:altLabel "Mare"@en , "Foal"@en .',
    "5 no label at all": "ex:a a skos:Concept .",
    "5 a label of what is no concept": 'ex:a a owl:Thing ; skos:prefLabel "Any"@en .',
    "5 one word twice": 'ex:a skos:prefLabel "Bank"@en . ex:b skos:prefLabel "Bank"@en .',
    "6 two notations of one kind": 'ex:a skos:notation "1"^^ex:n , "2"^^ex:n .',
    "6 one notation of two concepts": 'ex:a skos:notation "1" . ex:b skos:notation "1" .',
    "7 a note as text": 'ex:a skos:definition "What it is."@en .',
    "7 a note as a node": 'ex:a skos:changeNote [ rdf:value "Moved."@en ; dcterms:date "2020" ] .',
    "7 a note as a document": "ex:a skos:definition ex:document .",
    "7 a note on a scheme": 'ex:s a skos:ConceptScheme ; skos:note "About."@en .',
    "8 broader and narrower": "ex:a skos:broader ex:b . ex:b skos:narrower ex:a .",
    "8 broader alone": "ex:a skos:broader ex:b .",
    "8 related to itself": "ex:a skos:related ex:a .",
    "8 broader than itself": "ex:a skos:broader ex:a .",
    "8 a circle": "ex:a skos:broader ex:b . ex:b skos:broader ex:c . ex:c skos:broader ex:a .",
    "8 two ways": "ex:a skos:broader ex:b , ex:c . ex:b skos:broader ex:d . ex:c skos:note ex:e .",
    "8 a short cut": "ex:a skos:broader ex:b , ex:c . ex:b skos:broader ex:c .",
    "8 related siblings": "ex:a skos:broader ex:c ; skos:related ex:b . ex:b skos:broader ex:c .",
    "8 transitive steps": "ex:a skos:broaderTransitive ex:b .",
    "8 between schemes": "ex:a skos:inScheme ex:s ; skos:broader ex:b . ex:b skos:inScheme ex:t .",
    "9 a collection": "ex:k a skos:Collection ; skos:member ex:a , ex:b .",
    "9 collections inside each other": "ex:k skos:member ex:l . ex:l skos:member ex:a .",
    "9 in order": "ex:k a skos:OrderedCollection ; skos:memberList ( ex:a ex:b ex:a ) .",
    "9 the type alone": "ex:k a skos:OrderedCollection , skos:Collection .",
    "10 a match": "ex:a skos:exactMatch ex:b ; skos:closeMatch ex:c .",
    "10 two exact matches": "ex:a skos:exactMatch <http://o.example/1> , <http://o.example/2> .",
    "10 inside a scheme": "ex:a skos:inScheme ex:s ; skos:exactMatch ex:b . ex:b skos:inScheme"
    " ex:s .",
    "10 one match of two": (
        "ex:a skos:exactMatch <http://www.wikidata.org/entity/Q42> ."
        " ex:b skos:exactMatch <http://www.wikidata.org/entity/Q42> ."
    ),
    "10 a match that is no item": "ex:a skos:exactMatch <https://www.wikidata.org/wiki/Q42> .",
    "10 exact and close": "ex:a skos:exactMatch ex:b ; skos:closeMatch ex:b .",
    "10 chains of close matches": "ex:a skos:closeMatch ex:b . ex:b skos:relatedMatch ex:a .",
    "10 a match of itself": "ex:a skos:exactMatch ex:a .",
    "B a label that is a resource": 'ex:a xl:prefLabel ex:l . ex:l xl:literalForm "Horse"@en .',
    "B stated twice": 'ex:a skos:prefLabel "L"@en ; xl:prefLabel [ xl:literalForm "L"@en ] .',
    "B two labels with one form": 'ex:l xl:literalForm "L"@en . ex:m xl:literalForm "L"@en .',
    "B related labels": "ex:l a xl:Label ; xl:labelRelation ex:m . ex:m a xl:Label .",
    "B a label without a form": "ex:a xl:altLabel ex:l .",
}

INCONSISTENT = {
    "S9 both types": ("skos-s9", "ex:s a skos:ConceptScheme , skos:Concept ."),
    "S9 a scheme with a broader concept": (
        "skos-s9",
        "ex:s a skos:ConceptScheme ; skos:broader ex:a .",
    ),
    "S9 a scheme as a match": (
        "skos-s9",
        "ex:s skos:hasTopConcept ex:a . ex:b skos:closeMatch ex:s .",
    ),
    "S9 in a concept": (
        "skos-s9",
        "ex:a a skos:Concept ; skos:inScheme ex:b . ex:b a skos:Concept .",
    ),
    "S13 preferred and alternative": (
        "skos-s13",
        'ex:a skos:prefLabel "Horse"@en ; skos:altLabel "Horse"@en .',
    ),
    "S13 alternative and hidden": (
        "skos-s13",
        'ex:a skos:altLabel "Hors"@en ; skos:hiddenLabel "Hors"@en .',
    ),
    "S13 preferred and hidden": (
        "skos-s13",
        'ex:a skos:prefLabel "Horse"@en ; skos:hiddenLabel "Horse"@en .',
    ),
    "S13 by the form of a label": (
        "skos-s13",
        'ex:a skos:prefLabel "Horse"@en ; xl:altLabel [ xl:literalForm "Horse"@en ] .',
    ),
    "S14 two in one language": ("skos-s14", 'ex:a skos:prefLabel "Horse"@en , "Nag"@en .'),
    "S14 two without language": ("skos-s14", 'ex:a skos:prefLabel "Horse" , "Nag" .'),
    "S14 by the forms of labels": (
        "skos-s14",
        'ex:a xl:prefLabel [ xl:literalForm "Horse"@en ] , [ xl:literalForm "Nag"@en ] .',
    ),
    "S27 related and broader": ("skos-s27", "ex:a skos:broader ex:b ; skos:related ex:b ."),
    "S27 related and far above": (
        "skos-s27",
        "ex:a skos:broader ex:b ; skos:related ex:c . ex:b skos:broader ex:c .",
    ),
    "S27 related from above": ("skos-s27", "ex:b skos:narrower ex:a ; skos:related ex:a ."),
    "S27 transitive": ("skos-s27", "ex:a skos:broaderTransitive ex:b ; skos:related ex:b ."),
    "S27 by matches": ("skos-s27", "ex:a skos:broadMatch ex:b ; skos:relatedMatch ex:b ."),
    "S37 a collection and a concept": ("skos-s37", "ex:k a skos:Collection , skos:Concept ."),
    "S37 a collection and a scheme": ("skos-s37", "ex:k a skos:Collection , skos:ConceptScheme ."),
    "S37 a collection below a concept": (
        "skos-s37",
        "ex:a skos:narrower ex:k . ex:k a skos:Collection ; skos:member ex:b .",
    ),
    "S37 what has members is related": ("skos-s37", "ex:k skos:member ex:b ; skos:related ex:c ."),
    "S37 an ordered collection as top concept": (
        "skos-s37",
        "ex:s skos:hasTopConcept ex:k . ex:k a skos:OrderedCollection .",
    ),
    "S46 exact and broad": ("skos-s46", "ex:a skos:exactMatch ex:b ; skos:broadMatch ex:b ."),
    "S46 exact and related": ("skos-s46", "ex:a skos:exactMatch ex:b ; skos:relatedMatch ex:b ."),
    "S46 the other way round": (
        "skos-s46",
        "ex:a skos:exactMatch ex:b . ex:b skos:narrowMatch ex:a .",
    ),
    "S46 by a chain": (
        "skos-s46",
        "ex:a skos:exactMatch ex:b ; skos:broadMatch ex:c . ex:b skos:exactMatch ex:c .",
    ),
    "S48 a label and a concept": ("skos-s48", "ex:l a xl:Label , skos:Concept ."),
    "S52 two forms": ("skos-s52", 'ex:l xl:literalForm "Horse"@en , "Nag"@en .'),
}
"""The code of the error that a graph must raise, and the graph."""
