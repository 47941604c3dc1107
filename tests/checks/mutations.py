"""One way to break the clean graph for each check: an update, and who is then at fault."""

from dataclasses import dataclass

BASE = "https://w3id.org/concordat-kg/"

PREFIXES = """
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX case: <https://w3id.org/concordat-kg/id/case-study/>
PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>
PREFIX claim: <https://w3id.org/concordat-kg/id/claim/>
PREFIX commitment: <https://w3id.org/concordat-kg/id/commitment/>
PREFIX concept: <https://w3id.org/concordat-kg/concept/keywords/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX graph: <https://w3id.org/concordat-kg/graph/>
PREFIX identifier: <https://w3id.org/concordat-kg/id/identifier/>
PREFIX initiative: <https://w3id.org/concordat-kg/id/initiative/>
PREFIX organisation: <https://w3id.org/concordat-kg/id/organisation/>
PREFIX principle: <https://w3id.org/concordat-kg/concept/principles/>
PREFIX scheme: <https://w3id.org/concordat-kg/scheme/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


@dataclass(frozen=True)
class Mutation:
    """``add`` and ``drop`` are Turtle: put into a graph of its own, taken out of every graph.

    ``about`` are the things that the check ``code`` must name, each once; ``says`` a piece of its
    message; ``also`` the codes that cannot but come along.
    """

    code: str
    about: tuple[str, ...]
    says: str
    add: str = ""
    drop: str = ""
    also: tuple[str, ...] = ()

    @property
    def update(self) -> str:
        """The SPARQL update that breaks the clean graph."""
        everywhere = "WHERE { GRAPH ?g { ?s ?p ?o } }"
        return (
            f"{PREFIXES} DELETE {{ GRAPH ?g {{ {self.drop} }} }} {everywhere} ;"
            f" INSERT DATA {{ GRAPH graph:mutation {{ {self.add} }} }}"
        )

    @property
    def things(self) -> list[str]:
        """The IRIs of ``about``, whose short names are paths under the base."""
        return sorted(name if ":" in name else BASE + name for name in self.about)


CONCEPT = (
    "a skos:Concept ; skos:inScheme scheme:keywords ; skos:prefLabel {label}@en ;"
    ' skos:definition "Something."@en'
)


def concept(name: str, more: str = "", label: str = "") -> str:
    """A whole concept of the keywords, and what else is said of it."""
    return f"concept:{name} {CONCEPT.format(label=label or repr(name))} {more and ';'} {more} . "


KEYWORD = "concept/keywords/"

MUTATIONS = (
    Mutation(
        "skos-s9",
        ("scheme/keywords",),
        "is both a concept scheme and a concept",
        "scheme:keywords a skos:Concept .",
        also=("not-in-scheme",),
    ),
    Mutation(
        "skos-s9",
        ("scheme/keywords",),
        "by its type or by its links",
        "scheme:keywords skos:closeMatch <https://example.org/other/mentoring> .",
    ),
    Mutation(
        "skos-s13",
        (KEYWORD + "mentoring",),
        '"Mentoring" is given to "Mentoring" (concept:mentoring) by',
        'concept:mentoring skos:altLabel "Mentoring"@en .',
    ),
    Mutation(
        "skos-s13",
        (KEYWORD + "mentoring",),
        "skos:hiddenLabel",
        'concept:mentoring skos:hiddenLabel "Mentoring"@en .',
    ),
    Mutation(
        "skos-s13",
        ("id/organisation/north",),
        "by skos:altLabel and by skos:hiddenLabel",
        'organisation:north skos:hiddenLabel "The North"@en .',
    ),
    Mutation(
        "skos-s14",
        (KEYWORD + "mentoring",),
        '"Mentoring" and "Tutoring"',
        'concept:mentoring skos:prefLabel "Tutoring"@en .',
    ),
    Mutation(
        "skos-s27",
        (KEYWORD + "mentoring",),
        '"Careers" (concept:careers)',
        "concept:mentoring skos:related concept:careers ."
        " concept:careers skos:related concept:mentoring .",
    ),
    Mutation(
        "skos-s37",
        (KEYWORD + "mentoring",),
        "skos:Concept",
        "concept:mentoring a skos:OrderedCollection .",
    ),
    Mutation(
        "skos-s37",
        ("https://example.org/group",),
        "skos:Concept",
        "<https://example.org/group> skos:member concept:mentoring ."
        " concept:mentoring skos:related <https://example.org/group> .",
        also=("outside-concept", "unidirectional-relation"),
    ),
    Mutation(
        "skos-s37",
        ("https://example.org/group",),
        "skos:ConceptScheme",
        "<https://example.org/group> skos:member concept:mentoring ;"
        " skos:hasTopConcept concept:careers ."
        " concept:careers skos:topConceptOf <https://example.org/group> .",
    ),
    Mutation(
        "skos-s48",
        (KEYWORD + "mentoring",),
        "skos:Concept",
        "concept:careers <http://www.w3.org/2008/05/skos-xl#altLabel> concept:mentoring .",
    ),
    Mutation(
        "skos-s52",
        ("https://example.org/label",),
        '"One" and "Two"',
        "<https://example.org/label> <http://www.w3.org/2008/05/skos-xl#literalForm>"
        ' "One"@en , "Two"@en .',
    ),
    Mutation(
        "outside-concept",
        (KEYWORD + "mentoring",),
        "skos:broader <https://example.org/nowhere>",
        "concept:mentoring skos:broader <https://example.org/nowhere> .",
    ),
    Mutation(
        "definition-resource",
        (KEYWORD + "mentoring",),
        "its page shows the text",
        "concept:mentoring skos:definition <https://example.org/definition> .",
    ),
    Mutation(
        "skos-s46",
        (KEYWORD + "mentoring",),
        "skos:broadMatch",
        "concept:mentoring skos:broadMatch <https://example.org/other/mentoring> .",
    ),
    Mutation(
        "skos-s46",
        (KEYWORD + "mentoring",),
        "skos:relatedMatch",
        "<https://example.org/third> skos:exactMatch <https://example.org/other/mentoring> ."
        " concept:mentoring skos:relatedMatch <https://example.org/third> .",
    ),
    Mutation(
        "cyclic-hierarchy",
        (KEYWORD + "alpha", KEYWORD + "beta", KEYWORD + "gamma"),
        "is reached again",
        concept("alpha", "skos:broader concept:beta ; skos:related concept:wellbeing")
        + concept("beta", "skos:broader concept:gamma")
        + concept("gamma", "skos:broader concept:alpha")
        + "concept:wellbeing skos:related concept:alpha .",
    ),
    Mutation(
        "reflexive-relation",
        (KEYWORD + "training",),
        "by skos:related",
        "concept:training skos:related concept:training .",
    ),
    Mutation(
        "orphan-concept",
        (KEYWORD + "alpha",),
        "neither a top concept nor linked",
        concept("alpha"),
    ),
    Mutation(
        "disconnected-cluster",
        (KEYWORD + "alpha", KEYWORD + "beta"),
        '"Keywords" (scheme:keywords)',
        concept("alpha") + concept("beta", "skos:broader concept:alpha"),
    ),
    Mutation(
        "redundant-hierarchy",
        (KEYWORD + "mentoring",),
        "through",
        "concept:mentoring skos:broader concept:careers .",
    ),
    Mutation(
        "valueless-association",
        (KEYWORD + "mentoring",),
        '"Development" (concept:development)',
        "concept:mentoring skos:related concept:training ."
        " concept:training skos:related concept:mentoring .",
    ),
    Mutation(
        "solely-transitive",
        (KEYWORD + "training",),
        "skos:broaderTransitive",
        "concept:training skos:broaderTransitive concept:culture .",
    ),
    Mutation(
        "unidirectional-relation",
        (KEYWORD + "culture",),
        "skos:broader",
        concept("alpha") + "concept:culture skos:narrower concept:alpha .",
    ),
    Mutation(
        "unidirectional-relation",
        (KEYWORD + "training",),
        "skos:related",
        "concept:training skos:related concept:wellbeing .",
    ),
    Mutation(
        "top-concept-with-broader",
        (KEYWORD + "culture",),
        '"Careers" (concept:careers)',
        "concept:culture skos:broader concept:careers .",
    ),
    Mutation(
        "omitted-top-concepts",
        ("scheme/keywords",),
        "names none of them",
        drop="scheme:keywords skos:hasTopConcept concept:careers , concept:culture ."
        " concept:careers skos:topConceptOf scheme:keywords ."
        " concept:culture skos:topConceptOf scheme:keywords .",
    ),
    Mutation(
        "not-in-scheme",
        (KEYWORD + "training",),
        "is in no concept scheme",
        drop="concept:training skos:inScheme scheme:keywords .",
    ),
    Mutation(
        "ambiguous-notation",
        (KEYWORD + "mentoring",),
        '"M1" is the notation of',
        'concept:training skos:notation "M1" .',
    ),
    Mutation(
        "mapping-in-scheme",
        (KEYWORD + "mentoring",),
        "skos:closeMatch",
        "concept:mentoring skos:closeMatch concept:training .",
    ),
    Mutation(
        "overlapping-label",
        (KEYWORD + "mentoring",),
        '"MENTORSHIP" names both "Mentoring" (concept:mentoring) and "Training" (concept:training)',
        'concept:training skos:altLabel "MENTORSHIP"@en .',
    ),
    Mutation(
        "empty-label",
        (KEYWORD + "training",),
        "skos:altLabel",
        'concept:training skos:altLabel "  "@en .',
    ),
    Mutation(
        "missing-label",
        (KEYWORD + "training",),
        "has no preferred label",
        drop='concept:training skos:prefLabel "Training"@en .',
    ),
    Mutation(
        "missing-main-label",
        (KEYWORD + "training",),
        '"en"',
        'concept:training skos:prefLabel "Formation"@fr .',
        'concept:training skos:prefLabel "Training"@en .',
        also=("incomplete-language-coverage",),
    ),
    Mutation(
        "incomplete-language-coverage",
        tuple(KEYWORD + n for n in ("careers", "culture", "development", "mentoring", "wellbeing")),
        '"cy"',
        'concept:training skos:prefLabel "Hyfforddiant"@cy .',
    ),
    Mutation(
        "missing-language-tag",
        (KEYWORD + "training",),
        '"Courses" is the skos:altLabel of',
        'concept:training skos:altLabel "Courses" .',
    ),
    Mutation(
        "undocumented-concept",
        (KEYWORD + "training",),
        "no definition and no note",
        drop='concept:training skos:definition "Learning that somebody has planned."@en .',
    ),
    Mutation(
        "missing-definition",
        (KEYWORD + "training",),
        "has notes and no definition",
        'concept:training skos:scopeNote "Courses too."@en .',
        'concept:training skos:definition "Learning that somebody has planned."@en .',
    ),
    Mutation(
        "unprintable-label",
        (KEYWORD + "training",),
        r'"Train\u200bing"',
        'concept:training skos:altLabel "Train\\u200Bing"@en .',
    ),
    Mutation(
        "non-http-concept",
        ("urn:example:alpha",),
        "<urn:example:alpha>",
        f"<urn:example:alpha> {CONCEPT.format(label=repr('alpha'))} ;"
        " skos:broader concept:culture .",
    ),
    Mutation(
        "unknown-skos-term",
        (KEYWORD + "training",),
        "skos:prefferedLabel",
        'concept:training skos:prefferedLabel "Training"@en .',
    ),
    Mutation(
        "unknown-skos-term",
        (KEYWORD + "training",),
        "skos:Term",
        "concept:training a skos:Term .",
    ),
    Mutation(
        "deprecated-skos-term",
        (KEYWORD + "training",),
        "skos:prefSymbol",
        "concept:training skos:prefSymbol <https://example.org/picture> .",
    ),
    Mutation(
        "unknown-thing",
        ("id/case-study/one",),
        "concept:mentorin,",
        "case:one dcterms:subject concept:mentorin .",
    ),
    Mutation(
        "unknown-property",
        ("id/case-study/one",),
        "ckg:keyword",
        "case:one ckg:keyword concept:mentoring .",
    ),
    Mutation(
        "shared-identifier",
        ("id/organisation/north",),
        '"000000001" identifies both',
        "organisation:south skos:exactMatch <https://ror.org/000000001> .",
    ),
    Mutation(
        "shared-identifier",
        ("id/organisation/north",),
        '"10000002" identifies both',
        "organisation:north adms:identifier identifier:north-ukprn ."
        ' identifier:north-ukprn a adms:Identifier ; skos:notation "10000002" .',
    ),
    Mutation(
        "disagreeing-identifiers",
        ("id/organisation/south",),
        '"10000002" in one dataset and "10000009" in another',
        "<https://w3id.org/concordat-kg/id/record/x> a ckg:SectorRecord ;"
        " ckg:recordOf organisation:south ; ckg:statesIdentifier identifier:stated ."
        ' identifier:stated a adms:Identifier ; skos:notation "10000009" ; ckg:register "UKPRN" .',
        also=("unknown-property", "unknown-thing"),
    ),
    Mutation(
        "untagged-case-study",
        ("id/case-study/one",),
        '"One"',
        drop="case:one dcterms:subject concept:mentoring .",
    ),
    Mutation(
        "claim-without-evidence",
        ("id/claim/one",),
        "ckg:False",
        drop='claim:one ckg:evidence "The register says otherwise."@en .',
    ),
    Mutation(
        "empty-label",
        (KEYWORD + "mentoring",),
        "skos:scopeNote without any text",
        'concept:mentoring skos:scopeNote " "@en .',
    ),
)
