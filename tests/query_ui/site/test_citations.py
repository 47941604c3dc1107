"""Citations: in words, as BibTeX and as RIS, with the version of the data and no clock."""

import pytest
from flask.testing import FlaskClient

from query_ui.site.citations import Citation, DataVersion, escape_latex

ALPHA = "https://w3id.org/concordat-kg/id/case-study/alpha"
CITATION = Citation(
    "Tea & cake: 50% more {fun} über_all",
    "University of A & B",
    "https://kg.example.org/initiatives/tea-and_cake",
    DataVersion("2026.1", "2026-11-28"),
)


def test_citation_in_words_names_author_year_version_and_address() -> None:
    assert CITATION.text == (
        "University of A & B (2026). “Tea & cake: 50% more {fun} über_all”. Concordat knowledge "
        "graph, data version 2026.1, 28 November 2026. "
        "https://kg.example.org/initiatives/tea-and_cake"
    )


def test_citation_without_author_or_version() -> None:
    plain = Citation("Tea", "", "https://kg.example.org/x", DataVersion())
    assert plain.text == "“Tea”. Concordat knowledge graph. https://kg.example.org/x"
    assert "author" not in plain.to_bibtex() and "year" not in plain.to_bibtex()
    assert "AU  -" not in plain.to_ris()


def test_bibtex_escapes_special_characters() -> None:
    assert CITATION.to_bibtex() == (
        "@misc{tea-and-cake,\n"
        "  title = {Tea \\& cake: 50\\% more \\{fun\\} über\\_all},\n"
        "  author = {{University of A \\& B}},\n"
        "  howpublished = {Concordat knowledge graph},\n"
        "  year = {2026},\n"
        "  version = {2026.1},\n"
        "  url = {https://kg.example.org/initiatives/tea-and_cake},\n"
        "}\n"
    )


def test_ris_has_one_field_a_line() -> None:
    broken = Citation("Two\nlines", "A", "https://kg.example.org/x", CITATION.data_version)
    assert broken.to_ris().split("\r\n") == [
        *("TY  - DATA", "TI  - Two lines", "AU  - A", "T2  - Concordat knowledge graph"),
        *("PY  - 2026", "DA  - 2026/11/28", "ET  - 2026.1", "UR  - https://kg.example.org/x"),
        *("ER  - ", ""),
    ]


def test_backslashes_are_escaped_once() -> None:
    assert escape_latex("a\\b~^") == r"a\textbackslash{}b\textasciitilde{}\textasciicircum{}"


@pytest.mark.parametrize(
    ("form", "media_type", "first"),
    [
        ("bibtex", "application/x-bibtex", "@misc{alpha,"),
        ("ris", "application/x-research-info-systems", "TY  - DATA\r"),
    ],
)
def test_citation_is_a_file(client: FlaskClient, form: str, media_type: str, first: str) -> None:
    response = client.get("/cite", query_string={"iri": ALPHA, "format": form})
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert response.get_data().decode().split("\n")[0] == first
    assert "Durham University" in response.text
    assert response.headers["Content-Disposition"].startswith('attachment; filename="alpha.')


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"iri": ALPHA, "format": "word"}, 400),
        ({"iri": "https://example.org/x"}, 404),
        ({"iri": f"{ALPHA}-nowhere"}, 404),
        ({}, 404),
    ],
)
def test_what_cannot_be_cited_is_refused(
    client: FlaskClient, fields: dict[str, str], status: int
) -> None:
    assert client.get("/cite", query_string=fields).status_code == status
