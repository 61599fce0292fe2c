"""Toxics as values: read from the API's JSON, checked, changed and written again. What they do is in stages.py."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from accord.faults.errors import CONFLICT, FaultProxyError

UPSTREAM, DOWNSTREAM = "upstream", "downstream"

ATTRIBUTES: dict[str, dict[str, str]] = {
    "latency": {"latency": "ms", "jitter": "ms"},
    "bandwidth": {"rate": "KB/s"},
    "slow_close": {"delay": "ms"},
    "timeout": {"timeout": "ms; 0: data is dropped, the connection stays"},
    "reset_peer": {"timeout": "ms"},
    "slicer": {"average_size": "bytes", "size_variation": "bytes", "delay": "µs"},
    "limit_data": {"bytes": "bytes"},
    "limit_requests": {"requests": "HTTP requests of a connection"},
    "refuse": {"timeout": "ms"},
}
"""The attributes of each kind of toxic, whole numbers, with their units; the last two kinds are Accord's own."""

OWN_KINDS = ("limit_requests", "refuse")
_KEYS = ("name", "type", "stream", "toxicity", "attributes", "connections", "schedule", "seed")
_CHANGEABLE = ("toxicity", "attributes", "connections", "schedule", "seed")
_MAX = 2**53
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Connections:
    """Which connections of a proxy a toxic touches, counted from the moment it was added.

    Attributes:
        first: so many at the beginning.
        after: those after so many.
        every: each so-manieth of them.
    """

    first: int | None = None
    after: int | None = None
    every: int | None = None

    def includes(self, number: int) -> bool:
        """Whether connection number 0, 1, … is touched."""
        number -= self.after or 0
        if number < 0 or (self.first is not None and number >= self.first):
            return False
        return self.every is None or number % self.every == 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a toxic works, in seconds from the moment it was added.

    Attributes:
        after: it begins to work then.
        lasts: for so long; None is for ever.
        every: it begins anew after so long; None is never.
    """

    after: float = 0.0
    lasts: float | None = None
    every: float | None = None

    def is_active(self, seconds: float) -> bool:
        """Whether it works at a moment."""
        passed = seconds - self.after
        if passed < 0:
            return False
        if self.every:
            passed %= self.every
        return self.lasts is None or passed < self.lasts


@dataclass(frozen=True, slots=True)
class Toxic:
    """A toxic.

    Attributes:
        name: unique in its proxy.
        kind: one of ATTRIBUTES.
        stream: as it was given: upstream or downstream, in any case.
        toxicity: probability that a connection is touched.
        attributes: by name, in the units of ATTRIBUTES.
        connections, schedule, seed: Accord's own; None where not given.
    """

    name: str
    kind: str
    stream: str = DOWNSTREAM
    toxicity: float = 1.0
    attributes: Mapping[str, int] = field(default_factory=dict)
    connections: Connections | None = None
    schedule: Schedule | None = None
    seed: int | None = None

    @property
    def direction(self) -> str:
        """Upstream (from the client to the service) or downstream."""
        return self.stream.lower()

    def to_json(self) -> dict[str, Any]:
        """As the API gives it; Accord's own keys only where they were given."""
        document: dict[str, Any] = {
            "attributes": {name: self.attributes.get(name, 0) for name in ATTRIBUTES[self.kind]},
            "name": self.name,
            "type": self.kind,
            "stream": self.stream,
            "toxicity": int(self.toxicity) if self.toxicity in {0, 1} else self.toxicity,
        }
        if self.connections is not None:
            values = {name: getattr(self.connections, name) for name in ("first", "after", "every")}
            document["connections"] = {name: value for name, value in values.items() if value is not None}
        if self.schedule is not None:
            values = {"after": self.schedule.after, "for": self.schedule.lasts, "every": self.schedule.every}
            document["schedule"] = {name: value for name, value in values.items() if value}
        return document if self.seed is None else document | {"seed": self.seed}

    def changed(self, document: Any) -> Toxic:
        """The toxic with what a document says of it; what it does not name stays.

        Raises:
            FaultProxyError: status 400.
        """
        _check_object(document, "a toxic")
        _check_keys(document, _KEYS, "a toxic")
        return _with(self, {key: value for key, value in document.items() if key in _CHANGEABLE})


