"""Contract checks of saved queries on an engine, printed for the command ``queries --prove``."""

import sys
from collections.abc import Callable

import click

from loader.errors import BrokenQuery, DataError
from loader.queries.contract_check import check_contract_with, describe_slow_queries
from loader.queries.result_table import ResultTable
from loader.queries.saved_query import SavedQuery
from query_ui.engine.protocol import Engine


def print_contract_checks(
    saved_queries: list[SavedQuery],
    broken_queries: list[BrokenQuery],
    engine: Engine,
    clock: Callable[[], float],
) -> None:
    """Print the result of each contract check; raise DataError if a contract or file is broken."""

    def run(text: str) -> ResultTable:
        answer = engine.query(text)
        return ResultTable(answer.columns, [()] if answer.boolean else answer.rows)

    proofs = []
    with click.progressbar(
        saved_queries, label="Proving", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        for item in progress:
            proofs.append(check_contract_with(item, run, clock=clock))
    for proof in proofs:
        click.echo(f"{'ok' if proof.ok else 'BROKEN'}: {proof.message}")
    for line in describe_slow_queries(proofs):
        click.echo(f"slow: {line}", err=True)
    for error in broken_queries:
        click.echo(f"BROKEN: {error}")
    broken = sum(not proof.ok for proof in proofs) + len(broken_queries)
    if broken:
        findings = [finding for error in broken_queries for finding in error.findings]
        count = len(proofs) + len(broken_queries)
        raise DataError(f"{broken} of {count} contracts are broken.", findings)
