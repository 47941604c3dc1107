"""Words that SPARQL doesn't have: misspelt ones, those of SQL, variables without their sign."""

from difflib import get_close_matches

from loader.queries.syntax.ll1_table import END_OF_QUERY, load_sparql_table
from query_ui.engine.syntax_help.expected_tokens import QUERY_START_HINT
from query_ui.engine.syntax_help.query_parse import (
    MAX_RETRY_CHARACTERS,
    QueryParse,
    SyntaxFinding,
    to_variable_name,
)

_JOIN_HINT = "Triples that share a variable are joined: put a dot between them."
_FUNCTION_BY_FOREIGN_NAME = {
    "STRLENGTH": "STRLEN", "LENGTH": "STRLEN", "LEN": "STRLEN", "LOWER": "LCASE",
    "TOLOWER": "LCASE", "UPPER": "UCASE", "TOUPPER": "UCASE", "SUBSTRING": "SUBSTR",
    "MATCHES": "REGEX", "MATCH": "REGEX", "CEILING": "CEIL", "AVERAGE": "AVG", "MEAN": "AVG",
    "STARTSWITH": "STRSTARTS", "STARTS_WITH": "STRSTARTS", "ENDSWITH": "STRENDS",
    "ENDS_WITH": "STRENDS", "IFNULL": "COALESCE", "NVL": "COALESCE", "TOTAL": "SUM",
    "STRING_AGG": "GROUP_CONCAT", "LISTAGG": "GROUP_CONCAT", "TODAY": "NOW", "INCLUDES": "CONTAINS",
    "ISNUMBER": "ISNUMERIC", "ISBLANKNODE": "ISBLANK", "ISSTRING": "ISLITERAL", "RANDOM": "RAND",
    "URLENCODE": "ENCODE_FOR_URI", "LANGUAGE": "LANG", "TYPE": "DATATYPE", "IIF": "IF",
    "ANY_VALUE": "SAMPLE", "FIRST": "SAMPLE",
}  # fmt: skip
_HINT_BY_SQL_WORD = {
    "AND": ("&&", "In an expression write && for “and”; two FILTERs one after the other also do."),
    "OR": ("||", "In an expression write || for “or”."),
    "XOR": ("", "Write (?a || ?b) && !(?a && ?b)."),
    "LIKE": ("", 'Write CONTAINS(LCASE(STR(?a)), "text") or REGEX(?a, "^text", "i").'),
    "ILIKE": ("", 'Write CONTAINS(LCASE(STR(?a)), "text") or REGEX(?a, "^text", "i").'),
    "CONTAINS": ("", 'Write CONTAINS(STR(?a), "text").'),
    "BETWEEN": ("", "Write ?a >= 1 && ?a <= 9."),
    "IS": ("", "Write !BOUND(?a) for “is null”, and BOUND(?a) for “is not null”."),
    "ISNULL": ("!BOUND", "Write !BOUND(?a): whether the variable has no value."),
    "NULL": ("", "There is no null: write !BOUND(?a) for a variable without a value."),
    "CASE": ("", "Write IF(condition, value, other value)."),
    "CAST": ("", "Write the datatype as a function, as in xsd:integer(?a)."),
    "MOD": ("", "The rest of ?a / ?b is ?a - ?b * FLOOR(?a / ?b)."),
    "TRIM": ("", 'Write REPLACE(?a, "^ +| +$", "").'),
    "LET": ("", "Write BIND(value AS ?a)."),
    "JOIN": (".", _JOIN_HINT),
    "LEFT": ("", "Write OPTIONAL { … } for a left join."),
    "INNER": (".", _JOIN_HINT),
    "EXCEPT": ("", "Write MINUS { … } or FILTER NOT EXISTS { … }."),
    "TOP": ("", "Write LIMIT 10 at the end of the query."),
    "SORT": ("ORDER", "Write ORDER BY."),
}
_SIMILARITY_CUTOFF = 0.78


def find_missing_keyword(parse: QueryParse) -> SyntaxFinding | None:
    """Find the one keyword or sign that alone could stand here."""
    token = parse.error_token
    if len(parse.expected_terminals) != 1 or token.kind in ("word", END_OF_QUERY):
        return None
    (wanted,) = parse.expected_terminals
    shown = load_sparql_table().spelling_by_keyword.get(wanted, "")
    if not shown:
        return None
    mended = parse.try_replacement(token.start, token.start, f"{shown} ")
    message = f"{shown} is missing before {_shorten_text(token.text)}."
    return SyntaxFinding(message, token.start, f"Write {shown}.", mended)


def find_misspelt_word(parse: QueryParse) -> SyntaxFinding | None:
    """Find a bare word: a misspelt keyword, a habit of SQL, or a variable without its sign."""
    token = parse.error_token
    if token.kind in load_sparql_table().spelling_by_keyword:
        return _find_variable_without_sign(parse)
    if token.kind != "word":
        return None
    finders = (
        _find_foreign_word,
        _find_variable_without_sign,
        _find_similar_keyword,
        _find_wrong_case,
        _find_text_before_query,
        _find_missing_datatype,
        _find_bare_word,
    )
    return next((found for find in finders if (found := find(parse))), None)


