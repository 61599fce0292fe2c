"""What goes wrong between a client and a hub.

HubError                   the hub cannot be used, or refuses what was asked
├── HubUnreachableError    nothing answers there, or not in time
├── NotAHubError           something answers, and it is no hub
├── HubAccessError         the hub does not let this caller do it (401, 403)
├── HubNotFoundError       it does not know what was asked for (404)
└── HubConflictError       it has something else under that name already (409)
"""

from __future__ import annotations

from accord.core.errors import AccordError


class HubError(AccordError):
    """The hub cannot be used, or refuses what was asked.

    Attributes:
        status: the HTTP status of its answer, or None where there was none.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class HubUnreachableError(HubError):
    """Nothing answers there, or not in time."""


class NotAHubError(HubError):
    """Something answers, and it is no hub."""


class HubAccessError(HubError):
    """The hub does not let this caller do it."""


class HubNotFoundError(HubError):
    """The hub does not know what was asked for."""


class HubConflictError(HubError):
    """The hub has something else under that name already."""
