"""The arrows between modules and the house rules, kept true by reading the code."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.each_case import check_each
from tests.rooms import (
    PROJECT,
    ROOMS,
    WAYS_IN,
    find_circles,
    list_imports,
    list_loaded_modules,
    list_modules,
    list_nodes,
    parse_module,
    to_room,
)

SPARQL = re.compile(r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE|INSERT|DELETE)\b[\s\S]*\{[\s\S]*[?$]\w+")


REPEATED = {
    "name_index": "written by the loader, read by the site",
    "search_index": "written by the loader, read by the site",
}
"""The base names that two modules may share, with the reason."""
IRREGULAR = frozenset(
    "begun bound built chosen cut drawn found given gone held hidden kept known left made met said "
    "seen sent shown spelt stood taken thought told understood written".split()
)
"""Past participles that do not end in -ed."""
NOT_PARTICIPLES = frozenset({"embed", "exceed", "feed", "need", "proceed", "seed", "speed"})
"""Verbs and nouns that end in -ed."""


OUTERMOST = Path("query_ui/http/request_log.py")
"""The only module that may catch every exception: what comes there would end the connection."""


def is_lone_participle(name: str) -> bool:
    """Return whether a name is one word and a past participle, with or without an underscore."""
    word = name.strip("_").lower()
    regular = word.endswith("ed") and word not in NOT_PARTICIPLES
    return "_" not in word and (regular or word in IRREGULAR)


def test_rooms_import_in_one_direction() -> None:
    check_each(list_modules(), check_imports)


def check_imports(module: str) -> None:
    """Check what a module imports against the order of the rooms."""
    room = to_room(module)
    for name, _ in list_imports(module):
        top = name.split(".")[0]
        if name in list_modules() and room in ROOMS and to_room(name) in ROOMS:
            assert ROOMS.index(to_room(name)) <= ROOMS.index(room), f"{module} imports {name}"
            if room in WAYS_IN and to_room(name) in WAYS_IN:
                assert room == to_room(name), f"{module} imports {name} from another way in"
        elif top == "flask":
            allowed = WAYS_IN | {"query_ui.app", "query_ui.graph", "query_ui.http"}
            assert room in allowed, f"{module} imports Flask"
    assert top_of(module) == "query_ui" or "query_ui" not in map(top_of, names_of(module))


def top_of(module: str) -> str:
    """Return the package that a module is in."""
    return module.split(".")[0]


def names_of(module: str) -> list[str]:
    """Return the names of all that a module imports."""
    return [name for name, _ in list_imports(module)]


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert find_circles(at_load_only=False) == []


def test_the_processes_of_the_contract_checks_load_little() -> None:
    """Each build starts two of them; readers and mapping would double what a start costs."""
    loaded = list_loaded_modules("loader.release.contract_runner")
    assert "loader.queries.contract_check" in loaded
    assert {to_room(name) for name in loaded} == {"loader", "loader.queries", "loader.release"}


def test_base_names_are_unique() -> None:
    names = Counter(module.rpartition(".")[2] for module in list_modules())
    assert {name for name, count in names.items() if count > 1} == set(REPEATED)


def test_nothing_is_named_by_a_lone_participle() -> None:
    """A lone participle says neither what a function does nor what a module holds."""
    functions = {
        f"{module}.{node.name}"
        for module in list_modules()
        for node in list_nodes(module)
        if isinstance(node, ast.FunctionDef) and is_lone_participle(node.name)
    }
    modules = {name for name in list_modules() if is_lone_participle(name.rpartition(".")[2])}
    assert functions | modules == set()


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("found", True), ("_merged", True), ("saved_queries", False), ("embed", False)],
)
def test_a_lone_participle_is_known(name: str, is_one: bool) -> None:
    assert is_lone_participle(name) is is_one


def test_every_folder_says_what_it_holds() -> None:
    for top in ("loader", "query_ui"):
        for path in (PROJECT / top).rglob("*.py"):
            sentence = ast.get_docstring(
                ast.parse((path.parent / "__init__.py").read_text("utf-8"))
            )
            assert sentence, path.parent


def test_the_layout_names_every_room_and_no_other() -> None:
    layout = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
    rows = re.findall(r"^\| `((?:loader|query_ui)/[a-z_/]+)/` \|", layout, re.MULTILINE)
    folders = {
        path.relative_to(PROJECT).as_posix()
        for top in ("loader", "query_ui")
        for path in (PROJECT / top).iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    assert sorted(rows) == sorted(folders)
    rooms = [row.replace("/", ".") for row in rows if (PROJECT / row / "__init__.py").exists()]
    assert rooms == [room for room in ROOMS if room in rooms], "not in the order of the rooms"


def blueprints() -> set[str]:
    """The modules that hold a blueprint."""
    return {
        module
        for module, path in list_modules().items()
        if re.search(r"= Blueprint\(", path.read_text("utf-8"))
    }


def test_no_blueprint_imports_another() -> None:
    names = blueprints()
    assert len(names) > 5
    for module in names:
        assert not (set(names_of(module)) & names) - {module}, module


def test_house_rules() -> None:
    check_each(list_modules(), check_house_rules)


def check_house_rules(module: str) -> None:
    """Check the size of a module and of its functions, and what it catches and holds."""
    path = list_modules()[module].relative_to(PROJECT)
    text = (PROJECT / path).read_text("utf-8")
    assert ast.get_docstring(parse_module(module)), f"{path} does not say what it is for"
    assert text.count("\n") <= 400, f"{path} is longer than 400 lines"
    for node in list_nodes(module):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            assert lines <= 50, f"{path}: {node.name} has {lines} lines"
        elif isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            if path != OUTERMOST:
                assert caught not in ("everything", "Exception", "BaseException"), (path, caught)
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

    code = "".join(path.read_text("utf-8") for path in list_modules().values())
    names = [field.name for field in fields(Settings)]
    names += [name for name, value in vars(Settings).items() if isinstance(value, property)]
    assert [name for name in names if f".{name}" not in code] == []
