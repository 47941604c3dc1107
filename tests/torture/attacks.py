"""The attacks: each sends its requests again and again until it is told to stop."""

import json
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote, urlencode

from tests.hostile_workbooks import (
    claim_of_cells,
    entities,
    many_rows,
    password_protected,
    wide_rows,
    zip_bomb,
)

PATIENT_SECONDS = 120
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
BOUNDARY = "torture"
SLOW_CONNECTIONS = 500
_PAUSE_SECONDS = 0.05


@dataclass
class Tally:
    """The responses to one attack, by status; "closed" where the server ended the connection."""

    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, status: str) -> None:
        with self.lock:
            self.counts[status] += 1

    @property
    def faults(self) -> list[str]:
        """The statuses that no request may get: 5xx without a reason that is the client's."""
        return [s for s in self.counts if s.startswith("5") and s not in ("503", "504", "507")]

    def __str__(self) -> str:
        return ", ".join(f"{count} × {status}" for status, count in sorted(self.counts.items()))


Send = Callable[[int, Tally, threading.Event], None]
"""Sends one request to a port, or keeps connections open until the event is set."""


@dataclass(frozen=True)
class Attack:
    """What is sent, built when the attack begins, and by how many clients at a time."""

    name: str
    clients: int
    build: Callable[[], Send]


def request(
    port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> str:
    """Send one request and read the response; return its status, or "closed"."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENT_SECONDS)
    try:
        connection.request(method, path, body or None, headers or {})
        response = connection.getresponse()
        response.read()
        return str(response.status)
    except (OSError, HTTPException):
        return "closed"
    finally:
        connection.close()


def post(path: str, body: bytes, headers: dict[str, str]) -> Send:
    """Return an attack that posts a body."""

    def send(port: int, tally: Tally, stop: threading.Event) -> None:
        tally.add(request(port, "POST", path, body, headers))

    return send


def upload(data: bytes) -> Send:
    """Return an attack that uploads a workbook to ``/link``."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="t.xlsx"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
    return post("/link", body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})


def paste(text: str, **fields: str) -> Send:
    """Return an attack that pastes a table into ``/link``."""
    return post("/link", urlencode({"table": text, "column": "name", **fields}).encode(), FORM)


def reconcile(queries: object) -> Send:
    """Return an attack that sends a batch to ``/reconcile``."""
    return post("/reconcile", urlencode({"queries": json.dumps(queries)}).encode(), FORM)


def leave_early(path: str, table: str) -> Send:
    """Return an attack that pastes a table and leaves before the response."""
    body = urlencode({"table": table}).encode()

    def send(port: int, tally: Tally, stop: threading.Event) -> None:
        with socket.create_connection(("127.0.0.1", port), PATIENT_SECONDS) as connection:
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            head += f"Content-Type: {FORM['Content-Type']}\r\n"
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            stop.wait(_PAUSE_SECONDS)
        tally.add("left")

    return send


def drip(port: int, tally: Tally, stop: threading.Event) -> None:
    """Keep 500 connections open and send a byte of a header on each from time to time."""
    connections = []
    try:
        for _ in range(SLOW_CONNECTIONS):
            one = socket.create_connection(("127.0.0.1", port), PATIENT_SECONDS)
            one.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Slow: ".encode())
            connections.append(one)
            tally.add("opened")
        while not stop.wait(_PAUSE_SECONDS):
            for one in connections:
                one.sendall(b"a")
    except OSError:
        tally.add("closed")
    finally:
        for one in connections:
            one.close()


def post_addresses(port: int, tally: Tally, stop: threading.Event) -> None:
    """Ask for a new short address."""
    body = urlencode({"query": f"ASK {{}} # {random.random()}"}).encode()
    tally.add(request(port, "POST", "/q", body, FORM))


def build_words(count: int) -> str:
    """Return many different words, each followed by one that many names have."""
    return " ".join(f"w{number:05x} university" for number in range(count))


def list_attacks(names: int = 5_000) -> Sequence[Attack]:
    """Return all attacks; ``names`` is the number of names in the tables that are allowed."""
    heavy = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    return [
        Attack("workbook that claims all cells", 4, lambda: upload(claim_of_cells())),
        Attack("workbook of 3 million rows", 4, lambda: upload(many_rows())),
        Attack("workbook of wide rows", 4, lambda: upload(wide_rows())),
        Attack("workbook with a billion laughs", 4, lambda: upload(entities())),
        Attack("workbook with a password", 4, lambda: upload(password_protected())),
        Attack("zip bomb", 4, lambda: upload(zip_bomb(150))),
        Attack("40,000 names", 4, lambda: paste(build_names(40_000))),
        Attack("names, as many as allowed", 8, lambda: paste(build_names(names))),
        Attack("affiliations", 8, lambda: paste(build_affiliations(names), affiliations="yes")),
        Attack("table of many columns", 4, lambda: paste("name," * 900 + "z\n" + "1\n" * 100_000)),
        Attack("one name of 700 kB", 4, lambda: reconcile(build_long_name(700_000))),
        Attack("100 names of 200 kB", 100, lambda: reconcile(build_long_name(200_000))),
        Attack("batch of long names", 8, lambda: reconcile(build_batch(names // 7))),
        Attack("deep JSON", 4, lambda: post("/lookup", b"[" * 1_000_000, JSON)),
        Attack("clients that leave", 8, lambda: leave_early("/link", build_names(20_000))),
        Attack("heavy SPARQL", 12, lambda: post("/sparql", f"query={quote(heavy)}".encode(), FORM)),
        Attack("short addresses", 8, lambda: post_addresses),
        Attack(f"{SLOW_CONNECTIONS} slow connections", 1, lambda: drip),
    ]


def build_long_name(characters: int) -> object:
    """Return a batch of one query with a long name."""
    return {"q": {"query": build_words(characters // 10)[:characters]}}


def build_batch(queries: int) -> object:
    """Return a batch of queries with names as long as is allowed."""
    words = build_words(80)
    return {str(n): {"query": f"{n} {words}"[:1000], "limit": 100} for n in range(queries)}


def build_affiliations(count: int) -> str:
    """Return a table of different affiliations of 190 characters each."""
    words = build_words(20)
    return "name\n" + "".join(f"{number} {words}"[:190] + "\n" for number in range(count))


def build_names(count: int) -> str:
    """Return a table of different names."""
    return "name\n" + "".join(f"University of {number:x} and Leeds\n" for number in range(count))
