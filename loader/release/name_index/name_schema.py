"""The tables of the name index: https://www.sqlite.org/lang_createtable.html"""

NAME_INDEX_FILE = "names.sqlite"
NAME_INDEX_VERSION = 3
"""Increased whenever a table or a key changes: a reader refuses another version."""

NAME_INDEX_TABLES = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA user_version = {NAME_INDEX_VERSION};
CREATE TABLE about (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE entity (number INTEGER PRIMARY KEY, iri TEXT NOT NULL, label TEXT NOT NULL,
    types TEXT NOT NULL, country TEXT NOT NULL, place TEXT NOT NULL, status TEXT NOT NULL,
    note TEXT NOT NULL);
CREATE TABLE name (number INTEGER PRIMARY KEY, entity INTEGER NOT NULL, text TEXT NOT NULL,
    kind TEXT NOT NULL, language TEXT NOT NULL, key TEXT NOT NULL, bag TEXT NOT NULL);
CREATE TABLE identifier (scheme TEXT NOT NULL, value TEXT NOT NULL, entity INTEGER NOT NULL);
CREATE TABLE relation (entity INTEGER NOT NULL, kind TEXT NOT NULL, other TEXT NOT NULL);
CREATE TABLE attribute (entity INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE place (key TEXT PRIMARY KEY, countries TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY, names BLOB NOT NULL) WITHOUT ROWID;
"""
"""``key`` and ``bag`` are those of ``name_normaliser``.

``word.names`` are the numbers of the names that have a word, four bytes each, ascending; ``place``
are the towns of the entities with the countries that each lies in. ``about`` has as arrays, one
item for each name in the order of numbers: ``entities`` (int32) and ``weights`` (float32), the sum
of the weights of its words.
"""

NAME_INDEX_INDEXES = """
CREATE UNIQUE INDEX entity_iri ON entity (iri);
CREATE INDEX name_key ON name (key);
CREATE INDEX name_bag ON name (bag);
CREATE INDEX name_entity ON name (entity);
CREATE INDEX identifier_value ON identifier (value, scheme);
CREATE INDEX identifier_entity ON identifier (entity);
CREATE INDEX relation_entity ON relation (entity);
CREATE INDEX attribute_entity ON attribute (entity);
"""
