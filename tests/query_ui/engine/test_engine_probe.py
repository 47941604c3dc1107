"""An endpoint that does not compute as SPARQL says is refused before anything is served from it."""

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from loader.errors import EndpointError
from loader.settings import Settings
from query_ui.engine import open_engine
from tests.conftest import PROJECT
from tests.query_ui.endpoints import endpoint

SETTINGS = Settings(PROJECT)


def right_answer() -> bytes:
    """Return the answer of an engine that computes as SPARQL says."""
    text = (SETTINGS.pages / "engine-probe.rq").read_text("utf-8")
    results = Store().query(text)
    assert isinstance(results, QuerySolutions)
    return results.serialize(format=QueryResultsFormat.JSON) or b""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"value":"2.5"', b'"value":"2"', "quotientOfIntegers is .*, and should be "),
        (b'"value":"P1Y"', b'"value":"12"', 'textOfDuration is "12", and should be "P1Y"'),
        (b'"value":"true"', b'"value":"1"', 'textOfTrue is "1", and should be "true"'),
        # Blazegraph 2.1.4 leaves the variable without a value.
        (
            b',"valueInOptional":{"type":"literal","value":"2"}',
            b"",
            'valueInOptional is None, and should be "2"',
        ),
    ],
)
def test_an_engine_that_computes_otherwise_is_refused(old: bytes, new: bytes, message: str) -> None:
    with endpoint() as remote:
        remote.probe = right_answer().replace(old, new)
        assert remote.probe != right_answer()
        with pytest.raises(EndpointError, match=message):
            open_engine(SETTINGS, remote.address)
        assert remote.forms == []


def test_another_form_of_the_right_values_is_accepted() -> None:
    with endpoint() as remote:
        remote.probe = right_answer().replace(b'"value":"2.5"', b'"value":"2.500"')
        open_engine(SETTINGS, remote.address).close()
        remote.probe = b'{"results": {"bindings": []}}'
        with pytest.raises(EndpointError, match="quotientOfIntegers is None"):
            open_engine(SETTINGS, remote.address)
