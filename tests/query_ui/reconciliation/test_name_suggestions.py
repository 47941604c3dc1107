"""Suggestions for unknown names: what ``check`` and ``build`` say about them."""

import json
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner

from loader.errors import Finding, Severity
from query_ui.cli.main import main
from query_ui.reconciliation.name_suggestions import suggest_names
from tests.conftest import copy_tiny

STUDY = """---
type: case-study
title: {title}
institution: [{institution}]
tags:
  beneficiaries: Research staff
  stakeholders: [Researchers]
  principles: Employment
  keywords: [{keyword}]
---
Text.
"""


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What ``check --format json`` says about two case studies, by the names of their files."""
    folder = tmp_path_factory.mktemp("studies")
    root = copy_tiny(folder / "tiny")
    names = {
        "resembling.md": ("Univ of Northgate", "Mentorshp"),
        "strange.md": ("Zzyzx", "Mentorship"),
    }
    for name, (institution, keyword) in names.items():
        text = STUDY.format(title=name, institution=institution, keyword=keyword)
        (folder / name).write_text(text, "utf-8")
    with chdir(root):
        words = ["check", *(str(folder / name) for name in names), "--format=json"]
        done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    return {
        name: [finding["message"] for finding in found if Path(finding["path"]).name == name]
        for name in {Path(finding["path"]).name for finding in found}
    }


@pytest.mark.slow
def test_unknown_names_are_shown_with_the_known_ones_they_resemble(
    messages: dict[str, list[str]],
) -> None:
    organisation, keyword = messages["resembling.md"]
    assert organisation.startswith(
        "Unknown organisation ‘Univ of Northgate’ (if it is new, add it to a table of "
        "organisations). Did you mean Northgate University (…/northgate-university)"
    )
    assert keyword == (
        "Unknown keyword ‘Mentorshp’, kept as unrecognised text (if it is new, add it to "
        "ontology/schemes/keywords.ttl). Did you mean Mentorship (…/mentorship)?"
    )


@pytest.mark.slow
def test_a_name_that_resembles_nothing_has_no_suggestion_and_a_known_one_no_finding(
    messages: dict[str, list[str]],
) -> None:
    assert messages["strange.md"] == [
        "Unknown organisation ‘Zzyzx’ (if it is new, add it to a table of organisations)"
    ]
    assert messages.keys() == {"resembling.md", "strange.md"}


def test_other_findings_need_no_names(tmp_path: Path) -> None:
    finding = Finding("a.md", 1, 1, Severity.WARNING, "Odd.", "odd")
    assert list(suggest_names([finding], tmp_path / "none.sqlite")) == [finding]
