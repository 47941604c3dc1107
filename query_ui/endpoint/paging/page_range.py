"""Page numbers, page sizes and the rows that they select."""

from dataclasses import dataclass

from werkzeug.exceptions import NotFound

DEFAULT_PAGE_SIZE = 100
"""Rows per page when the request has no ``size``."""
MAX_PAGE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class PageRange:
    """Page number ``page``, counted from 1, with ``size`` rows per page."""

    page: int = 1
    size: int = DEFAULT_PAGE_SIZE

    @property
    def start(self) -> int:
        """The index of the first row, counted from 0."""
        return (self.page - 1) * self.size

    @property
    def stop(self) -> int:
        """The index after the last row, counted from 0."""
        return self.page * self.size

    def last(self, total: int) -> int:
        """Return the number of the last page of ``total`` rows; an empty list has one page."""
        return max(1, -(-total // self.size))

    def check_page_exists(self, total: int) -> None:
        """Raise NotFound if ``total`` rows do not reach this page."""
        if self.page > self.last(total):
            raise NotFound(
                f"This answer has no page {self.page}: its last is page {self.last(total)}."
            )

    def list_linked_pages(self, total: int) -> dict[str, int]:
        """Return the numbers of the first, last, previous and next page by link relation.

        https://www.rfc-editor.org/rfc/rfc8288#section-3.3

        https://www.iana.org/assignments/link-relations/
        """
        last = self.last(total)
        found = {"first": 1, "last": last}
        if self.page > 1:
            found["prev"] = self.page - 1
        if self.page < last:
            found["next"] = self.page + 1
        return found
