"""The command line ``concordat-kg``: its commands, error messages and exit codes."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loader.errors import UsageError
from loader.settings import Settings, content_root
from query_ui.cli.adopt_command import adopt
from query_ui.cli.backup_commands import backup, restore
from query_ui.cli.build_commands import build, check
from query_ui.cli.configuration import CONFIG_VARIABLE, load_default_map
from query_ui.cli.diff_command import diff
from query_ui.cli.error_report import ErrorReportingGroup, format_error_lines
from query_ui.cli.export_command import export
from query_ui.cli.link_commands import link
from query_ui.cli.mcp_command import mcp
from query_ui.cli.publish_command import publish
from query_ui.cli.release_options import endpoint_option, out_option
from query_ui.cli.releases_command import releases
from query_ui.cli.serve_command import serve
from query_ui.cli.static_command import static

if TYPE_CHECKING:
    from loader.queries.query_files import SavedQuery
    from query_ui.engine.protocol import Engine, QueryResult

# Repeated from query_ui.engine.result_formats so that --help loads no engine; a test compares.
OUTPUT_FORMATS = (
    "table",
    "json",
    "csv",
    "tsv",
    "xml",
    "ttl",
    "nt",
    "jsonld",
    "rdfxml",
    "trig",
    "nq",
    "xlsx",
)


@click.group(cls=ErrorReportingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="concordat-kg")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar=CONFIG_VARIABLE,
    show_envvar=True,
    help="A TOML file with the options of commands.",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """A knowledge graph of UK research-culture practice: build, query and browse it.

    \b
    First steps:
      concordat-kg build        read data/ and publish a release in build/
      concordat-kg queries      list the saved queries
      concordat-kg serve        browse at http://127.0.0.1:8000

    An option can also be set in the environment, --port of serve as CONCORDAT_KG_SERVE_PORT, or in
    the file of --config, as port in its table [serve]. The option itself comes first, then the
    environment, then the file.
    """
    context.default_map = load_default_map(main, config, os.environ)


main.add_command(build)
main.add_command(check)
main.add_command(link)
link.add_command(adopt)
main.add_command(export)
main.add_command(releases)
main.add_command(diff)
main.add_command(publish)
main.add_command(backup)
main.add_command(restore)
main.add_command(serve)
main.add_command(mcp)
main.add_command(static)


@main.command()
@click.argument("source", metavar="NAME|FILE|-")
@click.option(
    "--param",
    "-p",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value for a parameter; repeat it for more parameters, or more values of one.",
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(OUTPUT_FORMATS),
    help="The format of the result. [default: table; ttl for a graph]",
)
@out_option
@endpoint_option
def query(source: str, params: tuple[str, ...], form: str | None, out: Path, endpoint: str) -> None:
    """Run a saved query, the query in a FILE, or the one on standard input (-).

    \b
    Examples:
      concordat-kg query case-studies-by-keyword -p keyword=Mentoring
      concordat-kg query my-own.rq --format csv > rows.csv
      concordat-kg query - < my-own.rq

    A VALUE is a label, an alternative label or a short name, in any case. The result goes to
    standard output complete, or not at all. A saved query keeps its defaults for the parameters
    that you leave out; `concordat-kg queries` lists them.
    """
    from loader.queries.parameter_binding import bind_parameters
    from query_ui.engine import open_engine
    from query_ui.engine.guard import check_service

    settings = _build_settings(out)
    found, values = _find_query(source, settings), _parse_params(params)
    with _allow_interrupt():
        engine = open_engine(settings, endpoint)
        text = bind_parameters(found, _resolve_choices(engine, settings, found, values))
        if not endpoint:
            text = _substitute_snapshots(text, settings, engine)
            check_service(text)
        with _announce_slow_query():
            answer = engine.query(text)
        if not endpoint and settings.doctor.is_dir():
            _print_unknown_terms(text, settings, engine)
        if form == "xlsx":
            _print_workbook(answer, settings, engine, found, values)
        else:
            _print_result(answer, form)


@main.command()
@click.option("--prove", is_flag=True, help="Run every query and check the contract it states.")
@out_option
@endpoint_option
def queries(prove: bool, out: Path, endpoint: str) -> None:
    """List the saved queries and their parameters, or check that all keep their contracts.

    An invalid query file is reported with file and line, and left out; with --prove it counts as a
    broken contract.

    \b
    Examples:
      concordat-kg queries
      concordat-kg queries --prove
    """
    from loader.queries.query_files import load_sound_and_broken

    settings = _build_settings(out)
    saved, broken = load_sound_and_broken(settings.queries)
    if prove:
        from query_ui.cli.contract_report import print_contract_checks
        from query_ui.engine import open_engine

        with _allow_interrupt():
            engine = open_engine(settings, endpoint)
            clock = time.perf_counter if endpoint else time.thread_time
            print_contract_checks(list(saved.values()), list(broken.values()), engine, clock)
        return
    from query_ui.cli.text_table import format_text_table

    rows = [(q.name, q.title, ", ".join(p.name for p in q.parameters)) for q in saved.values()]
    click.echo(
        format_text_table(("name", "title", "parameters"), rows, _get_terminal_width()), nl=False
    )
    for error in broken.values():
        for line in format_error_lines(error):
            click.echo(line, err=True)


def _build_settings(out: Path) -> Settings:
    return Settings(root=content_root(Path.cwd()), out=out)


def _find_query(source: str, settings: Settings) -> "SavedQuery":
    """Read the query of NAME|FILE|-: standard input, else a file, else a saved query.

    Raise UsageError if there is none, BrokenQuery if the saved query is invalid.
    """
    from loader.queries.query_files import (
        load_sound_and_broken,
        parse_saved_query,
        read_saved_query,
    )

    if source == "-":
        return parse_saved_query(_read_standard_input(), "standard input", "query", header=False)
    path = Path(source)
    if path.suffix == ".rq" or len(path.parts) > 1 or path.is_file():
        if not path.is_file():
            raise UsageError(f'There is no file "{source}".')
        return read_saved_query(path, header=False)
    saved, broken = load_sound_and_broken(settings.queries)
    if source in broken:
        raise broken[source]
    if source not in saved:
        raise UsageError(_format_unknown_query(source, saved))
    return saved[source]


def _substitute_snapshots(text: str, settings: Settings, engine: "Engine") -> str:
    """Return the query with SERVICE replaced by copies in this release; print each copy used."""
    from loader.queries.query_files import read_saved_query
    from query_ui.engine.service_snapshots import parse_snapshots, substitute_snapshots

    if "service" not in text.lower():
        return text
    copies = parse_snapshots(engine.query(read_saved_query(settings.pages / "snapshots.rq").text))
    local = substitute_snapshots(text, copies)
    for snapshot in local.snapshots:
        click.echo(f"Answered from a copy in this release: {snapshot.header_value}", err=True)
    return local.text


def _print_unknown_terms(text: str, settings: Settings, engine: "Engine") -> None:
    """Name the terms that the release does not hold and that look like known ones."""
    from loader.queries.query_files import load_saved_queries
    from query_ui.endpoint.diagnosis.probes import Probes
    from query_ui.endpoint.diagnosis.unknown_terms import MAX_SECONDS, find_unknown_terms

    queries = load_saved_queries(settings.doctor)
    for one in find_unknown_terms(text, Probes(engine, seconds=MAX_SECONDS), queries):
        if one.repair:
            click.echo(f"Note: line {one.line}, column {one.column}: {one.explanation}", err=True)


def _resolve_choices(
    engine: "Engine", settings: Settings, query: "SavedQuery", values: dict[str, list[str]]
) -> dict[str, list[str]]:
    """Return the values with names replaced by the choices that they name.

    Raise BadValue for a value that is not among the choices of its parameter.
    """
    from loader.queries.query_files import load_sound_and_broken, read_saved_query
    from query_ui.graph.parameter_choices import ParameterChoices

    if not any(p.choices and p.name in values for p in query.parameters):
        return values
    pages = {
        name: read_saved_query(settings.pages / f"{name}.rq")
        for name in ("choices", "choice-names")
    }
    saved = load_sound_and_broken(settings.queries)[0]
    return ParameterChoices(engine, saved, pages).resolve_values(query, values)


def _read_standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"Standard input is not UTF-8 text: {error}.") from error


def _format_unknown_query(name: str, saved_queries: dict[str, "SavedQuery"]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, saved_queries, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f'There is no saved query and no file "{name}".{hint} See `concordat-kg queries`.'


def _parse_params(params: tuple[str, ...]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals:
            raise UsageError(f'--param "{param}" is not of the form name=value.')
        values.setdefault(name, []).append(value)
    return values


def _print_result(result: "QueryResult", format_name: str | None) -> None:
    """Print the result in the named format; by default as a table, or a graph as Turtle.

    Raise UsageError if the format does not suit the kind of result.
    """
    from query_ui.cli.text_table import format_result_table
    from query_ui.engine.result_formats import FORMATS_BY_KIND, find_format

    format_name = format_name or ("ttl" if result.kind == "graph" else "table")
    if format_name == "table":
        click.echo(format_result_table(result, _get_terminal_width()), nl=False)
        return
    form = find_format(format_name, result.kind)
    if not form:
        fitting = ", ".join(form.name for form in FORMATS_BY_KIND[result.kind])
        what = {"bindings": "rows", "boolean": "true or false", "graph": "a graph"}[result.kind]
        raise UsageError(
            f"The query gives {what}, which {format_name} cannot hold: choose {fitting}."
        )
    sys.stdout.buffer.write(result.serialise(form))
    sys.stdout.buffer.flush()


def _print_workbook(
    result: "QueryResult",
    settings: Settings,
    engine: "Engine",
    query: "SavedQuery",
    values: dict[str, list[str]],
) -> None:
    """Write rows as a workbook to standard output; raise UsageError for a terminal or no rows."""
    import io

    from loader.queries.rewrite import strip_annotations
    from query_ui.app import build_graph_context
    from query_ui.engine.protocol import SerialisedResult
    from query_ui.engine.result_formats import TSV
    from query_ui.graph.result_workbooks.result_workbook import build_about, convert_to_workbook

    if result.kind != "bindings":
        raise UsageError("The query gives no rows, which a workbook needs: choose another format.")
    if sys.stdout.isatty():
        raise UsageError("A workbook is no text for a terminal: add > FILE.xlsx to the command.")
    graph = build_graph_context(settings, engine, engine)
    body = result.serialise(TSV)
    facts = [("Question", query.summary), *((n, ", ".join(v)) for n, v in values.items())]
    text = strip_annotations(query.text)
    about = build_about(graph, query.title, f"concordat-kg query {query.name}", facts, text)
    rows = SerialisedResult("bindings", TSV, io.BytesIO(body), len(body))
    with convert_to_workbook(graph, rows, about).body as book:
        sys.stdout.buffer.write(book.read())
    sys.stdout.buffer.flush()


def _get_terminal_width() -> int | None:
    """Return the width of the terminal in columns; None if standard output is not a terminal."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


@contextmanager
def _allow_interrupt() -> Iterator[None]:
    """Restore the default SIGINT handler, because Python's cannot interrupt the store."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _announce_slow_query() -> Iterator[None]:
    """Print a notice on a terminal when a query has run for more than a second."""
    import threading

    timer = threading.Timer(
        1.0, click.echo, ("Still running … Press Ctrl-C to stop.",), {"err": True}
    )
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
