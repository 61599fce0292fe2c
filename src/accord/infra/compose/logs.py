"""What the servers of an environment have logged, read from their files; also as it grows."""

from __future__ import annotations

import time
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


def last_lines(records: Sequence[Record], lines: int | None) -> Iterator[str]:
    """Lines of their logs, one server after the other.

    Args:
        records: whose.
        lines: only so many of the last ones of each.
    """
    for record in records:
        text = _read(record, 0)[0]
        found = text.splitlines()
        for line in found[-lines:] if lines else found:
            yield _named(record, line, records)


def follow(records: Sequence[Record]) -> Iterator[str]:
    """Lines as they come, until all servers are gone."""
    at = {record.run: _read(record, 0)[1] for record in records}
    rest = dict.fromkeys(at, "")
    left = list(records)
    while left:
        for record in [*left]:
            try:
                text, at[record.run] = _read(record, at[record.run])
            except FileNotFoundError:
                left.remove(record)
                continue
            *lines, rest[record.run] = (rest[record.run] + text).split("\n")
            for line in lines:
                yield _named(record, line, records)
        time.sleep(_INTERVAL)


def _read(record: Record, start: int) -> tuple[str, int]:
    """The log from this byte on, and where it ends."""
    with record.directories.log.open("rb") as file:
        file.seek(start)
        data = file.read()
    return data.decode("utf-8", "replace"), start + len(data)


def _named(record: Record, line: str, records: Sequence[Record]) -> str:
    width = max(len(each.service.name) for each in records)
    return f"{record.service.name:{width}} | {line}"
