"""Headers of every response, and those of a CORS preflight response.

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

LICENCE_LINK = '</dataset>; rel="license"'
"""The Link of every download to the licences and attributions of its sources: RFC 4946."""
COMMON_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "ETag, Link, Retry-After, X-Answered-From-Snapshot, X-Request-ID, "
        "X-Total-Count, X-Truncated, Memento-Datetime"
    ),
}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, QUERY, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Datetime, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
