"""The client that sends changes to the SPARQL Update address of an engine.

https://www.w3.org/TR/sparql11-protocol/#update-operation
"""

import os
from http import HTTPStatus

import urllib3
from urllib3.exceptions import HTTPError

from loader.errors import EndpointError
from query_ui.engine.endpoint_client import CONNECT_SECONDS, check_address, read_credentials

_MAX_MESSAGE_BYTES = 2000


class UpdateClient:
    """A client for the update address ``address``; it waits ``seconds`` for a response.

    The credentials come from the environment, see ``read_credentials``. Raises UsageError where
    the address is not http(s).
    """

    def __init__(self, address: str, seconds: float = 600.0) -> None:
        check_address(address)
        self.address = address
        self._headers = {
            "Content-Type": "application/sparql-update; charset=utf-8",
            "User-Agent": "concordat-kg",
        } | read_credentials(os.environ)
        self._pool = urllib3.PoolManager(
            retries=False, timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds)
        )

    def send(self, update: str) -> None:
        """Send an update; raise EndpointError where it is refused or its fate is not known."""
        try:
            response = self._pool.request(
                "POST",
                self.address,
                body=update.encode(),
                headers=self._headers,
                preload_content=False,
            )
            with response:
                said = response.read(_MAX_MESSAGE_BYTES).decode("utf-8", "replace").strip()
                status = response.status
        except (HTTPError, OSError) as error:
            raise EndpointError(
                f"The update address {self.address} broke off or cannot be reached, so it is not "
                f"known whether the last change was made: {error}. Run the command again."
            ) from error
        if status not in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
            raise EndpointError(f"The update address {self.address} answered {status}: {said}")

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()
