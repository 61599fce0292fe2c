"""Faults between services: links that delay, cut and lose, and processes that are killed, paused or slowed.

Each name loads when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.core.lazy import lazy_names

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
    "Fault": "accord.faults.links",
    "FaultProxyError": "accord.faults.errors",
    "FaultServer": "accord.faults.server",
    "FaultUnavailableError": "accord.faults.errors",
    "Faults": "accord.faults.between",
    "Link": "accord.faults.links",
    "ProcessFaults": "accord.faults.process_faults",
    "SmallDisk": "accord.faults.process_faults",
    "Toxic": "accord.faults.toxics",
}

__getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
