"""Commands ``link``, which match a table with the graph or a register, and audit links."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from loader.settings import Settings
    from query_ui.graph.name_index import NameIndex
    from query_ui.reconciliation.join import CellBuilder
    from query_ui.reconciliation.match_table import Evidence, Proposal
    from query_ui.reconciliation.table_input import InputTable

FILE_PATH = click.Path(path_type=Path, dir_okay=False)
FOLDER_PATH = click.Path(path_type=Path, file_okay=False)
out_option = click.option(
    "--out", type=FOLDER_PATH, default=Path("build"), show_default=True, help="The build folder."
)
MAX_WARNINGS = 20
"""The number of warnings that are printed before the rest is only counted."""


@click.group()
def link() -> None:
    """Match a table of names, review the matches, and bring them into the graph.

    \b
    concordat-kg link organisations mine.csv --column Institution --output mine.sssom.tsv
    concordat-kg link organisations --accept mine.sssom.tsv
    concordat-kg link audit
    """


@link.command()
@click.argument("table", metavar="[FILE]", type=FILE_PATH, required=False)
@click.option("--column", help="The column with the names.")
@click.option(
    "--registry", type=FILE_PATH, multiple=True, help="A ROR dump or UKPRN list; repeatable."
)
@click.option("--affiliations", is_flag=True, help="The cells are affiliations with addresses.")
@click.option("--identifiers", multiple=True, metavar="COLUMN", help="A column of ids; repeatable.")
@click.option("--place", multiple=True, metavar="COLUMN", help="A column of towns; repeatable.")
@click.option(
    "--country",
    metavar="CODE|COLUMN",
    default="",
    help="The country of all rows, as GB, or the column that has it.",
)
@click.option("--output", type=FILE_PATH, help="The mapping set for review (.sssom.tsv).")
@click.option("--joined", type=FILE_PATH, help="The table with what was surely matched (.csv).")
@click.option("--accept", type=FILE_PATH, help="Bring this reviewed mapping set into data/links.")
@out_option
def organisations(table: Path | None, accept: Path | None, out: Path, **options: Any) -> None:
    """Match names of organisations with the graph, or with registries of your own.

    FILE is CSV or XLSX. What is certain becomes skos:exactMatch; candidates to decide on
    skos:closeMatch, the likeliest first; a cell that nothing fits sssom:NoTermFound. Of an
    affiliation with several organisations each is skos:narrowMatch. Each row says why. Review it
    in a spreadsheet: write skos:exactMatch where a candidate is right.

    \b
    concordat-kg link organisations mine.csv --column Institution --output mine.sssom.tsv
    concordat-kg link organisations mine.xlsx --column Name --identifiers UKPRN \\
        --registry v2.9-ror-data.zip --output mine.sssom.tsv --joined mine-joined.csv
    concordat-kg link organisations papers.csv --column Affiliation --affiliations \\
        --country GB --output papers.sssom.tsv
    concordat-kg link organisations --accept mine.sssom.tsv
    """
    from loader.errors import UsageError
    from query_ui.reconciliation.match_table import Evidence
    from query_ui.reconciliation.matching.countries import parse_country_code

    if accept:
        accept_reviewed_file(accept)
        return
    if options["affiliations"] and (options["identifiers"] or options["place"]):
        raise UsageError("An affiliation says its place itself: leave out the other columns.")
    country = parse_country_code(options["country"])
    registers: Sequence[Path] = options["registry"]
    evidence = Evidence(
        options["identifiers"],
        options["place"],
        country,
        "" if country else options["country"],
        frozenset() if registers else frozenset({"organisation"}),
    )
    gazetteer = select_name_index(out, registers)
    match_column(table, options, gazetteer, evidence, out)


@link.command()
@click.argument("table", metavar="[FILE]", type=FILE_PATH, required=False)
@click.option("--column", help="The column with the labels.")
@click.option("--scheme", default="keywords", show_default=True, help="The scheme to match with.")
@click.option(
    "--text",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Suggest tags for this text; - for standard input.",
)
@click.option("--output", type=FILE_PATH, help="The mapping set for review (.sssom.tsv).")
@click.option("--joined", type=FILE_PATH, help="The table with what was surely matched (.csv).")
@click.option("--accept", type=FILE_PATH, help="Bring this reviewed mapping set into data/links.")
@out_option
def concepts(
    table: Path | None,
    scheme: str,
    text: Path | None,
    accept: Path | None,
    out: Path,
    **options: Any,
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
        accept_reviewed_file(accept)
        return
    gazetteer = select_name_index(out, ())
    types = frozenset({f"{BASE}scheme/{scheme}"})
    if text:
        print_tag_suggestions(gazetteer, text, types)
        return
    match_column(table, options, gazetteer, Evidence(types=types), out)


@link.command()
@click.argument("sets", nargs=-1, metavar="[FILE]…", type=FILE_PATH)
@click.option(
    "--registry", type=FILE_PATH, multiple=True, help="A ROR dump, to find withdrawn records."
)
@out_option
def audit(sets: tuple[Path, ...], registry: tuple[Path, ...], out: Path) -> None:
    """Look for contradictions in mapping sets, or in all links of the release.

    \b
    concordat-kg link audit
    concordat-kg link audit mine.sssom.tsv --registry v2.9-ror-data.zip
    """
    from query_ui.reconciliation.audit import run_link_audit

    settings = build_settings(out)
    lines = run_link_audit(settings, sets, registry)
    for line in lines:
        click.echo(line)
    click.echo(f"{len(lines)} contradictions" if lines else "no contradiction", err=True)
    if lines:
        raise SystemExit(1)


def match_column(
    table: Path | None,
    options: dict[str, Any],
    name_index: "NameIndex",
    evidence: "Evidence",
    out: Path,
) -> None:
    """Match a column, write the mapping set and joined table requested, and print the counts.

    Raise UsageError if the table, the column or both output files are missing.
    """
    from loader.atomic_write import write_text_atomically
    from loader.errors import UsageError
    from query_ui.reconciliation.join import render_joined_csv
    from query_ui.reconciliation.match_table import check_identifiers
    from query_ui.reconciliation.sssom_export import (
        build_mapping_rows,
        build_set_metadata,
        write_mapping_set,
    )
    from query_ui.reconciliation.table_input import read_input_table

    column, output, joined = options["column"], options["output"], options["joined"]
    if table is None or not column or not (output or joined):
        raise UsageError("Give a FILE, the --column to match, and --output or --joined to write.")
    evidence_columns = (*evidence.identifier_columns, *evidence.place_columns)
    sheet = read_input_table(table, (column, *evidence_columns))
    if sheet.notice:
        click.echo(sheet.notice, err=True)
    if evidence.country_column and evidence.country_column not in sheet.headers:
        raise UsageError(
            f"“{evidence.country_column}” is neither a country that is known nor a column of "
            f"{table.name}; write its code, as GB."
        )
    print_warnings(list(check_identifiers(sheet, evidence.identifier_columns)))
    proposals = propose_matches(sheet, options, name_index, evidence)
    if output:
        title = f"{table.name}, column {column}"
        write_text_atomically(
            output, write_mapping_set(build_set_metadata(title), build_mapping_rows(proposals))
        )
    if joined:
        more = build_match_columns(proposals, name_index, evidence, out)
        affiliations = bool(options.get("affiliations"))
        write_text_atomically(
            joined, render_joined_csv(sheet, proposals, *more, are_affiliations=affiliations)
        )
    print_match_counts(len(sheet.rows), proposals)


def print_warnings(sentences: Sequence[str]) -> None:
    """Print warnings on standard error, at most ``MAX_WARNINGS``, then the number of the rest."""
    for sentence in sentences[:MAX_WARNINGS]:
        click.echo(f"warning: {sentence}", err=True)
    if len(sentences) > MAX_WARNINGS:
        click.echo(f"warning: and {len(sentences) - MAX_WARNINGS:,} more such cells.", err=True)


def propose_matches(
    sheet: "InputTable", options: dict[str, Any], name_index: "NameIndex", evidence: "Evidence"
) -> "list[Proposal]":
    """Return a proposal for each distinct cell of the column, showing a progress bar."""
    from query_ui.reconciliation.match_table import (
        build_matcher,
        build_proposals,
        collect_match_queries,
    )

    distinct = collect_match_queries(sheet, options["column"], evidence)
    matcher = build_matcher(name_index, bool(options.get("affiliations")), distinct)
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        length=len(distinct), label="Matching", file=sys.stderr, hidden=hidden
    ) as bar:
        return list(build_proposals(distinct, matcher, lambda _: bar.update(1)))


def build_match_columns(
    proposals: "list[Proposal]", name_index: "NameIndex", evidence: "Evidence", out: Path
) -> "tuple[Sequence[str], CellBuilder]":
    """Return the extra columns of the joined table, and the function that fills their cells.

    They are identifiers and, for organisations of the graph, the number of case studies.
    """
    from loader.queries.query_files import read_saved_query
    from query_ui.engine import open_engine
    from query_ui.reconciliation.join import build_extra_columns, count_case_studies

    if "organisation" not in evidence.types:
        return build_extra_columns(name_index, None)
    settings = build_settings(out)
    query = read_saved_query(settings.pages / "counts-of-organisations.rq")
    return build_extra_columns(
        name_index, count_case_studies(open_engine(settings), query, proposals)
    )


def print_match_counts(rows: int, proposals: "list[Proposal]") -> None:
    """Print how many distinct cells have an exact match, candidates for review, or none."""
    sure = sum(proposal.sure is not None for proposal in proposals)
    none = sum(not proposal.matches for proposal in proposals)
    click.echo(f"distinct   {len(proposals):,} in {rows:,} rows")
    click.echo(f"exact      {sure:,}")
    click.echo(f"to review  {len(proposals) - sure - none:,}")
    click.echo(f"none       {none:,}")


def print_tag_suggestions(name_index: "NameIndex", path: Path, types: frozenset[str]) -> None:
    """Print the concepts suggested for a text, with scores and the words that match.

    ``path`` is a text file, or - for standard input; raise UsageError if it is not UTF-8.
    """
    from loader.errors import UsageError
    from query_ui.cli.text_table import format_text_table
    from query_ui.reconciliation.matching.tag_suggester import suggest_tags

    try:
        told = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the text cannot be read as UTF-8: {error}.") from error
    tags = suggest_tags(name_index, told, types)
    rows = [(t.entity.label, f"{t.score:g}", ", ".join(t.words), t.entity.iri) for t in tags]
    click.echo(format_text_table(("concept", "score", "words", "iri"), rows, None), nl=False)


def accept_reviewed_file(path: Path) -> None:
    """Write the accepted rows of a reviewed mapping set to ``data/links``; print the counts."""
    from query_ui.cli.build_commands import find_own_data
    from query_ui.reconciliation.accept_mappings import accept_mappings

    settings = build_settings(Path("build"))
    result = accept_mappings(path, find_own_data() / "links", settings)
    click.echo(f"rows       {result.rows:,}")
    click.echo(f"accepted   {result.accepted_count:,} into {result.path}")
    if result.replaced_count:
        click.echo(f"replaced   {result.replaced_count:,} rows that were there under this name")
    click.echo(f"left       {result.rows - result.accepted_count:,} that no one has decided on")
    click.echo("`concordat-kg build` loads them.")


def select_name_index(out: Path, registers: Sequence[Path]) -> "NameIndex":
    """Open the name index of the registers, or without any that of the current release."""
    from loader.release.name_index.name_schema import NAME_INDEX_FILE as NAMES
    from loader.release.release_folder import current_release
    from query_ui.graph.name_index import NameIndex
    from query_ui.reconciliation.register_cache import open_register_index

    if registers:
        return open_register_index(registers, out)
    return NameIndex(current_release(out).folder / NAMES)


def build_settings(out: Path) -> "Settings":
    """Build the settings of a command with the build folder ``out``."""
    from loader.settings import Settings, content_root

    return Settings(root=content_root(Path.cwd()), out=out)
