"""Logs: one JSON object a line on stderr, event first. No names, no addresses, no queries, no bodies.

A fault is logged as its type and frames: the words of a database error may quote a row.
"""

import json
import logging
import sys
from typing import Any

from charity import clock
from charity.web.problems import where

_OWN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {"event": record.getMessage(), "level": record.levelname.lower(), "at": clock.stamp()}
        if not record.name.startswith("charity"):
            line["logger"] = record.name
        for key, value in vars(record).items():
            if key not in _OWN:  # a fact never takes the place of the time, the level or the event
                line[f"{key}_" if key in line else key] = value
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["frames"] = where(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def begin(level: int = logging.INFO) -> None:
    """Send every logger's records to stderr as lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("charity").setLevel(level)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
