"""Words that SPARQL doesn't have: misspelt ones, those of SQL, variables without their sign."""

from difflib import get_close_matches

from query_ui.engine.syntax_help.expected_tokens import BEGIN
from query_ui.engine.syntax_help.ll1_table import END, table
from query_ui.engine.syntax_help.reading import LONGEST_RETRY, Found, Reading, name_of

_JOINED = "Triples that share a variable are joined: put a dot between them."
_FUNCTIONS = {
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
_HABITS = {
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
    "JOIN": (".", _JOINED),
    "LEFT": ("", "Write OPTIONAL { … } for a left join."),
    "INNER": (".", _JOINED),
    "EXCEPT": ("", "Write MINUS { … } or FILTER NOT EXISTS { … }."),
    "TOP": ("", "Write LIMIT 10 at the end of the query."),
    "SORT": ("ORDER", "Write ORDER BY."),
}
_CUTOFF = 0.78


def missing(reading: Reading) -> Found | None:
    """One keyword or sign alone could stand here."""
    token = reading.token
    if len(reading.expected) != 1 or token.kind in ("word", END):
        return None
    (wanted,) = reading.expected
    shown = table().keywords.get(wanted, "")
    if not shown:
        return None
    mended = reading.replaced(token.start, token.start, f"{shown} ")
    message = f"{shown} is missing before {_short(token.text)}."
    return Found(message, token.start, f"Write {shown}.", mended)


def misspelt(reading: Reading) -> Found | None:
    """A bare word: a misspelt keyword, a habit of SQL, or a variable without its question mark."""
    token = reading.token
    if token.kind in table().keywords:
        return _variable_in_use(reading)
    if token.kind != "word":
        return None
    finders = (_other_words, _variable_in_use, _nearest, _small, _introduction, _datatype, _bare)
    return next((found for find in finders if (found := find(reading))), None)


def _other_words(reading: Reading) -> Found | None:
    """A function or an operator by its name elsewhere, where one may stand."""
    token, word = reading.token, reading.token.text.upper()
    function = _FUNCTIONS.get(word, "")
    if function in reading.expected and reading.after().kind in ("(", "nil"):
        name = table().keywords[function]
        mended = reading.replaced(token.start, token.end, name)
        message = f"SPARQL has no function {token.text}; it has {name}."
        return Found(message, token.start, f"Write {name}.", mended)
    sign, remedy = _HABITS.get(word, ("", ""))
    if word == "AND" and "." in reading.expected:
        sign, remedy = ".", _JOINED
    fits = sign in reading.expected or (sign == "!BOUND" and "BOUND" in reading.expected)
    if not remedy or (sign and not fits):
        return None
    if not reading.expected & {"&&", "BOUND", "FILTER", "ORDER", "var"}:
        return None
    mended = reading.replaced(token.start, token.end, sign) if sign else ""
    return Found(f"{token.text} is not a word of SPARQL.", token.start, remedy, mended)


def _variable_in_use(reading: Reading) -> Found | None:
    token = reading.token
    if "var" not in reading.expected or token.text not in reading.variables:
        return None
    mended = reading.replaced(token.start, token.end, f"?{token.text}")
    return Found(
        f"{token.text} lacks the sign of a variable.", token.start, f"Write ?{token.text}.", mended
    )


def _nearest(reading: Reading) -> Found | None:
    token, known = reading.token, table().keywords
    words = {word: known[word] for word in reading.expected if word in known}
    words |= {f"{word}BY": f"{word} BY" for word in ("GROUP", "ORDER") if word in words}
    near = get_close_matches(token.text.upper()[:40], sorted(words), n=3, cutoff=_CUTOFF)
    for word in near:
        mended = reading.replaced(token.start, token.end, words[word])
        if mended or len(reading.text) > LONGEST_RETRY:
            message = f"{token.text} is not a word of SPARQL; {words[word]} may be meant."
            return Found(message, token.start, f"Write {words[word]}.", mended)
    return None


def _small(reading: Reading) -> Found | None:
    """Words that must be written in small letters."""
    token, small = reading.token, reading.token.text.lower()
    if small not in ("true", "false", "a") or small not in reading.expected:
        return None
    mended = reading.replaced(token.start, token.end, small)
    message = f"{small} is written in small letters."
    return Found(message, token.start, f"Write {small}.", mended)


def _introduction(reading: Reading) -> Found | None:
    """Words before the query, or none of a query at all."""
    if "ASK" not in reading.expected or "var" in reading.expected:
        return None
    token = reading.token
    begin = ("PREFIX", "BASE", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
    later = next((t for t in reading.tokens[reading.index :] if t.kind in begin), None)
    mended = reading.improved(reading.text[later.start :], 0) if later and not reading.index else ""
    if later and later.kind in begin and mended:
        remedy = f"Leave out everything before {later.kind}."
        return Found("These words are no part of a query.", token.start, remedy, mended)
    return Found(
        f"A query cannot begin with {_short(token.text)}.",
        token.start,
        BEGIN,
    )


def _datatype(reading: Reading) -> Found | None:
    if reading.before().kind != "^^":
        return None
    remedy = 'Write it as in "2"^^xsd:integer, with the PREFIX line of xsd.'
    return Found("After ^^ the IRI of a datatype is missing.", reading.token.start, remedy)


def _bare(reading: Reading) -> Found | None:
    """A bare word where a variable or a term may stand."""
    token, name = reading.token, name_of(reading.token.text)[:40]
    if reading.after().kind in ("(", "nil") and "STRLEN" in reading.expected:
        return Found(
            f"SPARQL has no function {_short(token.text)}.",
            token.start,
            "A function of your own is named by its IRI or with a prefix.",
        )
    if not reading.expected & {"var", "prefixed"}:
        return None
    text = f', text in quotes ("{name}")' if "string" in reading.expected else ""
    term = f", a term has a prefix (prefix:{name})" if "prefixed" in reading.expected else ""
    return Found(
        f"{_short(token.text)} is neither a variable nor a term.",
        token.start,
        f"A variable begins with ? (?{name}){term}{text}.",
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
