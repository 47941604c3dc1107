"""The base path in templates."""

import pytest
from jinja2 import Environment
from jinja2.exceptions import TemplateSyntaxError

from query_ui.http.public_address import _BASE_PATH
from query_ui.http.template_links import PublicLinkExtension


def render(template: str, base_path: str = "/kg", **values: object) -> str:
    """Render a template on a site under a base path."""
    token = _BASE_PATH.set(base_path)
    try:
        environment = Environment(extensions=[PublicLinkExtension], autoescape=True)
        environment.globals["url_for"] = lambda name: f"{base_path}/{name}"
        return environment.from_string(template).render(**values)
    finally:
        _BASE_PATH.reset(token)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('<a href="/x">', '<a href="/kg/x">'),
        ('<a class="b" href="/">', '<a class="b" href="/kg/">'),
        (
            '<form action="/x"><script src="/s"></script>',
            '<form action="/kg/x"><script src="/kg/s"></script>',
        ),
        ('<a href="{{ path }}">', '<a href="/kg/p?a=1&amp;b=2">'),
        ('<a href="{{ path if path else none }}#x">', '<a href="/kg/p?a=1&amp;b=2#x">'),
        ('<a href="{{ url_for("x") }}">', '<a href="/kg/x">'),
        ('<a {% if path %}href="/x"{% else %}href="/y"{% endif %}>', '<a href="/kg/x">'),
        # None of these is a path of the site.
        ('<a href="#x"><a href="?a=/b"><a href="//other/x">', None),
        ('<a href="https://other.example/x"><a href="mailto:a@b.example">', None),
        ('<a href="{{ outside }}">', '<a href="https://other.example/">'),
        ('<p title="/x">/x href=/x</p>', None),
    ],
)
def test_paths_get_the_base_path(template: str, text: str | None) -> None:
    values = {"path": "/p?a=1&b=2", "outside": "https://other.example/"}
    assert render(template, **values) == (text or template)


def test_without_a_base_path_nothing_changes() -> None:
    assert render('<a href="/x"><a href="{{ p }}">', "", p="/y") == '<a href="/x"><a href="/y">'


def test_an_address_that_begins_with_a_statement_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="begins with an expression"):
        render('<a href="{% if x %}/y{% endif %}">')
