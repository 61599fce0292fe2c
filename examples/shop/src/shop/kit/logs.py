"""One JSON object per log line, so that the lines of seven services can be read together."""

import json
import logging
import sys
from datetime import UTC, datetime

from shop.kit import trace
from shop.kit.wire import wire_time


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON that names the service."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": wire_time(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if found := trace.current():
            line["traceId"] = found.trace_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure_logging(service: str, level: int = logging.INFO) -> None:
    """Send this process's log to standard error; for entry points only, never at import."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # whoever is called says so in a line of their own
