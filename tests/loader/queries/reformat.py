"""Write a query anew at random: other space, comments and cases, and another order of clauses."""

from collections.abc import Iterator
from random import Random

from loader.queries.syntax.lexer import Token
from loader.queries.syntax.ll1_table import load_sparql_table
from loader.queries.syntax.parser import ParsedQuery, parse_file, parse_query
from loader.queries.syntax.tree import Node, walk

GAPS = (" ", "\n", "\t", "\r\n  ", "\n\n", " # VALUES ?x { 1 } PREFIX LIMIT 5\n", "\n# }{ \"'\n ")
BEFORE, AFTER = ("^^", "langtag"), ("^^", "CONCAT", "COALESCE")
"""Beside these no space is written: Oxigraph 0.5 reads no space between COALESCE and its bracket,
and some readers want none between a string and what follows it."""


def reformat(text: str, chance: Random) -> str:
    """Return a query that means the same, with its header and its notes on parameters."""
    query = parse_query(_reorder(parse_file(text), chance))
    assert query.is_valid
    notes = {
        c.follows: c.text for c in query.comments if c.text.startswith("#+") and c.follows >= 0
    }
    header = query.text[: query.tokens[0].start]
    pieces = [header if header.endswith("\n") or not header else f"{header}\n"]
    for index, token in enumerate(query.tokens[:-1]):
        after = query.tokens[index + 1]
        pieces.append(_respell(token, chance))
        if index in notes:
            pieces.append(chance.choice(("", " ", "\n  ")) + notes[index] + "\n")
        if after.kind not in BEFORE and token.kind not in AFTER:
            joined = after.start == token.end and after.kind not in ("?", "*", "+")
            pieces.append(chance.choice(GAPS) if not joined or chance.random() < 0.3 else "")
    return "".join(pieces) + "\n"


def _respell(token: Token, chance: Random) -> str:
    if token.kind not in load_sparql_table().spelling_by_keyword:
        return token.text
    return chance.choice((token.text.lower(), token.text.upper(), token.text.title()))


def _reorder(query: ParsedQuery, chance: Random) -> str:
    """Shuffle the prefixes, and the two clauses of LIMIT and OFFSET."""
    lines = [query.source(token) for token in _prologue(query)]
    groups = [" ".join(lines[place : place + 3]) for place in range(0, len(lines), 3)]
    prologue = query.root.child("Prologue")
    text = query.text
    for limits in query.root.find_all("LimitClauses"):
        clauses = [query.source(clause) for clause in limits.nodes]
        chance.shuffle(clauses)
        if len(clauses) == 2 and len(" ".join(clauses)) == limits.end - limits.start:
            text = text[: limits.start] + " ".join(clauses) + text[limits.end :]
    if prologue is None or not all(group.upper().startswith("PREFIX") for group in groups):
        return text
    chance.shuffle(groups)
    return text[: prologue.start] + "\n".join(groups) + text[prologue.end :]


def _prologue(query: ParsedQuery) -> Iterator[Token]:
    node = query.root.child("Prologue")
    return node.tokens if node else iter(())


def signature(query: ParsedQuery) -> list[tuple[int, str, str]]:
    """Return a tree as lines of depth, kind and text, without the order of what has none."""
    root, lines = query.root, []
    for child in root.children:
        node = child if isinstance(child, Node) else root
        texts = [
            (depth, leaf.kind, "" if isinstance(leaf, Node) else _plain(leaf))
            for leaf, depth in walk(node)
        ]
        unordered = node.kind == "Prologue"
        lines += sorted(texts) if unordered else _sorted_limits(texts)
    return lines


def _plain(token: Token) -> str:
    keyword = token.kind in load_sparql_table().spelling_by_keyword
    return token.text.upper() if keyword else token.text


def _sorted_limits(lines: list[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """Put the lines of LIMIT and OFFSET clauses, which have no order, at the end."""
    kinds = ("LimitClause", "OffsetClause", "LIMIT", "OFFSET", "integer")
    rest = [line for line in lines if line[1] not in kinds]
    return rest + sorted(line for line in lines if line[1] in kinds)
