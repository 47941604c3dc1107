"""What tells two answers apart, so that nobody fetches the same one twice.

https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
"""

import hashlib
import re

from query_ui.service.reading import Asked

_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE|SERVICE)\b", re.IGNORECASE)


def tag_of(release: str, asked: Asked, accept: str, encoding: str) -> str:
    """An ETag from the release and all that shapes the answer.

    It is weak, since CONSTRUCT makes blank nodes with new names each time. "" where the same
    question may have another answer: functions such as NOW, blank nodes by name, other servers, or
    an engine that has no release.
    """
    if not release or _CHANGING.search(asked.query):
        return ""
    graphs = (*asked.default_graphs, "", *asked.named_graphs)
    parts = (release, asked.query, asked.format, accept, encoding, *graphs)
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    return f'W/"{digest[:32]}"'


def is_fresh(if_none_match: str, tag: str) -> bool:
    """Whether the client's If-None-Match names the tag, which it then has from an answer.

    "*" names none: whether there is an answer at all is only known when it has been found.
    """
    if not tag or not if_none_match:
        return False
    known = (item.strip().removeprefix("W/") for item in if_none_match.split(","))
    return tag.removeprefix("W/") in known
