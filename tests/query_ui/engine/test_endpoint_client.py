"""The client of an endpoint: kept connections, retries, the breaker and credentials."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from loader.errors import EndpointError, ServerBusy, UsageError
from query_ui.cli.configuration import FOREIGN_VARIABLES
from query_ui.engine.circuit_breaker import MAX_FAILURES
from query_ui.engine.endpoint_client import (
    CREDENTIALS_PREFIX,
    EndpointClient,
    check_address,
    read_credentials,
)

FORM = b"query=ASK%7B%7D"


@contextmanager
def answering(
    statuses: list[int], body: bytes = b"{}"
) -> Iterator[tuple[str, list[str], set[int]]]:
    """An endpoint that answers with ``statuses``, the last again and again.

    Yields its address, the credentials that it was sent, and the ports of its clients.
    """
    credentials: list[str] = []
    ports: set[int] = set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            credentials.append(self.headers.get("Authorization", ""))
            ports.add(self.client_address[1])
            self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql", credentials, ports
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def read_answer(client: EndpointClient) -> bytes:
    """Post the form and read the complete answer."""
    with client.post_form(FORM) as answer:
        assert answer.media_type == "application/json"
        return answer.read()


def test_a_connection_is_kept_for_the_next_query() -> None:
    with answering([200]) as (address, credentials, ports):
        client = EndpointClient(address)
        assert [read_answer(client) for _ in range(3)] == [b"{}"] * 3
        client.close()
    assert (len(credentials), len(ports)) == (3, 1)


def test_a_busy_endpoint_is_asked_once_more() -> None:
    with answering([503, 200]) as (address, credentials, _):
        client = EndpointClient(address)
        assert read_answer(client) == b"{}"
        client.close()
    assert len(credentials) == 2


def test_a_refusal_is_not_repeated_and_does_not_open_the_breaker() -> None:
    with answering([400]) as (address, credentials, _):
        client = EndpointClient(address)
        for _ in range(MAX_FAILURES + 1):
            with pytest.raises(EndpointError, match="answered 400"):
                read_answer(client)
        client.close()
    assert len(credentials) == MAX_FAILURES + 1


def test_an_endpoint_that_fails_again_and_again_is_left_alone() -> None:
    with answering([500]) as (address, credentials, _):
        client = EndpointClient(address)
        for _ in range(MAX_FAILURES):
            with pytest.raises(EndpointError, match="answered 500"):
                read_answer(client)
        with pytest.raises(ServerBusy, match="left alone") as caught:
            read_answer(client)
        client.close()
    assert caught.value.retry > 0
    assert len(credentials) == MAX_FAILURES


def test_an_answer_that_is_not_read_to_its_end_spoils_no_other() -> None:
    body = b"x" * 3_000_000
    with answering([200], body) as (address, *_):
        client = EndpointClient(address)
        with pytest.raises(RuntimeError), client.post_form(FORM) as answer:
            answer.read(10)
            raise RuntimeError
        assert read_answer(client) == body
        client.close()


def test_credentials_of_the_environment_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORDAT_KG_ENDPOINT_TOKEN", "abc")
    with answering([200]) as (address, credentials, _):
        client = EndpointClient(address)
        read_answer(client)
        client.close()
    assert credentials == ["Bearer abc"]


def test_credentials_are_a_token_or_a_user_with_a_password() -> None:
    user = {"CONCORDAT_KG_ENDPOINT_USER": "ann", "CONCORDAT_KG_ENDPOINT_PASSWORD": "b:c"}
    assert read_credentials(user) == {"Authorization": "Basic YW5uOmI6Yw=="}
    assert read_credentials({}) == {}
    with pytest.raises(UsageError, match="but not both"):
        read_credentials(user | {"CONCORDAT_KG_ENDPOINT_TOKEN": "abc"})


def test_the_command_line_takes_no_credential_for_a_setting() -> None:
    names = {f"{CREDENTIALS_PREFIX}{name}" for name in ("TOKEN", "USER", "PASSWORD")}
    assert names <= FOREIGN_VARIABLES


def test_an_address_with_a_password_is_refused_without_showing_it() -> None:
    with pytest.raises(UsageError, match="holds a user") as caught:
        check_address("http://ann:secret@example.org/sparql")
    assert "secret" not in str(caught.value)
