"""Print the figures of the code: ``python -m tests.figures``. Nothing here is asserted.

Modules, lines, lengths and circles of ``loader`` and ``query_ui``, the project files that two
requests pass through, and the time of ``make test-quick``.
"""

import ast
import io
import subprocess
import sys
import tempfile
import threading
import time
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from types import CodeType, FrameType

from flask.testing import FlaskClient

from loader.release.build import build
from loader.settings import Settings
from query_ui.app import create_app
from query_ui.engine import open_engine
from tests.conftest import copy_tiny, quiet
from tests.rooms import PROJECT, find_circles, list_modules, parse_module

BASELINE = {
    "modules": "311",
    "lines of code": "21,309",
    "files behind a concept page": "46, or 45 as first counted",
    "files behind /sparql": "16",
}
"""The figures at commit 517592c, before the code moved to rooms, counted in the same way."""
CONCEPT = "/concepts/keywords/wellbeing"
SPARQL = "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%205"
NO_CODE = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


def count_code_lines(text: str) -> int:
    """Return the number of lines that hold code.

    Blank lines, comments and docstrings do not count, nor does the string under an attribute.
    """
    numbers: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NO_CODE:
            numbers.update(range(token.start[0], token.end[0] + 1))
    lines = text.splitlines()
    return sum(1 for n in numbers - set(list_docstring_lines(text)) if lines[n - 1].strip())


def list_docstring_lines(text: str) -> Iterator[int]:
    """Yield the number of every line of a string that stands alone as a statement."""
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def list_function_lengths() -> list[int]:
    """Return the length in lines of every function, its docstring and comments included."""
    return [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for module in list_modules()
        for node in ast.walk(parse_module(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def format_lengths(lengths: Iterable[int]) -> str:
    """Return the median, the 90th percentile and the maximum of some lengths as text."""
    values = list(lengths)
    ninth = quantiles(values, n=10)[-1]
    return f"median {median(values):.0f}, p90 {ninth:.0f}, longest {max(values)} lines"


@contextmanager
def record_files(files: set[Path]) -> Iterator[None]:
    """Add every project file to ``files`` in which a function runs, in whatever thread.

    A template is compiled to functions, so it counts as well.
    """
    codes: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        paths = {Path(code.co_filename) for code in codes if code.co_name != "<module>"}
        files.update(path for path in paths if is_in_code_folder(path))


def is_in_code_folder(path: Path) -> bool:
    """Whether a file is a module of ``loader`` or ``query_ui``, or a template of the pages."""
    return any(path.is_relative_to(PROJECT / top) for top in ("loader", "query_ui"))


@contextmanager
def open_client() -> Iterator[FlaskClient]:
    """Yield a client of the site over the miniature project, built for the occasion."""
    with tempfile.TemporaryDirectory() as folder:
        root = copy_tiny(Path(folder) / "tiny")
        (root / "sparql" / "doctor").symlink_to(PROJECT / "sparql" / "doctor")
        settings = Settings(root=root, data=(root / "data",), out=Path(folder) / "build")
        build(settings, quiet)
        yield create_app(settings, open_engine(settings)).test_client()


def count_request_files(client: FlaskClient, path: str, accept: str) -> int:
    """Return the number of project files that one request passes through, compression included."""
    files: set[Path] = set()
    with record_files(files):
        response = client.get(path, headers={"Accept": accept, "Accept-Encoding": "gzip"})
        response.get_data()
    assert response.status_code == 200, f"{path}: {response.status}"
    return len(files)


def time_quick_tests() -> str:
    """Return the wall-clock time of ``make test-quick``, or why there is none."""
    if "\ntest-quick:" not in (PROJECT / "Makefile").read_text("utf-8"):
        return "no such target"
    start = time.perf_counter()
    run = subprocess.run(["make", "--silent", "test-quick"], cwd=PROJECT, capture_output=True)
    seconds = f"{time.perf_counter() - start:.0f} s"
    return seconds if run.returncode == 0 else f"{seconds}, and it failed"


def collect_figures() -> Mapping[str, str]:
    """Return every figure as text by its name."""
    texts = [path.read_text("utf-8") for path in list_modules().values()]
    with open_client() as client:
        page = count_request_files(client, CONCEPT, "text/html")
        sparql = count_request_files(client, SPARQL, "application/sparql-results+json")
    return {
        "modules": f"{len(texts)}",
        "lines of code": f"{sum(map(count_code_lines, texts)):,}",
        "length of a module": format_lengths(len(text.splitlines()) for text in texts),
        "length of a function": format_lengths(list_function_lengths()),
        "circles": f"{len(find_circles(at_load_only=False))}",
        "files behind a concept page": f"{page}",
        "files behind /sparql": f"{sparql}",
        "make test-quick": time_quick_tests(),
    }


if __name__ == "__main__":
    for name, figure in collect_figures().items():
        before = f"  (517592c: {BASELINE[name]})" if name in BASELINE else ""
        print(f"{name:<28}  {figure}{before}")
