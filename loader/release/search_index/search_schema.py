"""The tables of the search index: https://www.sqlite.org/fts5.html"""

SEARCH_INDEX_FILE = "search.sqlite"
SEARCH_INDEX_VERSION = 4
"""Increased whenever a table or a facet changes: a reader ignores an index of another version.

What is only added needs no other version where readers do without it, as with ``list_row`` and the
facets of ``card_tags.py``, ``page_labels.py`` and ``organisation_parts.py``.
"""

ENTITY_KINDS = (
    *("concept", "initiative", "case-study", "organisation", "commitment", "opportunity"),
    *("focus-area", "allowance", "submission", "participation", "unit", "group", "figure"),
    *("action-plan", "action", "register", "register-event", "indicator"),
    *("source", "claim", "issue"),
)
"""The kinds of entities in their order: entities are numbered by kind, each by name."""

SEARCH_INDEX_TABLES = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA user_version = {SEARCH_INDEX_VERSION};
CREATE TABLE kind (name TEXT PRIMARY KEY, first INTEGER NOT NULL, after INTEGER NOT NULL);
CREATE TABLE thing (number INTEGER PRIMARY KEY, iri TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE property (iri TEXT PRIMARY KEY);
CREATE TABLE member (concept TEXT NOT NULL, scheme TEXT NOT NULL);
CREATE TABLE broader (concept TEXT NOT NULL, broader TEXT NOT NULL);
CREATE TABLE facet (name TEXT PRIMARY KEY, starts BLOB NOT NULL, things BLOB NOT NULL);
CREATE TABLE choice (facet TEXT NOT NULL, position INTEGER NOT NULL, value TEXT NOT NULL,
    name TEXT NOT NULL, PRIMARY KEY (facet, position)) WITHOUT ROWID;
CREATE TABLE weight (concept TEXT PRIMARY KEY, carriers INTEGER NOT NULL, bits REAL NOT NULL);
CREATE TABLE gone (iri TEXT PRIMARY KEY, release TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE list_row (position INTEGER PRIMARY KEY, thing INTEGER NOT NULL, title TEXT,
    source TEXT);
CREATE TABLE list_query (text_hash TEXT NOT NULL);
CREATE TABLE word (word TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE entry USING fts5(
    name, other, text, tags, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE naming USING fts5(
    label, thing UNINDEXED, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
CREATE VIRTUAL TABLE within USING fts5(
    label, thing UNINDEXED, tokenize = 'trigram'
);
CREATE VIRTUAL TABLE spelling USING fts5(
    word, tokenize = 'trigram', detail = 'none'
);
"""
"""``entity`` and the rows of ``entry`` have the same numbers.

``list_row`` has cells of ``sparql/pages/list-table.rq`` in the order of its rows, and
``list_query`` the hash of its text where a sample of them is equal to its result. ``gone`` are
entities of earlier releases, with the last release that had each. ``naming`` has its
rows in the order in which they are suggested. ``within`` and ``spelling`` hold folded text, since
older tokenizers of this kind keep accents.
"""

WORD_TABLE_SCRIPT = (
    """
CREATE VIRTUAL TABLE temp.spoken USING fts5(
    name, other, text, tags, content = '', tokenize = 'unicode61 remove_diacritics 2',
    detail = 'none', columnsize = 0
);
""",
    """
INSERT INTO temp.spoken (rowid, name, other, text, tags)
    SELECT rowid, name, other, text, tags FROM entry;
CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(temp, spoken, row);
INSERT INTO word SELECT term, doc FROM temp.vocabulary
    WHERE length(term) > 3 AND term NOT GLOB '*[0-9]*';
INSERT INTO spelling (rowid, word) SELECT row_number() OVER (ORDER BY word), word FROM word;
DROP TABLE temp.vocabulary;
DROP TABLE temp.spoken;
""",
)
"""The words that a misspelt one may mean, with the number of entities that have each.

The first part makes a table to count words with, the second fills it and counts.
"""

SEARCH_INDEX_INDEXES = """
CREATE UNIQUE INDEX thing_iri ON thing (iri);
CREATE INDEX member_scheme ON member (scheme);
"""
