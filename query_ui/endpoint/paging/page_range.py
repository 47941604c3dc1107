"""One page of a list of rows, counted from 1."""

from dataclasses import dataclass

from werkzeug.exceptions import NotFound

from loader.errors import UsageError

DEFAULT_PAGE_SIZE = 100
"""Rows on a page where nobody says how many."""
MAX_PAGE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class PageRange:
    """Page ``page`` of pages of ``size`` rows; ``start`` and ``stop`` count rows from 0."""

    page: int = 1
    size: int = DEFAULT_PAGE_SIZE

    @property
    def start(self) -> int:
        return (self.page - 1) * self.size

    @property
    def stop(self) -> int:
        return self.page * self.size

    def last(self, total: int) -> int:
        """The number of the last page; a list of nothing has one page."""
        return max(1, -(-total // self.size))

    def check_page_exists(self, total: int) -> None:
        """NotFound where a list of so many rows has no such page."""
        if self.page > self.last(total):
            raise NotFound(
                f"This answer has no page {self.page}: its last is page {self.last(total)}."
            )

    def list_linked_pages(self, total: int) -> dict[str, int]:
        """The pages to go on to, by the names that the Link header has for them.

        https://www.iana.org/assignments/link-relations/
        """
        last = self.last(total)
        found = {"first": 1, "last": last}
        if self.page > 1:
            found["prev"] = self.page - 1
        if self.page < last:
            found["next"] = self.page + 1
        return found


def parse_whole_number(name: str, text: str, maximum: int = 10**9) -> int:
    """A number from 1 to ``maximum`` that a request gives; UsageError where it is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 11 and 1 <= int(text) <= maximum):
        upper = f" to {maximum}" if maximum < 10**9 else ""
        raise UsageError(f"{name} is “{text}”, and has to be a whole number from 1{upper}.")
    return int(text)
