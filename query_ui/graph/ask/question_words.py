"""The words of a question, with their stems."""

import re
import sqlite3
import threading
from dataclasses import dataclass
from functools import lru_cache

from loader.errors import UsageError
from loader.release.search_index.text_folding import fold_text

MAX_QUESTION_LENGTH = 300
"""The maximum number of characters of a question."""
STOP_WORDS = frozenset(
    (
        "a,about,all,am,an,and,any,are,as,at,available,be,been,being,better,by,can,come,comes,"
        "could,did,do,does,doing,done,else,every,exist,exists,for,from,full,get,getting,give,go,"
        "goes,going,good,had,happen,happens,has,have,having,her,his,how,i,in,into,is,it,its,kind,"
        "know,let,list,look,made,make,makes,me,my,now,of,on,one,or,other,our,out,over,part,"
        "please,put,puts,s,say,says,see,set,shall,she,should,show,so,some,such,take,takes,tell,"
        "than,that,the,their,them,then,there,these,they,thing,things,this,three,to,try,two,uk,"
        "under,up,us,use,used,want,was,way,we,were,what,which,will,with,within,working,works,"
        "would,you,your"
    ).split(",")
)
"""Words that say little about what a question is after."""
SEARCH_STOP_WORDS = STOP_WORDS | {"many", "much"}
"""Words that say little in a search; a question for a number is told apart by "how many"."""
SYNONYM_GROUPS = tuple(
    group.split(",")
    for group in (
        "practice,scheme,programme,program,initiative,project,intervention,activity",
        "institution,university,employer,organisation,provider",
        "obligation,duty,responsibility,responsible,requirement,require,expect,expected,must",
        "keyword,topic,theme,subject",
        "support,help,assist,benefit",
        "fund,funder,pay,paid,finance,money,grant,invest",
        "without,no,nobody,nothing,none,missing,gap,lack,never",
        "issue,error,mistake,problem,contradiction,fault",
        "false,wrong,untrue,incorrect",
        "member,belong,joined,membership",
        "similar,like,comparable,alike,peer",
        "compare,difference,differ,versus,vs,comparison",
        "award,badge,mark,accolade",
        "equivalent,counterpart,correspond,match,map,related,relate,relation",
        "running,active,ongoing,underway",
        "evidence,proof",
        "promise,pledge,commitment,commit,committed",
        "frequent,common,popular,often",
        "consortium,alliance",
        "identifier,code,id",
        "statement,claim",
    )
)
"""Words that mean about the same in questions; the first of each group counts for all."""
_WORD = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s\b")
_CONTRACTION = re.compile(r"(?:\b(?:wo|ca|sha))?n['’]t\b", re.IGNORECASE)
"""The end of "don't", and all of "won't", whose beginning is no word."""


@dataclass(frozen=True, slots=True)
class QuestionWord:
    """A word of a question: its text, stem, and whether it begins with a capital or a digit.

    ``term`` is its stem, or that of a word that means about the same.
    """

    text: str
    stem: str
    term: str
    is_capital: bool


class Stemmer:
    """Stems of English words, by the Porter tokenizer of SQLite's FTS5. Thread-safe.

    https://www.sqlite.org/fts5.html#porter_tokenizer
    """

    def __init__(self) -> None:
        self._base = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._base.execute(
            "CREATE VIRTUAL TABLE said USING fts5(word, tokenize = 'porter unicode61')"
        )
        self._base.execute("CREATE VIRTUAL TABLE stem USING fts5vocab(said, instance)")
        self._lock = threading.Lock()
        self.find_stem = lru_cache(20_000)(self._find_stem)
        self._synonyms = {
            self.find_stem(word): self.find_stem(group[0])
            for group in SYNONYM_GROUPS
            for word in group
        }

    def _find_stem(self, word: str) -> str:
        with self._lock:
            self._base.execute("INSERT INTO said (rowid, word) VALUES (1, ?)", (word,))
            rows = self._base.execute("SELECT term FROM stem").fetchall()
            self._base.execute("DELETE FROM said")
        return "".join(term for (term,) in rows) or word

    def find_term(self, word: str) -> str:
        """Return the stem of a word, or that of the first word that means about the same."""
        stem = self.find_stem(word)
        return self._synonyms.get(stem, stem)

    def list_stems(self, text: str) -> list[str]:
        """Return the stems of all words of a text, in order; hyphens separate words."""
        return [self.find_stem(word) for word in _split(text)]

    def parse_question(self, text: str, known: frozenset[str]) -> list[QuestionWord]:
        """Return the words of a question; a hyphenated word is one word where ``known`` has it.

        Raise UsageError where the question is too long.
        """
        if len(text) > MAX_QUESTION_LENGTH:
            raise UsageError(
                f"The question is {len(text):,} characters long. "
                f"At most {MAX_QUESTION_LENGTH} can be read: leave words out."
            )
        words: list[QuestionWord] = []
        for found in _WORD.findall(_CONTRACTION.sub(" not", _POSSESSIVE.sub("", text))):
            parts = re.split(r"[-‐‑]", found)
            joined = self.find_stem(fold_text("".join(parts)))
            if len(parts) > 1 and joined in known:
                parts = ["".join(parts)]
            words += [self._build_word(part) for part in parts]
        return words

    def _build_word(self, text: str) -> QuestionWord:
        is_capital = not text[0].islower()
        plain = fold_text(text)
        return QuestionWord(text, self.find_stem(plain), self.find_term(plain), is_capital)


def _split(text: str) -> list[str]:
    plain = fold_text(_POSSESSIVE.sub("", text))
    return re.findall(r"[^\W_]+", plain)
