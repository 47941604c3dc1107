"""The arrows between modules and the house rules, kept true by reading the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

MODULES = sorted(
    path.relative_to(PROJECT)
    for name in ("loader", "query_ui")
    for path in (PROJECT / name).rglob("*.py")
)
LAYERS = (
    {"settings", "errors", "document", "statements", "terms", "identifiers"},
    {"asking", "query_text", "dataset_clauses", "sssom"},
    {"vocabulary", "tagging", "prose", "query_header", "query_parameters", "shapes", "wording"},
    {"contracts", "saved_query", "binding", "found", "invariants", "examples", "proofs"},
    {
        "provenance",
        "places",
        "context",
        "linked",
        "known_terms",
        "checks",
        "shacl",
        "saved_queries",
        "quadfile",
        "issues",
    },
    {"readers"},
    {"mapping"},
    {"library", "loading", "release", "statistics"},
    {"describing", "proving", "search_index", "auditing"},
    {"draft"},
    {"gazetteer"},
    {"registries", "changes"},
    {"build"},
)
"""The layers of ``loader``: each imports from those above it and from itself, never from below."""
SPARQL = re.compile(r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE|INSERT|DELETE)\b[\s\S]*\{[\s\S]*[?$]\w+")


def imports(path: Path) -> Iterator[str]:
    """The full names of all modules that a file imports, inside functions too."""
    for node in ast.walk(ast.parse((PROJECT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def layer(module: str) -> int:
    """The number of the layer that a module of the loader is in."""
    name = module.split(".")[1]
    found = [number for number, names in enumerate(LAYERS) if name in names]
    assert len(found) == 1, f"loader/{name} is in no layer of tests/test_structure.py"
    return found[0]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_follow_the_arrows(path: Path) -> None:
    own = ".".join(path.with_suffix("").parts)
    for name in imports(path):
        top = name.split(".")[0]
        if path.parts[0] == "loader":
            assert top not in ("query_ui", "flask"), f"{path} imports {name}"
            if top == "loader" and len(path.parts) > 1 and path.name != "__init__.py":
                if "." in name:
                    assert layer(name) <= layer(own), f"{path} imports {name} from below"
        elif top == "flask":
            assert path.parts[1] in ("web", "app.py"), f"{path} imports flask"
        elif path.parts[1] not in ("web", "app.py", "cli.py", "serving.py"):
            assert not name.startswith(("query_ui.web", "query_ui.app")), f"{path} imports {name}"


def blueprints() -> set[str]:
    """The modules that hold a blueprint."""
    return {
        ".".join(path.with_suffix("").parts)
        for path in MODULES
        if re.search(r"= Blueprint\(", (PROJECT / path).read_text("utf-8"))
    }


def test_no_blueprint_imports_another() -> None:
    found = blueprints()
    assert len(found) > 5
    for path in MODULES:
        own = ".".join(path.with_suffix("").parts)
        if own in found:
            assert not (set(imports(path)) & found) - {own}, path


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_house_rules(path: Path) -> None:
    text = (PROJECT / path).read_text("utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), f"{path} does not say what it is for"
    assert text.count("\n") <= 400, f"{path} is longer than 400 lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            assert lines <= 50, f"{path}: {node.name} has {lines} lines"
        elif isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            assert caught not in ("everything", "Exception", "BaseException"), f"{path}: {caught}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not SPARQL.search(node.value), f"{path}:{node.lineno} holds SPARQL"


def test_content_folders_hold_no_code_and_code_folders_no_content() -> None:
    for folder, forbidden in (
        ("ontology", (".py", ".rq")),
        ("data", (".py", ".rq")),
        ("sparql", (".py", ".ttl")),
        ("loader", (".ttl", ".rq", ".nt")),
        ("query_ui", (".ttl", ".rq", ".nt")),
    ):
        files = [path for path in (PROJECT / folder).rglob("*") if path.suffix in forbidden]
        assert files == []


def test_every_setting_is_read() -> None:
    from dataclasses import fields

    from loader.settings import Settings

    code = "".join((PROJECT / path).read_text("utf-8") for path in MODULES)
    names = [field.name for field in fields(Settings)]
    names += [name for name, value in vars(Settings).items() if isinstance(value, property)]
    assert [name for name in names if f".{name}" not in code] == []
