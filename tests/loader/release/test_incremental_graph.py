"""A build that begins as the release before gives the same bytes as one of everything."""

import random
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Store

from loader.errors import BuildError, DataError
from loader.queries.contract_check import ContractCheck
from loader.queries.saved_query import SavedQuery
from loader.release import (
    bulk_load,
    changed_names,
    graph_patch,
    incremental_graph,
    release_manifest,
    statement_changes,
)
from loader.release.base_release import BASE_FILE, DOCUMENTS_STORE
from loader.release.build import build
from loader.release.changed_counts import COUNTING_QUERIES, digest_counting_queries
from loader.release.contract_runner import ContractProcesses
from loader.release.damage_marks import mark_damaged
from loader.release.document_cache import CACHE_FOLDER
from loader.release.incremental_graph import IncrementalGraph
from loader.release.kept_releases import verify_release
from loader.release.name_index.name_process import write_names_meanwhile
from loader.release.release_manifest import FileEntry
from loader.settings import Settings
from tests.conftest import quiet
from tests.loader.release.test_document_cache import (
    CHANGES,
    DESCRIPTOR,
    STUDY,
    add_document,
    change_document,
    read_contents,
    remove_document,
    rename_document,
)
from tests.rooms import PROJECT

Change = Callable[[Path, random.Random], None]
FACTS = """
made:a a ckg:CaseStudy | made:a dcterms:title "A" | made:a dcterms:abstract "Made up."
made:a ckg:textHeld false
made:a ckg:organisation <https://w3id.org/concordat-kg/id/organisation/midvale-institute>
made:a dcterms:subject <https://w3id.org/concordat-kg/concept/keywords/mentorship>
made:b a ckg:CaseStudy | made:b dcterms:title "B"
made:b ckg:organisation <https://w3id.org/concordat-kg/id/organisation/northgate-university>
made:b skos:closeMatch <https://c.example/concept> | made:c skos:closeMatch <https://c.example/concept>
<https://c.example/concept> a skos:Concept ; skos:prefLabel "Made"@en
made:c a made:Kind . made:Kind rdfs:subClassOf ckg:CaseStudy | made:says rdfs:label "says"
"""
NAME_FACTS = """
made:d a org:FormalOrganization ; skos:prefLabel "Institute of Ferns"@en
made:d skos:altLabel "UK Ferns"@en | made:d foaf:homepage <https://ferns.example/>
made:d adms:identifier made:e . made:e a adms:Identifier; ckg:register "HESA"; skos:notation "0095"
made:d schema:location made:town . made:town a skos:Concept ; skos:prefLabel "Midtown"@en
known:midvale-institute skos:altLabel "Midvale Inst"@en
made:r ckg:statesIdentifier made:f . made:f ckg:register "HESA" ; skos:notation "0099"
made:r a ckg:SectorRecord ; ckg:recordOf known:midvale-institute
made:r ckg:statesIdentifier known:northgate-university
made:m owl:annotatedTarget known:midvale-institute ; owl:annotatedProperty skos:exactMatch
made:m sssom:mapping_justification <https://w3id.org/semapv/vocab/ManualMappingCuration>
made:m sssom:subject_label "Midvale U" | made:m sssom:predicate_modifier "Not"
"""
"""Facts that names, identifiers and towns of entities are made of."""
FAULTY_FACTS = """
made:a dcterms:title "Another" | made:b dcterms:subject <https://c.example/concept>
made:c made:says "something" | made:a ckg:textHeld true | made:b ckg:organisation made:unit
made:unit a org:OrganizationalUnit | <https://c.example/concept> skos:prefLabel "Other"@en
"""
"""Facts that are errors, or may be."""
PREFIXES = """
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix ckg: <https://w3id.org/concordat-kg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix known: <https://w3id.org/concordat-kg/id/organisation/> .
@prefix made: <https://w3id.org/concordat-kg/id/made/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sssom: <https://w3id.org/sssom/> .
"""
GRAPHS = ("<https://g.example/shared>", "<https://g.example/other>")
"""Graphs that several documents name."""


def list_facts(text: str) -> list[str]:
    """Return the facts of a text, each as a statement of Turtle without its full stop."""
    return text.strip().replace("\n", " | ").split(" | ")


def write_names(root: Path, chance: random.Random) -> None:
    """Write a document of random facts about what entities are called."""
    write_facts(root, chance, NAME_FACTS)


