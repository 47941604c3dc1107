"""Read the structure of the code: modules, rooms, imports and names, for tests and figures."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[1]
ROOMS = (
    "loader",
    "loader.queries",
    "loader.readers",
    "loader.mapping",
    "loader.validation",
    "loader.release",
    "query_ui.engine",
    "query_ui.http",
    "query_ui.graph",
    "query_ui.reconciliation",
    "query_ui.endpoint",
    "query_ui.site",
    "query_ui.assistants",
    "query_ui.static_edition",
    "query_ui.app",
    "query_ui.page_main",
    "query_ui.server",
    "query_ui.cli",
)
"""The rooms in order: each imports from those above it and from itself, never from below."""
WAYS_IN = frozenset(
    f"query_ui.{name}" for name in ("reconciliation", "endpoint", "site", "assistants")
)
"""The four ways in; they import nothing of one another."""


@cache
def list_modules() -> dict[str, Path]:
    """Return the path of every module of ``loader`` and ``query_ui`` by its dotted name."""
    paths = [path for top in ("loader", "query_ui") for path in (PROJECT / top).rglob("*.py")]
    return {to_module_name(path): path for path in sorted(paths)}


def to_module_name(path: Path) -> str:
    """Return the dotted name of the module in ``path``."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def to_room(module: str) -> str:
    """Return the room of a module: the longest name in ``ROOMS`` that begins its own."""
    fits = [room for room in ROOMS if module == room or module.startswith(f"{room}.")]
    assert fits or module == "query_ui", f"{module} is in no room of tests/rooms.py"
    return max(fits, key=len, default="query_ui")


@cache
def parse_module(module: str) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(list_modules()[module].read_text("utf-8"))


@cache
def list_nodes(module: str) -> tuple[ast.AST, ...]:
    """Return every node of a module's syntax tree, which takes longer than to parse it."""
    return tuple(ast.walk(parse_module(module)))


@cache
def list_imports(module: str) -> tuple[tuple[str, bool], ...]:
    """Return each imported module, and whether it is imported when this one is loaded.

    Imports inside functions and under ``TYPE_CHECKING`` count, with False.
    """
    return tuple(_find_imports(module))


def _find_imports(module: str) -> Iterator[tuple[str, bool]]:
    at_load = set(parse_module(module).body)
    for node in list_nodes(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node in at_load
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in list_modules() else node.module, node in at_load


def list_loaded_modules(module: str) -> set[str]:
    """Return the modules of the project that are loaded with a module, itself among them.

    Python loads the packages that a module lies in, too.
    """
    loaded: set[str] = set()
    queue = [module]
    while queue:
        name = queue.pop()
        if name in list_modules() and name not in loaded:
            loaded.add(name)
            queue += [name.rpartition(".")[0]]
            queue += [other for other, at_load in list_imports(name) if at_load]
    return loaded


def find_circles(at_load_only: bool) -> list[list[str]]:
    """Return the groups of modules that import one another in a circle, the largest first."""
    graph = {
        module: {
            name
            for name, at_load in list_imports(module)
            if name in list_modules() and name != module and (at_load or not at_load_only)
        }
        for module in list_modules()
    }
    reach: dict[str, set[str]] = {}
    for module in graph:
        seen: set[str] = set()
        queue = list(graph[module])
        while queue:
            name = queue.pop()
            if name not in seen:
                seen.add(name)
                queue.extend(graph[name])
        reach[module] = seen
    groups = {frozenset(b for b in reach[a] if a in reach[b]) for a in graph if a in reach[a]}
    return sorted((sorted(group) for group in groups), key=len, reverse=True)
