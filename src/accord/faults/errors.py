"""What goes wrong with a fault proxy."""

from __future__ import annotations

from accord.core.errors import AccordError

BAD_REQUEST, NOT_FOUND, CONFLICT, FAILED = 400, 404, 409, 500


class FaultProxyError(AccordError):
    """A proxy or a toxic cannot be had as asked for.

    Attributes:
        status: the HTTP status of the API's answer.
    """

    def __init__(self, message: str, status: int = BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


class FaultUnavailableError(AccordError):
    """This machine has no way to make such a fault; the message says why."""
