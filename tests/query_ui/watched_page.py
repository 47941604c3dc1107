"""Open a page in a browser and hold what it loads and reports against the rules of the site."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, Page

_CONTEXTS: WeakKeyDictionary[Browser, dict[str, BrowserContext]] = WeakKeyDictionary()


def _find_context(browser: Browser, address: str, options: dict[str, Any]) -> BrowserContext:
    """Return the context that earlier pages of the browser had, or a new one.

    A new one costs a second of processor time, and compiles every script of the site anew.
    """
    contexts = _CONTEXTS.setdefault(browser, {})
    key = f"{address} {sorted(options.items())}"
    if key not in contexts:
        contexts[key] = browser.new_context(base_url=address, **options)
    return contexts[key]


@contextmanager
def open_watched_page(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """Open a page of the site at ``address``; ``options`` are those of a browser context.

    It finds nothing that an earlier page has stored. At the end, assert that it sent no request to
    another host, broke no security policy and raised no error.
    """
    context = _find_context(browser, address, options)
    page = context.new_page()
    parts = urlsplit(address)
    # https://chromedevtools.github.io/devtools-protocol/tot/Storage/#method-clearDataForOrigin
    stored = {
        "origin": f"{parts.scheme}://{parts.netloc}",
        "storageTypes": "cookies,indexeddb,local_storage,cache_storage",
    }
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", stored)
    requests: set[str] = set()
    errors: list[str] = []
    page.on("request", lambda request: requests.add(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if "Security Policy" in message.text else None,
    )
    yield page
    for one in context.pages:
        one.close()
    assert {url for url in requests if not url.startswith((address, "data:"))} == set()
    assert errors == []
