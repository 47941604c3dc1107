"""``/changes``: what a release says otherwise than the one before, and a feed of all releases."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from loader.release.release_diff import STATES
from loader.release.release_folder import Release
from query_ui.graph.page_queries import Site, site
from query_ui.graph.urls import Link, any_path, path_of
from query_ui.http.response_format import json_answer, wants_json

blueprint = Blueprint("changes", __name__)

SHOWN = 200
"""So many things of each sort stand on the page; the JSON has all."""
ENTRIES = 20
"""So many releases stand in the feed and below a page."""
_NAME = re.compile(r"[0-9a-f]{8,64}")
WORDS = {"added": "New", "removed": "Gone", "changed": "Said otherwise"}


@dataclass(frozen=True, slots=True)
class Told:
    """What changed in one release, as a page shows it; ``things`` are by word, with what is cut."""

    release: str
    previous: str
    built: str
    things: tuple[tuple[str, tuple[Link, ...], bool], ...]
    documents: Mapping[str, list[str]]
    contracts: Mapping[str, list[str]]

    @property
    def nothing(self) -> bool:
        """Whether nothing that documents say, and no contract, has changed."""
        lists = (*self.documents.values(), *self.contracts.values())
        return not (self.things or any(lists))


@blueprint.get("/changes")
def page() -> Response:
    """What changed in the release that answers."""
    return shown(current(site()), wants_json())


@blueprint.get("/changes/<release>")
def of_release(release: str) -> Response:
    """What changed in one release that is still kept."""
    if not _NAME.fullmatch(release):
        raise NotFound(f"“{release}” is no name of a release: /changes lists those there are.")
    return shown(release, wants_json())


@blueprint.get("/changes.json")
def as_json() -> Response:
    """What changed in the release that answers, all of it."""
    return shown(current(site()), True)


@blueprint.get("/changes.atom")
def feed() -> Response:
    """The releases, the newest first, as Atom: https://www.rfc-editor.org/rfc/rfc4287"""
    found = [told for told in history(site(), current(site())) if told.built]
    text = render_template("changes.atom.xml", found=found, root=request.root_url.rstrip("/"))
    return Response(text, content_type="application/atom+xml; charset=utf-8")


def current(shared: Site) -> str:
    """The release that answers; NotFound where an endpoint has none."""
    release = shared.engine.release
    if not release:
        raise NotFound("This site reads a remote endpoint, whose releases it does not know.")
    return release


def shown(release: str, data: bool) -> Response:
    """What changed in a release, as a page or as JSON."""
    shared = site()
    content = Release(shared.out / "releases" / release).changes()
    if not content and release != shared.engine.release:
        raise NotFound(f"No release {release} is kept here: /changes lists those there are.")
    if data:
        return json_answer(content)
    earlier = [told for told in history(shared, release) if told.release != release]
    text = render_template("changes.html", told=told_of(release, content), earlier=earlier)
    return Response(text, mimetype="text/html")


def history(shared: Site, release: str) -> Iterator[Told]:
    """A release and those before it, as far as they are kept."""
    seen: set[str] = set()
    while release and release not in seen and len(seen) < ENTRIES:
        seen.add(release)
        content = Release(shared.out / "releases" / release).changes()
        if content:
            yield told_of(release, content)
        release = content.get("previous") or ""


def told_of(release: str, content: Mapping[str, Any]) -> Told:
    """What a release keeps of its changes."""
    things = content.get("things", {})
    return Told(
        release,
        content.get("previous") or "",
        content.get("built", ""),
        tuple(
            (WORDS[state], links(things[state]), len(things[state]) > SHOWN)
            for state in STATES
            if things.get(state)
        ),
        content.get("documents", {}),
        content.get("contracts", {}),
    )


def links(things: list[Mapping[str, str]]) -> tuple[Link, ...]:
    """The first things of a sort; what is gone has a page that says so."""
    return tuple(
        Link(thing["name"] or thing["iri"], path_of(thing["iri"]) or any_path(thing["iri"]))
        for thing in things[:SHOWN]
    )
