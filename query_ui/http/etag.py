"""What tells two answers apart, so that nobody fetches the same one twice.

https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
"""

import hashlib
import re

_VOLATILE_KEYWORD = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE|SERVICE)\b", re.IGNORECASE)


def compute_etag(release: str, query: str, *variants: str) -> str:
    """Return the ETag of the response to ``query``, or "" where it must not be reused.

    ``variants`` are the other parts of the request that change the response: dataset, format,
    Accept, content coding.

    It is weak, since CONSTRUCT makes blank nodes with new names each time. "" where the same
    question may have another answer: functions such as NOW, blank nodes by name, other servers, or
    an engine that has no release.
    """
    if not release or _VOLATILE_KEYWORD.search(query):
        return ""
    parts = (release, query, *variants)
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    return f'W/"{digest[:32]}"'


def has_matching_etag(if_none_match: str, etag: str) -> bool:
    """Whether the client's If-None-Match names the tag, which it then has from an answer.

    "*" names none: whether there is an answer at all is only known when it has been found.
    """
    if not etag or not if_none_match:
        return False
    known = (item.strip().removeprefix("W/") for item in if_none_match.split(","))
    return etag.removeprefix("W/") in known
