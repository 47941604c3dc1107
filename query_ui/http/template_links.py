"""The base path of the site in templates, added to every address that an attribute holds.

So a template writes ``href="/concepts"`` or ``href="{{ link.href }}"`` for a page of the site. This
happens when a template is compiled: https://jinja.palletsprojects.com/en/stable/extensions/
"""

import re
from collections.abc import Iterable, Iterator

from jinja2 import Environment
from jinja2.exceptions import TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from query_ui.http.public_address import get_base_path, to_public_path

_ATTRIBUTE = r'(?:^|\s)(?:href|src|action|formaction|data-sparql)="'
_PATH_BEGINS = re.compile(rf"({_ATTRIBUTE})(?=/(?!/))")
_VALUE_BEGINS = re.compile(rf"{_ATTRIBUTE}$")


class PublicLinkExtension(Extension):
    """Add the base path to paths in ``href``, ``src``, ``action`` and the like.

    What ``url_for`` returns has it already.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals |= {"get_base_path": get_base_path, "to_public_path": to_public_path}

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Yield the tokens of a template with the calls that add the base path.

        Raises TemplateSyntaxError where a value begins with a statement, which could choose paths.
        """
        value_begins = is_wrapped = False
        for token in stream:
            line = token.lineno
            if value_begins and token.type == "block_begin":
                raise TemplateSyntaxError(
                    "An address begins with an expression, not with a statement.", line
                )
            if token.type == "data":
                yield from _split_data(token)
            elif token.type == "variable_end" and is_wrapped:
                yield from (Token(line, "rparen", ")"), token)
                is_wrapped = False
            else:
                yield token
            if value_begins and token.type == "variable_begin":
                is_wrapped = stream.current.value != "url_for"
                if is_wrapped:
                    yield Token(line, "name", "to_public_path")
                    yield Token(line, "lparen", "(")
            value_begins = token.type == "data" and bool(_VALUE_BEGINS.search(token.value))


def _split_data(token: Token) -> Iterator[Token]:
    """Yield text with ``{{ get_base_path() }}`` before each path that begins an attribute."""
    line = token.lineno
    parts = _PATH_BEGINS.split(token.value)
    yield Token(line, "data", parts[0])
    for attribute, rest in zip(parts[1::2], parts[2::2], strict=True):
        yield Token(line, "data", attribute)
        yield Token(line, "variable_begin", "{{")
        yield Token(line, "name", "get_base_path")
        yield Token(line, "lparen", "(")
        yield Token(line, "rparen", ")")
        yield Token(line, "variable_end", "}}")
        yield Token(line, "data", rest)
