"""A build from end to end on the miniature: what it publishes, what it refuses, what it leaves."""

import errno
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store, parse

from loader.errors import BuildError, DataError, Severity
from loader.mapping.provenance import graph_of
from loader.namespaces import ISSUES, MADE
from loader.queries.evaluate import evaluate_query
from loader.release import nquads_sorter
from loader.release.build import BuildResult, build, check
from loader.release.contract_runner import ContractProcesses
from loader.release.release_folder import Release, current_release
from loader.release.release_manifest import find_damage
from loader.settings import Settings
from tests.conftest import quiet

FOUND = [
    ("case-studies/cards.txt", 1, "shape:case-study-title"),
    ("case-studies/cards.txt", 6, "unknown-tag"),
    ("initiatives/article.txt", 1, "title-body-mismatch"),
    ("initiatives/article.txt", 2, "not-a-member"),
    ("initiatives/article.txt", 8, "unresolved-reference"),
    ("initiatives/article.txt", 9, "repeated-summary"),
]


def rows(store: Store, text: str) -> list[tuple[str, ...]]:
    """The rows of a query as texts."""
    answer = evaluate_query(store, text)
    assert isinstance(answer, QuerySolutions)
    return [tuple(getattr(term, "value", "") for term in row) for row in answer]


def names(findings: BuildResult | list[object]) -> list[tuple[str, int, str]]:
    """Findings as (name inside the data folder, line, code)."""
    found = findings.findings if isinstance(findings, BuildResult) else findings
    return sorted((f.path.split("/data/")[1], f.line, f.code) for f in found)  # type: ignore[attr-defined]


def test_the_miniature_is_published_with_what_was_found(
    tiny_built: tuple[Settings, BuildResult],
) -> None:
    settings, outcome = tiny_built
    assert names(outcome) == FOUND
    release = current_release(settings.out)
    assert release == outcome.release
    report = release.report()
    assert [Path(f["path"]).name for f in report["findings"]] == [
        Path(f.path).name for f in sorted(outcome.findings)
    ]
    assert report["proved"] is True
    assert report["quads"] == release.graph.read_bytes().count(b"\n")


