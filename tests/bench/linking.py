"""Measures how well and how fast names are matched, beside plain rapidfuzz over the same names."""

import csv
import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import process

from loader.release.name_index import write_name_index
from loader.release.registers import read_register
from loader.release.release_folder import current_release
from query_ui.graph.name_index import NameIndex
from query_ui.reconciliation.matching.affiliation import match_affiliation
from query_ui.reconciliation.matching.match_name import match_name
from query_ui.reconciliation.matching.scoring import MatchQuery
from tests.bench.affiliation_gold import find_one, find_ours, read_halves, tally_sets
from tests.bench.measure import row
from tests.bench.openrefine import refined
from tests.bench.registry import messy, write_register
from tests.bench.single_search import SingleSearch
from tests.bench.tags import left_out

ROOT = Path(__file__).parents[2]
DATASETS = ROOT.parent / "shared" / "datasets"
NAMES = 10_000
CUTOFF = 90
"""The likeness, 0 to 100 by its own default, from which plain rapidfuzz is taken at its word."""
RAPIDFUZZ = f"`rapidfuzz.process.extractOne` from {CUTOFF} on"
SINGLE_SEARCH = "ROR's single search, by its public description"
Found = Callable[[str], str]


class Tally(NamedTuple):
    """How often a matcher was right, wrong, silent though there was something, and each wrong."""

    right: int
    wrong: int
    missed: int
    seconds: float
    errors: Counter[str]

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.missed)
        return f"{precision:.3f} / {recall:.3f} in {self.seconds:.1f} s"


def linking(folder: Path, shipped: Path) -> Iterator[str]:
    """The rows of the table; none where the public datasets are not beside the project."""
    if not DATASETS.is_dir():
        return
    real = DATASETS / "ror-gb.jsonl"
    small = folder / "gb.sqlite"
    write_name_index(small, read_register(real), {})
    gazetteer, plain, single = NameIndex(small), plainly(real), SingleSearch(real)
    names = [(r["name"], r["ror"]) for r in rows_of("uk-names.csv")]
    yield from quality(
        "96 names of `uk-names.csv` in `ror-gb.jsonl`",
        [tally(names, find) for find in (name_finder(gazetteer), plain, single.find)],
        "1.00 / 0.95",
    )
    cells = [(r["affiliation"], r["gb_ror"]) for r in rows_of("affiliations.csv")]
    yield from quality(
        "1,720 strings of `affiliations.csv`",
        [tally(cells, find) for find in (affiliation_finder(gazetteer), plain, single.find)],
        "0.99 / 0.94",
    )
    yield from halves(gazetteer, {RAPIDFUZZ: plain, SINGLE_SEARCH: single.find})
    yield from speed(folder, real)
    yield from left_out(current_release(shipped))
    if shutil.which("openrefine"):
        yield row(
            "OpenRefine, 1,000 rows, from reconcile to export",
            f"{refined(folder, shipped):.1f} s",
            "< 30 s",
        )


def quality(what: str, found: Sequence[Tally], wanted: str) -> Iterator[str]:
    """A row for ours, plain rapidfuzz and single search each, and one for the errors by kind."""
    ours, plain, single = found
    yield row(f"precision / recall of {what}", str(ours), f"≥ {wanted}")
    yield row(f"… of {RAPIDFUZZ}", str(plain), "")
    yield row(f"… of {SINGLE_SEARCH}", str(single), "")
    kinds = ", ".join(f"{count} {kind}" for kind, count in ours.errors.most_common()) or "none"
    yield row("… errors of ours", kinds, "")


