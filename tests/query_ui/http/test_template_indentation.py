"""Pages without the indentation of templates, and texts that keep theirs."""

from jinja2 import DictLoader, Environment

from query_ui.http.template_indentation import IndentationExtension

SOURCE = "<ul>\n  {% for one in items %}\n\t  <li>\n    {{ one }}</li>\n  {% endfor %}\n</ul>"


def render(name: str) -> str:
    environment = Environment(
        loader=DictLoader({name: SOURCE}),
        autoescape=True,
        trim_blocks=True,
        extensions=[IndentationExtension],
    )
    return environment.get_template(name).render(items=["a\n  b"])


def test_lines_of_a_page_begin_without_blanks_and_values_are_kept() -> None:
    assert render("list.html") == "<ul>\n<li>\na\n  b</li>\n</ul>"


def test_other_templates_keep_their_indentation() -> None:
    assert "    a" in render("llms.txt")
