"""Pages for matching a table: paste or upload it, decide on candidates, download the results.

Nothing is stored on the server: each page contains all that the next request needs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath

from flask import Blueprint, Response, render_template, request

from loader.errors import BadValue, DataError, UsageError
from loader.settings import BASE
from query_ui.http.request_input import remove_control_characters
from query_ui.http.request_limits import check_count, check_length
from query_ui.http.task_gate import Task, run_task
from query_ui.reconciliation.data_extension import ExtensionColumn
from query_ui.reconciliation.join import apply_choices, render_joined_csv
from query_ui.reconciliation.match_table import (
    Evidence,
    Proposal,
    build_matcher,
    build_proposals,
    check_identifiers,
    collect_match_queries,
)
from query_ui.reconciliation.matching.match_name import Match
from query_ui.reconciliation.reconciliation_service import ReconciliationService
from query_ui.reconciliation.registries.registry_properties import JOINED_PROPERTIES
from query_ui.reconciliation.served_services import find_service, list_registries
from query_ui.reconciliation.sssom_export import (
    build_mapping_rows,
    build_set_metadata,
    write_mapping_set,
)
from query_ui.reconciliation.table_input import InputTable, TableLimits, parse_input_table

blueprint = Blueprint("linking", __name__, url_prefix="/link")

MATCHABLE_TYPES = {
    "organisation": "Organisations",
    f"{BASE}scheme/keywords": "Keywords",
    f"{BASE}scheme/beneficiaries": "Beneficiaries",
    f"{BASE}scheme/stakeholders": "Stakeholders",
    f"{BASE}scheme/principles": "Principles and obligations",
    "case-study": "Case studies",
    "initiative": "Initiatives",
}
"""Types that a column can be matched with, label by type."""
JOINED_COLUMNS_BY_TYPE = {
    "organisation": ("ror", "ukprn", "wikidata", "case-studies", "initiatives")
}
"""Properties of the graph that a joined table gets besides the match, by type."""
MAX_OPEN_CELLS = 500
"""Largest number of distinct cells to decide on in one page."""
LEAVE_OPEN = "keep"
"""Form value of a choice that leaves the proposal as it is."""


@dataclass(frozen=True)
class MatchingTask:
    """Table in a request, with the settings of the form and the proposals.

    ``text`` is CSV or pasted text, ``column`` the column of names ("" if not chosen yet), ``type``
    a key of ``MATCHABLE_TYPES``. ``service`` is that of the graph or of a registry; ``notice`` says
    how an uploaded file was read.
    """

    service: ReconciliationService
    text: str
    name: str
    column: str
    type: str
    identifier_column: str
    affiliations: bool
    task: Task
    notice: str = ""

    @cached_property
    def sheet(self) -> InputTable:
        """Parsed table; a single column without a header gets one where the form says so."""
        # Pasted names may contain commas, so each line is quoted; a tab means a real table.
        if "headless" in request.form and "\t" not in self.text:
            return self.parse_table(f"name\n{quote_csv_lines(self.text)}".encode())
        return self.parse_table(self.text.encode())

    def parse_table(self, data: bytes) -> InputTable:
        """Parse a table within the limits of the task."""
        columns = [name for name in (self.column, self.identifier_column) if name]
        found = parse_uploaded_table(data, self.name, self.task, columns)
        # The lines are those of the text that passes from page to page, not those of a file.
        return replace(found, lines=(), notice=self.notice or found.notice)

    @property
    def evidence(self) -> Evidence:
        """Evidence besides the names: the identifier column and the type."""
        columns = (self.identifier_column,) if self.identifier_column else ()
        return Evidence(columns, types=self.service.list_filter_types(frozenset({self.type})))

    @cached_property
    def proposals(self) -> list[Proposal]:
        """Proposal for each distinct cell of the column."""
        limits = self.task.limits
        for column in (self.column, *self.evidence.identifier_columns):
            for cell in self.sheet.list_cells(column):
                check_length(f"A cell in {column}", cell, limits.max_name_characters)
        asked = collect_match_queries(self.sheet, self.column, self.evidence)
        check_count(f"Different cells in {self.column}", asked, limits.max_names)
        matcher = build_matcher(self.service.name_index, self.affiliations, asked)
        return list(build_proposals(asked, matcher, lambda _: self.task.check()))

    @cached_property
    def least_score(self) -> int | None:
        """Score from which the best candidate of an open name is accepted; None to accept none."""
        # On the page the score is a field to change; what was accepted passes to the files.
        text = request.form.get("least" if self.is_accepting else "accepted", "").strip()
        if text and not re.fullmatch(r"\d{1,3}", text):
            raise UsageError("The lowest score to accept is a whole number from 0 to 100.")
        return int(text) if text else None

    @cached_property
    def choices(self) -> list[str]:
        """The choice for each proposal: an IRI, "" for none, or ``LEAVE_OPEN``.

        A choice in the form comes before the best candidate with the lowest score or more, except
        where the form leaves it open and asks to accept.
        """
        return [self._choose(number, one) for number, one in enumerate(self.proposals)]

    def _choose(self, number: int, proposal: Proposal) -> str:
        sent = request.form.get(f"choice-{number}")
        is_sent_open = sent == LEAVE_OPEN and not self.is_accepting
        if is_sent_open or sent not in (None, LEAVE_OPEN):
            return str(sent)
        best = proposal.matches[0] if proposal.matches and not proposal.sure else None
        if best and self.least_score is not None and best.score >= self.least_score:
            return best.entity.iri
        return LEAVE_OPEN

    @property
    def is_accepting(self) -> bool:
        """Whether the form asks to accept all above a score, and not for a file."""
        return request.endpoint == "linking.matched"

    @cached_property
    def reviewed_proposals(self) -> list[Proposal]:
        """Proposals after the choices have been applied."""
        choices = {n: choice for n, choice in enumerate(self.choices) if choice != LEAVE_OPEN}
        return apply_choices(self.proposals, choices)

    @property
    def title(self) -> str:
        """Title of the mapping set."""
        return f"{self.name}, column {self.column}"

    @property
    def joined_properties(self) -> Sequence[str]:
        """Properties that the joined table gets besides the match."""
        return JOINED_PROPERTIES if self.service.slug else JOINED_COLUMNS_BY_TYPE.get(self.type, ())


@blueprint.get("")
def page() -> str:
    """Show the form for a table."""
    return render_form(None, {"registry": request.args.get("registry", "")})


def render_form(sheet: InputTable | None, form: Mapping[str, str]) -> str:
    """Render the form, for a table or with one whose column is still to be chosen."""
    return render_template(
        "linking.html",
        kinds=MATCHABLE_TYPES,
        registries=list_registries(),
        sheet=sheet,
        form=form,
    )


@blueprint.post("", endpoint="matched")
def show_candidates() -> str:
    """Show the candidates for a column, with reasons, to decide on."""
    with run_task() as task:
        return render_candidates(parse_matching_task(task))


def render_candidates(work: MatchingTask) -> str:
    """Render the candidates, or the form once more where the column is still to be chosen."""
    if not work.column:
        return render_form(work.sheet, build_hidden_fields(work))
    listed = list(enumerate(work.proposals))
    accepted = {} if work.least_score is None else {"accepted": str(work.least_score)}
    open_ = [(n, p) for n, p in listed if p.matches and not p.sure]
    return render_template(
        "linked.html",
        work=work,
        form=build_hidden_fields(work) | accepted,
        open=open_[:MAX_OPEN_CELLS],
        more=max(0, len(open_) - MAX_OPEN_CELLS),
        sure=[p for p in work.proposals if p.sure],
        nothing=[p for p in work.proposals if not p.matches],
        page_of=lambda found: work.service.build_entity_path(found.entity.iri),
        keep=LEAVE_OPEN,
        chosen=work.choices,
        least=work.least_score,
        accepted_count=sum(work.choices[number] != LEAVE_OPEN for number, _ in open_),
        slips=list(check_identifiers(work.sheet, work.evidence.identifier_columns)),
    )


@blueprint.post("/mapping-set")
def mapping_set() -> Response:
    """Return the decisions as a mapping set in SSSOM: https://mapping-commons.github.io/sssom/"""
    with run_task() as task:
        work = parse_matching_task(task)
        text = write_mapping_set(
            build_set_metadata(work.title), build_mapping_rows(work.reviewed_proposals)
        )
    return build_file_response(
        text, "text/tab-separated-values", f"{clean_file_stem(work.name)}.sssom.tsv"
    )


