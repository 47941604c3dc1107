"""What may stand where the query can't be read on, in plain words."""

from collections.abc import Iterator

from query_ui.engine.syntax_help.ll1_table import END, table
from query_ui.engine.syntax_help.reading import Found, Reading

_WORDS = {
    "Expression": "an expression", "AndExpression": "an expression", "Comparison": "an expression",
    "Sum": "an expression", "Product": "an expression", "Unary": "an expression",
    "Primary": "an expression", "Constraint": "a condition in brackets",
    "Bracketed": "“(”", "BuiltInCall": "a function", "FunctionCall": "a function",
    "Arguments": "“(”", "Expressions": "values in brackets", "Group": "“{”",
    "GroupContent": "triples", "Triples": "a triple", "PathTriples": "a triple",
    "TemplateTriples": "triples", "PlainTriples": "a triple", "Pattern": "FILTER, OPTIONAL …",
    "PathList": "a property", "PathVerb": "a property", "PlainList": "a property",
    "Verb": "a property", "Path": "a property", "PathSequence": "a property",
    "PathStep": "a property", "PathPrimary": "a property", "PathOne": "a property",
    "PathNegated": "a property", "PathObjects": "a value", "PathObject": "a value",
    "Value": "a value", "PlainObjects": "a value", "PlainObject": "a value",
    "PlainValue": "a value", "Member": "a value", "Term": "a value", "DataValue": "a value",
    "Literal": "a text or a number", "SignedNumber": "a number", "Compare": "a comparison",
    "Var": "a variable", "var": "a variable", "VarOrIri": "a variable or an IRI", "Iri": "an IRI",
    "iri": "an IRI", "integer": "a whole number", "string": "a text in quotes",
    "prefixed": "a name",
    "namespace": "a name that ends with a colon", "langtag": "a language tag", "nil": "()",
    "SelectItem": "a variable", "Reifier": "", "PathNode": "", "ReifiedTriple": "",
    "PlainNode": "", "TripleTerm": "", "{|": "", "blank": "", "anon": "", "~": "", "signed": "",
    "^^": "", END: "the end of the query",
}  # fmt: skip
_MOST = 6
BEGIN = "After the PREFIX lines a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE."


def unexpected(reading: Reading) -> Found:
    """The token that can't stand here, and what could, where that is a short list."""
    token = reading.token
    words = list(dict.fromkeys(_words(reading)))
    listed = ""
    if "ASK" in reading.expected:
        listed = BEGIN
    elif 0 < len(words) <= _MOST:
        *most, last = words
        listed = f"What can stand here: {', '.join(most)}{' or ' * bool(most)}{last}."
    if token.kind == END:
        still = ""
        if reading.open:
            last_open = reading.open[-1]
            still = f" The {last_open.kind} of {reading.place(last_open)} is still open."
        return Found(f"The query ends too early.{still}", token.start, listed)
    shown = token.text if len(token.text) <= 40 else f"{token.text[:40]}…"
    return Found(f"“{shown}” cannot stand here.", token.start, listed)


def _words(reading: Reading) -> Iterator[str]:
    for symbol in reading.symbols:
        yield from _of(symbol)


def _of(symbol: str) -> Iterator[str]:
    """A symbol in plain words; a rule without a name of its own by what it begins with."""
    grammar = table()
    if symbol in _WORDS:
        if _WORDS[symbol]:
            yield _WORDS[symbol]
    elif symbol not in grammar.rules:
        yield grammar.keywords.get(symbol, f"“{symbol}”")
    else:
        for alternative in grammar.rules[symbol]:
            for first in alternative:
                yield from _of(first)
                if first not in grammar.nullable:
                    break
