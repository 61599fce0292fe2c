"""What the servers of an environment have logged, read from their files; also as it grows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accord.infra.compose.state import Record

_INTERVAL = 0.1  # seconds between two looks at files that grow


def choose(records: Sequence[Record], service: str | None) -> list[Record]:
    """Those whose logs are asked for.

    Raises:
        UsageError: there is none of that name.
    """
    if service is None:
        return list(records)
    chosen = [each for each in records if each.service.name == service]
    if not chosen:
        there = ", ".join(each.service.name for each in records) or "none, for nothing is up here"
        raise UsageError(f"there is no service {service!r} among those that are up ({there}): see `accord env status`")
    return chosen


def read_lines(records: Sequence[Record], *, last: int | None = None, follow: bool = False) -> Iterator[str]:
    """Lines of their logs, one server after the other, each with its service's name.

    Args:
        records: whose.
        last: only so many of the last ones of each.
        follow: go on with lines as they come, until all servers are gone.
    """
    width = max((len(each.service.name) for each in records), default=0)
    logs = [_Log(each) for each in records]
    for log in logs:
        found = log.more()
        if not follow and log.rest:
            found.append(log.rest)
        for line in found[-last:] if last else found:
            yield f"{log.record.service.name:{width}} | {line}"
    while follow and not all(log.is_gone for log in logs):
        time.sleep(_INTERVAL)
        for log in logs:
            for line in log.more():
                yield f"{log.record.service.name:{width}} | {line}"


@dataclass
class _Log:
    """One log, as far as it has been read."""

    record: Record
    at: int = 0  # bytes
    rest: str = ""  # a line that has not ended yet
    is_gone: bool = False

    def more(self) -> list[str]:
        """The lines that have come since."""
        try:
            with self.record.directories.log.open("rb") as file:
                file.seek(self.at)
                data = file.read()
        except FileNotFoundError:  # it went with its server
            self.is_gone = True
            return []
        self.at += len(data)
        *lines, self.rest = (self.rest + data.decode("utf-8", "replace")).split("\n")
        return lines
