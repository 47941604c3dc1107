"""Open a page in a browser and hold what it loads and reports against the rules of the site."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page


@contextmanager
def open_watched_page(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """Open a page of the site at ``address``; ``options`` are those of a browser context.

    At the end, assert that it sent no request to another host, broke no security policy and
    raised no error.
    """
    context = browser.new_context(base_url=address, **options)
    page = context.new_page()
    requests: set[str] = set()
    errors: list[str] = []
    page.on("request", lambda request: requests.add(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if "Security Policy" in message.text else None,
    )
    yield page
    context.close()
    assert {url for url in requests if not url.startswith((address, "data:"))} == set()
    assert errors == []
