"""The ranking of a few saved queries for questions."""

from datetime import date

import pytest

from loader.queries.query_files import parse_saved_query
from loader.queries.saved_query import SavedQuery
from loader.settings import BASE
from query_ui.graph.ask.phrasing_index import PhrasingIndex
from query_ui.graph.ask.query_ranking import MIN_SCORE, Candidate, QueryRanking
from query_ui.graph.ask.question_words import Stemmer
from query_ui.graph.ask.value_names import NamedValue, ValueNames

PREFIXES = f"""PREFIX concept: <{BASE}concept/keywords/>
PREFIX organisation: <{BASE}id/organisation/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
KEYWORD = "VALUES ?keyword { concept:policy } #+ label: Keyword; choices: keywords"
MEMBER = "VALUES ?member { organisation:x } #+ label: Member; choices: organisations"
GROUP = "VALUES ?group { organisation:y } #+ label: Group; choices: consortia"
DAY = 'VALUES ?day { "2026-01-01"^^xsd:date } #+ label: Day'
PERIOD = """VALUES ?from { "2026-01-01"^^xsd:date } #+ label: From
VALUES ?to { "2026-12-31"^^xsd:date } #+ label: To"""
DAY_OF_ASKING = date(2026, 11, 28)
LEVEL = "VALUES ?least { 2 } #+ label: Level"


def build_query(name: str, title: str, asks: list[str], *parameters: str) -> SavedQuery:
    lines = "\n".join(f"#+   - {one}" for one in asks)
    values = "\n".join(parameters)
    text = f"""#+ title: {title}
#+ summary: Rows of one kind.
#+ tags: [browse]
#+ contract: {{columns: [x], min_rows: 0, max_ms: 100}}
#+ asks:
{lines}
{PREFIXES}SELECT ?x WHERE {{
{values}
?x ?y ?z }}
"""
    return parse_saved_query(text, f"{name}.rq", name)


QUERIES = [
    build_query("by-keyword", "Practices", ["what is done about {keyword}"], KEYWORD),
    build_query("studies", "Case studies", ["case studies about {keyword}"], KEYWORD),
    build_query(
        "evaluated",
        "Evaluations",
        ["which schemes were evaluated", "{says: schemes tested in a trial, with: {least: '5'}}"],
        LEVEL,
    ),
    build_query("was", "Membership", ["was {member} in {group} on {day}"], MEMBER, GROUP, DAY),
    build_query("due", "Reviews due", ["reviews due between {from} and {to}"], PERIOD),
    build_query("lacking", "Gaps", ["which schemes were not evaluated", "most common gaps"]),
    build_query("compare", "Comparison", ["compare {member}"], MEMBER),
]


def name(choices: str, slug: str, label: str) -> NamedValue:
    kind = "concept/keywords" if choices == "keywords" else "id/organisation"
    return NamedValue(choices, f"{BASE}{kind}/{slug}", label, label)


NAMES = [
    name("keywords", "wellbeing", "Wellbeing"),
    name("keywords", "training", "Training"),
    name("organisations", "keele-university", "Keele University"),
    name("organisations", "durham-university", "Durham University"),
    name("organisations", "n8", "N8 Partnership"),
    name("consortia", "n8", "N8 Partnership"),
]


@pytest.fixture(scope="module")
def ranking() -> QueryRanking:
    stemmer = Stemmer()
    index = PhrasingIndex({query.name: query for query in QUERIES}, stemmer)
    return QueryRanking(index, ValueNames(NAMES, stemmer, index.vocabulary))


def rank(ranking: QueryRanking, text: str) -> list[Candidate]:
    return ranking.rank(ranking.read_question(text, DAY_OF_ASKING))


def describe(candidate: Candidate) -> tuple[str, dict[str, list[str]]]:
    values: dict[str, list[str]] = {}
    for value in candidate.values:
        values.setdefault(value.parameter.name, []).append(value.text)
    return candidate.query.name, values