def test_graph_and_store_hold_the_same(tiny_built: tuple[Settings, BuildResult]) -> None:
    release = tiny_built[1].release
    quads = set(parse(path=str(release.graph), format=RdfFormat.N_QUADS))
    store = Store.read_only(str(release.store))
    assert {quad for quad in store if isinstance(quad.graph_name, NamedNode)} == quads
    union = {quad.triple for quad in store if not isinstance(quad.graph_name, NamedNode)}
    assert union == {quad.triple for quad in quads}
    lines = release.graph.read_text("utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert not [line for line in lines if "_:" in line.split('"')[0]]


def test_a_node_without_a_name_stays_one_node(
    tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its statements may lie in different runs, and in a named graph and the default graph."""
    monkeypatch.setattr(nquads_sorter, "RUN", 1)
    org = "http://www.w3.org/ns/org#"
    first = f'<https://a.example/x> <{org}hasUnit> [ <{org}purpose> "tea", "talk" ] .'
    (tiny.data[0] / "nodes.ttl").write_text(first)
    outcome = build(tiny, quiet)
    store = Store.read_only(str(outcome.release.store))
    pattern = f"{{ ?x <{org}hasUnit> ?u . ?u <{org}purpose> ?why }}"
    assert len(rows(store, f"SELECT ?u ?why {pattern}")) == 2
    assert (
        len(rows(store, f"SELECT DISTINCT ?u {{ {{ GRAPH ?g {pattern} }} UNION {pattern} }}")) == 1
    )


def test_a_statement_of_two_documents_counts_once(tiny: Settings) -> None:
    node = "<https://w3id.org/concordat-kg/id/unit/quiet-rooms-group>"
    twice = f"{node} a <http://www.w3.org/ns/org#OrganizationalUnit> .\n"
    (tiny.data[0] / "again.ttl").write_text(twice)
    outcome = build(tiny, quiet)
    store = Store.read_only(str(outcome.release.store))
    count = "SELECT (COUNT(*) AS ?n) { ?unit a <http://www.w3.org/ns/org#OrganizationalUnit> }"
    assert rows(store, count) == [("1",)]
    graphs = "SELECT ?g { GRAPH ?g { ?unit a <http://www.w3.org/ns/org#OrganizationalUnit> } }"
    assert len(rows(store, graphs)) == 2


def test_every_issue_stands_in_its_graph(tiny_built: tuple[Settings, BuildResult]) -> None:
    store = Store.read_only(str(tiny_built[1].release.store))
    issues = rows(
        store,
        "PREFIX ckg: <https://w3id.org/concordat-kg/ontology#> SELECT ?file ?line ?code"
        f" {{ GRAPH <{ISSUES.value}> {{ ?i a ckg:DataIssue ; ckg:sourceFile ?file ;"
        " ckg:code ?code ; ckg:startLine ?line } }",
    )
    assert sorted((f, int(line), code) for f, line, code in issues) == FOUND


def test_equal_input_gives_an_equal_file_wherever_it_lies(
    tiny: Settings, tmp_path: Path, tiny_built: tuple[Settings, BuildResult]
) -> None:
    moved = tmp_path / "an öther place"
    shutil.copytree(tiny.root, moved)
    again = Settings(root=moved, data=(moved / "data",), out=tmp_path / "elsewhere")
    assert build(again, quiet).release.name == tiny_built[1].release.name
    assert build(tiny, quiet).release.graph.read_bytes() == (
        tiny_built[1].release.graph.read_bytes()
    )


def test_one_document_is_one_graph_and_leaves_with_it(
    tiny: Settings, tiny_built: tuple[Settings, BuildResult]
) -> None:
    gone = graph_of("case-studies/more.csv")
    (tiny.data[0] / "case-studies" / "more.csv").unlink()
    outcome = build(tiny, quiet, unproved=True)

    def stated(graph: Path) -> set[object]:
        return {
            quad
            for quad in parse(path=str(graph), format=RdfFormat.N_QUADS)
            if quad.graph_name not in MADE
        }

    before, after = stated(tiny_built[1].release.graph), stated(outcome.release.graph)
    assert after < before
    assert {quad.graph_name for quad in before - after} == {gone}  # type: ignore[attr-defined]


def test_errors_of_all_documents_are_told_together_and_nothing_is_published(
    tiny: Settings,
) -> None:
    folder = tiny.data[0]
    (folder / "case-studies" / "quiet-hours.md").write_text("---\ntitle: [\n---\n")
    (folder / "broken.ttl").write_text("<a> <b>\n  ??? .\n")
    (folder / "latin.txt").write_bytes("Stra\xdfe\n".encode("latin-1"))
    (folder / "strange.doc").write_text("")
    with pytest.raises(DataError, match="nothing was published: 4 errors") as caught:
        build(tiny, quiet)
    errors = [f for f in caught.value.findings if f.severity is Severity.ERROR]
    assert sorted((Path(f.path).name, f.code) for f in errors) == [
        ("broken.ttl", "rdf-syntax"),
        ("latin.txt", "not-utf-8"),
        ("quiet-hours.md", "front-matter"),
        ("strange.doc", "unknown-format"),
    ]
    assert not (tiny.out / "current").exists()
    assert list((tiny.out / "releases").iterdir()) == []


def test_strict_lets_a_warning_stop_the_build(tiny: Settings) -> None:
    with pytest.raises(DataError, match="nothing was published: 6 warnings"):
        build(tiny, quiet, strict=True)


def test_the_same_slug_twice_names_both_places(tiny: Settings) -> None:
    (tiny.data[0] / "again.csv").write_text("title,institution\nOpen doors,Northgate University\n")
    with pytest.raises(DataError) as caught:
        build(tiny, quiet)
    (found,) = (f for f in caught.value.findings if f.code == "same-slug")
    places = {
        (Path(found.path).name, found.line),
        *((n, 2) for n in ("more.csv",) if n in found.message),
    }
    assert places == {("more.csv", 2), ("again.csv", 2)} or "again.csv:2" in found.message


def test_two_files_that_would_be_one_graph(tiny: Settings) -> None:
    shutil.copy(tiny.data[0] / "extra.ttl", tiny.data[0] / "Extra.nt.ttl")
    shutil.copy(tiny.data[0] / "extra.ttl", tiny.data[0] / "extra-nt.ttl")
    with pytest.raises(DataError, match="the same name") as caught:
        build(tiny, quiet)
    assert "rename one" in caught.value.findings[0].message


def test_a_broken_contract_is_refused_and_can_be_published_unproved(
    tiny: Settings, tiny_release: Release
) -> None:
    (tiny.data[0] / "case-studies" / "quiet-hours.md").unlink()
    (tiny.data[0] / "case-studies" / "more.csv").unlink()
    with pytest.raises(DataError, match="case-studies-by-keyword breaks its contract"):
        build(tiny, quiet)
    assert current_release(tiny.out) == tiny_release
    outcome = build(tiny, quiet, unproved=True)
    assert outcome.keeps_contracts is False
    assert current_release(tiny.out).report()["proved"] is False


def test_a_broken_contract_names_the_document_that_brought_it_and_what_to_do(
    tiny: Settings,
) -> None:
    path = tiny.queries / "case-studies-by-keyword.rq"
    text = path.read_text("utf-8")
    ask = "#+ ask: [{says: no title is loud, none: 'FILTER (?title = \"LOUD\")'}]\nPREFIX ckg:"
    path.write_text(text.replace("PREFIX ckg:", ask, 1), "utf-8")
    (first,) = build(tiny, quiet).proofs
    assert first.ok
    loud = tiny.data[0] / "case-studies" / "loud.md"
    quiet_text = (tiny.data[0] / "case-studies" / "quiet-hours.md").read_text("utf-8")
    quiet_text = quiet_text.replace("id: quiet-hours\n", "")
    loud.write_text(re.sub("(?m)^title:.*$", "title: LOUD", quiet_text), "utf-8")
    other = tiny.data[0] / "case-studies" / "other.md"
    other.write_text(re.sub("(?m)^title:.*$", "title: Other", quiet_text), "utf-8")
    with pytest.raises(DataError) as caught:
        build(tiny, quiet)
    message = str(caught.value)
    assert f"    The change came with {loud}.\n" in message
    assert f"new: {loud}, {other}." in message
    assert "Correct these documents, or take them back." in message
    loud.unlink()
    other.unlink()
    (tiny.data[0] / "case-studies" / "more.csv").unlink()
    (tiny.data[0] / "case-studies" / "quiet-hours.md").unlink()
    with pytest.raises(DataError, match=r"gone: case-studies/more.csv, case-studies/quiet-hours"):
        build(tiny, quiet)


def test_a_broken_contract_of_the_first_release_says_that_nothing_can_be_compared(
    tiny: Settings,
) -> None:
    path = tiny.queries / "case-studies-by-keyword.rq"
    path.write_text(path.read_text("utf-8").replace("min_rows: 2", "min_rows: 99"), "utf-8")
    with pytest.raises(DataError, match="There is no earlier release"):
        build(tiny, quiet)
    path.write_text(path.read_text("utf-8").replace("min_rows: 99", "min_rows: 2"), "utf-8")
    build(tiny, quiet)
    path.write_text(path.read_text("utf-8").replace("min_rows: 2", "min_rows: 99"), "utf-8")
    with pytest.raises(DataError, match="The file of the query has changed") as caught:
        build(tiny, quiet)
    assert "no document has changed" in str(caught.value)


def test_a_query_that_never_ends_is_stopped_and_the_next_is_proved(tiny: Settings) -> None:
    header = "#+ title: Endless\n#+ summary: It multiplies.\n#+ tags: [test]\n"
    contract = "#+ contract: {columns: [n], min_rows: 1, max_ms: 10}\n"
    product = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }\n"
    (tiny.queries / "aaa-endless.rq").write_text(header + contract + product)
    outcome = build(tiny, quiet, unproved=True)
    assert [(proof.name, proof.ok) for proof in outcome.proofs] == [
        ("aaa-endless", False),
        ("case-studies-by-keyword", True),
    ]
    assert "stopped after 0.3 s of processor time" in outcome.proofs[0].message


def test_an_invariant_that_never_ends_is_stopped_and_named(tiny: Settings) -> None:
    path = tiny.queries / "case-studies-by-keyword.rq"
    endless = "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c + ?f + ?i = 5e7) }"
    text = path.read_text("utf-8").replace("max_ms: 2000", "max_ms: 10")
    ask = f"#+ ask: [{{says: it ends, query: '{endless}'}}]\nPREFIX ckg:"
    path.write_text(text.replace("PREFIX ckg:", ask, 1), "utf-8")
    (proof,) = build(tiny, quiet, unproved=True).proofs
    assert proof.message == (
        "case-studies-by-keyword breaks its contract: stopped after 0.3 s of processor time at the "
        "invariant “it ends”."
    )


def test_a_broken_query_file_is_refused_with_its_line(
    tiny: Settings, tiny_release: Release
) -> None:
    path = tiny.queries / "broken.rq"
    path.write_text("#+ title: Broken\nASK {", "utf-8")
    for unproved in (False, True):
        with pytest.raises(DataError, match="The saved queries are not valid") as caught:
            build(tiny, quiet, unproved=unproved)
        places = {(finding.path, finding.line) for finding in caught.value.findings}
        assert (str(path), 2) in places
        assert current_release(tiny.out) == tiny_release
    found = [finding for finding in check(tiny, quiet) if finding.code == "saved-query"]
    assert {(finding.path, finding.line) for finding in found} == places


def test_the_report_says_when_and_what_was_proved(tiny: Settings) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    report = build(tiny, quiet).release.report()
    assert before <= datetime.fromisoformat(report["built"]) <= datetime.now(UTC)
    (proof,) = report["proofs"]
    assert (proof["name"], proof["ok"], proof["rows"]) == ("case-studies-by-keyword", True, 3)
    assert proof["ms"] > 0
    text = (tiny.queries / "case-studies-by-keyword.rq").read_bytes()
    assert proof["file"] == hashlib.sha256(text).hexdigest()


def test_a_file_with_a_strange_name_and_strange_text_is_exact(tiny: Settings) -> None:
    title = 'A <script>alert("1")</script> <a> <b> "c" . } été'
    text = f"---\ntype: case-study\ntitle: '{title}'\ninstitution: Northgate University\n---\n"
    (tiny.data[0] / "case-studies" / "Café “öffnen” heute.md").write_text(text, "utf-8")
    outcome = build(tiny, quiet)
    store = Store.read_only(str(outcome.release.store))
    found = rows(
        store,
        "PREFIX dcterms: <http://purl.org/dc/terms/>"
        "PREFIX graph: <https://w3id.org/concordat-kg/graph/>"
        "SELECT ?t { GRAPH graph:case-studies-cafe-offnen-heute { ?s dcterms:title ?t } }",
    )
    assert found == [(title,)]


def test_no_document_at_all(tiny: Settings, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(DataError, match="holds no document") as caught:
        build(Settings(root=tiny.root, data=(empty,), out=tiny.out), quiet)
    assert str(empty) in str(caught.value)


def test_an_unreadable_file(tiny: Settings) -> None:
    (tiny.data[0] / "folder.txt").mkdir()
    (tiny.data[0] / "gone.txt").symlink_to(tiny.data[0] / "nowhere.txt")
    with pytest.raises(DataError) as caught:
        build(tiny, quiet)
    errors = [f for f in caught.value.findings if f.severity is Severity.ERROR]
    assert [(Path(f.path).name, f.code) for f in errors] == [("gone.txt", "unreadable")]


@pytest.mark.long
def test_a_file_of_200_megabytes(tiny: Settings) -> None:
    big = tiny.data[0] / "case-studies" / "big.csv"
    with big.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(DataError) as caught:
        build(tiny, quiet)
    (found,) = (f for f in caught.value.findings if f.severity is Severity.ERROR)
    assert (found.path, found.code) == (str(big), "too-large")
    assert "is larger than 104,857,600 bytes, the limit; split it" in found.message


def test_check_publishes_nothing_and_speaks_of_the_files_asked_for(
    tiny: Settings, tmp_path: Path
) -> None:
    new = tmp_path / "new.md"
    new.write_text("---\ntype: case-study\ntitle: New\ninstitution: NGU\n---\nText.\n")
    found = check(tiny, quiet, [new])
    assert Counter(f.code for f in found) == {"missing-tag-line": 4, "untagged-case-study": 1}
    assert {f.path for f in found} == {str(new)}
    assert not tiny.out.exists()


def test_a_file_is_checked_in_the_place_of_the_one_it_replaces(tiny: Settings) -> None:
    old = tiny.data[0] / "case-studies" / "quiet-hours.md"
    assert check(tiny, quiet, [old]) == []


def test_a_build_killed_at_any_moment_leaves_the_release_before(
    tiny: Settings, tiny_release: Release
) -> None:
    before = tiny_release
    (tiny.data[0] / "case-studies" / "more.csv").write_text(
        "title,institution,keywords\nClosed doors,Northgate University,Wellbeing | Training\n"
    )
    script = (
        "import sys; from pathlib import Path; from loader.release.build import build\n"
        "from loader.settings import Settings\n"
        "root, out = map(Path, sys.argv[1:])\n"
        "settings = Settings(root=root, data=(root / 'data',), out=out)\n"
        "build(settings, lambda *a: None, unproved=True)\n"
    )
    command = [sys.executable, "-c", script, str(tiny.root), str(tiny.out)]
    killed = 0
    for moment in range(12):
        process = subprocess.Popen(command, start_new_session=True)
        time.sleep(0.1 + moment * 0.08)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        now = current_release(tiny.out)
        assert len(rows(Store.read_only(str(now.store)), "SELECT * { ?s ?p ?o } LIMIT 5")) == 5
        assert now.report()["release"] == now.name
        if now != before:
            break
        killed += 1
    assert killed > 2
    after = build(tiny, quiet, unproved=True).release
    assert after != before
    assert sorted(p.name for p in (tiny.out / "releases").iterdir()) == sorted(
        {before.name, after.name}
    )


def test_two_builds_at_once(tiny: Settings) -> None:
    def during(stage: str, done: int, total: int) -> None:
        if stage == "checking":
            with pytest.raises(BuildError, match="another build is at work"):
                build(tiny, quiet)
            seen.append(stage)

    seen: list[str] = []
    assert build(tiny, during).keeps_contracts
    assert seen == ["checking"]


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no limit on file sizes")
def test_a_disk_that_takes_no_more(tiny: Settings, tiny_release: Release) -> None:
    """A limit on the size of files fails a write just as a full disk does."""
    (tiny.data[0] / "case-studies" / "more.csv").unlink()
    script = (
        "import resource, sys; from pathlib import Path; from loader.release.build import build\n"
        "from loader.errors import BuildError; from loader.settings import Settings\n"
        "root, out = map(Path, sys.argv[1:])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try:\n"
        "    build(Settings(root=root, data=(root / 'data',), out=out), lambda *a: None,"
        " unproved=True)\n"
        "except BuildError as error:\n"
        "    print(error)\n"
    )
    command = [sys.executable, "-c", script, str(tiny.root), str(tiny.out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "File too large" in done.stdout, done.stderr
    assert str(tiny.out) in done.stdout
    assert current_release(tiny.out) == tiny_release
    assert [p.name for p in (tiny.out / "releases").iterdir()] == [tiny_release.name]


@pytest.mark.parametrize("part", ["store", "search.sqlite", "graph.nq", "manifest.json"])
def test_a_damaged_release_is_made_anew(tiny: Settings, tiny_release: Release, part: str) -> None:
    folder = tiny_release.folder
    path = folder / part
    if path.is_dir():
        path = max(path.glob("*.sst"), key=lambda file: file.stat().st_size)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert list(find_damage(folder, full=True))
    assert build(tiny, quiet).release.folder == folder
    assert list(find_damage(folder, full=True)) == []
    assert rows(Store.read_only(str(folder / "store")), "SELECT ?s { ?s ?p ?o } LIMIT 1")


def test_a_full_disk_for_temporary_files_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("loader.release.contract_runner.TemporaryDirectory", refuse)
    with pytest.raises(BuildError, match="temporary files: No space left on device"):
        ContractProcesses([])
