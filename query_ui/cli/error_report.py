"""Reports of errors on the command line: sentences on standard error, and exit codes."""

from collections.abc import Iterator
from typing import Any

import click

from loader.errors import DataError, ProjectError, QueryError, UsageError


class ErrorReportingGroup(click.Group):
    """A group that reports a ProjectError on standard error, not as a traceback.

    The exit code is 2 for UsageError and 1 for all other errors.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ProjectError as error:
            for line in format_error_lines(error):
                click.echo(line, err=True)
            ctx.exit(2 if isinstance(error, UsageError) else 1)


def format_error_lines(error: ProjectError) -> Iterator[str]:
    """Yield the lines of an error message: findings, message, query excerpt and suggestion."""
    told = [str(finding) for finding in error.findings] if isinstance(error, DataError) else []
    yield from told
    if told != [str(error)]:
        yield f"Error: {_format_error_position(error)}{error}"
    if isinstance(error, QueryError):
        yield from (f"  {line}" for line in error.excerpt.splitlines())
        yield from filter(None, [error.suggestion])


def _format_error_position(error: ProjectError) -> str:
    """Return the line and column of an error in a query, "" if the message names the line."""
    if isinstance(error, QueryError) and error.line and f"line {error.line}," not in str(error):
        return f"line {error.line}, column {error.column}: "
    return ""
