"""The saved queries of a folder: ``.rq`` files, each with header, parameters and contract."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pyoxigraph import Store

from loader.errors import BrokenQuery, DataError, Finding
from loader.queries.contract import Contract, Example, Invariant, read_contract
from loader.queries.examples import check_examples
from loader.queries.header import Header, ProblemList, is_text_list, read_header
from loader.queries.invariants import check_invariants
from loader.queries.parameters import Parameter, read_parameters
from loader.queries.phrasings import check_phrasings, read_phrasings
from loader.queries.prologue import read_prologue
from loader.queries.saved_query import TRIPLE_COLUMNS, SavedQuery
from loader.queries.syntax.parser import parse_file

__all__ = [
    "TRIPLE_COLUMNS",
    "Contract",
    "Example",
    "Invariant",
    "Parameter",
    "SavedQuery",
    "load_saved_queries",
    "parse_saved_query",
    "read_saved_query",
    "load_sound_and_broken",
]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_POSITION = re.compile(r"error at (\d+):(\d+)")


def load_saved_queries(folder: Path) -> dict[str, SavedQuery]:
    """Load every ``.rq`` file of ``folder`` by its name, in the order of the names.

    DataError with the findings of all files when any of them is not in order.
    """
    sound, broken = load_sound_and_broken(folder)
    if broken:
        raise _build_error([finding for error in broken.values() for finding in error.findings])
    return sound


def load_sound_and_broken(folder: Path) -> tuple[dict[str, SavedQuery], dict[str, BrokenQuery]]:
    """Load the ``.rq`` files of ``folder`` that are in order, and what is wrong with the others.

    Both by name, in the order of the names: one broken file leaves the others working.
    """
    sound: dict[str, SavedQuery] = {}
    broken: dict[str, BrokenQuery] = {}
    for path in sorted(folder.glob("*.rq")):
        try:
            sound[path.stem] = read_saved_query(path)
        except DataError as error:
            broken[path.stem] = BrokenQuery(path.stem, error.findings)
    return sound, broken


def read_saved_query(path: Path, *, header: bool = True) -> SavedQuery:
    """Load the saved query in one file; see ``parse_saved_query``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems = ProblemList(str(path))
        why = getattr(error, "strerror", None) or error
        problems.add(0, f"The file cannot be read as UTF-8 text: {why}.")
        raise _build_error(problems.findings) from error
    if not header:
        return parse_saved_query(text, str(path), path.stem, header=False)
    try:
        return replace(_parse_kept_text(text, path.stem), path=str(path))
    except DataError as error:
        findings = [replace(finding, path=str(path)) for finding in error.findings]
        raise _build_error(findings) from error


@lru_cache(maxsize=1024)
def _parse_kept_text(text: str, name: str) -> SavedQuery:
    """Parse the text of a file once: a build and the site each read the same folders repeatedly."""
    return parse_saved_query(text, "", name)


def parse_saved_query(text: str, path: str, name: str, *, header: bool = True) -> SavedQuery:
    """Parse the text of a saved query; DataError with every finding when it is not in order.

    With ``header=False`` the text is somebody's own query: its header and syntax are not looked at,
    it has no contract, and it may have parameters all the same.
    """
    problems = ProblemList(path)
    if header and not _NAME.fullmatch(name):
        problems.add(0, f'The name "{name}" must be lower-case words joined by hyphens.')
    parsed = parse_file(text)
    prologue = read_prologue(parsed)
    about = read_header(text, problems) if header else Header()
    tags = about.values.get("tags", [])
    query = SavedQuery(
        name=name,
        path=path,
        title=about.values.get("title", name),
        summary=about.values.get("summary", ""),
        tags=tuple(tags) if is_text_list(tags) else (),
        contract=read_contract(about, prologue.format(), problems) if about.values else Contract(),
        parameters=tuple(read_parameters(parsed, prologue.format(), problems)),
        text=text,
        prefixes=prologue.namespaces,
        phrasings=tuple(read_phrasings(about, problems)),
    )
    if header:
        _check_syntax(text, problems)
    if not problems.findings:
        check_invariants(query, problems)
        check_examples(query, problems)
        check_phrasings(query, problems)
    if problems.findings:
        raise _build_error(problems.findings)
    return query


def _build_error(findings: Sequence[Finding]) -> DataError:
    count = "1 problem" if len(findings) == 1 else f"{len(findings)} problems"
    return DataError(f"The saved queries are not valid: {count}.", findings)


def _check_syntax(text: str, problems: ProblemList) -> None:
    try:
        Store().query(text)
    except SyntaxError as error:
        found = _POSITION.search(str(error))
        line, column = (int(found[1]), int(found[2])) if found else (0, 0)
        problems.add(line, "The query is not valid SPARQL 1.1 from here on.", column)
