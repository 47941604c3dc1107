"""Settings: the order of precedence, and that nothing unknown or invalid is passed over."""

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from loader.errors import UsageError
from query_ui.cli.configuration import list_settings, load_default_map
from query_ui.cli.main import main

FILE = """out = "/srv/all"

[serve]
port = 81  # as the proxy expects
rate = 30
trusted-proxy = ["10.0.0.1", "10.0.0.2"]

[releases.prune]
keep = 3
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(FILE, "utf-8")
    return path


def defaults_of(file: Path | None, **environ: str) -> dict[str, Any]:
    return load_default_map(main, file, environ)


def run(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env=environ)


def test_the_file_reaches_the_options(file: Path) -> None:
    defaults = defaults_of(file)
    assert defaults["serve"] == {
        "port": 81,
        "rate": 30,
        "trusted_proxies": ["10.0.0.1", "10.0.0.2"],
        "out": "/srv/all",
    }
    assert defaults["releases"]["prune"] == {"keep": 3, "out": "/srv/all"}
    assert defaults["link"]["audit"] == {"out": "/srv/all"}
    assert "check" not in defaults


def test_environment_before_file_and_one_command_before_all(file: Path) -> None:
    defaults = defaults_of(
        file,
        CONCORDAT_KG_SERVE_PORT="82",
        CONCORDAT_KG_SERVE_TRUSTED_PROXY="::1 10.1.0.0/16",
        CONCORDAT_KG_OUT="/srv/env",
        CONCORDAT_KG_BUILD_OUT="/srv/build",
        CONCORDAT_KG_CONFIG=str(file),
        CONCORDAT_KG_NO_SKIPS="1",
        PATH="/bin",
    )
    assert defaults["serve"]["port"] == "82"
    assert defaults["serve"]["trusted_proxies"] == ["::1", "10.1.0.0/16"]
    assert defaults["serve"]["out"] == "/srv/env"
    assert defaults["build"]["out"] == "/srv/build"


def test_option_before_environment_before_file_at_the_command_line(file: Path) -> None:
    """The help of a command shows the default that holds."""
    assert "default: 81;" in run("--config", str(file), "serve", "--help").output
    environ = {"CONCORDAT_KG_CONFIG": str(file)}
    assert "default: 81;" in run("serve", "--help", **environ).output
    environ |= {"CONCORDAT_KG_SERVE_PORT": "82", "CONCORDAT_KG_SERVE_TIMEOUT": "7"}
    output = run("serve", "--help", **environ).output
    assert "default: 82;" in output and "default: 7;" in output
    missing = {"CONCORDAT_KG_OUT": "from-environment"}
    assert "no release in from-environment" in run("query", "-", **missing).stderr
    assert "no release in typed" in run("query", "-", "--out", "typed", **missing).stderr


def test_a_command_that_is_not_typed_has_its_settings_too(tmp_path: Path) -> None:
    (tmp_path / "releases" / "0123abcd").mkdir(parents=True)
    assert "0123abcd" in run("releases", CONCORDAT_KG_RELEASES_LIST_OUT=str(tmp_path)).output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[serve]\nprot = 1\n", ':2: there is no setting "serve.prot". Did you mean serve.port?'),
        ("# all\n[sreve]\nport = 1\n", ':2: there is no setting "sreve". Did you mean serve?'),
        ("prot = 1\n", ':1: there is no setting "prot".'),
        ("[serve]\n\nport = '80'\n", ":3: \"serve.port\": '80' is not a whole number."),
        ("[serve]\nport = true\n", ':2: "serve.port": True is not a whole number.'),
        ("[serve]\nrate = '9'\n", ":2: \"serve.rate\": '9' is not a number."),
        ("[serve]\nrate = nan\n", ':2: "serve.rate": nan is no finite number.'),
        ("[serve]\nport = 70000\n", ':2: "serve.port": 70000 is not in the range 0<=x<=65535.'),
        ("[serve]\nhost = 1\n", ':2: "serve.host": 1 is not a string.'),
        ("[build]\nstrict = 1\n", ':2: "build.strict": 1 is not true or false.'),
        ("[serve]\ntrusted-proxy = 'a'\n", ":2: \"serve.trusted-proxy\": 'a' is not a list of"),
        ("[serve]\nport = {a = 1}\n", ":2: \"serve.port\": {'a': 1} is not a whole number."),
        ("[check]\nformat = 'xml'\n", ":2: \"check.format\": 'xml' is not one of"),
        ("[serve]\nhelp = true\n", ':2: there is no setting "serve.help".'),
        ("[serve\n", "is no TOML: Expected ']' at the end of a table declaration (at line 1"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_line(
    file: Path, text: str, message: str
) -> None:
    file.write_text(text, "utf-8")
    result = run("--config", str(file), "queries")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: {file}") and message in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("CONCORDAT_KG_SERVE_PROT", "1", "is no setting. Did you mean CONCORDAT_KG_SERVE_PORT?"),
        ("CONCORDAT_KG_HELP", "1", "is no setting."),
        ("CONCORDAT_KG_VERSION", "1", "is no setting."),
        ("CONCORDAT_KG_SERVE_PORT", "tcp://10.0.0.1:80", "'tcp://10.0.0.1:80' is not a valid"),
        ("CONCORDAT_KG_SERVE_RATE", "inf", ": inf is no finite number."),
        ("CONCORDAT_KG_BUILD_STRICT", "perhaps", "'perhaps' is not a valid boolean"),
    ],
)
def test_what_is_wrong_in_the_environment_is_named(name: str, value: str, message: str) -> None:
    result = run("queries", **{name: value})
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Error: The environment variable {name}" in result.stderr
    assert message in result.stderr


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.toml cannot be read: .*No such file"):
        defaults_of(tmp_path / "gone.toml")
    (tmp_path / "latin.toml").write_bytes(b'out = "\xe9"\n')
    with pytest.raises(UsageError, match=r"latin\.toml cannot be read: .*utf-8"):
        defaults_of(tmp_path / "latin.toml")


def test_every_option_of_every_command_is_a_setting_of_its_own() -> None:
    settings = list(list_settings(main))
    variables = [setting.variable for setting in settings]
    assert len(set(variables)) == len(variables) > 50
    serve = {setting.key for setting in settings if setting.path == ("serve",)}
    options = [p for p in main.commands["serve"].params if isinstance(p, click.Option)]
    assert serve == {option.opts[0][2:] for option in options if option.name != "help"}
