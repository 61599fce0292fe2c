"""The envelope that every message of the shop travels in, event or command."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.kit.wire import to_milliseconds, wire_time


class MalformedEnvelopeError(ValueError):
    """A message is not an envelope; the text names the field."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message: what happened or what is asked for, when, in which version of its schema, and its data."""

    event_id: str
    event_type: str
    timestamp: datetime
    data: Mapping[str, Any]
    event_version: int = 1

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "eventId": self.event_id,
            "eventType": self.event_type,
            "eventVersion": self.event_version,
            "timestamp": wire_time(self.timestamp),
            "data": dict(self.data),
        }

    def as_json(self) -> bytes:
        """What travels."""
        return json.dumps(self.as_dict(), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, body: bytes) -> "Envelope":
        """Read what has travelled.

        Raises:
            MalformedEnvelopeError: it is no JSON object, or none that is an envelope.
        """
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise MalformedEnvelopeError(f"the message is no JSON: {error}") from error
        if not isinstance(message, dict):
            raise MalformedEnvelopeError("the message is no JSON object")
        return cls.from_dict(message)

    @classmethod
    def from_dict(cls, message: Mapping[str, Any]) -> "Envelope":
        """Read the JSON form.

        Raises:
            MalformedEnvelopeError: a field is missing or of the wrong kind.
        """
        try:
            return cls(
                event_id=str(message["eventId"]),
                event_type=str(message["eventType"]),
                event_version=int(message["eventVersion"]),
                timestamp=to_milliseconds(datetime.fromisoformat(message["timestamp"])),
                data=dict(message["data"]),
            )
        except KeyError as missing:
            raise MalformedEnvelopeError(f"the envelope lacks {missing}") from missing
        except (TypeError, ValueError) as wrong:
            raise MalformedEnvelopeError(f"the envelope cannot be read: {wrong}") from wrong
