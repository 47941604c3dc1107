"""The language of a label: lookup over its tag, never its text."""

from collections.abc import Sequence

import pytest

from loader.languages import choose_language, is_shown_with, look_up_language, order_languages


@pytest.mark.parametrize(
    ("ranges", "tags", "tag"),
    [
        (["en-GB"], ["en", "en-US"], "en"),
        (["en-GB", "en"], ["EN-gb", "en"], "EN-gb"),
        (["en"], ["enm", "en-GB"], None),
        (["zh-Hant-CN-x-private1-private2"], ["zh-Hant"], "zh-Hant"),
        (["zh-Hant-CN-x-private1"], ["zh-Hant-CN-x", "zh"], "zh"),
        (["fr", "de"], ["de", "nl"], "de"),
        (["de-CH-1996"], ["de-CH", "de"], "de-CH"),
        ([], ["de"], None),
    ],
)
def test_lookup_of_rfc_4647(ranges: Sequence[str], tags: Sequence[str], tag: str | None) -> None:
    assert look_up_language(ranges, tags) == tag


@pytest.mark.parametrize(
    ("tags", "commonest", "tag"),
    [
        (["en-GB", "en-US"], (), "en-GB"),
        (["enm", "en"], (), "en"),
        (["enm", "de"], (), "de"),
        (["en-US", "de"], ("de",), "en-US"),
        (["", "de"], ("de",), ""),
        (["de", "nl"], ("nl", "de"), "nl"),
        (["fr", "cy"], ("nl",), "cy"),
        (["de-AT", "nl"], ("de", "nl"), "nl"),
        ([], ("de",), ""),
    ],
)
def test_the_choice(tags: Sequence[str], commonest: Sequence[str], tag: str) -> None:
    assert choose_language(tags, commonest) == tag
    assert choose_language(reversed(tags), commonest) == tag


def test_text_without_a_tag_goes_with_english_alone() -> None:
    assert is_shown_with("", "en") and is_shown_with("EN", "") and is_shown_with("de", "DE")
    assert not is_shown_with("", "de") and not is_shown_with("enm", "en")


def test_the_commonest_language_comes_first_and_ties_are_by_tag() -> None:
    labels = [("s", "nl", 1), ("s", "de", 1), ("s", "fr", 5), ("t", "cy", 1), ("s", "nl", 1)]
    assert order_languages(labels) == {"s": ("fr", "nl", "de"), "t": ("cy",)}
