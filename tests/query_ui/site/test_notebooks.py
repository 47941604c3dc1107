"""The notebooks run from beginning to end against a site, and say what the graph says."""

import csv
import io
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.notebooks import NOTEBOOKS, list_texts, read_notebook, run_notebook

QUICK = "match-and-join"
MAX_BYTES = 200_000


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=[] if path.stem == QUICK else pytest.mark.long)
        for path in NOTEBOOKS
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_notebook_runs_and_its_stored_outputs_are_those_of_today(
    path: Path, shipped_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORDAT_KG_SITE", shipped_address)
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    stored, made = read_notebook(path), run_notebook(path)
    assert list_texts(stored) == list_texts(made), (
        "type python -m tests.notebooks http://127.0.0.1:8000 while the site runs"
    )
    for notebook in (stored, made):
        pictures = [
            output
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})
        ]
        assert len(pictures) == 1
    assert path.stat().st_size < MAX_BYTES


def test_the_list_is_joined_and_only_certain_matches_count() -> None:
    shown = read_outputs(QUICK)
    open_ = next(text for text in shown if "KCL" in text and "Univ. of York" not in text)
    assert "Newcastle University, Australia" in open_
    joined = next(text for text in shown if "ukprn" in text)
    for told in ("10007167", "10003645", "10007796", "10007147", "10006842"):
        assert told in joined
    assert shown[-2].split()[:5] == ["name", "University", "of", "Liverpool", "4"]


def read_outputs(name: str) -> list[str]:
    """The stored texts of the notebook with this name."""
    (path,) = [path for path in NOTEBOOKS if path.stem == name]
    return list_texts(read_notebook(path))


def find_numbers(name: str, pattern: str) -> list[int]:
    """The numbers that a sentence of a notebook prints; the pattern has a group for each."""
    (found,) = [m for text in read_outputs(name) for m in re.finditer(pattern, text)]
    return [int(number) for number in found.groups()]


def read_rows(client: FlaskClient, path: str) -> list[dict[str, str]]:
    """The rows of a saved query."""
    return list(csv.DictReader(io.StringIO(client.get(f"/queries/{path}").text)))


def test_obligations_of_a_group_agree_with_the_gaps_that_the_site_lists(
    shipped_app: Flask,
) -> None:
    client = shipped_app.test_client()
    members, anyone, every = find_numbers(
        "obligations-of-a-group", r"of a member: (\d+) of \d+; of anyone: (\d+) of (\d+)"
    )
    assert every == len(read_rows(client, "obligations.csv"))
    assert anyone == every - len(read_rows(client, "obligations-without-practice.csv"))
    assert 0 < members <= anyone
    (size,) = find_numbers("obligations-of-a-group", r"(\d+) members on 2025-12-31")
    on_the_day = "members-on-a-day.csv?consortium=russell-group&day=2025-12-31"
    assert size == len(read_rows(client, on_the_day))


def test_evaluated_practices_are_those_of_the_saved_query(shipped_app: Flask) -> None:
    client = shipped_app.test_client()
    evaluated, every = find_numbers("evaluated-practice", r"(\d+) of (\d+) practices report evid")
    (strong,) = find_numbers("evaluated-practice", r"(\d+) of them at level 3 or more")
    rows = read_rows(client, "practices-with-evaluation.csv?least=1")
    assert evaluated == len({row["practice"] for row in rows})
    assert strong == len({row["practice"] for row in rows if int(row["level"]) >= 3})
    assert {row["practicesInAll"] for row in rows} == {str(every)}


def test_the_list_and_the_others_are_all_profiles_of_ref_2021(shipped_app: Flask) -> None:
    rows = read_rows(shipped_app.test_client(), "environment-profiles.csv")
    (table,) = [text for text in read_outputs("compare-with-ref-2021") if "all others" in text]
    listed, others = (
        [float(cell) for cell in re.findall(r"\d+\.?\d*", line.split(label)[1])]
        for line, label in zip(table.splitlines()[-2:], ("the list", "all others"), strict=True)
    )
    assert listed[0] + others[0] == len(rows)
    every = [(float(row["fte"]), float(row["mean"])) for row in rows]
    assert abs(listed[1] + others[1] - sum(fte for fte, _ in every)) <= 1
    mean = sum(fte * mean for fte, mean in every) / sum(fte for fte, _ in every)
    parts = listed[1] * listed[3] + others[1] * others[3]
    assert abs(parts / (listed[1] + others[1]) - mean) < 0.01