@blueprint.post("/joined", endpoint="joined")
def download_joined_table() -> Response:
    """Return the table as CSV with the decisions in additional columns."""
    with run_task() as task:
        work = parse_matching_task(task)
        text = render_joined_table(work)
    return build_file_response(text, "text/csv", f"{clean_file_stem(work.name)}-joined.csv")


def render_joined_table(work: MatchingTask) -> str:
    """Return the table as CSV with the decisions and the properties of the matches."""
    wanted, known_properties = work.joined_properties, work.service.properties
    columns = [ExtensionColumn(known_properties[name], has_names=False) for name in wanted]
    found = [m.entity.iri for p in work.reviewed_proposals for m in p.organisations]
    known = work.service.fetch_cell_values(dict.fromkeys(found), columns, work.task.check)

    def values(match: Match) -> Sequence[str]:
        return [
            "|".join(str(next(iter(value.values()))) for value in known[match.entity.iri, name])
            for name in wanted
        ]

    return render_joined_csv(work.sheet, work.reviewed_proposals, wanted, values, work.affiliations)


def parse_matching_task(task: Task) -> MatchingTask:
    """Parse the form; raise UsageError where it has no table or an unknown type."""
    form, sent = request.form, request.files.get("file")
    text, name, notice = form.get("table", ""), form.get("name") or "the pasted table", ""
    # An uploaded file is turned into text at once, since a hidden field passes it on.
    if sent and sent.filename:
        read = parse_uploaded_table(sent.read(), sent.filename, task)
        # A cell may hold what a form field must not: the next page sends the text as one.
        text, notice = remove_control_characters(to_csv_text(read)), read.notice
        name = remove_control_characters(sent.filename)
    if not text.strip():
        raise UsageError("Paste a column or a table, or choose a file.")
    type_ = form.get("type", "organisation")
    if type_ not in MATCHABLE_TYPES:
        raise UsageError(f"“{type_}” is an invalid value for what the names are.")
    service = find_service(form.get("registry", ""))
    if service.slug and type_ not in service.types:
        raise UsageError(
            f"The registry {service.title} has organisations alone; choose Organisations, or match "
            f"{MATCHABLE_TYPES[type_].lower()} with this graph."
        )
    work = MatchingTask(
        service,
        text,
        name,
        form.get("column", ""),
        type_,
        form.get("identifiers", ""),
        "affiliations" in form,
        task,
        notice,
    )
    if not work.column and len(work.sheet.headers) == 1:
        return set_name_column(work, work.sheet.headers[0])
    return work


