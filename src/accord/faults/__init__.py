"""Faults between services: links that delay, cut and lose, and processes that are killed, paused or slowed.

Each name loads when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accord.faults.between import Faults
    from accord.faults.errors import FaultProxyError, FaultUnavailableError
    from accord.faults.links import Fault, Link
    from accord.faults.process_faults import ProcessFaults, SmallDisk
    from accord.faults.server import FaultServer
    from accord.faults.toxics import Toxic

__all__ = [
    "Fault",
    "FaultProxyError",
    "FaultServer",
    "FaultUnavailableError",
    "Faults",
    "Link",
    "ProcessFaults",
    "SmallDisk",
    "Toxic",
]

_HOMES = {
    "Fault": "links",
    "FaultProxyError": "errors",
    "FaultServer": "server",
    "FaultUnavailableError": "errors",
    "Faults": "between",
    "Link": "links",
    "ProcessFaults": "process_faults",
    "SmallDisk": "process_faults",
    "Toxic": "toxics",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'accord.faults' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(f"accord.faults.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