def halves(gazetteer: NameIndex, others: Mapping[str, Found]) -> Iterator[str]:
    """Rows for the affiliations of our own writing, half by half."""
    for what, gold in zip(("looked at", "kept apart"), read_halves(), strict=True):
        ours = tally_sets(gold, partial(find_ours, gazetteer))
        named = f"the organisations in {len(gold)} affiliations of our own, {what}"
        yield row(f"precision / recall of {named}", str(ours), "≥ 0.98 / 0.93")
        for name, find in others.items():
            peer = tally_sets(gold, partial(find_one, gazetteer, find))
            yield row(f"… of {name}", str(peer), "")
        yield row("… institutes told with their host", f"{ours.parts} of {ours.all_parts}", "")


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a public dataset."""
    with (DATASETS / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def tally(gold: Sequence[tuple[str, str]], find: Found) -> Tally:
    """Ask for each text and compare."""
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    answers = [find(text) for text, _ in gold]
    seconds = time.perf_counter() - began
    right = 0
    for (text, wanted), found in zip(gold, answers, strict=True):
        right += bool(found) and found == wanted
        if found != wanted:
            counts[kind_of(text, wanted, found)] += 1
    wrong = sum(bool(a) and a != w for (_, w), a in zip(gold, answers, strict=True))
    missed = sum(bool(w) and a != w for (_, w), a in zip(gold, answers, strict=True))
    return Tally(right, wrong, missed, seconds, counts)


def kind_of(text: str, wanted: str, found: str) -> str:
    """What sort of error it is."""
    if wanted and found:
        return "another organisation"
    if found:
        return "an organisation where none is meant"
    return "an acronym left open" if text.split("#")[0].isupper() else "left open"


def name_finder(gazetteer: NameIndex) -> Found:
    """The sure match for a name, or ""."""
    return lambda text: next(
        (m.entity.iri for m in match_name(gazetteer, MatchQuery(text)) if m.sure), ""
    )


def affiliation_finder(gazetteer: NameIndex) -> Found:
    """The sure match for an affiliation, or ""."""
    return lambda text: next(
        (m.entity.iri for m in match_affiliation(gazetteer, text) if m.sure), ""
    )


def plainly(path: Path) -> Found:
    """What plain rapidfuzz takes for the name, or ""."""
    names: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        names |= {text: record["id"] for text, _, _ in record["names"]}
    choices = list(names)

    def find(text: str) -> str:
        found = process.extractOne(text, choices, score_cutoff=CUTOFF)
        return names[found[0]] if found else ""

    return find


def speed(folder: Path, real: Path) -> Iterator[str]:
    """How long ten thousand names take against a whole register, and single ones."""
    register, index = folder / "register.jsonl", folder / "register.sqlite"
    write_register(register, real)
    began = time.perf_counter()
    write_name_index(index, read_register(register), {})
    made = time.perf_counter() - began
    began = time.perf_counter()
    gazetteer = NameIndex(index)
    opened = time.perf_counter() - began
    chance = random.Random(3)
    known = [json.loads(line)["name"] for line in register.read_text("utf-8").splitlines()]
    asked = [messy(chance.choice(known), chance) for _ in range(NAMES)]
    times = []
    for text in asked:
        began = time.perf_counter()
        match_name(gazetteer, MatchQuery(text))
        times.append(time.perf_counter() - began)
    times.sort()
    total = len(gazetteer.entity_numbers)
    yield row(
        f"index over {total:,} names: made and opened",
        f"{made:.0f} s and {opened:.2f} s",
        "opened < 1 s",
    )
    yield row(f"{NAMES:,} names against {total:,}", f"{sum(times):.1f} s on one core", "< 30 s")
    yield row(
        "… a single one: p99 and the longest",
        f"{times[-100] * 1e3:.0f} ms and {times[-1] * 1e3:.0f} ms",
        "≤ 30 ms",
    )
    few = asked[:100]
    plain = plainly(register)
    began = time.perf_counter()
    for text in few:
        plain(text)
    each = (time.perf_counter() - began) / len(few)
    yield row(
        "… `rapidfuzz.process.extractOne`, from 100 of them",
        f"{each * NAMES:,.0f} s, {each * 1e3:.0f} ms each",
        "",
    )
