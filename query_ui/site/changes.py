"""Routes of release diffs: ``/changes`` as page and JSON, and an Atom feed of releases."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from loader.release.release_diff import STATES
from loader.release.release_folder import Release
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
_RELEASE_NAME_PATTERN = re.compile(r"[0-9a-f]{8,64}")
HEADING_BY_STATE = {"added": "New", "removed": "Gone", "changed": "Said otherwise"}


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
    """Return the changes of the current release, as a page or as JSON."""
    return render_changes(get_current_release(current_graph()), prefers_json())


@blueprint.get("/changes/<release>", endpoint="of_release")
def get_release_changes(release: str) -> Response:
    """Return the changes of one stored release, as a page or as JSON."""
    if not _RELEASE_NAME_PATTERN.fullmatch(release):
        path = to_public_path("/changes")
        raise NotFound(f"“{release}” is no name of a release: {path} lists those there are.")
    return render_changes(release, prefers_json())


@blueprint.get("/changes.json")
def as_json() -> Response:
    """Return all changes of the current release as JSON."""
    return render_changes(get_current_release(current_graph()), True)


@blueprint.get("/changes.atom")
def feed() -> Response:
    """Return the releases, newest first, as Atom: https://www.rfc-editor.org/rfc/rfc4287"""
    releases = [
        changes
        for changes in list_release_history(current_graph(), get_current_release(current_graph()))
        if changes.built
    ]
    text = render_template("changes.atom.xml", releases=releases, root=request.root_url.rstrip("/"))
    return Response(text, content_type="application/atom+xml; charset=utf-8")


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
        raise NotFound(f"No release {release} is kept here: {path} lists those there are.")
    if as_data:
        return build_json_response(content)
    earlier = [one for one in list_release_history(shared, release) if one.release != release]
    text = render_template(
        "changes.html", changes=parse_release_changes(release, content), earlier=earlier
    )
    return Response(text, mimetype="text/html")


def list_release_history(graph: GraphContext, release: str) -> Iterator[ReleaseChanges]:
    """Yield a release and its stored predecessors, newest first."""
    seen: set[str] = set()
    while release and release not in seen and len(seen) < MAX_FEED_ENTRIES:
        seen.add(release)
        content = Release(graph.build_folder / "releases" / release).changes()
        if content:
            yield parse_release_changes(release, content)
        release = content.get("previous") or ""


def parse_release_changes(release: str, content: Mapping[str, Any]) -> ReleaseChanges:
    """Parse the stored release diff (``changes.json``) into its view."""
    entities = content.get("things", {})
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
