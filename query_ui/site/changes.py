"""Routes of release diffs: ``/changes`` as page and JSON, and an Atom feed of releases.

The page and the feed can be narrowed to a keyword, an organisation or a kind of entity.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from loader.errors import BadValue
from loader.release.release_diff import STATES
from loader.release.release_folder import Release
from loader.settings import BASE
from query_ui.graph.entity_labels import EntityLabels
from query_ui.graph.page_queries import GraphContext, current_graph
from query_ui.graph.urls import Link
from query_ui.http.negotiation import prefers_json
from query_ui.http.public_address import to_public_path
from query_ui.http.release_address import write_address
from query_ui.http.request_input import parse_whole_number
from query_ui.http.response import build_json_response
from query_ui.site.change_details import StateChanges, describe_entities

blueprint = Blueprint("changes", __name__)

ENTITIES_SHOWN = 20
"""Entities that a page lists."""
MAX_CHOICES = 250
"""Values that the form lists of a facet; of more, it asks for the name in addresses."""
MAX_FEED_ENTRIES = 20
"""Releases that the feed and the history below a page list."""
_SLUG_PATTERN = re.compile(r"[a-z0-9-]{1,200}")
_RELEASE_NAME_PATTERN = re.compile(r"[0-9a-f]{8,64}")
HEADING_BY_STATE = {"added": "New", "removed": "Removed", "changed": "Changed"}
KINDS = (
    *("case-study", "initiative", "organisation", "commitment", "action-plan", "action"),
    *("register", "register-event", "indicator", "claim"),
)
"""The kinds of entities that the page can be narrowed to, as in their IRIs."""


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """What changes are narrowed to: names as in addresses, "" for no restriction."""

    keyword: str = ""
    organisation: str = ""
    kind: str = ""
    state: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the query string."""
        found = {name: getattr(self, name) for name in FILTER_NAMES}
        return {name: value for name, value in found.items() if value}

    @property
    def query_string(self) -> str:
        """The query string with its question mark, or ""."""
        return f"?{urlencode(self.fields)}" if self.fields else ""

    def add_state(self, state: str) -> str:
        """Return the query string of this filter with a state."""
        return replace(self, state=state).query_string

    def matches(self, entity: Mapping[str, Any]) -> bool:
        """Return whether an entity of a release diff is what the filter asks for."""
        iri = entity["iri"]
        keyword = f"{BASE}concept/keywords/{self.keyword}"
        organisation = f"{BASE}id/organisation/{self.organisation}"
        return (
            (not self.keyword or keyword in (iri, *entity.get("concepts", ())))
            and (not self.organisation or organisation in (iri, *entity.get("organisations", ())))
            and (not self.kind or iri.startswith(f"{BASE}id/{self.kind}/"))
            and self.state in ("", entity["state"])
        )


FILTER_NAMES = ("keyword", "organisation", "kind", "state")
NO_FILTER = ChangeFilter()
ALLOWED_VALUES = {"kind": KINDS, "state": STATES}
NAMESPACE_BY_FIELD = {
    "keyword": f"{BASE}concept/keywords/",
    "organisation": f"{BASE}id/organisation/",
}


def read_filter() -> ChangeFilter:
    """Return the filter in the query string; raise BadRequest for an invalid value."""
    found = ChangeFilter(*(request.args.get(name, "") for name in FILTER_NAMES))
    for name, value in found.fields.items():
        if not _SLUG_PATTERN.fullmatch(value) or value not in ALLOWED_VALUES.get(name, (value,)):
            raise BadRequest(f"{name}: “{value}” is an invalid value.")
        if name in NAMESPACE_BY_FIELD:
            check_known(name, value)
    return found


def check_known(name: str, value: str) -> None:
    """Raise BadValue where neither this release nor an earlier one has a keyword or organisation.

    A feed of a value that was mistyped would stay empty for ever.
    """
    index, namespace = current_graph().index, NAMESPACE_BY_FIELD[name]
    iri = f"{namespace}{value}"
    if index is None or index.number(iri) is not None or index.find_last_release(iri):
        return
    facet = "concept" if name == "keyword" else "organisation"
    known = (
        v.removeprefix(namespace) for v in index.facet(facet).values if v.startswith(namespace)
    )
    near = get_close_matches(value, known, n=3)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    raise BadValue(f"There is no {name} “{value}”.{hint}")


