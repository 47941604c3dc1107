"""Write the page of all settings, ``docs/guides/settings.md``, from the options of the commands."""

from itertools import groupby
from pathlib import Path

import click

from query_ui.cli.configuration import PREFIX, SHARED_KEYS, CommandSetting, list_settings
from query_ui.cli.main import main
from tests.conftest import PROJECT

PAGE = PROJECT / "docs" / "guides" / "settings.md"
_INTRODUCTION = f"""# Settings

All settings, made from the options of the commands by `.venv/bin/python -m tests.settings_page`. \
Each can be given as an option, in the environment or in the TOML file that `--config` or \
`{PREFIX}CONFIG` names, in a table for each command: [operating](operating.md#settings) says which \
comes first. `{SHARED_KEYS[0]}` can be set once for all commands that have it: above all tables, \
or in `{PREFIX}OUT`. Several values are a list in the file, and separated by spaces in the \
environment.
"""
_HEAD = "| in the file | in the environment | default | meaning |\n|---|---|---|---|\n"


def format_page() -> str:
    """Return the page."""
    groups = groupby(list_settings(main), lambda setting: setting.path)
    tables = (
        f"\n## `[{'.'.join(path)}]`\n\n{_HEAD}{''.join(map(format_row, settings))}"
        for path, settings in groups
    )
    return _INTRODUCTION + "".join(tables)


def format_row(setting: CommandSetting) -> str:
    """Return the row of one setting."""
    option = setting.option
    meaning = (option.help or "").partition(" [default:")[0].replace("|", "\\|")
    cells = (f"`{setting.key}`", f"`{setting.variable}`", format_default(option), meaning)
    return f"| {' | '.join(cells)} |\n"


def format_default(option: click.Option) -> str:
    """Return the default of an option as the file would have it, a dash for none."""
    default = option.get_default(click.Context(main))
    if option.is_flag:
        return "`true`" if default else "`false`"
    is_value = isinstance(default, str | float | int | Path) and default != ""
    return f"`{default}`" if is_value else "–"


if __name__ == "__main__":
    PAGE.write_text(format_page(), "utf-8")
