"""Parser of the text in a search box, and its translation into FTS5 queries.

https://www.sqlite.org/fts5.html#full_text_query_syntax
"""

import re
from dataclasses import dataclass, replace

from loader.errors import UsageError
from loader.release.search_index.text_folding import fold_text, split_words
from query_ui.graph.ask.question_words import SEARCH_STOP_WORDS

MAX_QUERY_LENGTH = 300
"""The maximum number of characters of a search."""
_PART = re.compile(r'"([^"]*)"|(\S+)')
_QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
"""The quotation marks that keyboards and word processors write, as the plain one."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """The parts of a search; each is a word or a phrase."""

    text: str
    parts: tuple[str, ...]

    def every(self, prefix: bool = False) -> str:
        """Return the FTS5 query for all parts; with ``prefix`` the last one is a prefix."""
        quoted = [quote_phrase(part) for part in self.parts]
        return " ".join(quoted) + ("*" if prefix and quoted else "")

    def build_match_any(self) -> str:
        """Return the FTS5 query for any of the parts."""
        return " OR ".join(quote_phrase(part) for part in self.parts)

    def drop_stop_words(self) -> "SearchQuery":
        """Return the search without words such as "the"; itself where it has no others."""
        kept = tuple(part for part in self.parts if fold_text(part) not in SEARCH_STOP_WORDS)
        return replace(self, parts=kept) if kept else self


def parse_search_query(text: str) -> SearchQuery:
    """Parse words and quoted phrases, without lone punctuation; raise UsageError if too long."""
    if len(text) > MAX_QUERY_LENGTH:
        raise UsageError(
            f"The search is {len(text):,} characters long. "
            f"At most {MAX_QUERY_LENGTH} can be looked for: "
            "leave words out."
        )
    found = (phrase or word for phrase, word in _PART.findall(text.translate(_QUOTATION_MARKS)))
    return SearchQuery(text.strip(), tuple(part for part in found if any(split_words(part))))


def quote_phrase(part: str) -> str:
    """Quote a part as an FTS5 string, so that none of its characters is an operator.

    https://www.sqlite.org/fts5.html#fts5_strings
    """
    clean = part.replace("\0", " ").replace('"', '""')
    return f'"{clean}"'
