"""Names of licences, from their addresses."""

import re

from query_ui.graph.urls import Link

_CREATIVE_COMMONS = re.compile(r"https?://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)/?")
_ZERO = re.compile(r"https?://creativecommons\.org/publicdomain/zero/(\d\.\d)/?")
_OPEN_SOURCE = re.compile(r"https?://opensource\.org/licenses?/([A-Za-z0-9.-]+)/?")
_OPEN_GOVERNMENT = re.compile(
    r"https?://www\.nationalarchives\.gov\.uk/doc/open-government-licence/version/(\d)/?"
)


def build_licence_link(iri: str) -> Link:
    """Return a link to a licence with its usual short name, or else its address."""
    if match := _CREATIVE_COMMONS.fullmatch(iri):
        return Link(f"CC {match[1].upper()} {match[2]}", iri)
    if match := _ZERO.fullmatch(iri):
        return Link(f"CC0 {match[1]}", iri)
    if match := _OPEN_GOVERNMENT.fullmatch(iri):
        return Link(f"Open Government Licence v{match[1]}", iri)
    if match := _OPEN_SOURCE.fullmatch(iri):
        return Link(f"{match[1].upper()} licence", iri)
    return Link(iri, iri)
