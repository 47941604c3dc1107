"""The command ``static``: it writes the current release, and refuses what it cannot use."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from query_ui.cli.main import main
from query_ui.cli.static_command import read_public_url
from tests.conftest import Built


@pytest.mark.slow
def test_the_current_release_is_written(
    tiny_built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tiny_built[0]
    monkeypatch.chdir(settings.root)
    site = tmp_path / "site"
    arguments = ["static", "--out", str(site), "--build", str(settings.out), "--processes", "1"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{site} has ")
    assert "</h1>" in (site / "index.html").read_text("utf-8")


def test_a_base_path_that_is_no_path_is_refused(in_folder: Path) -> None:
    result = CliRunner().invoke(main, ["static", "--out", "site", "--base-path", "kg"])
    assert (result.exit_code, 'has to begin with one "/"' in result.output) == (2, True)
    assert not (in_folder / "site").exists()


@pytest.mark.parametrize(
    ("public_url", "base_path", "expected"),
    [
        ("", "/kg", ("", "/kg")),
        ("https://Example.org/kg/", "/", ("https://example.org/kg", "/kg")),
        ("https://example.org", "/", ("https://example.org", "/")),
        ("https://example.org/kg", "/kg/", ("https://example.org/kg", "/kg")),
    ],
)
def test_the_base_path_is_that_of_the_public_address(
    public_url: str, base_path: str, expected: tuple[str, str]
) -> None:
    assert read_public_url(public_url, base_path) == expected


@pytest.mark.parametrize(
    ("public_url", "message"),
    [("example.org", "is not an address"), ("https://example.org/a", "they have to agree")],
)
def test_a_public_address_that_cannot_be_used_is_refused(
    in_folder: Path, public_url: str, message: str
) -> None:
    arguments = ["static", "--out", "site", "--base-path", "/kg", "--public-url", public_url]
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, message in result.output) == (2, True)
    assert not (in_folder / "site").exists()
