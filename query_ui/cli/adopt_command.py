"""Command ``link adopt``, which takes records of a registry into the graph, after review."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from query_ui.cli.release_options import out_option

KINDS = (
    *("higher education institution", "research institute", "funder", "sector body"),
    "public body",
)
FILE_PATH = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("identifiers", metavar="ID...", nargs=-1, required=True)
@click.option(
    "--registry", type=FILE_PATH, multiple=True, required=True, help="A ROR dump or UKPRN list."
)
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What the records are.")
@click.option(
    "--output", type=FILE_PATH, help="The table that gets the rows; data/adopted.csv without it."
)
@click.option("--yes", is_flag=True, help="Do not ask before the rows are written.")
@out_option
def adopt(identifiers: tuple[str, ...], kind: str, out: Path, **options: Any) -> None:
    """Adopt records of a registry as organisations of the graph.

    ID is a ROR, UKPRN, ISNI, Wikidata item or another identifier of the record. The rows are shown
    for review before they are written; each has its identifiers, and says which file and record it
    comes from. A record that is inactive, or that the graph has already, is refused.

    \b
    concordat-kg link adopt https://ror.org/05mzfcs16 --registry v2.9-ror-data.zip \\
        --kind "higher education institution"
    concordat-kg build
    """
    from loader.mapping.join_report import count_rows
    from query_ui.cli.build_commands import find_own_data
    from query_ui.cli.link_commands import select_name_index
    from query_ui.reconciliation.adopt_record import (
        append_rows,
        build_row,
        check_unknown,
        find_record,
    )

    path = options["output"] or find_own_data() / "adopted.csv"
    registry: Sequence[Path] = options["registry"]
    records = select_name_index(out, registry)
    graph = select_name_index(out, ())
    rows = []
    for text in dict.fromkeys(identifiers):
        record = find_record(records, text)
        check_unknown(graph, records, record)
        rows.append(build_row(records, record, kind, registry))
    for row in rows:
        click.echo("\n".join(f"{name:16} {value}" for name, value in row.items() if value))
        click.echo("")
    if not options["yes"]:
        click.confirm(f"Write {count_rows(len(rows))} into {path}?", abort=True)
    append_rows(path, rows)
    click.echo(f"adopted    {len(rows):,} into {path}")
    click.echo("`concordat-kg build` loads them.")
