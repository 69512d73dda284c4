"""The server's log: lines for people, or one JSON object a line for a log collector.

A request is one line with its id, outcome and times. Question texts and addresses are never logged.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from ingest.settings import Settings


class JsonFormatter(logging.Formatter):
    """One JSON object a record: time (UTC), level, logger, message, and the record's `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """A line for people, the record's `fields` at its end."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, and a traceback if it has one."""
        fields = getattr(record, "fields", {})
        if fields:
            record = logging.makeLogRecord(record.__dict__)
            record.msg = f"{record.getMessage()} " + " ".join(
                f"{key}={value}" for key, value in fields.items()
            )
            record.args = ()
        return super().format(record)


def start_logging(settings: Settings) -> None:
    """Send all logs to standard error in the settings' format and from their level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else TextFormatter())
    level = settings.log_level.upper()
    handler.setLevel(level)  # some libraries set a level of their own
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("jiwen", "bot", "ingest"):
        logging.getLogger(name).setLevel(level)
    if settings.log_level == "debug":
        logging.getLogger("uvicorn").setLevel(logging.INFO)
    if settings.log_level == "error":
        logging.getLogger().setLevel(logging.ERROR)
