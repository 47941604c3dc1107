"""Checks: SPARQL queries that must return no row, each with the message for a row.

The queries are the files of ``sparql/checks``. A file begins with ``#+`` lines, which are YAML:
``title``, ``code``, ``severity``, ``source`` (where the rule is written down) and ``message``. The
query returns ``?about``, the entity at fault, every ``{variable}`` of the message and, where
possible, ``?property``, which narrows the location down.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml
from pyoxigraph import NamedNode, QuerySolutions, Store

from loader.errors import DataError, Finding, Severity
from loader.queries.evaluate import evaluate_query
from loader.queries.header import YAML_LOADER
from loader.queries.prologue import read_prologue
from loader.queries.syntax.parser import parse_file
from loader.validation.scheme_findings import LocatedRow, SchemeFinder, describe_group
from loader.validation.term_formatter import TermFormatter

Locate = Callable[[str, str], tuple[str, int]]
"""Maps the IRI of an entity and of a property (or "") to file and line; ("", 0) if unknown."""

KEYS = ("title", "code", "severity", "source", "message")
VARIABLE = re.compile(r"\{(\w+)\}")
POSITION = re.compile(r"error at (\d+):\d+")


@dataclass(frozen=True, slots=True)
class Check:
    """One file of ``sparql/checks``; ``text`` is the complete file, a valid query."""

    code: str
    title: str
    severity: Severity
    message: str
    source: str
    text: str
    path: Path

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the message, each once."""
        return tuple(dict.fromkeys(VARIABLE.findall(self.message)))

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that the query declares: short name to namespace."""
        return read_prologue(parse_file(self.text)).namespaces


def load_checks(folder: Path) -> tuple[Check, ...]:
    """Load every check of ``folder``, by file name; raise DataError with all their findings."""
    checks: list[Check] = []
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.rq")):
        try:
            checks.append(_load(path, {check.code for check in checks}))
        except DataError as error:
            findings.extend(error.findings)
    if findings:
        first = findings[0]
        raise DataError(f"{first.path}:{first.line}: {first.message}", findings)
    return tuple(checks)


def run_checks(
    store: Store,
    checks: Iterable[Check],
    locate: Locate,
    only: Collection[str] | None = None,
    settled: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield the findings of all checks on ``store``, sorted by location.

    The default graph of a check is the union of all graphs. ``only`` restricts the findings to
    some entities, by IRI. ``settled`` are the codes of checks that are known to find nothing.
    """
    checks = tuple(checks)
    prefixes = {short: base for check in checks for short, base in check.prefixes.items()}
    wording = TermFormatter(store, prefixes)
    asked = [check for check in checks if check.code not in settled]
    yield from sorted(f for check in asked for f in _run(store, check, wording, locate, only))


def _run(
    store: Store,
    check: Check,
    wording: TermFormatter,
    locate: Locate,
    only: Collection[str] | None,
) -> Iterator[Finding]:
    """Yield a finding for each row; those about concepts of one scheme that only warn as one."""
    answer = evaluate_query(store, check.text)
    assert isinstance(answer, QuerySolutions)
    names = [variable.value for variable in answer.variables]
    schemes = SchemeFinder(store)
    groups: dict[NamedNode, list[LocatedRow]] = defaultdict(list)
    for row in answer:
        values = dict(zip(names, row, strict=True))
        about = values["about"]
        if only is not None and _key(about) not in only:
            continue
        path, line = _locate_row(values, locate)
        located = LocatedRow(path, line, values)
        scheme = None if check.severity == Severity.ERROR else schemes.find(about)
        if scheme is None:
            iri = about.value if isinstance(about, NamedNode) else ""
            message = _format_message(check, wording, values)
            yield Finding(path, line, 0, check.severity, message, check.code, iri)
        else:
            groups[scheme].append(located)
    for scheme, rows in groups.items():
        first, more = describe_group(scheme, rows, wording)
        message = _format_message(check, wording, first.values) + more
        about = scheme if more else first.values["about"]
        iri = about.value if isinstance(about, NamedNode) else ""
        yield Finding(first.path, first.line, 0, check.severity, message, check.code, iri)


