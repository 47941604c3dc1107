"""OpenRefine as a person uses it, through the addresses that its own pages ask.

https://openrefine.org/docs/technical-reference/openrefine-api
"""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlparse
from uuid import uuid4

ENGINE = json.dumps({"facets": [], "mode": "row-based"})
SEPARATED = "text/line-based/*sv"
OURS = "https://w3id.org/concordat-kg/"


class Refine:
    """A running OpenRefine with one project at a time."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.project = ""
        self.identifier_space = OURS

    def get(self, command: str, **fields: str) -> Any:
        """What a command without effects answers."""
        with urllib.request.urlopen(
            f"{self.root}/command/core/{command}?{urlencode(fields)}"
        ) as got:
            return json.load(got)

    def post(self, command: str, body: bytes, kind: str, **fields: str) -> tuple[str, bytes]:
        """What a command with effects answers: where it led, and the bytes."""
        token = self.get("get-csrf-token")["token"]
        address = f"{self.root}/command/core/{command}?{urlencode({**fields, 'csrf_token': token})}"
        request = urllib.request.Request(address, body, {"Content-Type": kind})
        with urllib.request.urlopen(request) as got:
            return got.geturl(), got.read()

    def do(self, command: str, **fields: str) -> Any:
        """The answer to a command on the project, when all that it began has ended."""
        body = urlencode({"project": self.project, "engine": ENGINE, **fields}).encode()
        kind = "application/x-www-form-urlencoded"
        answer = json.loads(self.post(command, body, kind, project=self.project)[1])
        assert answer["code"] in ("ok", "pending"), answer
        while self.get("get-processes", project=self.project)["processes"]:
            time.sleep(0.02)
        return answer

    def create(self, table: str, identifier_space: str = OURS) -> None:
        """A project made of a table in CSV, for services whose entities are in that space."""
        self.identifier_space = identifier_space
        boundary = uuid4().hex
        options = json.dumps({"separator": ",", "storeBlankRows": True, "encoding": "UTF-8"})
        parts = {"project-name": "names", "format": SEPARATED, "options": options}
        lines = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        ]
        lines.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="project-file"; '
            f'filename="names.csv"\r\nContent-Type: text/csv\r\n\r\n{table}\r\n--{boundary}--\r\n'
        )
        kind = f"multipart/form-data; boundary={boundary}"
        fields = {"options": options, "format": SEPARATED}
        led, _ = self.post("create-project-from-upload", "".join(lines).encode(), kind, **fields)
        self.project = parse_qs(urlparse(led).query)["project"][0]

    def reconcile(self, column: str, service: str, details: Sequence[Any], type_: str) -> None:
        """Match a column with a service, with other columns as evidence."""
        config = {
            "mode": "standard-service",
            "service": service,
            "identifierSpace": self.identifier_space,
            "schemaSpace": "https://w3id.org/concordat-kg/ontology#",
            "type": {"id": type_, "name": type_},
            "autoMatch": True,
            "columnDetails": list(details),
            "limit": 0,
        }
        self.do("reconcile", columnName=column, config=json.dumps(config))

    def extend(self, column: str, service: str, properties: Sequence[str], at: int) -> None:
        """Add columns with what the service knows of the matched cells."""
        wanted = {"properties": [{"id": one, "name": one} for one in properties]}
        self.do(
            "extend-data",
            baseColumnName=column,
            endpoint=service,
            identifierSpace=self.identifier_space,
            schemaSpace="https://w3id.org/concordat-kg/ontology#",
            extension=json.dumps(wanted),
            columnInsertIndex=str(at),
        )

    def export(self) -> str:
        """The table as CSV."""
        body = urlencode({"project": self.project, "engine": ENGINE, "format": "csv"}).encode()
        kind = "application/x-www-form-urlencoded"
        return self.post("export-rows/names.csv", body, kind)[1].decode()


@contextmanager
def running(folder: Path, port: int) -> Iterator[Refine]:
    """OpenRefine without a window on a port of this machine, stopped at the end."""
    command = ["openrefine", "-i", "127.0.0.1", "-p", str(port), "-d", str(folder)]
    log = folder.with_suffix(".log").open("wb")
    process = subprocess.Popen(
        [*command, "-x", "refine.headless=true"], stdout=log, stderr=log, start_new_session=True
    )
    refine = Refine(f"http://127.0.0.1:{port}")
    try:
        wait_for(refine, process)
        yield refine
    finally:
        # The command starts Java in a process of its own, which is in the same group.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)
        log.close()


def wait_for(refine: Refine, process: "subprocess.Popen[bytes]") -> None:
    """Wait until it answers; AssertionError where it ends instead or takes two minutes."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, "OpenRefine ended before it answered"
        try:
            refine.get("get-version")
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError("OpenRefine did not answer in two minutes")
