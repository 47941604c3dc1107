"""What a form sends becomes values of parameters."""

from loader.queries.parameter_binding import drop_empty_values


def test_a_form_drops_its_empty_fields() -> None:
    assert drop_empty_values({"a": ["", " "], "b": ["", "x"], "c": []}) == {"b": ["x"]}
