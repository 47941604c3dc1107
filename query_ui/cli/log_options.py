"""Options of ``serve`` for its log on standard error."""

from collections.abc import Callable
from typing import Any

import click


def add_log_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a click command with the options of the log."""
    level = click.option(
        "--log-level",
        type=click.Choice(["error", "warning", "info"]),
        default="warning",
        show_default=True,
        help="What is logged; info has a line for each request, without values that users sent.",
    )
    form = click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Lines for people, or a JSON object in each line for programs.",
    )
    return level(form(command))
