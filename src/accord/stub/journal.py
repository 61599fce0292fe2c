"""The request journal: bounded in entries and bytes; what the admin API shows of an entry is made when asked for."""

from __future__ import annotations

import os
import uuid
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accord.stub.mapping import StubMapping
    from accord.stub.plan import Plan
    from accord.stub.requests import StubRequest

MOST_ENTRIES = 10_000
MOST_BYTES = 64 * 1024 * 1024
_BASE = int.from_bytes(os.urandom(8)) << 64
_VERSION = (4 << 76) | (2 << 62)
_LOW = (1 << 62) - 1


class Entry:
    """One request that was served.

    Attributes:
        number: its place in the journal.
        request: what came.
        stub: what answered, or None.
        plan: the answer; None until it is known.
    """

    __slots__ = ("forwarded", "number", "plan", "request", "stub")

    def __init__(self, number: int, request: StubRequest, stub: StubMapping | None, plan: Plan | None) -> None:
        self.number = number
        self.request = request
        self.stub = stub
        self.plan = plan
        self.forwarded = False

    @property
    def id(self) -> str:
        """Its UUID: of this process and its number."""
        return str(uuid.UUID(int=(_BASE & ~(0xF << 76)) | _VERSION | (self.number & _LOW)))

    @property
    def was_matched(self) -> bool:
        """Whether a stub answered."""
        return self.stub is not None


class Journal:
    """The last requests.

    Args:
        most: how many entries; 0 keeps none.
        most_bytes: how many bytes their bodies may have together.
    """

    def __init__(self, most: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        self.most = most
        self.enabled = most > 0
        self._most_bytes = most_bytes
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._count = 0

    def add(self, request: StubRequest, stub: StubMapping | None, plan: Plan | None) -> Entry:
        """Note a request; the oldest goes where there are too many."""
        self._count += 1
        entry = Entry(self._count, request, stub, plan)
        if not self.enabled:
            return entry
        entries = self._entries
        entries.append(entry)
        if request.raw_body or self._bytes:
            self._bytes += len(request.raw_body)
            while self._bytes > self._most_bytes and len(entries) > 1:
                self._bytes -= len(entries.popleft().request.raw_body)
        if len(entries) > self.most:
            self._bytes -= len(entries.popleft().request.raw_body)
        return entry

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """The oldest first."""
        return iter(list(self._entries))

    def newest_first(self) -> list[Entry]:
        """All, the newest first."""
        return list(reversed(self._entries))

    def find(self, identity: str) -> Entry | None:
        """The entry with a UUID."""
        return next((each for each in self._entries if each.id == identity), None)

    def remove(self, where: Callable[[Entry], bool]) -> list[Entry]:
        """Take out the entries for which that is true, and give them."""
        removed = [each for each in self._entries if where(each)]
        if removed:
            gone = {each.number for each in removed}
            self._entries = deque(each for each in self._entries if each.number not in gone)
            self._bytes = sum(len(each.request.raw_body) for each in self._entries)
        return removed

    def clear(self) -> None:
        """Take all out."""
        self._entries.clear()
        self._bytes = 0
