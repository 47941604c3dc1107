"""Routes of the form that makes a case study or a practice; nothing that is sent is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flask import Blueprint, Response, current_app, render_template, request
from pyoxigraph import BlankNode, NamedNode, Triple
from werkzeug.exceptions import BadRequest

from loader.errors import Severity
from loader.release.document_check import CheckedDocument, DocumentChecker, OrganisationName
from loader.settings import BASE, Settings
from query_ui.graph.keyword_suggester import KeywordSuggester, TaggedText
from query_ui.graph.page_queries import GraphContext, PageRow, current_graph, get_cell_text
from query_ui.http.request_limits import check_length
from query_ui.http.task_gate import run_task
from query_ui.site.contribution_form import (
    Choice,
    FieldFinding,
    FormField,
    Values,
    assign_findings,
    format_case_study,
    format_practice,
    list_case_study_fields,
    list_practice_fields,
    read_values,
)
from query_ui.site.feedback_message import FEEDBACK_CONFIG, build_href
from query_ui.site.hierarchy import fetch_definitions, fetch_scheme_concepts
from query_ui.site.lists.list_items import collect_column_iris

blueprint = Blueprint("contribute", __name__, url_prefix="/contribute")

CONTRIBUTION_EXTENSION = "concordat-kg-contribution"
KINDS = {"case-study": "case study", "practice": "practice"}
"""What the form makes, in words."""
MEDIA_TYPE_BY_SUFFIX = {"md": "text/markdown", "csv": "text/csv"}
MAX_CHARACTERS = 20_000
"""Characters of all values together."""
MAX_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class Contribution:
    """What was typed, the file that it makes, and what the check found.

    ``suggestions`` are labels of keywords that works with a similar text have.
    """

    name: str
    text: str
    checked: CheckedDocument
    findings: Sequence[FieldFinding]
    suggestions: Sequence[str]

    @property
    def is_sound(self) -> bool:
        """Whether no finding is an error."""
        return all(one.finding.severity is not Severity.ERROR for one in self.findings)

    @property
    def errors(self) -> int:
        """The number of errors."""
        return sum(one.finding.severity is Severity.ERROR for one in self.findings)


class ContributionTools:
    """What the form needs of one release, made when it is first asked for."""

    def __init__(self, settings: Settings, graph: GraphContext) -> None:
        self._graph = graph
        self._settings = settings

    @cached_property
    def checker(self) -> DocumentChecker:
        """The check of documents against the release."""
        return DocumentChecker(self._settings, self._list_names(), self.describe)

    @cached_property
    def organisations(self) -> list[str]:
        """The names of the organisations that have works here; a script suggests the others."""
        first: dict[str, str] = {}
        for row in self._names:
            if get_cell_text(row, "has_works") == "true":
                first.setdefault(get_cell_text(row, "organisation"), get_cell_text(row, "name"))
        return sorted(first.values())

    @cached_property
    def obligations(self) -> tuple[Choice, ...]:
        """The codes of the obligations with their texts."""
        rows = fetch_scheme_concepts(self._graph, f"{BASE}scheme/principles")
        definitions = fetch_definitions(self._graph, collect_column_iris(rows, "concept"))
        return tuple(
            (code, f"{code} {definitions.get(get_cell_text(row, 'concept'), '')}")
            for row in rows
            if row.get("broader") and (code := get_cell_text(row, "notation"))
        )

    @cached_property
    def suggester(self) -> KeywordSuggester:
        """The suggester of keywords, from the works of the release; it suggests labels."""
        texts: dict[str, str] = {}
        keywords: dict[str, set[str]] = {}
        labels = {c.iri.value: c.pref for c in self.checker.schemes["keywords"].concepts}
        for row in self._graph.select_rows("texts-with-keywords"):
            thing, keyword = get_cell_text(row, "thing"), get_cell_text(row, "keyword")
            texts[thing] = get_cell_text(row, "text")
            keywords.setdefault(thing, set()).add(labels.get(keyword, keyword))
        tagged = [TaggedText(text, frozenset(keywords[iri])) for iri, text in texts.items()]
        return KeywordSuggester(tagged, {label: label for label in labels.values()})

    def describe(self, iris: Sequence[str]) -> Iterator[Triple]:
        """Yield the types and names that the release states of some IRIs."""
        for row in self._graph.select_rows("types-and-names", thing=iris):
            thing, of, value = row["thing"], row["property"], row["value"]
            if isinstance(thing, NamedNode) and isinstance(of, NamedNode):
                if value is not None and not isinstance(value, BlankNode):
                    yield Triple(thing, of, value)

    def list_fields(self, kind: str) -> tuple[FormField, ...]:
        """Return the fields of the form for a kind."""
        if kind == "practice":
            (table,) = (one for one in self.checker.tables if one.kind == kind)
            return list_practice_fields(table, self.checker.schemes, self.obligations)
        return list_case_study_fields(self.checker.schemes, self.obligations)

    def contribute(self, kind: str, values: Values) -> Contribution:
        """Make the file of the values, check it, and suggest keywords for its texts."""
        if kind == "practice":
            (table,) = (one for one in self.checker.tables if one.kind == kind)
            name, text = format_practice(table, values)
        else:
            name, text = format_case_study(values)
        checked = self.checker.check(name, text.encode())
        findings = assign_findings(self.list_fields(kind), text, checked)
        said = " ".join(t for key in ("title", "summary", "text") for t in values.get(key, ()))
        chosen = {*values.get("keywords", ())}
        offered = self.suggester.suggest(said, MAX_SUGGESTIONS + len(chosen))
        suggestions = [label for label in offered if label not in chosen][:MAX_SUGGESTIONS]
        return Contribution(name, text, checked, findings, suggestions)

    @cached_property
    def _names(self) -> list[PageRow]:
        return self._graph.select_rows("organisation-names")

    def _list_names(self) -> list[OrganisationName]:
        return [
            (
                get_cell_text(row, "name"),
                NamedNode(get_cell_text(row, "organisation")),
                get_cell_text(row, "is_consortium") == "true",
            )
            for row in self._names
        ]


@dataclass(slots=True)
class ToolsOfRelease:
    """Holds the tools of the release that was asked for last."""

    settings: Settings
    tools: dict[str, ContributionTools] = field(default_factory=dict)

    def get(self, graph: GraphContext) -> ContributionTools:
        """Return the tools of the current release."""
        release = graph.engine.release
        found = self.tools.get(release)
        if found is None:
            found = ContributionTools(self.settings, graph)
            self.tools = {release: found}
        return found


@blueprint.get("")
def form() -> str:
    """Return the empty form for a case study or a practice."""
    return render_form(read_kind(request.args.get("record", "case-study")), {}, None)


@blueprint.post("")
def check() -> str:
    """Check what was typed, and return the form with the findings and the file."""
    kind, values, made = check_request()
    return render_form(kind, values, made)


@blueprint.post("/file", endpoint="file")
def download() -> Response:
    """Return the file of what was typed; where it has errors, the form with the findings."""
    kind, values, made = check_request()
    if not made.is_sound:
        return Response(render_form(kind, values, made), 422, mimetype="text/html")
    response = Response(made.text, mimetype=MEDIA_TYPE_BY_SUFFIX[made.name.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


def check_request() -> tuple[str, Values, Contribution]:
    """Return the kind, the values and the checked contribution of the current request."""
    kind = read_kind(request.form.get("record", ""))
    check_length("The form", "".join(request.form.values()), MAX_CHARACTERS)
    with run_task() as task:
        tools = get_tools()
        values = read_values(tools.list_fields(kind), request.form.to_dict(flat=False))
        task.check()
        return kind, values, tools.contribute(kind, values)


def read_kind(text: str) -> str:
    """Return the kind of record to make; raise BadRequest for an unknown one."""
    if text not in KINDS:
        raise BadRequest(f"record is one of {', '.join(KINDS)}.")
    return text


def get_tools() -> ContributionTools:
    """Return the tools of the current release."""
    holder: ToolsOfRelease = current_app.extensions[CONTRIBUTION_EXTENSION]
    return holder.get(current_graph())


def render_form(kind: str, values: Values, made: Contribution | None) -> str:
    """Render the form, with the result of a check unless ``made`` is None."""
    tools = get_tools()
    address = current_app.config.get(FEEDBACK_CONFIG, "")
    subject = f"New {KINDS[kind]}: {made.name}" if made else ""
    return render_template(
        "contribute.html",
        kind=kind,
        kinds=KINDS,
        fields=tools.list_fields(kind),
        values=values,
        made=made,
        organisations=tools.organisations,
        send=build_href(address, subject, made.text) if made and made.is_sound else "",
    )
