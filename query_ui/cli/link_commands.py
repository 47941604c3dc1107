"""The commands that match a user's table against the graph or a register, and audit links."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from loader.settings import Settings
    from query_ui.graph.name_index import Gazetteer
    from query_ui.reconciliation.join import Values
    from query_ui.reconciliation.match_table import Evidence, Proposal
    from query_ui.reconciliation.table_input import Sheet

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
out_option = click.option(
    "--out", type=FOLDER, default=Path("build"), show_default=True, help="The build folder."
)
TOLD = 20
"""Warnings of one sort that are printed."""


@click.group()
def link() -> None:
    """Match a table of names, review the matches, and bring them into the graph.

    \b
    concordat-kg link organisations mine.csv --column Institution --output mine.sssom.tsv
    concordat-kg link organisations --accept mine.sssom.tsv
    concordat-kg link audit
    """


@link.command()
@click.argument("table", metavar="[FILE]", type=FILE, required=False)
@click.option("--column", help="The column with the names.")
@click.option("--registry", type=FILE, multiple=True, help="A ROR dump or UKPRN list; repeatable.")
@click.option("--affiliations", is_flag=True, help="The cells are affiliations with addresses.")
@click.option("--identifiers", multiple=True, metavar="COLUMN", help="A column of ids; repeatable.")
@click.option("--place", multiple=True, metavar="COLUMN", help="A column of towns; repeatable.")
@click.option("--country", metavar="CODE", default="", help="The country of all rows, as GB.")
@click.option("--output", type=FILE, help="The mapping set for review (.sssom.tsv).")
@click.option("--joined", type=FILE, help="The table with what was surely matched (.csv).")
@click.option("--accept", type=FILE, help="Bring this reviewed mapping set into data/links.")
@out_option
def organisations(table: Path | None, accept: Path | None, out: Path, **asked: Any) -> None:
    """Match names of organisations with the graph, or with registers of your own.

    FILE is CSV or XLSX. What is beyond doubt becomes skos:exactMatch; candidates to decide on
    skos:closeMatch, the likeliest first; a cell that nothing fits sssom:NoTermFound. Each row says
    why. Review it in a spreadsheet: write skos:exactMatch where a candidate is right.

    \b
    concordat-kg link organisations mine.csv --column Institution --output mine.sssom.tsv
    concordat-kg link organisations mine.xlsx --column Name --identifiers UKPRN \\
        --registry v2.9-ror-data.zip --output mine.sssom.tsv --joined mine-joined.csv
    concordat-kg link organisations papers.csv --column Affiliation --affiliations \\
        --output papers.sssom.tsv
    concordat-kg link organisations --accept mine.sssom.tsv
    """
    from loader.errors import UsageError
    from query_ui.reconciliation.match_table import Evidence
    from query_ui.reconciliation.matching.countries import country_code

    if accept:
        accepted(accept)
        return
    if asked["affiliations"] and (asked["identifiers"] or asked["place"] or asked["country"]):
        raise UsageError("An affiliation says its place itself: leave out the other columns.")
    country = country_code(asked["country"])
    if asked["country"] and not country:
        raise UsageError(
            f"“{asked['country']}” is no country that is known; write its code, as GB."
        )
    registers: Sequence[Path] = asked["registry"]
    evidence = Evidence(
        asked["identifiers"],
        asked["place"],
        country,
        frozenset() if registers else frozenset({"organisation"}),
    )
    gazetteer = names_of(out, registers)
    run(table, asked, gazetteer, evidence, out)


@link.command()
@click.argument("table", metavar="[FILE]", type=FILE, required=False)
@click.option("--column", help="The column with the labels.")
@click.option("--scheme", default="keywords", show_default=True, help="The scheme to match with.")
@click.option(
    "--text",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Suggest tags for this text; - for standard input.",
)
@click.option("--output", type=FILE, help="The mapping set for review (.sssom.tsv).")
@click.option("--joined", type=FILE, help="The table with what was surely matched (.csv).")
@click.option("--accept", type=FILE, help="Bring this reviewed mapping set into data/links.")
@out_option
def concepts(
    table: Path | None,
    scheme: str,
    text: Path | None,
    accept: Path | None,
    out: Path,
    **asked: Any,
) -> None:
    """Match labels with the concepts of a scheme, or suggest concepts for a text.

    \b
    concordat-kg link concepts tags.csv --column Tag --output tags.sssom.tsv
    concordat-kg link concepts --text abstract.txt
    concordat-kg link concepts tags.csv --column Group --scheme beneficiaries --output g.sssom.tsv
    """
    from loader.settings import BASE
    from query_ui.reconciliation.match_table import Evidence

    if accept:
        accepted(accept)
        return
    gazetteer = names_of(out, ())
    types = frozenset({f"{BASE}scheme/{scheme}"})
    if text:
        suggest(gazetteer, text, types)
        return
    run(table, asked, gazetteer, Evidence(types=types), out)


@link.command()
@click.argument("sets", nargs=-1, metavar="[FILE]…", type=FILE)
@click.option("--registry", type=FILE, multiple=True, help="A ROR dump, to find withdrawn records.")
@out_option
def audit(sets: tuple[Path, ...], registry: tuple[Path, ...], out: Path) -> None:
    """Look for contradictions in mapping sets, or in all links of the release.

    \b
    concordat-kg link audit
    concordat-kg link audit mine.sssom.tsv --registry v2.9-ror-data.zip
    """
    from query_ui.reconciliation.audit import audited

    settings = settings_of(out)
    lines = audited(settings, sets, registry)
    for line in lines:
        click.echo(line)
    click.echo(f"{len(lines)} contradictions" if lines else "no contradiction", err=True)
    if lines:
        raise SystemExit(1)


def run(
    table: Path | None,
    asked: dict[str, Any],
    gazetteer: "Gazetteer",
    evidence: "Evidence",
    out: Path,
) -> None:
    """Match a column and write what was asked for; say what was found."""
    from loader.atomic_write import save
    from loader.errors import UsageError
    from query_ui.reconciliation.join import joined_csv
    from query_ui.reconciliation.match_table import slips
    from query_ui.reconciliation.sssom_export import described, rows
    from query_ui.reconciliation.sssom_writer import write_mapping_set
    from query_ui.reconciliation.table_input import read_sheet

    column, output, joined = asked["column"], asked["output"], asked["joined"]
    if table is None or not column or not (output or joined):
        raise UsageError("Give a FILE, the --column to match, and --output or --joined to write.")
    sheet = read_sheet(table)
    if sheet.notice:
        click.echo(sheet.notice, err=True)
    warn(list(slips(sheet, evidence.identifiers)))
    proposals = proposed(sheet, asked, gazetteer, evidence)
    if output:
        title = f"{table.name}, column {column}"
        save(output, write_mapping_set(described(title), rows(proposals)))
    if joined:
        more = beside_matches(proposals, gazetteer, evidence, out)
        save(joined, joined_csv(sheet, proposals, *more))
    told(len(sheet.rows), proposals)


def warn(sentences: Sequence[str]) -> None:
    """Tell of identifiers with slips: they are evidence against a match, not for one."""
    for sentence in sentences[:TOLD]:
        click.echo(f"warning: {sentence}", err=True)
    if len(sentences) > TOLD:
        click.echo(f"warning: and {len(sentences) - TOLD:,} more such cells.", err=True)


def proposed(
    sheet: "Sheet", asked: dict[str, Any], gazetteer: "Gazetteer", evidence: "Evidence"
) -> "list[Proposal]":
    """A proposal for each distinct cell of the column, with a bar that shows how far it is."""
    from query_ui.reconciliation.match_table import matcher_of, propose, questions

    distinct = questions(sheet, asked["column"], evidence)
    matcher = matcher_of(gazetteer, bool(asked.get("affiliations")))
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        length=len(distinct), label="Matching", file=sys.stderr, hidden=hidden
    ) as bar:
        return list(propose(distinct, matcher, lambda _: bar.update(1)))


def beside_matches(
    proposals: "list[Proposal]", gazetteer: "Gazetteer", evidence: "Evidence", out: Path
) -> "tuple[Sequence[str], Values]":
    """The columns beside a match: identifiers, and for organisations of the graph a count."""
    from loader.queries.query_files import read_saved_query
    from query_ui.engine import open_engine
    from query_ui.reconciliation.joined_columns import beside, counts

    if "organisation" not in evidence.types:
        return beside(gazetteer, None)
    settings = settings_of(out)
    query = read_saved_query(settings.pages / "counts-of-organisations.rq")
    return beside(gazetteer, counts(open_engine(settings), query, proposals))


def told(rows: int, proposals: "list[Proposal]") -> None:
    """Say what was found."""
    sure = sum(proposal.sure is not None for proposal in proposals)
    none = sum(not proposal.matches for proposal in proposals)
    click.echo(f"distinct   {len(proposals):,} in {rows:,} rows")
    click.echo(f"exact      {sure:,}")
    click.echo(f"to review  {len(proposals) - sure - none:,}")
    click.echo(f"none       {none:,}")


def suggest(gazetteer: "Gazetteer", text: Path, types: frozenset[str]) -> None:
    """Print the concepts that a text speaks of, with the words that say so."""
    from loader.errors import UsageError
    from query_ui.cli.text_table import text_table
    from query_ui.reconciliation.matching.tag_suggester import suggest_tags

    try:
        told = sys.stdin.read() if str(text) == "-" else text.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{text}: the text cannot be read as UTF-8: {error}.") from error
    tags = suggest_tags(gazetteer, told, types)
    rows = [(t.thing.label, f"{t.score:g}", ", ".join(t.words), t.thing.iri) for t in tags]
    click.echo(text_table(("concept", "score", "words", "iri"), rows, None), nl=False)


def accepted(path: Path) -> None:
    """Bring the decisions of a reviewed mapping set into ``data/links``."""
    from query_ui.cli.build_commands import default_data
    from query_ui.reconciliation.accept_mappings import accept

    settings = settings_of(Path("build"))
    result = accept(path, default_data(settings.root) / "links", settings)
    click.echo(f"rows       {result.rows:,}")
    click.echo(f"accepted   {result.accepted:,} into {result.path}")
    if result.replaced:
        click.echo(f"replaced   {result.replaced:,} rows that were there under this name")
    click.echo(f"left       {result.rows - result.accepted:,} that nobody has decided on")
    click.echo("`concordat-kg build` loads them.")


def names_of(out: Path, registers: Sequence[Path]) -> "Gazetteer":
    """The names to match with: of the registers, or of the current release."""
    from loader.release.name_index.name_schema import FILE as NAMES
    from loader.release.release_folder import current_release
    from query_ui.graph.name_index import Gazetteer
    from query_ui.reconciliation.register_cache import open_registry

    if registers:
        return open_registry(registers, out)
    return Gazetteer(current_release(out).folder / NAMES)


def settings_of(out: Path) -> "Settings":
    """The settings of a command."""
    from loader.settings import Settings, content_root

    return Settings(root=content_root(Path.cwd()), out=out)
