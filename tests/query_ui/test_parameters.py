"""What a form sends becomes values of parameters."""

from query_ui.parameters import filled


def test_a_form_drops_its_empty_fields() -> None:
    assert filled({"a": ["", " "], "b": ["", "x"], "c": []}) == {"b": ["x"]}
