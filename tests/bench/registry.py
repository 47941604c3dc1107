"""A register as large as ROR's: the real organisations of one country among invented ones."""

import json
import random
from pathlib import Path
from typing import TextIO

from loader.identifiers import CROCKFORD

ORGANISATIONS = 120_000
CONSONANTS = "b c d f g h k l m n p r s t v w br st tr kr".split()
SYLLABLES = [one + other for one in CONSONANTS for other in "a e i o u an en or al".split()]
SUBJECTS = "Science Technology Medicine Engineering Arts Law Agriculture Health Education".split()
NAMES = (
    *("University of {town}", "{town} University", "{town} University of {subject}"),
    *("Institute of {subject} {town}", "{town} {subject} Institute", "{town} Hospital"),
    *("{word} {town} Foundation", "National Institute of {subject} {town}", "{word} Laboratory"),
)


def write_register(path: Path, real: Path) -> None:
    """Write the lines of ``real`` and as many invented ones as make up the whole."""
    chance = random.Random(7)
    towns = [word(chance) for _ in range(20_000)]
    with path.open("w", encoding="utf-8") as stream:
        lines = real.read_text("utf-8").splitlines()
        stream.write("\n".join(lines) + "\n")
        for _ in range(ORGANISATIONS - len(lines)):
            invented(stream, chance, towns)


def invented(stream: TextIO, chance: random.Random, towns: list[str]) -> None:
    """Write one organisation with one to three names, in another country."""
    town = chance.choice(towns)
    names = [
        chance.choice(NAMES).format(town=town, subject=chance.choice(SUBJECTS), word=word(chance))
        for _ in range(chance.choice([1, 2, 3, 3]))
    ]
    kinds = [["label"], *[["alias"]] * (len(names) - 1)]
    key = "".join(chance.choice(CROCKFORD) for _ in range(6))
    record = {
        "id": f"https://ror.org/0{key}{chance.randrange(100):02}",
        "name": names[0],
        "names": [[name, kind, "en"] for name, kind in zip(names, kinds, strict=True)],
        "country": chance.choice(["US", "DE", "FR", "CN", "IN", "BR"]),
        "city": town,
        "types": ["education"],
        "status": "active",
        "ext": {},
        "rel": [],
        "web": [],
    }
    stream.write(json.dumps(record) + "\n")


def word(chance: random.Random) -> str:
    """An invented word."""
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.choice([2, 2, 3]))).capitalize()


def messy(name: str, chance: random.Random) -> str:
    """A name as people write it: with a slip, abbreviated, with a department, or right."""
    way = chance.random()
    if way < 0.3 or len(name) < 8:
        return name
    if way < 0.6:
        at = chance.randrange(1, len(name) - 2)
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return f"Dept of Physics, {name}" if way < 0.8 else name.replace("University", "Univ.").lower()
