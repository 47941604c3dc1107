"""Suggestions for unknown names: what ``check`` and ``build`` say about them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from loader.errors import Finding, Severity
from query_ui.cli.main import main
from query_ui.reconciliation.name_suggestions import suggest_names

STUDY = """---
type: case-study
title: A new study
institution: [{institution}]
tags:
  beneficiaries: Research staff
  stakeholders: [Researchers]
  principles: Employment
  keywords: [{keyword}]
---
Text.
"""


def check(folder: Path, institution: str, keyword: str) -> list[str]:
    """The messages of ``check --format json`` about a case study with these names."""
    path = folder / "new.md"
    path.write_text(STUDY.format(institution=institution, keyword=keyword), "utf-8")
    done = CliRunner().invoke(main, ["check", str(path), "--format", "json"])
    assert done.exit_code == 0, done.output
    return [finding["message"] for finding in json.loads(done.stdout)]


@pytest.mark.slow
def test_unknown_names_are_shown_with_the_known_ones_they_resemble(tmp_path: Path) -> None:
    organisation, keyword = check(tmp_path, "Univ of Leeds", "Mentring")
    assert organisation.startswith(
        "Unknown organisation ‘Univ of Leeds’ (if it is new, add it to a table of organisations). "
        "Did you mean University of Leeds (…/university-of-leeds)"
    )
    assert keyword == (
        "Unknown keyword ‘Mentring’, kept as unrecognised text (if it is new, add it to "
        "ontology/schemes/keywords.ttl). Did you mean Mentorship (…/mentorship)?"
    )


@pytest.mark.slow
def test_a_name_that_resembles_nothing_has_no_suggestion_and_a_known_one_no_finding(
    tmp_path: Path,
) -> None:
    (message,) = check(tmp_path, "Zzyzx", "Mentoring")
    assert message == (
        "Unknown organisation ‘Zzyzx’ (if it is new, add it to a table of organisations)"
    )


def test_other_findings_need_no_names(tmp_path: Path) -> None:
    finding = Finding("a.md", 1, 1, Severity.WARNING, "Odd.", "odd")
    assert list(suggest_names([finding], tmp_path / "none.sqlite")) == [finding]
