"""Entity tags, so that an unchanged response is not sent again.

https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
"""

import hashlib
import re

_VOLATILE_KEYWORD = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE|SERVICE)\b", re.IGNORECASE)


def compute_etag(release: str, query: str, *variants: str) -> str:
    """Return the ETag of the response to ``query``, or "" where it must not be reused.

    ``variants`` are the other parts of the request that change the response: dataset, format,
    Accept, content coding.

    It is weak, since CONSTRUCT labels blank nodes differently each time. It is "" where the same
    query may have another result: functions such as NOW and BNODE, SERVICE, or an engine without
    a release.
    """
    if not release or is_volatile(query):
        return ""
    return build_etag(release, query, *variants)


def is_volatile(query: str) -> bool:
    """Return whether a query may have another result on the same release."""
    return bool(_VOLATILE_KEYWORD.search(query))


def build_etag(*parts: str) -> str:
    """Return a weak ETag that is the same for the same parts."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    return f'W/"{digest[:32]}"'


def has_matching_etag(if_none_match: str, etag: str) -> bool:
    """Return whether an If-None-Match header has ``etag`` by weak comparison.

    "*" does not match, as only evaluation shows whether there is a result at all.
    https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
    """
    if not etag or not if_none_match:
        return False
    known = (item.strip().removeprefix("W/") for item in if_none_match.split(","))
    return etag.removeprefix("W/") in known
