"""The log as text and as JSON, as a server writes it."""

import json
import subprocess
import sys

import pytest

CODE = """
import logging
from query_ui.http.log_format import configure_logging
configure_logging({level!r}, {form!r})
for name in ("concordat_kg.release", "query_ui", "library"):
    for level in ("info", "warning"):
        getattr(logging.getLogger(name), level)("%s of %s", level, name)
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("concordat_kg").exception("It failed")
"""


def log(level: str, form: str) -> list[str]:
    """The lines that a process of its own writes."""
    code = CODE.format(level=level, form=form)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_text_has_time_level_request_and_message() -> None:
    lines = log("info", "text")
    assert [line.split(" ", 1)[1] for line in lines[:5]] == [
        "INFO [-] info of concordat_kg.release",
        "WARNING [-] warning of concordat_kg.release",
        "INFO [-] info of query_ui",
        "WARNING [-] warning of query_ui",
        "WARNING [-] warning of library",
    ]
    assert lines[5].endswith("ERROR [-] It failed")
    assert lines[-1] == "ZeroDivisionError: division by zero"


def test_json_is_one_object_in_each_line() -> None:
    entries = [json.loads(line) for line in log("warning", "json")]
    assert [(entry["level"], entry["message"]) for entry in entries] == [
        ("warning", "warning of concordat_kg.release"),
        ("warning", "warning of query_ui"),
        ("warning", "warning of library"),
        ("error", "It failed"),
    ]
    assert entries[0]["logger"] == "concordat_kg.release"
    assert entries[0]["time"].endswith("Z") and entries[0]["request_id"] is None
    assert entries[-1]["traceback"].endswith("ZeroDivisionError: division by zero")


@pytest.mark.parametrize("form", ["text", "json"])
def test_errors_alone(form: str) -> None:
    assert "It failed" in log("error", form)[0]