def write_facts(root: Path, chance: random.Random, known: str = FACTS) -> None:
    """Write a document of random facts, which others may have too, some in graphs it names."""
    facts = chance.sample(list_facts(known), chance.randint(1, 9))
    facts += chance.sample(list_facts(FAULTY_FACTS), 1) if chance.random() < 0.1 else []
    lines = [f"{fact} ." for fact in facts]
    ending = chance.choice(("ttl", "trig"))
    if ending == "trig":
        lines += [f"GRAPH {chance.choice(GRAPHS)} {{ {fact} }}" for fact in facts[::2]]
    for path in root.glob(f"data/facts-{(number := chance.randint(1, 3))}.*"):
        path.unlink()
    (root / "data" / f"facts-{number}.{ending}").write_text("\n".join([PREFIXES, *lines]), "utf-8")


def remove_facts(root: Path, chance: random.Random) -> None:
    """Remove a document of facts, where there is one."""
    found = sorted(root.glob("data/facts-*"))
    if found:
        chance.choice(found).unlink()


def move_lines(root: Path, chance: random.Random) -> None:
    """Put a remark at the top of a document, so that its statements are on other lines."""
    path = chance.choice(sorted(root.glob("data/*.t*")))
    path.write_text(f"# {chance.random()}\n{path.read_text('utf-8')}", "utf-8")


def change_download(root: Path, chance: random.Random) -> None:
    """Write a sector dataset that states incomes."""
    folder = root / "data" / "sector"
    folder.mkdir(exist_ok=True)
    (folder / "made.toml").write_text(DESCRIPTOR, "utf-8")
    rows = [f"{10000000 + n},{chance.randrange(9)}" for n in range(chance.randint(1, 4))]
    (folder / "made.csv").write_text("\n".join(["UKPRN,Income", *rows, ""]), "utf-8")


DATA_CHANGES: tuple[Change, ...] = (
    *(add_document, change_document, rename_document, remove_document),
    *(write_facts, write_facts, write_facts, remove_facts, move_lines, change_download),
    write_names,
)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of changed statements of each release that was made of the one before."""
    found: list[int] = []
    list_known_entries = IncrementalGraph.list_known_entries

    def list_and_note(self: IncrementalGraph) -> dict[str, FileEntry]:
        found.append(len(self.changes.added) + len(self.changes.removed))
        return list_known_entries(self)

    monkeypatch.setattr(bulk_load, "MAX_RUNS_IN_MEMORY", 0)
    monkeypatch.setattr(incremental_graph, "MOST_CHANGED", 9)
    monkeypatch.setattr(IncrementalGraph, "list_known_entries", list_and_note)
    return found


@pytest.fixture
def project(tiny: Settings) -> Settings:
    """The miniature without saved queries, whose contracts are not the matter here."""
    for path in tiny.queries.glob("*.rq"):
        path.unlink()
    return tiny


def attempt(settings: Settings, fresh: bool = False) -> Any:
    """Build, and return the contents of the release, or the findings that stopped it."""
    try:
        return read_contents(build(settings, quiet, unproved=True, fresh=fresh))
    except DataError as error:
        return error.findings


def assert_builds_agree(
    settings: Settings, other: Path, changes: list[Change], chance: random.Random
) -> None:
    """Change documents, and build as the release before and from nothing: it is the same."""
    attempt(settings)
    shutil.copytree(settings.out, other)
    for change in changes:
        change(settings.root, chance)
        found = attempt(settings)
        assert found == attempt(replace(settings, out=other), fresh=True), change


def test_what_is_taken_over_is_what_would_be_loaded(
    project: Settings, tmp_path: Path, begun: list[int]
) -> None:
    changes = [*DATA_CHANGES, *CHANGES[:4]]
    assert_builds_agree(project, tmp_path / "fresh", changes, random.Random(17))
    assert len(begun) >= len(DATA_CHANGES) - 2


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_random_changes(
    project: Settings, tmp_path: Path, seed: int, begun: list[int]
) -> None:
    chance = random.Random(seed)
    changes = chance.choices((*DATA_CHANGES, *DATA_CHANGES, *CHANGES), k=10)
    assert_builds_agree(project, tmp_path / "fresh", changes, chance)
    assert begun


@pytest.mark.long
def test_changes_of_the_shipped_data(tmp_path: Path, begun: list[int]) -> None:
    for name in ("data", "ontology", "sparql"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    settings = Settings(tmp_path, (tmp_path / "data",), tmp_path / "build")
    changes: list[Change] = [add_document, change_document, rename_document]
    assert_builds_agree(settings, tmp_path / "fresh", changes, random.Random(17))
    assert len(begun) == len(changes)


HEADER = """#+ title: {name}
#+ summary: Made up for a test.
#+ tags: [browse]
#+ contract: {{columns: [{columns}], min_rows: {least}, max_ms: 2000}}
{asks}PREFIX ckg: <https://w3id.org/concordat-kg/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
{text}
"""
QUERIES = {
    "titles": ("study, title", 3, "SELECT ?study ?title { ?study dcterms:title ?title }", ""),
    "tags": ("study", 2, "SELECT DISTINCT ?study { ?study dcterms:subject ?tag }", ""),
    "kinds": (
        "study",
        1,
        "SELECT ?study { ?study a ckg:CaseStudy }",
        "#+ ask:\n#+   - says: each has an abstract\n"
        '#+     none: "FILTER NOT EXISTS { ?study dcterms:abstract ?text }"\n',
    ),
    "properties": ("property", 5, "SELECT DISTINCT ?property { ?any ?property ?value }", ""),
    "matches": ("n", 1, "SELECT (COUNT(*) AS ?n) { ?any skos:closeMatch ?other }", ""),
    "broader": ("wide", 1, "SELECT ?wide { ?narrow skos:broader ?wide }", ""),
}


MATTERING = (
    ("made:z dcterms:title 'Z' .", ["properties", "titles"]),
    ("made:z skos:closeMatch <https://c.example/y> .", ["matches", "properties"]),
    ("made:z dcterms:abstract 'Z' .", ["kinds", "properties"]),
    ("made:z a ckg:CaseStudy .", ["kinds", "properties"]),
)
"""Statements, with the queries to whose contracts they matter."""


def write_queries(settings: Settings) -> None:
    """Write saved queries that depend on different statements."""
    for name, (columns, least, text, asks) in QUERIES.items():
        filled = HEADER.format(name=name, columns=columns, least=least, asks=asks, text=text)
        (settings.queries / f"{name}.rq").write_text(filled, "utf-8")


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the queries whose contracts are checked."""
    found: list[str] = []
    check = ContractProcesses._check

    def check_and_note(self: ContractProcesses, place: int, query: SavedQuery) -> ContractCheck:
        found.append(query.name)
        return check(self, place, query)

    monkeypatch.setattr(ContractProcesses, "_check", check_and_note)
    return found


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.long) for n in (2, 3))])
def test_contracts_after_random_changes(
    project: Settings, tmp_path: Path, begun: list[int], checked: list[str], seed: int
) -> None:
    write_queries(project)
    chance = random.Random(seed)
    changes = chance.choices((write_facts, write_facts, remove_facts, *DATA_CHANGES), k=3 * seed)
    assert_builds_agree(project, tmp_path / "fresh", changes, chance)
    assert begun
    counts = Counter(checked)
    assert counts["broader"] < counts["properties"], "no change is one of broader concepts"


