"""Settings of all commands from the environment and one TOML file; unknown ones are refused.

Every option of every command is a setting, so that there is no second list of them: ``--port`` of
``serve`` is ``port`` in the table ``[serve]`` of the file, and ``CONCORDAT_KG_SERVE_PORT`` in the
environment. https://click.palletsprojects.com/en/stable/commands/#overriding-defaults
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from loader.errors import UsageError

PREFIX = "CONCORDAT_KG_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
SHARED_KEYS = ("out",)
"""Settings that may be set once for all commands that have them, outside any table."""
FOREIGN_VARIABLES = frozenset(
    f"{PREFIX}{name}"
    for name in ("NO_SKIPS", "SITE", "ENDPOINT_TOKEN", "ENDPOINT_USER", "ENDPOINT_PASSWORD")
)
"""Variables with the prefix that are no settings: of the tests, of the notebook, and credentials,
which as options would be seen in the list of processes."""

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_KEY = re.compile(r"\s*([\w-]+|\"[^\"]*\"|'[^']*')\s*=")


@dataclass(frozen=True, slots=True)
class CommandSetting:
    """One option of one command; ``path`` is the command, such as ``("link", "audit")``."""

    path: tuple[str, ...]
    option: click.Option

    @property
    def key(self) -> str:
        """The name in the file: that of the option."""
        return next(name for name in self.option.opts if name.startswith("--"))[2:]

    @property
    def variable(self) -> str:
        """The name in the environment."""
        return PREFIX + "_".join((*self.path, self.key)).upper().replace("-", "_")

    @property
    def label(self) -> str:
        """The key with its table, such as ``serve.port``."""
        return ".".join((*self.path, self.key))


def list_settings(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[CommandSetting]:
    """Yield the settings of a command and of all below it; the options of the root have none."""
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from list_settings(inner, (*path, name))
    if path:
        options = (param for param in command.params if isinstance(param, click.Option))
        yield from (CommandSetting(path, option) for option in options if option.expose_value)


def load_default_map(
    root: click.Group, file: Path | None, environ: Mapping[str, str]
) -> dict[str, Any]:
    """Return the defaults of all commands, as click takes them in ``Context.default_map``.

    The environment comes before the file, and what is set for one command before what is set for
    all. Raise UsageError for an unknown name or an invalid value; it names the variable, or the
    file and the line.
    """
    known = list(list_settings(root))
    layers = [read_file(file, known)] if file else []
    layers.append(read_environment(environ, known))
    defaults: dict[str, Any] = {}
    for values in layers:
        for setting in known:
            if setting.label in values:
                _put(defaults, setting, values[setting.label])
            elif setting.key in SHARED_KEYS and setting.key in values:
                _put(defaults, setting, values[setting.key])
    return defaults


def read_environment(environ: Mapping[str, str], known: list[CommandSetting]) -> dict[str, object]:
    """Return the values of variables with the prefix, by the label of their setting."""
    by_variable = {setting.variable: (setting.label, setting) for setting in known}
    for key in SHARED_KEYS:
        by_variable[f"{PREFIX}{key.upper()}"] = (key, _find_shared(key, known))
    values: dict[str, object] = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in FOREIGN_VARIABLES | {CONFIG_VARIABLE}:
            continue
        if name not in by_variable:
            hint = _suggest(name, by_variable)
            raise UsageError(f"The environment variable {name} is no setting.{hint}")
        label, setting = by_variable[name]
        option, text = setting.option, environ[name]
        values[label] = text.split() if option.multiple else text
        if problem := find_value_error(option, values[label]):
            raise UsageError(f"The environment variable {name}: {problem}")
    return values


def read_file(path: Path, known: list[CommandSetting]) -> dict[str, object]:
    """Return the values of a TOML file, by the label of their setting."""
    import tomllib

    try:
        text = path.read_text("utf-8")
        entries = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The settings in {path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}.") from error
    by_label = {setting.label: setting for setting in known}
    by_label |= {key: _find_shared(key, known) for key in SHARED_KEYS}
    values = dict(_flatten(entries, {setting.path for setting in known}))
    for label, value in values.items():
        place = f"{path}:{find_line(text, label)}".removesuffix(":0")
        if label not in by_label:
            names = [*by_label, *(".".join(setting.path) for setting in known)]
            raise UsageError(f'{place}: there is no setting "{label}".{_suggest(label, names)}')
        option = by_label[label].option
        if problem := find_type_error(option, value) or find_value_error(option, value):
            raise UsageError(f'{place}: "{label}": {problem}')
    return values


def find_line(text: str, label: str) -> int:
    """Return the line of a TOML text, from 1, on which a setting or table stands; 0 if unknown."""
    table, _, key = label.rpartition(".")
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            current = re.sub(r"[\s\"']", "", header[1])
            if current == label:
                return number
        elif current == table and (found := _KEY.match(line)) and found[1].strip("\"'") == key:
            return number
    return 0


def find_type_error(option: click.Option, value: object) -> str:
    """Return what is wrong with the TOML type of a value, "" if nothing is."""
    whole, number = type(value) is int, type(value) in (int, float)
    if option.is_flag:
        wanted, holds = "true or false", isinstance(value, bool)
    elif option.multiple:
        wanted = "a list of strings"
        holds = isinstance(value, list) and all(isinstance(one, str) for one in value)
    elif isinstance(option.type, click.types.IntParamType):
        wanted, holds = "a whole number", whole
    elif isinstance(option.type, click.types.FloatParamType):
        wanted, holds = "a number", number
    else:
        wanted, holds = "a string", isinstance(value, str)
    return "" if holds else f"{value!r} is not {wanted}."


def find_value_error(option: click.Option, value: object) -> str:
    """Return why an option refuses a value, "" if it does not."""
    try:
        for one in value if isinstance(value, list) else [value]:
            converted = option.type.convert(one, option, None)
            if isinstance(converted, float) and not math.isfinite(converted):
                return f"{one!r} is no finite number."
    except click.BadParameter as error:
        return error.message
    return ""


def _flatten(
    entries: Mapping[str, object], tables: set[tuple[str, ...]], path: tuple[str, ...] = ()
) -> Iterator[tuple[str, object]]:
    """Yield the entries of nested tables by their labels; a table of no command as it is."""
    for key, value in entries.items():
        inner = (*path, key)
        if isinstance(value, dict) and any(table[: len(inner)] == inner for table in tables):
            yield from _flatten(value, tables, inner)
        else:
            yield ".".join(inner), value


def _find_shared(key: str, known: list[CommandSetting]) -> CommandSetting:
    return next(setting for setting in known if setting.key == key)


def _put(defaults: dict[str, Any], setting: CommandSetting, value: object) -> None:
    """Set the default of one option in the nested map."""
    for name in setting.path:
        defaults = defaults.setdefault(name, {})
    defaults[str(setting.option.name)] = value


def _suggest(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""