def parse_uploaded_table(
    data: bytes, name: str, task: Task, columns: Sequence[str] = ()
) -> InputTable:
    """Parse a table, which should have ``columns``, within the limits of a task.

    Raise BadValue (422) where it is a workbook that cannot be read.
    """
    limits = TableLimits(task.limits.workbook, task.limits.max_columns)
    try:
        return parse_input_table(data, name, limits, task.check, columns)
    except DataError as error:
        raise BadValue(f"{name}: {error.findings[0].message}") from error


def set_name_column(task: MatchingTask, column: str) -> MatchingTask:
    """Return a copy of ``task`` with ``column`` as the column of names."""
    return replace(task, column=column)


def to_csv_text(sheet: InputTable) -> str:
    """Return a table as CSV, the form in which it passes from page to page."""
    lines = [sheet.headers, *sheet.rows]
    return "\n".join(",".join(map(quote_csv_cell, line)) for line in lines) + "\n"


def quote_csv_lines(text: str) -> str:
    """Quote each line of a text as a cell of a single column."""
    return "\n".join(quote_csv_cell(line) for line in text.splitlines())


def quote_csv_cell(cell: str) -> str:
    """Quote a cell for CSV: https://www.rfc-editor.org/rfc/rfc4180 (section 2)."""
    return '"' + cell.replace('"', '""') + '"'


def build_hidden_fields(task: MatchingTask) -> dict[str, str]:
    """Return the hidden form fields that the next request needs, without empty ones."""
    form = {"table": task.text, "name": task.name, "type": task.type, "column": task.column}
    form |= {"identifiers": task.identifier_column, "registry": task.service.slug}
    form |= {name: "yes" for name in ("affiliations", "headless") if name in request.form}
    return {name: value for name, value in form.items() if value}


def clean_file_stem(name: str) -> str:
    """Return a file name without folder and suffix, in ASCII letters, digits and hyphens."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in PurePath(name).stem)
    return plain.strip("-") or "table"


def build_file_response(text: str, media_type: str, file_name: str) -> Response:
    """Return a response that browsers save as a file: RFC 6266, section 4."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(text, content_type=f"{media_type}; charset=utf-8", headers=headers)