def _locate_row(values: Mapping[str, object], locate: Locate) -> tuple[str, int]:
    """Return the location of a row: of what it is about, else of another entity that it names.

    A concept may be known by what others state of it alone.
    """
    narrow = _key(values.get("property"))
    others = (term for name, term in values.items() if name not in ("about", "property"))
    for term in (values["about"], *others):
        if isinstance(term, NamedNode):
            path, line = locate(term.value, narrow)
            if path:
                return path, line
    return locate(_key(values["about"]), narrow)


def _format_message(check: Check, wording: TermFormatter, values: Mapping[str, object]) -> str:
    return VARIABLE.sub(partial(_format_placeholder, wording, values), check.message)


def _format_placeholder(
    wording: TermFormatter, values: Mapping[str, object], match: re.Match[str]
) -> str:
    return wording(values[match[1]])


def _key(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else "" if term is None else str(term)


def _load(path: Path, taken: set[str]) -> Check:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise _fault(path, 1, f"the file is not UTF-8: byte {error.start}") from None
    header = _header(path, text)
    lines = {key: line for key, (_, line) in header.items()}
    values = {key: value for key, (value, _) in header.items()}
    for key in KEYS:
        if not values.get(key):
            raise _fault(path, 1, f'the header has no "{key}"; add a line "#+ {key}: …"')
    if values["severity"] not in set(Severity):
        raise _fault(path, lines["severity"], "the severity is none of error, warning, info")
    if values["code"] in taken:
        raise _fault(path, lines["code"], f'another check has the code "{values["code"]}"')
    severity = Severity(values["severity"])
    check = Check(
        values["code"], values["title"], severity, values["message"], values["source"], text, path
    )
    _answers(check, lines["message"])
    return check


def _answers(check: Check, line: int) -> None:
    """Raise DataError for a query that does not parse, is no SELECT or lacks a variable."""
    try:
        answer = Store().query(check.text)
    except SyntaxError as error:
        position = POSITION.search(str(error))
        where = int(position[1]) if position else 1
        raise _fault(check.path, where, f"the query is not SPARQL: {error}") from None
    if not isinstance(answer, QuerySolutions):
        raise _fault(check.path, 1, "the query is no SELECT")
    names = {variable.value for variable in answer.variables}
    if "about" not in names:
        raise _fault(check.path, 1, "the query does not answer ?about, the thing at fault")
    for name in check.variables:
        if name not in names:
            raise _fault(
                check.path, line, f"the message names {{{name}}}, and the query has no ?{name}"
            )


def _header(path: Path, text: str) -> dict[str, tuple[str, int]]:
    """Return the keys of the ``#+`` lines, each with its value and its line in the file."""
    head = "\n".join(
        line[2:].removeprefix(" ") if line.startswith("#+") else "" for line in text.splitlines()
    )
    try:
        node = yaml.compose(head, Loader=YAML_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _fault(path, line, f"the header is not YAML: {error.problem}") from None
    if not isinstance(node, yaml.MappingNode):
        raise _fault(path, 1, 'the header is missing; begin the file with lines "#+ key: value"')
    found: dict[str, tuple[str, int]] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value not in KEYS or key.value in found:
            raise _fault(
                path, line, f'"{key.value}" is not asked for here; known: {", ".join(KEYS)}'
            )
        if not isinstance(value, yaml.ScalarNode):
            raise _fault(path, line, f'"{key.value}" is not one piece of text')
        found[key.value] = (value.value.strip(), line)
    return found


def _fault(path: Path, line: int, message: str) -> DataError:
    finding = Finding(str(path), line, 0, Severity.ERROR, message, "check-file")
    return DataError(f"{path}:{line}: {message}", (finding,))
