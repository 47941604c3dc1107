"""The text of a report is that of the encoder of ``json``, which indents."""

import json
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from loader.errors import Finding, Severity
from loader.release.release_report import format_report

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
NUMBERS = st.integers(0, 3)


@given(st.lists(st.builds(Finding, TEXT, NUMBERS, NUMBERS, st.sampled_from(Severity), TEXT, TEXT)))
def test_the_findings_are_sorted_and_indented(findings: list[Finding]) -> None:
    content = {"release": "0é", "documents": ["a", "b"], "proofs": [{"ok": True}], "none": []}
    told = [asdict(finding) | {"text": str(finding)} for finding in sorted(findings)]
    expected = json.dumps(content | {"findings": told}, indent=2, ensure_ascii=False)
    assert "".join(format_report(content, findings)) == f"{expected}\n"
