"""Read every page and download of the site from the application itself, by its links."""

import pickle
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import NamedTuple
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

from werkzeug.test import Client

from loader.errors import BuildError
from loader.release.phase_times import Progress
from query_ui.http.release_address import ADDRESS_WRITER_KEY
from query_ui.static_edition.edition_processes import EditionProcesses
from query_ui.static_edition.page_addresses import (
    ORIGIN,
    Target,
    find_scripted_page,
    is_included,
    name_file,
    needs_address,
    resolve_link,
    states_address,
)
from query_ui.static_edition.page_rewriting import AddressWriter, read_links

MAX_REDIRECTS = 5
ACCEPT = "text/html,*/*;q=0.8"

ApplicationOpener = Callable[[], WSGIApplication]
"""Opens the application in another process; it is pickled, so it is a ``functools.partial``."""


class PageReading(NamedTuple):
    """What an address gives: a file and its compressed body, a redirect, or only links.

    ``moved`` is the address of a redirect, with its fragment, and ``links`` are the addresses on
    the site that it leads to. An address that gives nothing is left out of the edition.
    """

    address: str
    file: str = ""
    body: bytes = b""
    moved: str = ""
    links: Sequence[str] = ()

    @property
    def is_left_out(self) -> bool:
        """Return whether the edition has nothing for the address."""
        return not (self.file or self.moved or self.links)


@dataclass(slots=True)
class EditionFiles:
    """Which file has which address; ``own`` are the files that no address of the site has."""

    by_address: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)

    def find_file(self, address: str) -> Target | None:
        """Return the file of an address, past redirects, with the fragment that these give."""
        fragment = ""
        for _ in range(MAX_REDIRECTS):
            if address not in self.moved:
                break
            address, _, fragment = self.moved[address].partition("#")
        found = self.by_address.get(address)
        return Target(found, "", fragment) if found else None

    def find_link(self, address: str) -> Target | None:
        """Return the file of an address, or the page of ``own`` that does the same."""
        found = self.find_file(address)
        if found is None and address[1:] in self.own:
            found = Target(address[1:])
        if found is None and (scripted := find_scripted_page(address)):
            found = scripted if scripted.file in self.own else None
        return found


@dataclass(slots=True)
class SiteReading:
    """The site as it was read: ``bodies`` are compressed, by address."""

    files: EditionFiles = field(default_factory=EditionFiles)
    bodies: dict[str, bytes] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def read_body(self, address: str) -> str | None:
        """Return the text of an address that was read, or None."""
        body = self.bodies.get(address)
        return None if body is None else zlib.decompress(body).decode()

    def add(self, page: PageReading) -> None:
        """Add what an address gave."""
        if page.file:
            self.files.by_address[page.address] = page.file
            self.bodies[page.address] = page.body
        elif page.moved:
            self.files.moved[page.address] = page.moved
        elif page.is_left_out:
            self.left_out.add(page.address)

    def list_files(self) -> list[tuple[str, str, bytes]]:
        """Return the address, the name and the compressed body of each file, once."""
        files = self.files.by_address
        address_by_file = {files[address]: address for address in sorted(self.bodies)}
        return [(address, name, self.bodies[address]) for name, address in address_by_file.items()]


@dataclass(frozen=True, slots=True)
class SiteReader:
    """What reads the site: ``application`` in this process, or what ``opener`` opens in others.

    ``write_address`` writes the addresses in downloads.
    """

    application: WSGIApplication
    processes: EditionProcesses
    opener: ApplicationOpener | None = None
    write_address: AddressWriter = AddressWriter()

    def read_site(self, start: Sequence[str], progress: Progress) -> SiteReading:
        """Return all that the addresses of ``start`` lead to.

        Raises BuildError where a page fails.
        """
        if self.opener and self.processes.number > 1:
            read = partial(_read_in_process, pickle.dumps(self.opener), self.write_address)
        else:
            read = partial(read_addresses, Client(self.application), self.write_address)
        reading, waiting, seen = SiteReading(), list(start), set(start)
        done = 0
        for pages in self.processes.run_batches(read, waiting):
            for page in pages:
                reading.add(page)
                for link in page.links:
                    if link in seen:
                        continue
                    seen.add(link)
                    if is_included(link):
                        waiting.append(link)
                    else:
                        reading.left_out.add(link)
            done += len(pages)
            progress("Reading the pages", done, len(seen) - len(reading.left_out))
        return reading

    def fetch(self, address: str) -> str:
        """Return the text at an address; raise BuildError where there is none."""
        client = Client(self.application)
        with client.get(address, base_url=ORIGIN, headers={"Accept": ACCEPT}) as response:
            if response.status_code != 200:
                raise BuildError(f"The site answers {response.status_code} at {address}.")
            return response.get_data(as_text=True)


def read_addresses(
    client: Client, write_address: AddressWriter, addresses: Sequence[str]
) -> list[PageReading]:
    """Return what each address gives; raise BuildError where one fails."""
    return [_read_address(client, write_address, address) for address in addresses]


def _read_address(client: Client, write_address: AddressWriter, address: str) -> PageReading:
    if needs_address(address) and not write_address.public_url:
        return PageReading(address)
    written = {ADDRESS_WRITER_KEY: write_address} if states_address(address) else {}
    with client.get(
        address, base_url=ORIGIN, headers={"Accept": ACCEPT}, environ_overrides=written
    ) as response:
        if 300 <= response.status_code < 400 and response.location:
            to = resolve_link(address, response.location)
            if to is None:
                return PageReading(address)
            moved = f"{to[0]}#{to[1]}" if to[1] else to[0]
            return PageReading(address, moved=moved, links=(to[0],))
        if response.status_code >= 500:
            raise BuildError(f"The site answers {response.status_code} at {address}.")
        body, kind = response.get_data(), response.mimetype or ""
    if address.startswith("/sitemap") and response.status_code == 200:
        return PageReading(address, links=_read_sitemap(body.decode()))
    file = name_file(address, kind)
    # A download with addresses of the service would be wrong wherever the files are.
    has_address = kind not in ("text/html", "text/css") and ORIGIN.encode() in body
    if response.status_code != 200 or not file or has_address:
        return PageReading(address)
    links = read_links(address, body.decode()) if kind == "text/html" else []
    return PageReading(address, file, zlib.compress(body, 1), links=links)


def _read_sitemap(text: str) -> list[str]:
    found = (part.partition("</loc>")[0] for part in text.split("<loc>")[1:])
    return [urlsplit(one.strip()).path or "/" for one in found if one.strip().startswith(ORIGIN)]


def _read_in_process(
    opener: bytes, write_address: AddressWriter, addresses: Sequence[str]
) -> list[PageReading]:
    return read_addresses(_open_client(opener), write_address, addresses)


@lru_cache(maxsize=1)
def _open_client(opener: bytes) -> Client:
    """Return a client of the application, which a process opens once."""
    return Client(pickle.loads(opener)())
