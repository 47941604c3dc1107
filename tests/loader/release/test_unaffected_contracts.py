"""Contract checks that a change does not matter to, and those that must be made again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from loader.queries.contract_check import ContractCheck, hash_query_text
from loader.queries.saved_query import SavedQuery
from loader.release.statement_changes import StatementChanges
from loader.release.unaffected_contracts import find_unaffected_checks
from tests.loader.queries.test_query_files import GOOD, parse

ASKING = """#+ ask:
#+   - {says: careers are known, query: "ASK { ?any a e:Kind ; e:note ?note }"}
#+   - {says: every study has a place, none: "FILTER NOT EXISTS { ?study e:place ?place }"}
"""
QUERY = parse(GOOD.replace("PREFIX concept", f"{ASKING}PREFIX concept", 1))
CHECK = ContractCheck(
    "example", True, "example keeps its contract.", 2, 1.5, 2, 0, hash_query_text(QUERY.text), 5000
)


def line(rest: str) -> str:
    words = rest.replace("e:", "https://example.org/").replace(
        " a ", " http://www.w3.org/1999/02/22-rdf-syntax-ns#type "
    )
    terms = [word if word.startswith('"') else f"<{word}>" for word in words.split()]
    return f"{' '.join(terms)} .\n"


def find(
    changes: StatementChanges,
    queries: Sequence[SavedQuery] = (QUERY,),
    checks: Sequence[ContractCheck] = (CHECK,),
) -> dict[str, ContractCheck]:
    return find_unaffected_checks(queries, checks, changes)


@pytest.mark.parametrize(
    "statement",
    ['e:a e:abstract "A" e:g', "e:a e:abstract e:title e:g", "e:a a e:Other e:g"],
)
def test_other_statements_do_not_matter(statement: str) -> None:
    for changes in (StatementChanges([line(statement)]), StatementChanges((), [line(statement)])):
        assert find(changes) == {"example": CHECK}


@pytest.mark.parametrize(
    "statement",
    [
        'e:a e:title "A" e:g',
        "e:a e:subject e:b e:g",
        "e:a a e:Kind e:g",
        "e:a e:note e:b e:g",
        "e:a e:place e:b e:g",
    ],
)
def test_statements_of_the_query_or_an_invariant_matter(statement: str) -> None:
    assert find(StatementChanges([line(statement)])) == {}
    assert find(StatementChanges((), [line(statement)])) == {}


def test_a_broken_contract_stays_broken() -> None:
    broken = replace(CHECK, ok=False, message="example breaks its contract: it gives 0 rows.")
    assert find(StatementChanges(), checks=[broken]) == {"example": broken}


@pytest.mark.parametrize(
    "check",
    [
        replace(CHECK, ok=False, max_ms=0, message="stopped after 60 s of processor time"),
        replace(CHECK, file=hash_query_text("another text")),
        replace(CHECK, name="another"),
    ],
)
def test_a_check_that_was_stopped_or_of_another_query_counts_for_nothing(
    check: ContractCheck,
) -> None:
    assert find(StatementChanges(), checks=[check]) == {}


def test_a_query_that_any_statement_may_matter_to_is_always_checked_again() -> None:
    query = parse(GOOD.replace("e:title ?title", "?property ?title"))
    check = replace(CHECK, file=hash_query_text(query.text))
    assert find(StatementChanges(), [query], [check]) == {}
    query = parse(QUERY.text.replace("?study e:place", "?study e:place*"))
    check = replace(CHECK, file=hash_query_text(query.text))
    assert find(StatementChanges(), [query], [check]) == {}
