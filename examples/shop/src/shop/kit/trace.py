"""The trace that a request or a message belongs to, as W3C's `traceparent` carries it from service to service."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Self

HEADER = "traceparent"
_FORM = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Trace:
    """One place in a trace."""

    trace_id: str = field(default_factory=lambda: secrets.token_hex(16))
    span_id: str = field(default_factory=lambda: secrets.token_hex(8))

    @classmethod
    def continued(cls, header: str | None) -> Self:
        """A place of one's own in the caller's trace; a header that cannot be read begins a new one."""
        found = _FORM.fullmatch(header.strip()) if header else None
        return cls(found[1]) if found else cls()

    @property
    def header(self) -> str:
        """The `traceparent` for whoever is called from here."""
        return f"00-{self.trace_id}-{self.span_id}-01"


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """Where the running code is, if it belongs to a trace."""
    return _current.get()


@contextmanager
def within(trace: Trace) -> Iterator[Trace]:
    """Do something as a part of a trace."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def outgoing() -> dict[str, str]:
    """The header for a call or a message from here; nothing where there is no trace."""
    trace = current()
    return {HEADER: trace.header} if trace else {}