def _find_foreign_word(parse: QueryParse) -> SyntaxFinding | None:
    """Find a function or an operator by its name elsewhere, where one may stand."""
    token, word = parse.error_token, parse.error_token.text.upper()
    function = _FUNCTION_BY_FOREIGN_NAME.get(word, "")
    if function in parse.expected_terminals and parse.look_ahead().kind in ("(", "nil"):
        name = load_sparql_table().spelling_by_keyword[function]
        mended = parse.try_replacement(token.start, token.end, name)
        message = f"SPARQL has no function {token.text}; it has {name}."
        return SyntaxFinding(message, token.start, f"Write {name}.", mended)
    sign, remedy = _HINT_BY_SQL_WORD.get(word, ("", ""))
    if word == "AND" and "." in parse.expected_terminals:
        sign, remedy = ".", _JOIN_HINT
    fits = sign in parse.expected_terminals or (
        sign == "!BOUND" and "BOUND" in parse.expected_terminals
    )
    if not remedy or (sign and not fits):
        return None
    if not parse.expected_terminals & {"&&", "BOUND", "FILTER", "ORDER", "var"}:
        return None
    mended = parse.try_replacement(token.start, token.end, sign) if sign else ""
    return SyntaxFinding(f"{token.text} is not a word of SPARQL.", token.start, remedy, mended)


def _find_variable_without_sign(parse: QueryParse) -> SyntaxFinding | None:
    token = parse.error_token
    if "var" not in parse.expected_terminals or token.text not in parse.variable_names:
        return None
    mended = parse.try_replacement(token.start, token.end, f"?{token.text}")
    return SyntaxFinding(
        f"{token.text} lacks the sign of a variable.", token.start, f"Write ?{token.text}.", mended
    )


def _find_similar_keyword(parse: QueryParse) -> SyntaxFinding | None:
    token, known = parse.error_token, load_sparql_table().spelling_by_keyword
    words = {word: known[word] for word in parse.expected_terminals if word in known}
    words |= {f"{word}BY": f"{word} BY" for word in ("GROUP", "ORDER") if word in words}
    near = get_close_matches(token.text.upper()[:40], sorted(words), n=3, cutoff=_SIMILARITY_CUTOFF)
    for word in near:
        mended = parse.try_replacement(token.start, token.end, words[word])
        if mended or len(parse.text) > MAX_RETRY_CHARACTERS:
            message = f"{token.text} is not a word of SPARQL; {words[word]} may be meant."
            return SyntaxFinding(message, token.start, f"Write {words[word]}.", mended)
    return None


def _find_wrong_case(parse: QueryParse) -> SyntaxFinding | None:
    """Words that must be written in small letters."""
    token, small = parse.error_token, parse.error_token.text.lower()
    if small not in ("true", "false", "a") or small not in parse.expected_terminals:
        return None
    mended = parse.try_replacement(token.start, token.end, small)
    message = f"{small} is written in small letters."
    return SyntaxFinding(message, token.start, f"Write {small}.", mended)


def _find_text_before_query(parse: QueryParse) -> SyntaxFinding | None:
    """Words before the query, or none of a query at all."""
    if "ASK" not in parse.expected_terminals or "var" in parse.expected_terminals:
        return None
    token = parse.error_token
    begin = ("PREFIX", "BASE", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
    later = next((t for t in parse.tokens[parse.index :] if t.kind in begin), None)
    mended = parse.try_repair(parse.text[later.start :], 0) if later and not parse.index else ""
    if later and later.kind in begin and mended:
        remedy = f"Leave out everything before {later.kind}."
        return SyntaxFinding("These words are no part of a query.", token.start, remedy, mended)
    return SyntaxFinding(
        f"A query cannot begin with {_shorten_text(token.text)}.",
        token.start,
        QUERY_START_HINT,
    )


def _find_missing_datatype(parse: QueryParse) -> SyntaxFinding | None:
    if parse.look_back().kind != "^^":
        return None
    remedy = 'Write it as in "2"^^xsd:integer, with the PREFIX line of xsd.'
    return SyntaxFinding(
        "After ^^ the IRI of a datatype is missing.", parse.error_token.start, remedy
    )


def _find_bare_word(parse: QueryParse) -> SyntaxFinding | None:
    """Find a bare word where a variable or a term may stand."""
    token, name = parse.error_token, to_variable_name(parse.error_token.text)[:40]
    if parse.look_ahead().kind in ("(", "nil") and "STRLEN" in parse.expected_terminals:
        return SyntaxFinding(
            f"SPARQL has no function {_shorten_text(token.text)}.",
            token.start,
            "A function of your own is named by its IRI or with a prefix.",
        )
    if not parse.expected_terminals & {"var", "prefixed"}:
        return None
    text = f', text in quotes ("{name}")' if "string" in parse.expected_terminals else ""
    term = (
        f", a term has a prefix (prefix:{name})" if "prefixed" in parse.expected_terminals else ""
    )
    return SyntaxFinding(
        f"{_shorten_text(token.text)} is neither a variable nor a term.",
        token.start,
        f"A variable begins with ? (?{name}){term}{text}.",
    )


def _shorten_text(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