@pytest.mark.parametrize(
    ("text", "query", "values"),
    [
        ("What is done about well-being?", "by-keyword", {"keyword": ["wellbeing"]}),
        ("case studies on training", "studies", {"keyword": ["training"]}),
        ("which projects were evaluated", "evaluated", {}),
        ("which projects weren't evaluated", "lacking", {}),
        ("reviews due next year", "due", {"from": ["2027-01-01"], "to": ["2027-12-31"]}),
        (
            "Is Keele in the N8 now?",
            "was",
            {"member": ["keele-university"], "group": ["n8"], "day": ["2026-11-28"]},
        ),
        ("programmes tested in a trial", "evaluated", {"least": ["5"]}),
        (
            "Was Keele in the N8 on 1 May 2019?",
            "was",
            {"member": ["keele-university"], "group": ["n8"], "day": ["2019-05-01"]},
        ),
        ("reviews due in 2027", "due", {"from": ["2027-01-01"], "to": ["2027-12-31"]}),
        (
            "reviews due from 2027 to March 2028",
            "due",
            {"from": ["2027-01-01"], "to": ["2028-03-31"]},
        ),
        (
            "compare Keele and Durham",
            "compare",
            {"member": ["keele-university", "durham-university"]},
        ),
    ],
)
def test_a_question_gets_its_query_with_values(
    ranking: QueryRanking, text: str, query: str, values: dict[str, list[str]]
) -> None:
    first = rank(ranking, text)[0]
    assert describe(first) == (query, values)
    assert MIN_SCORE <= first.score <= 1


@pytest.mark.parametrize(
    "text", ["How much do staff earn at Keele?", "weather tomorrow", "studies of volcanic basalt"]
)
def test_a_question_about_something_else_is_below_the_threshold(
    ranking: QueryRanking, text: str
) -> None:
    assert all(one.score < MIN_SCORE for one in rank(ranking, text))


@pytest.mark.parametrize("text", ["", "?", "what is the"])
def test_a_question_of_no_telling_words_gets_nothing(ranking: QueryRanking, text: str) -> None:
    assert rank(ranking, text) == []


def test_words_that_say_nothing_to_a_query_are_listed(ranking: QueryRanking) -> None:
    text = "What is done about training in Durham during volcanic eruptions?"
    first = rank(ranking, text)[0]
    assert first.query.name == "by-keyword"
    assert first.unused == ("Durham", "during", "volcanic", "eruptions")
    unknown = ranking.find_unknown_words(ranking.read_question(text, DAY_OF_ASKING))
    assert [word.text for word in unknown] == ["during", "volcanic", "eruptions"]


def test_a_day_that_is_part_of_no_value_is_no_name(ranking: QueryRanking) -> None:
    question = ranking.read_question("1 May 2019", DAY_OF_ASKING)
    assert (question.mentions, len(question.periods)) == ((), 1)


@pytest.mark.parametrize(
    ("text", "unmet"),
    [
        ("what is not done about training", ("not",)),
        ("what is done about training except in schools", ("except",)),
        ("what is done the most about training", ("most",)),
    ],
)
def test_a_query_that_ignores_a_condition_is_no_answer(
    ranking: QueryRanking, text: str, unmet: tuple[str, ...]
) -> None:
    near = next(one for one in rank(ranking, text) if one.query.name == "by-keyword")
    assert (near.unmet, near.is_answer) == (unmet, False)
    plain = rank(ranking, "what is done about training")[0]
    assert (plain.unmet, plain.is_answer) == ((), True)


def test_a_query_without_a_day_tells_that_now_is_not_used(ranking: QueryRanking) -> None:
    now = rank(ranking, "what is currently done about training")[0]
    plain = rank(ranking, "what is done about training")[0]
    assert (now.unused, now.score) == (("currently",), plain.score)


def test_a_condition_within_a_name_is_none(ranking: QueryRanking) -> None:
    stemmer = ranking.index.stemmer
    names = [*NAMES, name("keywords", "no-bystanders", "No Bystanders")]
    named = QueryRanking(ranking.index, ValueNames(names, stemmer, ranking.index.vocabulary))
    first = rank(named, "what is done about No Bystanders")[0]
    assert (first.query.name, first.is_answer) == ("by-keyword", True)