def test_a_contract_is_checked_again_where_a_statement_matters_to_it(
    project: Settings, begun: list[int], checked: list[str]
) -> None:
    write_queries(project)
    path = project.data[0] / "facts.ttl"
    lines = [PREFIXES, "made:z skos:note 'Z' ."]
    path.write_text("\n".join(lines), "utf-8")
    build(project, quiet, unproved=True)
    assert sorted(checked) == sorted(QUERIES)
    for statement, asked in MATTERING:
        checked.clear()
        path.write_text("\n".join([*lines, statement]), "utf-8")
        result = build(project, quiet, unproved=True)
        assert sorted(checked) == asked, statement
        assert sorted(proof.name for proof in result.proofs) == sorted(QUERIES)
        lines.append(statement)
    assert len(begun) == len(MATTERING)


@pytest.fixture
def based(project: Settings, begun: list[int]) -> Settings:
    """The miniature with a release from which a build may begin."""
    build(project, quiet, unproved=True)
    assert begun == []
    return project


def test_the_files_that_stay_are_shared(based: Settings, begun: list[int]) -> None:
    before = {path.stat().st_ino for path in based.out.glob("releases/*/store/*.sst")}
    add_document(based.root, random.Random(1))
    release = build(based, quiet, unproved=True).release
    after = {path.stat().st_ino for path in release.store.glob("*.sst")}
    assert len(begun) == 1 and before & after
    verify_release(based.out, release.name)


