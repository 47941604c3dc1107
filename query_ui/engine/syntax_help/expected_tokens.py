"""What may stand where the query can't be read on, in plain words."""

from collections.abc import Iterator

from loader.queries.syntax.ll1_table import END_OF_QUERY, load_sparql_table
from query_ui.engine.syntax_help.query_parse import QueryParse, SyntaxFinding

_WORDS_BY_SYMBOL = {
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
    "^^": "", END_OF_QUERY: "the end of the query",
}  # fmt: skip
_MAX_LISTED_WORDS = 6
QUERY_START_HINT = "After the PREFIX lines a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE."


def describe_unexpected_token(parse: QueryParse) -> SyntaxFinding:
    """Report the token that cannot stand here, and what could where that is a short list."""
    token = parse.error_token
    words = list(dict.fromkeys(_list_expected_words(parse)))
    listed = ""
    if "ASK" in parse.expected_terminals:
        listed = QUERY_START_HINT
    elif 0 < len(words) <= _MAX_LISTED_WORDS:
        *most, last = words
        listed = f"Expected here: {', '.join(most)}{' or ' * bool(most)}{last}."
    if token.kind == END_OF_QUERY:
        still = ""
        if parse.open:
            last_open = parse.open[-1]
            still = f" The {last_open.kind} of {parse.place(last_open)} is still open."
        return SyntaxFinding(f"The query ends too early.{still}", token.start, listed)
    shown = token.text if len(token.text) <= 40 else f"{token.text[:40]}…"
    return SyntaxFinding(f"“{shown}” is not allowed here.", token.start, listed)


def _list_expected_words(parse: QueryParse) -> Iterator[str]:
    for symbol in parse.expected_symbols:
        yield from _describe_symbol(symbol)


def _describe_symbol(symbol: str) -> Iterator[str]:
    """Yield a symbol in plain words; a rule without a name of its own by what it begins with."""
    grammar = load_sparql_table()
    if symbol in _WORDS_BY_SYMBOL:
        if _WORDS_BY_SYMBOL[symbol]:
            yield _WORDS_BY_SYMBOL[symbol]
    elif symbol not in grammar.rules:
        yield grammar.spelling_by_keyword.get(symbol, f"“{symbol}”")
    else:
        for alternative in grammar.rules[symbol]:
            for first in alternative:
                yield from _describe_symbol(first)
                if first not in grammar.nullable_rules:
                    break
