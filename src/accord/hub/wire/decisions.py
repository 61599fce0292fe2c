"""Why a version may or may not be deployed, as it crosses the wire beside the reference's own summary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Cause(StrEnum):
    """The six causes of a no."""

    NEVER_VERIFIED = "never-verified"
    FAILED = "failed"
    OTHER_VERSION = "verified-for-another-version"
    NOT_IN_ENVIRONMENT = "no-version-in-environment"
    UNKNOWN = "unknown-participant-or-version"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause, with what it is about.

    Attributes:
        cause: one of six.
        consumer: participant; None where the cause is about one participant that is not known.
        consumer_version: its version, None where none is known.
        provider: participant.
        provider_version: its version, None where none is known.
        text: a sentence for people.
        details: what failed: the interaction and each mismatch; a line each.
        command: the command that settles it, as one line; None where nothing has to be done.
    """

    cause: Cause
    text: str
    consumer: str | None = None
    consumer_version: str | None = None
    provider: str | None = None
    provider_version: str | None = None
    details: tuple[str, ...] = ()
    command: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The reason as JSON."""
        return {
            "cause": str(self.cause),
            "consumer": {"name": self.consumer, "version": self.consumer_version},
            "provider": {"name": self.provider, "version": self.provider_version},
            "text": self.text,
            "details": list(self.details),
            "command": self.command,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Reason:
        """A reason from JSON.

        Raises:
            KeyError, TypeError, ValueError: it is no reason.
        """
        consumer, provider = document["consumer"], document["provider"]
        return cls(
            cause=Cause(document["cause"]),
            text=document["text"],
            consumer=consumer["name"],
            consumer_version=consumer["version"],
            provider=provider["name"],
            provider_version=provider["version"],
            details=tuple(document.get("details", ())),
            command=document.get("command"),
        )
