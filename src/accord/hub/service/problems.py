"""What a request can be refused for. The web layer gives each its status."""

from __future__ import annotations

from typing import Any


class NotFoundError(Exception):
    """There is no such thing; the message says what."""


class InvalidError(Exception):
    """The request makes no sense.

    Attributes:
        errors: by field, or a list of messages.
    """

    def __init__(self, errors: dict[str, list[str]] | list[str]) -> None:
        super().__init__(str(errors))
        self.errors: Any = errors


class ConflictedError(Exception):
    """What is there already stands against it; the message says what."""


def not_found(role: str, name: str) -> NotFoundError:
    """That nobody has the name, in the reference's words."""
    return NotFoundError(f"No {role} with name '{name}' found")


GONE = "The requested document was not found on this server."
