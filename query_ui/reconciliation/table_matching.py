"""Matching a table on a page: paste it, decide on the candidates, take the files away.

Nothing is stored: each answer holds all that the next request needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from flask import Blueprint, Response, render_template, request

from loader.errors import UsageError
from loader.settings import BASE
from query_ui.graph.page_queries import Site, site
from query_ui.graph.urls import path_of
from query_ui.reconciliation.data_extension import Column
from query_ui.reconciliation.join import chosen, joined_csv
from query_ui.reconciliation.match_table import (
    Evidence,
    Proposal,
    matcher_of,
    propose,
    questions,
    slips,
)
from query_ui.reconciliation.matching.match_name import Match
from query_ui.reconciliation.properties import PROPERTIES
from query_ui.reconciliation.property_values import cells
from query_ui.reconciliation.sssom_export import described, rows
from query_ui.reconciliation.sssom_writer import write_mapping_set
from query_ui.reconciliation.table_input import Sheet, sheet_of

blueprint = Blueprint("linking", __name__, url_prefix="/link")

WITH = {
    "organisation": "Organisations",
    f"{BASE}scheme/keywords": "Keywords",
    f"{BASE}scheme/beneficiaries": "Beneficiaries",
    f"{BASE}scheme/stakeholders": "Stakeholders",
    f"{BASE}scheme/principles": "Principles and obligations",
    "case-study": "Case studies",
    "initiative": "Initiatives",
}
"""What a column can be matched with: the type, and its word."""
ADDED = {"organisation": ("ror", "ukprn", "wikidata", "case-studies", "initiatives")}
"""The columns that a joined table gets besides the match, by type."""
MOST = 500
"""Distinct cells that are decided on at once."""
KEEP = "keep"
"""The choice of a cell that is left as it was found."""


@dataclass(frozen=True)
class Work:
    """One table on its way: what was sent, and what was found for it."""

    site: Site
    text: str
    name: str
    column: str
    type: str
    identifiers: str
    affiliations: bool

    @cached_property
    def sheet(self) -> Sheet:
        """The table; a single column of names gets a header of its own where asked."""
        if "headless" in request.form and "\t" not in self.text:
            return sheet_of(f"name\n{quoted(self.text)}".encode(), self.name)
        return sheet_of(self.text.encode(), self.name)

    @property
    def evidence(self) -> Evidence:
        """What besides the names tells who is meant."""
        columns = (self.identifiers,) if self.identifiers else ()
        return Evidence(columns, types=frozenset({self.type}))

    @cached_property
    def proposals(self) -> list[Proposal]:
        """What is proposed for each distinct cell."""
        asked = questions(self.sheet, self.column, self.evidence)
        return list(propose(asked, matcher_of(self.site.gazetteer, self.affiliations)))

    @cached_property
    def decided(self) -> list[Proposal]:
        """The same after what the person chose."""
        choices = {
            number: choice
            for number in range(len(self.proposals))
            if (choice := request.form.get(f"choice-{number}", KEEP)) != KEEP
        }
        return chosen(self.proposals, choices)

    @property
    def title(self) -> str:
        return f"{self.name}, column {self.column}"


@blueprint.get("")
def page() -> str:
    """The form for a table."""
    return render_template("linking.html", kinds=WITH, sheet=None, form={})


@blueprint.post("")
def matched() -> str:
    """Candidates for a column, with reasons, to be decided on."""
    work = received()
    if not work.column:
        return render_template("linking.html", kinds=WITH, sheet=work.sheet, form=kept(work))
    listed = list(enumerate(work.proposals))
    open_ = [(n, p) for n, p in listed if p.matches and not p.sure]
    return render_template(
        "linked.html",
        work=work,
        form=kept(work),
        open=open_[:MOST],
        more=max(0, len(open_) - MOST),
        sure=[p for p in work.proposals if p.sure],
        nothing=[p for p in work.proposals if not p.matches],
        page_of=lambda found: path_of(found.thing.iri),
        keep=KEEP,
        slips=list(slips(work.sheet, work.evidence.identifiers)),
    )


@blueprint.post("/mapping-set")
def mapping_set() -> Response:
    """The decisions as a mapping set in SSSOM."""
    work = received()
    text = write_mapping_set(described(work.title), rows(work.decided))
    return file(text, "text/tab-separated-values", f"{stem(work.name)}.sssom.tsv")


@blueprint.post("/joined")
def joined() -> Response:
    """The table with what was decided on beside, as CSV."""
    work = received()
    wanted = ADDED.get(work.type, ())
    columns = [Column(PROPERTIES[name]) for name in wanted]
    found = [p.sure.thing.iri for p in work.decided if p.sure]
    known = cells(work.site, dict.fromkeys(found), columns)

    def values(match: Match) -> Sequence[str]:
        return [
            "|".join(str(next(iter(value.values()))) for value in known[match.thing.iri, name])
            for name in wanted
        ]

    text = joined_csv(work.sheet, work.decided, wanted, values)
    return file(text, "text/csv", f"{stem(work.name)}-joined.csv")


def received() -> Work:
    """What was sent; UsageError where there is no table in it."""
    form, sent = request.form, request.files.get("file")
    text, name = form.get("table", ""), form.get("name") or "the pasted table"
    if sent and sent.filename:
        read = sheet_of(sent.read(), sent.filename)
        text, name = as_text(read), sent.filename
    if not text.strip():
        raise UsageError("Paste a column or a table, or choose a file.")
    type_ = form.get("type", "organisation")
    if type_ not in WITH:
        raise UsageError(f"“{type_}” is nothing that can be matched with.")
    work = Work(
        site(),
        text,
        name,
        form.get("column", ""),
        type_,
        form.get("identifiers", ""),
        "affiliations" in form,
    )
    if not work.column and len(work.sheet.headers) == 1:
        return received_with(work, work.sheet.headers[0])
    return work


def received_with(work: Work, column: str) -> Work:
    """The same work with the only column that there is."""
    fields = (work.site, work.text, work.name, column, work.type)
    return Work(*fields, work.identifiers, work.affiliations)


def as_text(sheet: Sheet) -> str:
    """A table as CSV, as it is handed on from page to page."""
    lines = [sheet.headers, *sheet.rows]
    return "\n".join(",".join(map(quote, line)) for line in lines) + "\n"


def quoted(text: str) -> str:
    """Lines of names as cells of one column."""
    return "\n".join(quote(line) for line in text.splitlines())


def quote(cell: str) -> str:
    """A cell that nothing in it takes apart: https://www.rfc-editor.org/rfc/rfc4180"""
    return '"' + cell.replace('"', '""') + '"'


def kept(work: Work) -> dict[str, str]:
    """The fields that the next request needs."""
    form = {"table": work.text, "name": work.name, "type": work.type, "column": work.column}
    form |= {"identifiers": work.identifiers}
    form |= {name: "yes" for name in ("affiliations", "headless") if name in request.form}
    return {name: value for name, value in form.items() if value}


def stem(name: str) -> str:
    """The name of a file without its folder and suffix, in signs that every system takes."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in PurePath(name).stem)
    return plain.strip("-") or "table"


def file(text: str, kind: str, name: str) -> Response:
    """A file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type=f"{kind}; charset=utf-8", headers=headers)
