"""Requests that the description of the interface allows, and that it does not, drawn at random.

``python -m tests.torture.described_requests [requests]`` sends at least 20,000, or as many as it is
told, to a server over the shipped data, and prints how many got which status.
"""

import math
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as hypothesis_settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from loader.release.build import build
from loader.settings import Settings
from tests.torture.server import run_server

PROJECT = Path(__file__).parents[2]
REQUESTS = 20_000
LIMITS = (503, 504, 507)
"""Statuses of a server that keeps its limits; the response has to give the reason."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def list_operations(port: int) -> list[tuple["APIOperation[Any, Any, Any, Any]", GenerationMode]]:
    """Return the operations of a server with the kinds of requests that are drawn for each.

    A request that the description forbids needs a query or a body: any text may be in a path.
    """
    address = f"http://127.0.0.1:{port}/openapi.json"
    # Its examples are results of all saved queries, which take a while on a busy machine.
    schema = schemathesis.openapi.from_url(address, timeout=300)
    found = list(schema.get_all_operations())
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == len(found)
    return [
        (one, mode)
        for one in operations
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if mode == GenerationMode.POSITIVE or len(one.query) + len(one.body)
    ]


def send_requests(
    operation: "APIOperation[Any, Any, Any, Any]",
    mode: GenerationMode,
    times: int,
    sent: list[tuple[str, int]],
    number: int = 0,
) -> None:
    """Send an operation so many requests, and hold each response against its description.

    ``number`` is the seed of the draw.
    """

    @seed(number)
    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=times,
        derandomize=False,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def send(case: "Case[Any]") -> None:
        response = case.call(timeout=120)
        sent.append((operation.label, response.status_code))
        is_limit = response.status_code in LIMITS and response.json()["detail"]
        case.validate_response(response, checks=CHECKS[1:] if is_limit else CHECKS)

    send()


def list_messages(error: BaseException) -> list[str]:
    """Return the messages of an error, and of those that it is a group of."""
    if isinstance(error, BaseExceptionGroup):
        return [text for one in error.exceptions for text in list_messages(one)]
    return [str(error)]


def main() -> int:
    """Send the requests and return 1 where a response is not as it is described."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    sent: list[tuple[str, int]] = []
    bad = 0
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "build"
        build(Settings(root=PROJECT, data=(PROJECT / "data",), out=out), lambda *_: None)
        with run_server(out) as server:
            kinds = list_operations(server.port)
            # An operation with few possible requests, such as one without parameters, gets fewer.
            times, number = math.ceil(requests / len(kinds)), 0
            while len(sent) < requests:
                for operation, mode in kinds:
                    try:
                        send_requests(operation, mode, times, sent, number)
                    except Exception as error:
                        bad += 1
                        text = "; ".join(list_messages(error))
                        print(f"{operation.label}, {mode.name.lower()}: {text}", flush=True)
                number += 1
                kinds = [one for one in kinds if len(one[0].query) + len(one[0].body)]
    counts = Counter(status for _, status in sent)
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(counts.items()))
    print(f"{len(sent):,} requests in {time.monotonic() - begin:.0f} s; {statuses}; {bad} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
