"""The values that came and went, by property."""

import pytest

from loader.release.property_changes import (
    MAX_PROPERTIES,
    MAX_VALUE_LENGTH,
    MAX_VALUES,
    compare_properties,
)

GRAPH = "<e:g>"


def build_line(predicate: str, value: str, graph: str = GRAPH) -> bytes:
    return f"<e:a> <{predicate}> {value} {graph} .\n".encode()


def test_old_and_new_values_are_told_by_property_with_names() -> None:
    went = [build_line("e:p", '"one"'), build_line("e:q", "<e:x>")]
    came = [build_line("e:p", '"two"'), build_line("e:r", '"a \\"b\\"\\n"@en')]
    assert compare_properties(went, came, {"e:x": "X Y"})["properties"] == [
        {"property": "e:p", "removed": ["one"], "added": ["two"]},
        {"property": "e:q", "removed": ["X Y"]},
        {"property": "e:r", "added": ['a "b"\n']},
    ]


@pytest.mark.parametrize(
    ("went", "came"),
    [
        ([build_line("e:p", '"one"')], [build_line("e:p", '"one"', "<e:h>")]),
        ([build_line("e:p", "_:b1")], [build_line("e:p", "_:b2")]),
        ([], []),
    ],
)
def test_nothing_is_told_of_another_document_or_of_blank_nodes(
    went: list[bytes], came: list[bytes]
) -> None:
    assert compare_properties(went, came, {}) == {}


def test_what_is_kept_is_limited_and_what_is_left_out_is_counted() -> None:
    came = [build_line(f"e:p{n:02}", '"v"') for n in range(MAX_PROPERTIES + 2)]
    came += [build_line("e:a", f'"{n}{"x" * 2 * MAX_VALUE_LENGTH}"') for n in range(MAX_VALUES + 4)]
    found = compare_properties([], came, {})
    assert len(found["properties"]) == MAX_PROPERTIES and found["more_properties"] == 3
    first = found["properties"][0]
    assert len(first["added"]) == MAX_VALUES and first["more_added"] == 4
    assert {len(value) for value in first["added"]} == {MAX_VALUE_LENGTH}
    assert all(value.endswith("…") for value in first["added"])
