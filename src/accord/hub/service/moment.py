"""When a request is carried out, and at which address the hub was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accord.hub.wire.addresses import Addresses


@dataclass(frozen=True, slots=True)
class Moment:
    """The same for all that one request does.

    Attributes:
        now: microseconds since 1970.
        addresses: as the caller knows them.
    """

    now: int
    addresses: Addresses
