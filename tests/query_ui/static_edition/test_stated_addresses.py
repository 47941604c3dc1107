"""Downloads of an edition that state addresses: those of the edition, or none at all."""

import io
import zlib

import openpyxl
import pytest
from flask import Flask
from werkzeug.test import Client

from query_ui.static_edition.page_addresses import NOTE_FILE, find_stated_file, name_file
from query_ui.static_edition.page_rewriting import UNKNOWN_ADDRESS, AddressWriter
from query_ui.static_edition.site_reading import PageReading, read_addresses

PUBLIC = "https://example.org/kg"
ALPHA = "https://w3id.org/concordat-kg/id/case-study/alpha"


def read(app: Flask, address: str, public_url: str = PUBLIC) -> tuple[PageReading, bytes]:
    (page,) = read_addresses(Client(app.wsgi_app), AddressWriter(public_url), [address])
    return page, zlib.decompress(page.body) if page.body else b""


def read_about(content: bytes) -> dict[str, str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content))["About"]
    return {str(name): str(text) for name, text in sheet.iter_rows(values_only=True)}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/case-studies.xlsx", f"{PUBLIC}/case-studies/"),
        ("/queries/by-keyword.xlsx", f"{PUBLIC}/queries/by-keyword/"),
        ("/coverage.xlsx?rows=principle", f"{PUBLIC}/coverage/rows-principle/"),
    ],
)
def test_a_workbook_names_the_page_of_the_edition(app: Flask, address: str, expected: str) -> None:
    about = read_about(read(app, address)[1])
    assert about["Address"] == expected
    assert about["Cite as"].endswith(f" {expected}")


def test_without_a_public_address_a_workbook_asks_for_it(app: Flask) -> None:
    about = read_about(read(app, "/case-studies.xlsx", "")[1])
    assert about["Address"] == UNKNOWN_ADDRESS
    assert "127.0.0.1" not in str(about)


@pytest.mark.parametrize("form", ["bibtex", "ris"])
def test_a_citation_file_lies_beside_its_page_and_names_it(app: Flask, form: str) -> None:
    page, body = read(app, f"/cite?iri={ALPHA}&format={form}")
    assert page.file == f"case-studies/alpha.{ {'bibtex': 'bib'}.get(form, form) }"
    assert f"{PUBLIC}/case-studies/alpha/".encode() in body
    assert b"127.0.0.1" not in body


@pytest.mark.parametrize("address", ["/changes.atom", "/due.atom"])
def test_a_feed_names_the_pages_of_the_edition(app: Flask, address: str) -> None:
    page, body = read(app, address)
    text = body.decode()
    assert page.file == address[1:]
    assert f'rel="self" type="application/atom+xml" href="{PUBLIC}{address}"' in text or (
        f'rel="self" href="{PUBLIC}{address}"' in text
    )
    assert f'href="{PUBLIC}/{address[1:].partition(".")[0]}/"' in text
    assert "127.0.0.1" not in text


@pytest.mark.parametrize(
    "address", ["/changes.atom", "/due.ics", "/due.atom", f"/cite?iri={ALPHA}&format=ris"]
)
def test_without_a_public_address_feeds_and_citation_files_are_left_out(
    app: Flask, address: str
) -> None:
    page, _ = read(app, address, "")
    assert page.is_left_out


@pytest.mark.slow
def test_the_calendar_of_an_institution_names_pages_of_the_edition(shipped_app: Flask) -> None:
    page, body = read(shipped_app, "/due.ics?organisation=university-of-liverpool")
    text = body.decode().replace("\r\n ", "")
    assert page.file == "due/organisation-university-of-liverpool.ics"
    urls = [line.removeprefix("URL:") for line in text.split("\r\n") if line.startswith("URL:")]
    assert urls and all(url.startswith(f"{PUBLIC}/") for url in urls)
    assert "127.0.0.1" not in text


@pytest.mark.parametrize(
    ("address", "has_scripts", "expected"),
    [
        ("/case-studies", True, ("case-studies/index.html", "", "")),
        ("/case-studies?keyword=a", True, ("case-studies/filter/index.html", "keyword=a", "")),
        ("/case-studies?keyword=a", False, (NOTE_FILE, "", "")),
        ("/registers/a#rule", True, ("registers/a/index.html", "", "rule")),
        ("/due?group=n8", True, ("due/index.html", "group=n8", "")),
        ("/due", False, (NOTE_FILE, "", "")),
        ("/due.ics?group=n8", True, ("due/group-n8.ics", "", "")),
        (
            "/queries/members?consortium=n8",
            True,
            ("queries/members/values/index.html",) + ("consortium=n8", ""),
        ),
        ("/concepts/charter/1.2", True, ("concepts/charter/1.2/index.html", "", "")),
        ("/coverage?of=practice", True, ("coverage/index.html", "", "")),
        ("/coverage.csv?of=practice", True, ("of-practice/coverage.csv", "", "")),
        ("/reconcile", True, (NOTE_FILE, "", "")),
    ],
)
def test_each_address_is_stated_as_its_file(
    address: str, has_scripts: bool, expected: tuple[str, str, str]
) -> None:
    assert tuple(find_stated_file(address, has_scripts)) == expected


def test_parts_of_a_page_have_no_citation_file() -> None:
    address = "/cite?iri=https%3A%2F%2Felsewhere.example%2Fa&format=bibtex"
    assert name_file(address, "application/x-bibtex") is None
