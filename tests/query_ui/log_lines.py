"""Entries of the log as a test reads them."""

import logging

from query_ui.http.log_format import JsonFormatter


class Lines(logging.Handler):
    """Keeps entries of the log as JSON, as they are written while the request is current."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))
