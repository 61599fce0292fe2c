"""The event loop that a server runs in."""

from __future__ import annotations

from typing import Any


def loop_factory() -> Any:
    """The loop of uvloop where it is installed, else asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415 - an extra, and not for Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
