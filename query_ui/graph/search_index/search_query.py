"""What somebody typed into a search box, as words and phrases, and as a full-text query."""

import re
from dataclasses import dataclass

from loader.errors import UsageError
from loader.release.search_index.text_folding import split_words

MAX_QUERY_LENGTH = 300
"""Characters that a search may have."""
_PART = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """The parts of a search: each a word, or several in a row that have to stand so."""

    text: str
    parts: tuple[str, ...]

    def every(self, prefix: bool = False) -> str:
        """The full-text query for things with all parts; the last one may be a beginning."""
        quoted = [quote_phrase(part) for part in self.parts]
        return " ".join(quoted) + ("*" if prefix and quoted else "")

    def build_match_any(self) -> str:
        """The full-text query for things with any part."""
        return " OR ".join(quote_phrase(part) for part in self.parts)


def parse_search_query(text: str) -> SearchQuery:
    """The words of a search; signs that stand alone are none. UsageError where it is too long."""
    if len(text) > MAX_QUERY_LENGTH:
        raise UsageError(
            f"The search is {len(text):,} characters long. "
            f"At most {MAX_QUERY_LENGTH} can be looked for: "
            "leave words out."
        )
    found = (phrase or word for phrase, word in _PART.findall(text))
    return SearchQuery(text.strip(), tuple(part for part in found if any(split_words(part))))


def quote_phrase(part: str) -> str:
    """A part as a string of the full-text language, in which nothing is a sign of it.

    https://www.sqlite.org/fts5.html#fts5_strings
    """
    clean = part.replace("\0", " ").replace('"', '""')
    return f'"{clean}"'