def test_files_that_the_store_of_documents_shares_with_its_base_are_read_once(
    based: Settings, begun: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    inodes: list[int] = []
    read_entry = release_manifest.read_entry

    def read_and_note(path: Path) -> release_manifest.FileEntry:
        inodes.append(path.stat().st_ino)
        return read_entry(path)

    monkeypatch.setattr(release_manifest, "read_entry", read_and_note)
    old = {path.stat().st_ino for path in (based.out / CACHE_FOLDER / DOCUMENTS_STORE).iterdir()}
    add_document(based.root, random.Random(1))
    build(based, quiet, unproved=True)
    new = {path.stat().st_ino for path in (based.out / CACHE_FOLDER / DOCUMENTS_STORE).iterdir()}
    assert old & new
    assert all(inodes.count(one) == 1 for one in old & new)
    add_document(based.root, random.Random(2))
    build(based, quiet, unproved=True)
    assert len(begun) == 2, "what is not read again is as it was written"


@pytest.mark.parametrize("is_known", [True, False])
def test_only_the_names_that_changed_are_written_anew(
    based: Settings, begun: list[int], monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    whole: list[Path] = []

    def write_and_note(store: Store, queries: Path, target: Path) -> AbstractContextManager[None]:
        whole.append(target)
        return write_names_meanwhile(store, queries, target)

    monkeypatch.setattr(changed_names, "write_names_meanwhile", write_and_note)
    if not is_known:
        monkeypatch.setattr(changed_names, "KNOWN_QUERIES", "others")
    add_document(based.root, random.Random(1))
    build(based, quiet, unproved=True)
    assert len(begun) == 1
    assert bool(whole) is not is_known


def test_names_that_cannot_be_written_end_the_build(
    based: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise BuildError("the disk is full")

    monkeypatch.setattr(changed_names, "replace_entities", fail)
    before = (based.out / "current").read_text()
    add_document(based.root, random.Random(1))
    with pytest.raises(BuildError, match="the disk is full"):
        build(based, quiet, unproved=True)
    assert (based.out / "current").read_text() == before


def test_a_build_that_fails_leaves_the_base(based: Settings, begun: list[int]) -> None:
    path = based.data[0] / "facts.ttl"
    path.write_text(f"{PREFIXES} made:b dcterms:subject made:concept .", "utf-8")
    with pytest.raises(DataError):
        build(based, quiet, unproved=True)
    path.unlink()
    add_document(based.root, random.Random(1))
    build(based, quiet, unproved=True)
    assert len(begun) == 1


def spoil_store(out: Path) -> None:
    path = max((out / CACHE_FOLDER / DOCUMENTS_STORE).glob("*.sst"))
    # Written anew, so that the file of the release, which it shares, stays as it is.
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])


def spoil_release(out: Path) -> None:
    (path,) = out.glob("releases/*/graph.nq")
    path.write_bytes(path.read_bytes() + b"\n")


def spoil_lines(out: Path) -> None:
    path = max((out / CACHE_FOLDER).glob("*.zst"), key=lambda one: one.stat().st_size)
    path.write_bytes(path.read_bytes()[:-1])


def mark_release(out: Path) -> None:
    mark_damaged(out, (out / "current").read_text().strip(), ["a test"])


def remove_store(out: Path) -> None:
    shutil.rmtree(out / CACHE_FOLDER / DOCUMENTS_STORE)


def forge_base(out: Path) -> None:
    path = out / CACHE_FOLDER / BASE_FILE
    path.write_text(path.read_text("utf-8").replace('"quads": ', '"quads": 1'), "utf-8")


@pytest.mark.parametrize(
    "spoil", [spoil_store, spoil_release, spoil_lines, mark_release, remove_store, forge_base]
)
def test_a_damaged_base_is_no_base(
    based: Settings, tmp_path: Path, begun: list[int], spoil: Callable[[Path], None]
) -> None:
    spoil(based.out)
    add_document(based.root, random.Random(1))
    found = build(based, quiet, unproved=True)
    assert begun == []
    everything = build(replace(based, out=tmp_path / "other"), quiet, unproved=True)
    assert found.release.name == everything.release.name
    verify_release(based.out, found.release.name)
    add_document(based.root, random.Random(2))
    build(based, quiet, unproved=True)
    assert len(begun) == 1, "the next build begins as this one again"


def test_an_interrupt_ends_the_build_even_if_the_base_is_damaged(
    based: Settings, begun: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil_release(based.out)
    add_document(based.root, random.Random(1))

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(IncrementalGraph, "open_documents", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(based, quiet, unproved=True)
    assert begun == []


@pytest.mark.parametrize("kind", [OSError, RuntimeError, ValueError])
def test_an_error_of_a_damaged_store_leads_to_a_full_build(
    based: Settings, begun: list[int], monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    spoil_release(based.out)
    add_document(based.root, random.Random(1))

    def fail(*_: Any) -> None:
        raise kind("block checksum mismatch")

    monkeypatch.setattr(IncrementalGraph, "open_documents", fail)
    assert build(based, quiet, unproved=True).release.graph.is_file()
    assert begun == []


@pytest.mark.parametrize("folder", ["ontology", "sparql"])
def test_other_rules_are_no_base(based: Settings, begun: list[int], folder: str) -> None:
    path = max((based.root / folder).rglob("*.*"))
    path.write_text(f"{path.read_text('utf-8')}\n# A remark.\n", "utf-8")
    build(based, quiet, unproved=True)
    assert begun == []


def test_a_document_in_another_folder_has_its_findings_there(
    project: Settings, tmp_path: Path, begun: list[int]
) -> None:
    more = project.root / "more"
    more.mkdir()
    (more / "kept.md").write_text(STUDY.format(number=1, institution="Midvale Institute"), "utf-8")
    settings = replace(project, data=(*project.data, more))
    path = project.data[0] / "facts-1.ttl"
    path.write_text(f"{PREFIXES} made:a a ckg:CaseStudy .", "utf-8")
    before = [one for one in build(settings, quiet, unproved=True).findings if "facts" in one.path]
    path.rename(more / path.name)
    found = build(settings, quiet, unproved=True)
    after = [one for one in found.findings if "facts" in one.path]
    assert len(begun) == 1 and before
    moved = [replace(one, path=str(more / path.name)) for one in before]
    assert sorted(after) == sorted(moved)


def test_a_large_change_is_loaded_as_a_whole(
    based: Settings, begun: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incremental_graph, "MOST_CHANGED", 0.0001)
    add_document(based.root, random.Random(1))
    found = build(based, quiet, unproved=True)
    assert begun == [] and found.release.graph.is_file()


def test_a_base_that_does_not_fit_is_found_when_the_graph_is_written(
    based: Settings, tmp_path: Path, begun: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = statement_changes.compare_documents

    def compare_wrongly(*args: Any) -> statement_changes.StatementChanges:
        found = compare(*args)
        return statement_changes.StatementChanges(
            ["<urn:a> <urn:b> <urn:c> <urn:d> .\n"], found.added
        )

    written: list[tuple[Any, ...]] = []
    write = graph_patch.write_patched_lines

    def note_and_write(*args: Any) -> str:
        written.append(args)
        return write(*args)

    monkeypatch.setattr(incremental_graph, "compare_documents", compare_wrongly)
    monkeypatch.setattr(incremental_graph, "write_patched_lines", note_and_write)
    add_document(based.root, random.Random(1))
    found = build(based, quiet, unproved=True)
    assert len(written) == 1 and begun == []
    everything = build(replace(based, out=tmp_path / "other"), quiet, unproved=True)
    assert found.release.name == everything.release.name


def test_a_small_release_leaves_no_base_and_has_the_same_bytes(
    project: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = build(project, quiet, unproved=True)
    assert not list((project.out / CACHE_FOLDER).glob("base.json"))
    assert not (project.out / CACHE_FOLDER / DOCUMENTS_STORE).exists()
    monkeypatch.setattr(bulk_load, "MAX_RUNS_IN_MEMORY", 0)
    large = build(replace(project, out=tmp_path / "other"), quiet, unproved=True)
    assert read_contents(small) == read_contents(large)


def test_the_next_build_begins_as_the_last_even_if_another_release_is_current(
    based: Settings, tmp_path: Path, begun: list[int]
) -> None:
    first = (based.out / "current").read_text()
    add_document(based.root, random.Random(1))
    build(based, quiet, unproved=True)
    (based.out / "current").write_text(first)
    change_document(based.root, random.Random(1))
    found = build(based, quiet, unproved=True)
    assert len(begun) == 2
    assert found.release.changes()["previous"] == first.strip()


def test_the_queries_that_count_are_those_that_the_program_counts_like() -> None:
    """Where this fails, see whether ``changed_counts`` counts as the queries do, and renew it."""
    assert digest_counting_queries(PROJECT / "sparql" / "describing") == COUNTING_QUERIES


def test_other_queries_that_count_are_asked(
    project: Settings, begun: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = project.root / "sparql" / "describing" / "subjects.rq"
    path.write_text(path.read_text("utf-8").replace("COUNT(DISTINCT", "7 + COUNT(DISTINCT"))
    build(project, quiet, unproved=True)
    add_document(project.root, random.Random(1))
    found = build(project, quiet, unproved=True)
    everything = build(replace(project, out=tmp_path / "other"), quiet, unproved=True)
    assert len(begun) == 1 and found.release.name == everything.release.name
