"""The command line: data on standard output, sentences on standard error, exit codes."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from loader.settings import BASE
from query_ui.cli import main
from query_ui.engine.result_formats import FORMAT_NAMES
from tests.query_ui.endpoints import endpoint
from tests.query_ui.releases import CROSS_PRODUCT, publish

BY_KEYWORD = """#+ title: Things by keyword
#+ summary: Which things carry a keyword.
#+ tags: [browse]
#+ contract: {columns: [thing, title], min_rows: 1, max_ms: 5000}
PREFIX c: <https://example.org/concept/>
PREFIX e: <https://example.org/>
SELECT ?thing ?title WHERE {
  VALUES ?keyword { c:wellbeing }  #+ label: Keyword; choices: keywords
  ?thing e:subject ?keyword ; e:title ?title .
} ORDER BY ?title
"""
PATIENT = 600
"""Seconds for what has to happen, on a busy machine too."""

BROKEN = BY_KEYWORD.replace("min_rows: 1", "min_rows: 99")


@pytest.fixture
def root(in_folder: Path, project: Path) -> Path:
    """A project with two saved queries and a release, as the working folder."""
    (in_folder / "ontology").mkdir()
    queries = in_folder / "sparql" / "queries"
    queries.mkdir(parents=True)
    for name in ("pages", "doctor"):
        shutil.copytree(project / "sparql" / name, in_folder / "sparql" / name)
    (queries / "by-keyword.rq").write_text(BY_KEYWORD, encoding="utf-8")
    publish(in_folder / "build")
    return in_folder


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main.main, list(arguments), input=stdin)


def test_a_saved_query_with_its_defaults_and_with_a_value(root: Path) -> None:
    result = run("query", "by-keyword", "--format", "csv")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines == [
        "thing,title",
        "https://example.org/a,Lles",
        "https://example.org/a,Well-being",
    ]
    other = run(
        "query", "by-keyword", "-p", "keyword=careers", "-p", "keyword=wellbeing", "-f", "tsv"
    )
    assert '"Lles"@cy' in other.stdout
    assert '"Nasty, \\"quoted\\" <b>text</b>\\nin two lines"' in other.stdout
    assert result.stderr == other.stderr == ""


def test_a_table_shows_every_character_of_every_row(root: Path) -> None:
    result = run("query", "by-keyword", "-p", "keyword=careers")
    assert result.exit_code == 0
    assert "thing" in result.stdout and "https://example.org/b" in result.stdout
    assert 'Nasty, "quoted" <b>text</b>' in result.stdout
    assert "in two lines" in result.stdout


def test_standard_input_and_files(root: Path) -> None:
    text = "SELECT ?n { ?s <https://example.org/size> ?n }"
    assert run("query", "-", "-f", "csv", stdin=text).stdout == "n\r\n12\r\n".replace("\r", "")
    (root / "my own.rq").write_text(BY_KEYWORD.replace("#+ title", "#+ titel"), encoding="utf-8")
    result = run("query", "my own.rq", "-p", "keyword=careers", "-f", "json")
    assert '"bindings":[{"thing"' in result.stdout


@pytest.mark.parametrize(
    ("text", "form", "output"),
    [
        ("ASK { ?s ?p 99 }", "table", "false\n"),
        ("ASK { ?s ?p 12 }", "json", '{"head":{},"boolean":true}'),
        (
            "CONSTRUCT WHERE { ?s <https://example.org/size> ?o }",
            "nt",
            "<https://example.org/a> <https://example.org/size> "
            '"12"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
        ),
        (
            "CONSTRUCT WHERE { ?s <https://example.org/size> ?o }",
            "",
            "<https://example.org/a> <https://example.org/size> 12 .\n",
        ),
    ],
)
def test_other_kinds_of_answer(root: Path, text: str, form: str, output: str) -> None:
    options = ["--format", form] if form else []
    assert run("query", "-", *options, stdin=text).stdout == output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["query", "by-keywords"], 2, "Did you mean by-keyword?"),
        (["query", "gone.rq"], 2, 'There is no file "gone.rq".'),
        (["query", "by-keyword", "-p", "keyword"], 2, "not of the form name=value"),
        (["query", "by-keyword", "-p", "word=x"], 2, "its parameters are: keyword"),
        (["query", "by-keyword", "-p", "keyword="], 2, '"" is no value of "keyword"'),
        (["query", "by-keyword", "-f", "ttl"], 2, "ttl cannot hold: choose json, csv, tsv, xml"),
        (["query", "by-keyword", "-f", "pdf"], 2, "'pdf' is not one of"),
        (["query", "by-keyword", "--out", "empty"], 1, "no release in empty: run `concordat-kg"),
        (["query", "by-keyword", "--endpoint", "nowhere"], 2, "no address of an endpoint"),
        (["query", "by-keyword", "--endpoint", "http://127.0.0.1:1/"], 1, "cannot be reached"),
        (["query"], 2, "Missing argument"),
        (["frobnicate"], 2, "No such command"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_a_code(
    root: Path, arguments: list[str], code: int, message: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_syntax_error_gives_its_place(root: Path) -> None:
    result = run("query", "-", stdin="SELECT * {\n ?s e:p ?o }")
    assert result.exit_code == 1
    assert result.stderr == (
        'Error: line 2, column 5: The prefix "e:" is not declared.\n'
        "   ?s e:p ?o }\n"
        "      ^\n"
        "Add this line at the top: PREFIX e: <https://…>\n"
    )


def test_a_query_that_would_call_other_servers_is_refused(root: Path) -> None:
    result = run("query", "-", stdin="SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Error: SERVICE is not allowed here" in result.stderr


def test_the_list_of_queries(root: Path) -> None:
    result = run("queries")
    assert result.exit_code == 0
    assert re.search(r"by-keyword +Things by keyword +keyword\n", result.stdout)


def test_contracts_are_proved(root: Path) -> None:
    result = run("queries", "--prove")
    assert result.exit_code == 0
    assert result.stdout.startswith("ok: by-keyword keeps its contract: 2 rows in ")
    (root / "sparql" / "queries" / "broken.rq").write_text(BROKEN, encoding="utf-8")
    result = run("queries", "--prove")
    assert result.exit_code == 1
    assert "BROKEN: broken breaks its contract: it gives 2 rows" in result.stdout
    assert result.stderr == "Error: 1 of 2 contracts are broken.\n"


def test_a_broken_file_is_told_of_and_leaves_the_others_working(root: Path) -> None:
    path = root / "sparql" / "queries" / "bad.rq"
    path.write_text(BY_KEYWORD.replace("[browse]", "browse"), encoding="utf-8")
    finding = f"{path}:3: error: "
    listed = run("queries")
    assert listed.exit_code == 0
    assert re.search(r"by-keyword +Things by keyword", listed.stdout)
    assert "bad" not in listed.stdout
    assert listed.stderr.startswith(finding)
    assert "Error: The saved query bad cannot be run: bad.rq:3: " in listed.stderr
    assert run("query", "by-keyword", "-p", "keyword=careers").exit_code == 0
    asked = run("query", "bad")
    assert asked.exit_code == 1
    assert asked.stderr.startswith(finding)
    proved = run("queries", "--prove")
    assert proved.exit_code == 1
    assert "ok: by-keyword keeps" in proved.stdout
    assert "BROKEN: The saved query bad cannot be run: bad.rq:3: " in proved.stdout
    assert proved.stderr.startswith(finding)
    assert proved.stderr.endswith("Error: 1 of 2 contracts are broken.\n")


def test_invariants_and_examples_are_proved_too(root: Path) -> None:
    text = BY_KEYWORD.replace(
        "PREFIX c:",
        "#+ ask: [{says: every title is Welsh, none: \"FILTER (LANG(?title) != 'cy')\"}]\n"
        "#+ expect: [{with: {keyword: careers}, rows: 2}]\nPREFIX c:",
    )
    (root / "sparql" / "queries" / "by-keyword.rq").write_text(text, encoding="utf-8")
    result = run("queries", "--prove")
    assert result.exit_code == 1
    assert result.stdout == (
        "BROKEN: by-keyword breaks its contract: it is not true that every title is Welsh, as for "
        'thing = <https://example.org/a>, title = "Well-being"@en; with keyword=careers it gives '
        "1 row and should give 2.\n"
    )


def test_an_endpoint_takes_the_place_of_the_release(root: Path) -> None:
    with endpoint() as remote:
        remote.body = b'{"head": {"vars": ["title"]}, "results": {"bindings": []}}'
        result = run(
            "query", "by-keyword", "-f", "csv", "--endpoint", remote.address, "--out", "no"
        )
    assert (result.exit_code, result.stdout) == (0, "thing,title\n")
    assert remote.forms == [{"query": [f"BASE <{BASE}> {BY_KEYWORD}"]}]


def test_the_names_of_formats_agree() -> None:
    assert set(main.OUTPUT_FORMATS) == {"table", "xlsx", *FORMAT_NAMES}


def test_every_command_has_help_with_an_example() -> None:
    for name, command in main.main.commands.items():
        result = run(name, "--help")
        assert result.exit_code == 0
        assert f"concordat-kg {name}" in result.stdout, f"{name} shows no example"
        options = [param for param in command.params if isinstance(param, click.Option)]
        assert all(option.help for option in options), f"{name} has an option without help"


def process(*arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from query_ui.cli.main import main; main()", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, env=_environment())


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(main.__file__).parents[2]), "PYTHONUTF8": "1"}


def test_help_loads_no_engine() -> None:
    code = (
        "import sys, query_ui.cli.main as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'rdflib', 'flask', 'rich', 'pyoxigraph', 'yaml', 'uvicorn'} & set(sys.modules)\n"
        "sys.exit(str(sorted(heavy)) if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=_environment()
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Commands:" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of a POSIX shell")
def test_a_reader_that_stops_early_sees_no_traceback(root: Path) -> None:
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    command = [
        sys.executable,
        "-c",
        "from query_ui.cli.main import main; main()",
        "query",
        "-",
        "-f",
        "csv",
    ]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    ) as running:
        assert running.stdin and running.stdout and running.stderr
        running.stdin.write(text.encode())
        running.stdin.close()
        assert running.stdout.readline() == b"a,b,c,d,e,f,g,h,i,j,k,l\r\n"
        running.stdout.close()
        assert running.stderr.read() == b""


def has_begun_query(pid: int) -> bool:
    """Whether a process has loaded the store and left SIGINT to the system, as for a query.

    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    """
    if "pyoxigraph" not in Path(f"/proc/{pid}/maps").read_text("utf-8"):
        return False
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    caught = re.search(r"^SigCgt:\s+([0-9a-f]+)$", status, re.MULTILINE)
    assert caught
    return not int(caught[1], 16) >> (signal.SIGINT - 1) & 1


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the handler in /proc")
def test_ctrl_c_ends_a_query_at_once(root: Path) -> None:
    command = [sys.executable, "-c", "from query_ui.cli.main import main; main()", "query", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
    ) as running:
        assert running.stdin and running.stderr
        running.stdin.write(CROSS_PRODUCT.encode())
        running.stdin.close()
        while not has_begun_query(running.pid):
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        assert running.wait(PATIENT) == -signal.SIGINT
        assert b"Traceback" not in running.stderr.read()


def test_a_port_that_is_taken_is_a_sentence(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = process("serve", "--port", port)
    assert done.returncode == 2
    assert f"Port {port} on 127.0.0.1 is taken" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_serve_says_its_address_and_ends_cleanly(root: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from query_ui.cli.main import main; main()",
        "serve",
        "--port",
        "0",
    ]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(), text=True
    ) as running:
        assert running.stderr
        line = running.stderr.readline()
        found = re.search(r"Serving at (http://127\.0\.0\.1:\d+) ", line)
        assert found, line + running.stderr.read()
        with urllib.request.urlopen(f"{found[1]}/health/live", timeout=PATIENT) as response:
            assert response.status == 200
        running.terminate()
        assert running.wait(PATIENT) == 0
        assert "Traceback" not in running.stderr.read()


def test_serve_offers_a_registry(root: Path) -> None:
    (root / "list.csv").write_text("name,ukprn\nNess,10000001\nAbbots,10000002\n", "utf-8")
    program = "from query_ui.cli.main import main; main()"
    registry = f"list={root / 'list.csv'}"
    command = [sys.executable, "-c", program, "serve", "--port", "0", "--registry", registry]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(), text=True
    ) as running:
        assert running.stderr
        line = running.stderr.readline()
        assert line.startswith("2 organisations of list.csv at /reconcile/list"), line
        found = re.search(r"Serving at (http://127\.0\.0\.1:\d+) ", running.stderr.readline())
        assert found
        with urllib.request.urlopen(f"{found[1]}/reconcile/list", timeout=PATIENT) as response:
            assert json.load(response)["identifierSpace"] == "urn:ukprn:"
        running.terminate()
        assert running.wait(PATIENT) == 0


def test_a_misspelt_term_in_optional_is_named_beside_the_result(root: Path) -> None:
    query = "PREFIX e: <https://example.org/>\nSELECT * { ?s e:size ?n OPTIONAL { ?s e:sise ?m } }"
    result = run("query", "-", "--format", "csv", stdin=query)
    assert (result.exit_code, len(result.stdout.splitlines()) > 1) == (0, True)
    assert result.stderr == (
        "Note: line 2, column 39: The data has no property e:sise. "
        "The nearest known name is e:size.\n"
    )
    assert run("query", "-", stdin=query.replace("sise", "size")).stderr == ""
