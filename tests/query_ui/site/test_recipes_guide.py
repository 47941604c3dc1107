"""The recipes of the guide run as they are printed, and give what the saved queries give."""

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias
from urllib.request import urlcleanup

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from query_ui.endpoint.paging.page_range import MAX_PAGE_SIZE
from query_ui.site.help import LOCAL_SITE
from tests.conftest import PROJECT

GUIDE = (PROJECT / "docs" / "guides" / "recipes.md").read_text("utf-8")
OWN_CODES = ("10007167", "10006842", "10000000")
Rows: TypeAlias = list[dict[str, str]]


def read_blocks(heading: str, language: str, address: str = f"http://{LOCAL_SITE}") -> list[str]:
    """The blocks of code below a heading of the guide, for the site at an address."""
    section = re.split(r"\n##+ ", GUIDE.split(f"\n{heading}\n", 1)[1], maxsplit=1)[0]
    blocks = re.findall(rf"^```{language}\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    assert blocks, heading
    return [block.replace(f"http://{LOCAL_SITE}", address) for block in blocks]


@pytest.fixture
def client(shipped_app: Flask) -> FlaskClient:
    """Somebody who asks the site over the shipped data."""
    return shipped_app.test_client()


def read_query(client: FlaskClient, path: str) -> Rows:
    """All rows of a saved query, from its JSON; an empty cell has no key."""
    bindings = client.get(f"/queries/{path}").json["results"]["bindings"]  # type: ignore[index]
    return [{name: cell["value"] for name, cell in row.items()} for row in bindings]


def count_levels(client: FlaskClient) -> list[tuple[int, str, int]]:
    """Level, name and number of practices, counted without any of the tools."""
    practices: dict[tuple[int, str], set[str]] = {}
    for row in read_query(client, "practices-with-evaluation.json?least=1"):
        practices.setdefault((int(row["level"]), row["levelName"]), set()).add(row["practice"])
    return [(level, name, len(found)) for (level, name), found in sorted(practices.items())]


def join_own_list(client: FlaskClient) -> list[tuple[str, str, str, float | None]]:
    """The rows of the second task in the order of the list, joined without any of the tools."""
    codes = {
        row.get("ukprn", ""): row for row in read_query(client, "institution-identifiers.json")
    }
    profiles = {row["institution"]: row for row in read_query(client, "environment-profiles.json")}
    joined = []
    for ukprn in OWN_CODES:
        code = codes.get(ukprn, {})
        mean = profiles.get(code.get("organisation", ""), {}).get("mean")
        joined.append(
            (ukprn, code.get("name", ""), code.get("hesa", ""), float(mean) if mean else None)
        )
    return joined


def test_the_tasks_show_what_they_are_for(client: FlaskClient) -> None:
    """A code with a zero in front, an institution without a match, a record with several rows."""
    first, second, unknown = join_own_list(client)
    assert first[2].startswith("0") and second[3] and unknown[1:] == ("", "", None)
    assert f"`{first[2]}` without its zero" in GUIDE
    assert "In `obligations-served`, for example, a record has a row for each" in GUIDE
    rows = read_query(client, "obligations-served.json")
    assert len(rows) > len({row["thing"] for row in rows}) > 1


def test_pandas(client: FlaskClient, shipped_address: str) -> None:
    names: dict[str, Any] = {}
    for block in read_blocks("## Python", "python", shipped_address):
        exec(block, names)
    levels = names["by_level"].itertuples(index=False, name=None)
    assert list(levels) == count_levels(client)
    joined = names["joined"].astype(object)
    rows = joined.where(joined.notna(), None).itertuples(index=False, name=None)
    assert [(code, name or "", hesa or "", mean) for code, name, hesa, mean in rows] == (
        join_own_list(client)
    )


@pytest.fixture
def duckdb_names(in_folder: Path, shipped_address: str) -> Iterator[dict[str, Any]]:
    """What the recipe for DuckDB has made, in an empty folder."""
    names: dict[str, Any] = {}
    for block in read_blocks("## DuckDB", "python", shipped_address):
        exec(block, names)
    yield names
    urlcleanup()


def test_duckdb(client: FlaskClient, duckdb_names: dict[str, Any]) -> None:
    assert duckdb_names["by_level"].fetchall() == count_levels(client)
    rows = {
        (code, name or "", hesa or "", mean)
        for code, name, hesa, mean in duckdb_names["joined"].fetchall()
    }
    assert rows == set(join_own_list(client))


@pytest.fixture(scope="session")
def rscript() -> str:
    """The path of the program that runs R."""
    found = shutil.which("Rscript")
    if found is None:
        pytest.skip("no Rscript on this machine (on Debian: apt-get install r-base-core)")
    return found


@pytest.mark.long
def test_r(rscript: str, client: FlaskClient, shipped_address: str, tmp_path: Path) -> None:
    script = "\n".join(
        [
            *read_blocks("## R", "r", shipped_address),
            'write.csv(by_level, "levels.csv", row.names = FALSE)',
            'write.csv(joined, "joined.csv", row.names = FALSE, na = "")',
        ]
    )
    (tmp_path / "recipe.R").write_text(script, "utf-8")
    done = subprocess.run(
        [rscript, "--vanilla", "recipe.R"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert re.search(r"^out of \d+ practices in the graph$", done.stdout, re.MULTILINE)
    levels = read_csv((tmp_path / "levels.csv").read_text("utf-8"))
    assert [(int(r["level"]), r["levelName"], int(r["practices"])) for r in levels] == (
        count_levels(client)
    )
    joined = read_csv((tmp_path / "joined.csv").read_text("utf-8"))
    assert [
        (r["ukprn"], r["name"], r["hesa"], float(r["mean"]) if r["mean"] else None) for r in joined
    ] == join_own_list(client)


def read_csv(text: str) -> Rows:
    """The rows of a CSV with headings."""
    return list(csv.DictReader(io.StringIO(text)))


def read_request(code: str) -> tuple[str, dict[str, str]]:
    """Path and fields of the address that a recipe of Power Query requests."""
    (found,) = re.findall(
        rf'Web\.Contents\("http://{LOCAL_SITE}", \[\s*RelativePath = "([^"]+)",\s*'
        r"Query = \[([^\]]*)\]",
        code,
    )
    path, fields = found
    return f"/{path}", dict(re.findall(r"(\w+) = (?:\"|Text\.From\()(\w+)", fields))


def test_power_query_from_csv_names_columns_of_the_response(client: FlaskClient) -> None:
    (code,) = read_blocks("### From CSV", "powerquery")
    path, fields = read_request(code)
    assert (path, fields) == ("/queries/practices-with-evaluation.csv", {"least": "1"})
    response = client.get(path, query_string=fields)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "Encoding = 65001" in code, "UTF-8"
    rows = read_csv(response.text)
    numbers = re.findall(r'\{"(\w+)", Int64\.Type\}', code)
    grouped = re.findall(r'"(\w+)"', re.findall(r"Table\.Group\(Typed, \{([^}]*)\}", code)[0])
    (counted,) = re.findall(r"List\.Distinct\(\[(\w+)\]\)", code)
    assert {*numbers, *grouped, counted} <= set(rows[0]) and "level" in numbers
    assert all(row[name].isdigit() for row in rows for name in numbers)
    groups: dict[tuple[str, ...], set[str]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in grouped), set()).add(row[counted])
    assert sorted((int(level), name, len(found)) for (level, name), found in groups.items()) == (
        count_levels(client)
    )


@pytest.mark.parametrize("size", [None, 400])
def test_power_query_from_json_gets_every_page(client: FlaskClient, size: int | None) -> None:
    (code,) = read_blocks("### From JSON, in pages", "powerquery")
    path, fields = read_request(code)
    assert fields == {"page": "number", "size": "Size"}
    size = size or int(re.findall(r"Size = (\d+),", code)[0])
    assert size <= MAX_PAGE_SIZE and f"{MAX_PAGE_SIZE:,} rows" in GUIDE
    first: Any = client.get(path, query_string={"page": 1, "size": size}).json
    assert "First[head][vars]" in code and "First[total]" in code and "[results][bindings]" in code
    pages = [first]
    for number in range(2, -(-first["total"] // size) + 1):
        pages.append(client.get(path, query_string={"page": number, "size": size}).json)
    bindings = [row for page in pages for row in page["results"]["bindings"]]
    assert len(bindings) == first["total"] > 400
    columns = re.findall(r'"(\w+)"', code.split("Table.FromRows(Rows, Columns), {")[1])
    assert {"ukprn", "hesa"} < set(columns) <= set(first["head"]["vars"])
    whole = read_csv(client.get(path.replace(".json", ".csv")).text)
    assert [[row.get(name, {}).get("value", "") for name in columns] for row in bindings] == [
        [row[name] for name in columns] for row in whole
    ]


def test_the_workbook_has_the_rows(client: FlaskClient) -> None:
    (path,) = re.findall(rf"Open `http://{LOCAL_SITE}(/queries/[^`]+)`", GUIDE)
    book = openpyxl.load_workbook(io.BytesIO(client.get(path).data))
    head, *rows = book["Results"].iter_rows(values_only=True)
    levels = [row[head.index("level")] for row in rows]
    rest = path.removeprefix("/queries/").replace(".xlsx", ".json")
    assert levels == [int(row["level"]) for row in read_query(client, rest)]


def test_the_forms_of_addresses_answer(client: FlaskClient) -> None:
    """Every form of the table, added to a query that has rows for it."""
    forms = re.findall(r"^\| `([.?][^`]+)` \|", GUIDE, re.MULTILINE)
    assert len(forms) == 5
    for form in forms:
        path = form if form.startswith(".") else f".csv{form}"
        response = client.get(f"/queries/practices-by-keyword{path}")
        assert response.status_code == 200, form
    named = client.get("/queries/practices-by-keyword.csv?labels=on").text
    assert named.startswith("practice,practiceLabel,")
