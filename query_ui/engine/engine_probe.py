"""The check that an endpoint computes as SPARQL 1.1 says, before anything is served from it.

Some engines give another value with status 200: 2 for 10 / 4, 1 for true. What they compute inside
a query cannot be corrected in its answer, so such an engine is refused as a whole.
"""

from pyoxigraph import QuerySolutions, Store

from loader.errors import EndpointError
from loader.settings import BASE
from query_ui.engine.protocol import Engine


def check_computation(engine: Engine, address: str, probe: str) -> None:
    """Run the query ``probe`` on ``engine``; raise EndpointError where a value is another one.

    The right values are those of an empty embedded store, since the query reads no data.
    """
    expected = Store().query(probe, base_iri=BASE)
    assert isinstance(expected, QuerySolutions)
    names = [variable.value for variable in expected.variables]
    right = next(expected)
    rows = engine.query(probe).rows
    values = rows[0] if len(rows) == 1 else (None,) * len(names)
    wrong = [
        f"{name} is {value}, and should be {right[name]}"
        for name, value in zip(names, values, strict=True)
        if value != right[name]
    ]
    if wrong:
        raise EndpointError(
            f"The endpoint {address} computes some expressions otherwise than SPARQL 1.1 says, so "
            f"its answers could be wrong: {'; '.join(wrong)}. Use an engine that is listed in "
            "docs/engines.md."
        )
