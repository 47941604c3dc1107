"""What operations answer: results in every format they can be had in, and problems."""

from collections.abc import Iterable
from http import HTTPStatus

from query_ui.endpoint.openapi.schemas import STRING_SCHEMA, JsonObject, build_reference
from query_ui.engine.result_formats import FORMATS_BY_KIND, JSON, ResultFormat, ResultKind
from query_ui.http.problem_details import PROBLEM_MEDIA_TYPE

HTML = "text/html"
ANY_SCHEMA: JsonObject = {}
_SCHEMA_BY_KIND: dict[ResultKind, str] = {"bindings": "Rows", "boolean": "Truth"}


def build_content(*forms: ResultFormat) -> JsonObject:
    """These formats as the content of an answer, without a word on their shape."""
    return {form.media_type: {"schema": ANY_SCHEMA} for form in forms}


def build_page_content() -> JsonObject:
    """A page for people."""
    return {HTML: {"schema": STRING_SCHEMA}}


def build_json_content(schema_name: str) -> JsonObject:
    """JSON of the shape of that name."""
    return {"application/json": {"schema": build_reference(schema_name)}}


def build_graph_content() -> JsonObject:
    """A graph in every format."""
    return build_content(*FORMATS_BY_KIND["graph"])


def build_table_content(*kinds: ResultKind) -> JsonObject:
    """Rows or a boolean in every format."""
    shapes = [build_reference(_SCHEMA_BY_KIND[kind]) for kind in kinds]
    content = build_content(*FORMATS_BY_KIND[kinds[0]])
    content[JSON.media_type] = {"schema": shapes[0] if len(shapes) == 1 else {"anyOf": shapes}}
    return content


def build_responses(
    content: JsonObject, problem_statuses: Iterable[int], status: int = 200
) -> JsonObject:
    """What comes where all is well, and what may go wrong."""
    well: JsonObject = {"description": HTTPStatus(status).phrase}
    if content:
        well["content"] = content
    found: JsonObject = {str(status): well}
    return found | {
        str(code): {"$ref": f"#/components/responses/{HTTPStatus(code).name}"}
        for code in sorted(problem_statuses)
    }


def build_problem_responses(problem_statuses: Iterable[int]) -> JsonObject:
    """The problems by the names of their statuses; each comes in the shape that Accept likes."""
    content: JsonObject = {
        PROBLEM_MEDIA_TYPE: {"schema": build_reference("Problem")},
        HTML: {"schema": STRING_SCHEMA},
        "text/plain": {"schema": STRING_SCHEMA},
    }
    found: JsonObject = {
        HTTPStatus(code).name: {"description": HTTPStatus(code).phrase, "content": content}
        for code in problem_statuses
    }
    found[HTTPStatus.NOT_MODIFIED.name] = {"description": "The client has this very answer."}
    return found