def read_toxic(document: Any) -> Toxic:
    """A toxic of the API's JSON.

    Raises:
        FaultProxyError: status 400, in Toxiproxy's words where it has some.
    """
    _check_object(document, "a toxic")
    stream = document.get("stream", DOWNSTREAM)
    if not isinstance(stream, str) or stream.lower() not in {UPSTREAM, DOWNSTREAM}:
        raise FaultProxyError("stream was invalid, can be either upstream or downstream")
    kind = document.get("type")
    if not isinstance(kind, str) or kind not in ATTRIBUTES:
        raise FaultProxyError("invalid toxic type")
    _check_keys(document, _KEYS, "a toxic")
    name = document.get("name") or f"{kind}_{stream}"
    if not isinstance(name, str) or len(name) > _MAX_NAME:
        raise _bad(f"name must be a text of at most {_MAX_NAME} characters")
    return _with(Toxic(name, kind, stream), document)


def known(error: str) -> FaultProxyError:
    """The error for a name that is taken."""
    return FaultProxyError(error, CONFLICT)


def _with(toxic: Toxic, document: Mapping[str, Any]) -> Toxic:
    toxicity = document.get("toxicity", toxic.toxicity)
    if isinstance(toxicity, bool) or not isinstance(toxicity, int | float) or not 0 <= toxicity <= 1:
        raise _bad(f"toxicity must be a number from 0 to 1, not {_shown(toxicity)}")
    given = document.get("attributes", {})
    given = {} if given is None else given
    _check_object(given, "attributes")
    _check_keys(given, tuple(ATTRIBUTES[toxic.kind]), f"the toxic {toxic.kind}")
    attributes = {**toxic.attributes, **{name: _whole(name, value) for name, value in given.items()}}
    variation, average = attributes.get("size_variation", 0), attributes.get("average_size", 0)
    if variation and variation >= average:
        raise _bad(f"size_variation ({variation}) must be less than average_size ({average})")
    return replace(
        toxic,
        toxicity=float(toxicity),
        attributes=attributes,
        connections=_connections(document["connections"]) if "connections" in document else toxic.connections,
        schedule=_schedule(document["schedule"]) if "schedule" in document else toxic.schedule,
        seed=_whole("seed", document["seed"]) if document.get("seed") is not None else toxic.seed,
    )


def _connections(document: Any) -> Connections | None:
    if document is None:
        return None
    _check_object(document, "connections")
    _check_keys(document, ("first", "after", "every"), "connections")
    found = {name: _whole(f"connections.{name}", value) for name, value in document.items()}
    if found.get("every") == 0:
        raise _bad("connections.every must be at least 1")
    return Connections(**found)


def _schedule(document: Any) -> Schedule | None:
    if document is None:
        return None
    _check_object(document, "schedule")
    _check_keys(document, ("after", "for", "every"), "schedule")
    for name, value in document.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not 0 <= value <= _MAX:
            raise _bad(f"schedule.{name} must be a number of seconds, not {_shown(value)}")
    lasts, every = document.get("for"), document.get("every")
    if every is not None and (lasts is None or not 0 < lasts <= every):
        raise _bad("schedule.every needs schedule.for, which must not be longer")
    return Schedule(document.get("after", 0.0), lasts, every)


def _whole(name: str, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX:
        raise _bad(f"{name} must be a whole number from 0, not {_shown(value)}")
    return value


def _check_object(document: Any, what: str) -> None:
    if not isinstance(document, Mapping):
        raise _bad(f"{what} must be an object, not {_shown(document)}")


def _check_keys(document: Mapping[str, Any], allowed: tuple[str, ...], what: str) -> None:
    for key in document:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(allowed)}"
            raise _bad(f"{what} has no {key[:50]!r}{hint}")


def _bad(reason: str) -> FaultProxyError:
    return FaultProxyError(f"bad request body: {reason}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 50 else f"{text[:49]}…"  # noqa: PLR2004 - enough to find it
