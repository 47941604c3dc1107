"""Segments 100,000 lines of 23 terms of the scheme of keywords, in any order."""

import random
import sys
from pathlib import Path

from loader.mapping.concept_schemes import load_schemes
from loader.mapping.tag_line_segmenter import Tagger

if __name__ == "__main__":
    keywords = load_schemes(Path(sys.argv[1]))["keywords"]
    labels = [concept.pref for concept in keywords.concepts]
    tagger, chance = Tagger(keywords.labels()), random.Random(23)
    for _ in range(100_000):
        reading = tagger.segment(" ".join(chance.sample(labels, 23)))
        assert not reading.unknown