@dataclass(frozen=True, slots=True)
class ReleaseChanges:
    """The changes of one release for display.

    ``found`` has the entities as in ``changes.json`` by state; ``states`` those of one page.
    """

    release: str
    previous: str
    built: str
    found: Mapping[str, Sequence[Mapping[str, Any]]]
    documents: Mapping[str, list[str]]
    contracts: Mapping[str, list[str]]
    states: tuple[StateChanges, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether no entity, document or contract has changed."""
        lists = (*self.documents.values(), *self.contracts.values())
        return not (self.found or any(lists))


@blueprint.get("/changes")
def page() -> Response:
    """Return the changes of the current release, as a page or as JSON.

    The page of a filter has the changes of all stored releases.
    """
    narrowed = read_filter()
    if narrowed.fields and not prefers_json():
        return render_narrowed(narrowed)
    return render_changes(get_current_release(current_graph()), prefers_json(), narrowed)


@blueprint.get("/changes/<release>", endpoint="of_release")
def get_release_changes(release: str) -> Response:
    """Return the changes of one stored release, as a page or as JSON."""
    if not _RELEASE_NAME_PATTERN.fullmatch(release):
        path = to_public_path("/changes")
        raise NotFound(f"“{release}” is not the name of a release. {path} lists all releases.")
    return render_changes(release, prefers_json(), read_filter())


@blueprint.get("/changes.json")
def as_json() -> Response:
    """Return all changes of the current release as JSON."""
    return render_changes(get_current_release(current_graph()), True, NO_FILTER)


@blueprint.get("/changes.atom")
def feed() -> Response:
    """Return the releases, newest first, as Atom: https://www.rfc-editor.org/rfc/rfc4287

    The feed of a filter has the releases with a change that it asks for.
    """
    narrowed = read_filter()
    releases = list_narrowed_releases(narrowed)
    text = render_template(
        "changes.atom.xml",
        releases=describe_first([changes for changes in releases if changes.built]),
        write_address=write_address,
        narrowed=narrowed,
        names=name_filter(narrowed),
    )
    return Response(text, content_type="application/atom+xml; charset=utf-8")


def list_narrowed_releases(narrowed: ChangeFilter) -> list[ReleaseChanges]:
    """Return the current release and its predecessors, newest first, as the filter asks for."""
    graph = current_graph()
    history = list_release_history(graph, get_current_release(graph), narrowed)
    return [changes for changes in history if changes.found or not narrowed.fields]


def render_narrowed(narrowed: ChangeFilter) -> Response:
    """Return the page of the changes that a filter asks for, release by release."""
    releases, pages = select_page(list_narrowed_releases(narrowed), "/changes", narrowed)
    text = render_template(
        "changes.html",
        changes=None,
        releases=[changes for changes in releases if changes.states],
        pages=pages,
        narrowed=narrowed,
        names=name_filter(narrowed),
        choices=list_choices(),
    )
    return Response(text, mimetype="text/html")


def name_filter(narrowed: ChangeFilter) -> list[Link]:
    """Return links to the pages of the keyword and the organisation, and the kind in words."""
    labels = EntityLabels(current_graph())
    iris = [f"{BASE}concept/keywords/{narrowed.keyword}"] if narrowed.keyword else []
    iris += [f"{BASE}id/organisation/{narrowed.organisation}"] if narrowed.organisation else []
    labels.load(iris)
    links = [labels.build_page_link(iri) for iri in iris]
    words = [narrowed.kind.replace("-", " ").capitalize(), HEADING_BY_STATE.get(narrowed.state, "")]
    return [*links, *(Link(word) for word in words if word)]


def list_choices() -> dict[str, list[tuple[str, str]]]:
    """Return what the form offers: value and label of keywords, organisations and kinds."""
    return {
        "keyword": list_facet_choices("concept", f"{BASE}concept/keywords/"),
        "organisation": list_facet_choices("organisation", f"{BASE}id/organisation/"),
        "kind": [(kind, kind.replace("-", " ").capitalize()) for kind in KINDS],
        "state": list(HEADING_BY_STATE.items()),
    }


def list_facet_choices(facet: str, namespace: str) -> list[tuple[str, str]]:
    """Return the values of a facet in a namespace, as in addresses, with labels; by label.

    Return none where there are more than ``MAX_CHOICES``, for which a page has no room.
    """
    index = current_graph().index
    if index is None:
        return []
    found = index.facet(facet)
    choices = [
        (value.removeprefix(namespace), name)
        for value, name in zip(found.values, found.names, strict=True)
        if value.startswith(namespace)
    ]
    if len(choices) > MAX_CHOICES:
        return []
    return sorted(choices, key=lambda choice: choice[1].lower())


def get_current_release(graph: GraphContext) -> str:
    """Return the name of the current release; raise NotFound for a remote endpoint."""
    release = graph.engine.release
    if not release:
        raise NotFound("This site reads a remote endpoint, whose releases it does not know.")
    return release


def render_changes(release: str, as_data: bool, narrowed: ChangeFilter) -> Response:
    """Return the changes of a release as HTML or JSON; raise NotFound if it is not stored."""
    shared = current_graph()
    content = Release(shared.build_folder / "releases" / release).changes()
    if not content and release != shared.engine.release:
        path = to_public_path("/changes")
        raise NotFound(f"The release {release} is not stored here. {path} lists all releases.")
    if as_data:
        return build_json_response(narrow_content(content, narrowed))
    earlier = [one for one in list_release_history(shared, release) if one.release != release]
    parsed = parse_release_changes(release, content, narrowed)
    (changes,), pages = select_page([parsed], request.path, narrowed)
    text = render_template(
        "changes.html",
        changes=changes,
        earlier=earlier,
        pages=pages,
        narrowed=narrowed,
        names=name_filter(narrowed),
        choices=list_choices(),
    )
    return Response(text, mimetype="text/html")


def list_release_history(
    graph: GraphContext, release: str, narrowed: ChangeFilter = NO_FILTER
) -> Iterator[ReleaseChanges]:
    """Yield a release and its stored predecessors, newest first, with the changes asked for."""
    seen: set[str] = set()
    while release and release not in seen and len(seen) < MAX_FEED_ENTRIES:
        seen.add(release)
        content = Release(graph.build_folder / "releases" / release).changes()
        if content:
            yield parse_release_changes(release, content, narrowed)
        release = content.get("previous") or ""


def parse_release_changes(
    release: str, content: Mapping[str, Any], narrowed: ChangeFilter = NO_FILTER
) -> ReleaseChanges:
    """Parse the stored release diff (``changes.json``) into its view, narrowed to a filter."""
    entities = narrow_content(content, narrowed).get("things", {})
    return ReleaseChanges(
        release,
        content.get("previous") or "",
        content.get("built", ""),
        {state: entities[state] for state in STATES if entities.get(state)},
        content.get("documents", {}),
        content.get("contracts", {}),
    )


def narrow_content(content: Mapping[str, Any], narrowed: ChangeFilter) -> Mapping[str, Any]:
    """Return a release diff with the entities alone that a filter asks for."""
    if not narrowed.fields:
        return content
    entities = {
        state: [entity for entity in found if narrowed.matches(entity)]
        for state, found in content.get("things", {}).items()
    }
    return {**content, "things": entities}


def describe_first(releases: list[ReleaseChanges]) -> list[ReleaseChanges]:
    """Return releases with the first entities of each described, for a feed."""
    return [select_entities([changes], 0, ENTITIES_SHOWN)[0] for changes in releases]


def select_page(
    releases: list[ReleaseChanges], path: str, narrowed: ChangeFilter
) -> tuple[list[ReleaseChanges], dict[str, str]]:
    """Return releases with the entities of one page described, and the addresses of its neighbours.

    Raises BadValue for a page that does not exist.
    """
    number = parse_whole_number("page", request.args.get("page", "1"))
    begin = (number - 1) * ENTITIES_SHOWN
    total = sum(len(found) for changes in releases for found in changes.found.values())
    if number > 1 and begin >= total:
        raise BadValue(f"There is no page {number}: {total} entities have changed.")

    def address(other: int) -> str:
        return f"{path}?{urlencode({**narrowed.fields, 'page': other})}"

    pages = {"first": str(begin + 1), "last": str(min(total, begin + ENTITIES_SHOWN))}
    pages |= {"total": str(total), "earlier": address(number - 1) if number > 1 else ""}
    pages["later"] = address(number + 1) if begin + ENTITIES_SHOWN < total else ""
    return select_entities(releases, begin, ENTITIES_SHOWN), pages


def select_entities(releases: list[ReleaseChanges], begin: int, size: int) -> list[ReleaseChanges]:
    """Return releases with the entities from a position on described, over all of them."""
    labels = EntityLabels(current_graph())
    selected, position = [], 0
    for changes in releases:
        states = []
        for state, found in changes.found.items():
            start, end = max(0, begin - position), max(0, begin + size - position)
            if some := found[start:end]:
                described = describe_entities(labels, some)
                states.append(StateChanges(state, HEADING_BY_STATE[state], len(found), described))
            position += len(found)
        selected.append(replace(changes, states=tuple(states)))
    return selected
