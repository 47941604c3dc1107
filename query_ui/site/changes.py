"""Routes of release diffs: ``/changes`` as page and JSON, and an Atom feed of releases.

The page and the feed can be narrowed to a keyword, an organisation or a kind of entity.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
from query_ui.graph.urls import Link, to_generic_page_path, to_page_path
from query_ui.http.negotiation import prefers_json
from query_ui.http.public_address import to_public_path
from query_ui.http.response import build_json_response

blueprint = Blueprint("changes", __name__)

MAX_SHOWN_CHANGES = 200
"""Entities of each state that the page lists; the JSON has all."""
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

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the query string."""
        found = {"keyword": self.keyword, "organisation": self.organisation, "kind": self.kind}
        return {name: value for name, value in found.items() if value}

    @property
    def query_string(self) -> str:
        """The query string with its question mark, or ""."""
        return f"?{urlencode(self.fields)}" if self.fields else ""

    def matches(self, entity: Mapping[str, Any]) -> bool:
        """Return whether an entity of a release diff is what the filter asks for."""
        iri = entity["iri"]
        keyword = f"{BASE}concept/keywords/{self.keyword}"
        organisation = f"{BASE}id/organisation/{self.organisation}"
        return (
            (not self.keyword or keyword in (iri, *entity.get("concepts", ())))
            and (not self.organisation or organisation in (iri, *entity.get("organisations", ())))
            and (not self.kind or iri.startswith(f"{BASE}id/{self.kind}/"))
        )


NO_FILTER = ChangeFilter()
NAMESPACE_BY_FIELD = {
    "keyword": f"{BASE}concept/keywords/",
    "organisation": f"{BASE}id/organisation/",
}


def read_filter() -> ChangeFilter:
    """Return the filter in the query string; raise BadRequest for an invalid value."""
    found = ChangeFilter(
        *(request.args.get(name, "") for name in ("keyword", "organisation", "kind"))
    )
    for name, value in found.fields.items():
        if not _SLUG_PATTERN.fullmatch(value) or (name == "kind" and value not in KINDS):
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

    ``entities`` has a heading, links and whether the links are truncated for each state.
    """

    release: str
    previous: str
    built: str
    entities: tuple[tuple[str, tuple[Link, ...], bool], ...]
    documents: Mapping[str, list[str]]
    contracts: Mapping[str, list[str]]

    @property
    def is_empty(self) -> bool:
        """Return whether no entity, document or contract has changed."""
        lists = (*self.documents.values(), *self.contracts.values())
        return not (self.entities or any(lists))


@blueprint.get("/changes")
def page() -> Response:
    """Return the changes of the current release, as a page or as JSON.

    The page of a filter has the changes of all stored releases.
    """
    narrowed = read_filter()
    if narrowed.fields and not prefers_json():
        return render_narrowed(narrowed)
    return render_changes(get_current_release(current_graph()), prefers_json())


@blueprint.get("/changes/<release>", endpoint="of_release")
def get_release_changes(release: str) -> Response:
    """Return the changes of one stored release, as a page or as JSON."""
    if not _RELEASE_NAME_PATTERN.fullmatch(release):
        path = to_public_path("/changes")
        raise NotFound(f"“{release}” is not the name of a release. {path} lists all releases.")
    return render_changes(release, prefers_json())


@blueprint.get("/changes.json")
def as_json() -> Response:
    """Return all changes of the current release as JSON."""
    return render_changes(get_current_release(current_graph()), True)


@blueprint.get("/changes.atom")
def feed() -> Response:
    """Return the releases, newest first, as Atom: https://www.rfc-editor.org/rfc/rfc4287

    The feed of a filter has the releases with a change that it asks for.
    """
    narrowed = read_filter()
    releases = list_narrowed_releases(narrowed)
    text = render_template(
        "changes.atom.xml",
        releases=[changes for changes in releases if changes.built],
        root=request.root_url.rstrip("/"),
        narrowed=narrowed,
        names=name_filter(narrowed),
    )
    return Response(text, content_type="application/atom+xml; charset=utf-8")


def list_narrowed_releases(narrowed: ChangeFilter) -> list[ReleaseChanges]:
    """Return the current release and its predecessors, newest first, as the filter asks for."""
    graph = current_graph()
    history = list_release_history(graph, get_current_release(graph), narrowed)
    return [changes for changes in history if changes.entities or not narrowed.fields]


def render_narrowed(narrowed: ChangeFilter) -> Response:
    """Return the page of the changes that a filter asks for, release by release."""
    text = render_template(
        "changes.html",
        changes=None,
        releases=list_narrowed_releases(narrowed),
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
    kind = narrowed.kind.replace("-", " ").capitalize()
    return [*links, Link(kind)] if kind else links


def list_choices() -> dict[str, list[tuple[str, str]]]:
    """Return what the form offers: value and label of keywords, organisations and kinds."""
    return {
        "keyword": list_facet_choices("concept", f"{BASE}concept/keywords/"),
        "organisation": list_facet_choices("organisation", f"{BASE}id/organisation/"),
        "kind": [(kind, kind.replace("-", " ").capitalize()) for kind in KINDS],
    }


def list_facet_choices(facet: str, namespace: str) -> list[tuple[str, str]]:
    """Return the values of a facet in a namespace, as in addresses, with labels; by label."""
    index = current_graph().index
    if index is None:
        return []
    found = index.facet(facet)
    choices = [
        (value.removeprefix(namespace), name)
        for value, name in zip(found.values, found.names, strict=True)
        if value.startswith(namespace)
    ]
    return sorted(choices, key=lambda choice: choice[1].lower())


def get_current_release(graph: GraphContext) -> str:
    """Return the name of the current release; raise NotFound for a remote endpoint."""
    release = graph.engine.release
    if not release:
        raise NotFound("This site reads a remote endpoint, whose releases it does not know.")
    return release


def render_changes(release: str, as_data: bool) -> Response:
    """Return the changes of a release as HTML or JSON; raise NotFound if it is not stored."""
    shared = current_graph()
    content = Release(shared.build_folder / "releases" / release).changes()
    if not content and release != shared.engine.release:
        path = to_public_path("/changes")
        raise NotFound(f"The release {release} is not stored here. {path} lists all releases.")
    if as_data:
        return build_json_response(content)
    earlier = [one for one in list_release_history(shared, release) if one.release != release]
    text = render_template(
        "changes.html",
        changes=parse_release_changes(release, content),
        earlier=earlier,
        narrowed=NO_FILTER,
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
    entities = {
        state: [entity for entity in found if narrowed.matches(entity)]
        for state, found in content.get("things", {}).items()
    }
    return ReleaseChanges(
        release,
        content.get("previous") or "",
        content.get("built", ""),
        tuple(
            (
                HEADING_BY_STATE[state],
                build_changed_links(entities[state]),
                len(entities[state]) > MAX_SHOWN_CHANGES,
            )
            for state in STATES
            if entities.get(state)
        ),
        content.get("documents", {}),
        content.get("contracts", {}),
    )


def build_changed_links(changed_entities: list[Mapping[str, str]]) -> tuple[Link, ...]:
    """Return links to the first changed entities; a removed one links to its 410 page."""
    return tuple(
        Link(
            entity["name"] or entity["iri"],
            to_page_path(entity["iri"]) or to_generic_page_path(entity["iri"]),
        )
        for entity in changed_entities[:MAX_SHOWN_CHANGES]
    )
