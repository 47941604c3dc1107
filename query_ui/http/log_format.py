"""The log of the server on standard error: a line of text or a JSON object for each entry."""

import json
import logging
import time
from typing import Any

from query_ui.http.request_record import current_request_id

OWN_LOGGERS = ("concordat_kg", "query_ui")


class TextFormatter(logging.Formatter):
    """Formats an entry as time in UTC, level, identifier of the request and message."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s [%(request_id)s] %(message)s")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """See ``logging.Formatter.format``."""
        record.request_id = current_request_id() or "-"
        return super().format(record)


class JsonFormatter(TextFormatter):
    """Formats an entry as one JSON object in one line; a request has its fields as members."""

    def format(self, record: logging.LogRecord) -> str:
        """See ``logging.Formatter.format``."""
        entry: dict[str, Any] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": current_request_id() or None,
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure_logging(level: str, form: str) -> None:
    """Log to standard error from ``level`` on, in the form "text" or "json".

    Libraries log from warnings on whatever the level: some put addresses into lesser entries.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    _skip_unused_values()
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(number)


def _skip_unused_values() -> None:
    """Let entries have no process, thread or place in the code, which neither format shows.

    Finding them takes a third of the time of an entry.
    https://docs.python.org/3/howto/logging.html#optimization
    """
    logging.logProcesses = False
    logging.logThreads = False
    logging.logMultiprocessing = False
    logging._srcfile = None
