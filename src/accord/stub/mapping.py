"""A stub mapping: a request pattern, what to answer, and the conditions around both."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.core.clock import clock
from accord.stub.delays import number
from accord.stub.problems import invalid, refuse_unknown, shown
from accord.stub.request_reading import read_request_pattern
from accord.stub.response_definition import read_response
from accord.stub.webhooks import Webhook, read_listeners

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.stub.request_pattern import RequestPattern
    from accord.stub.requests import StubRequest
    from accord.stub.response_definition import ResponseDefinition

STARTED = "Started"
"""The state that every scenario begins in."""

DEFAULT_PRIORITY = 5
EXTENSION = "accord"
"""The key of ``metadata`` below which stands what WireMock does not have: ``times`` and ``expiresAfterSeconds``."""

_FIELDS = (
    "id", "uuid", "name", "request", "response", "priority", "scenarioName", "requiredScenarioState",
    "newScenarioState", "persistent", "metadata", "postServeActions", "serveEventListeners", "insertionIndex",
)  # fmt: skip
_TEXTS = ("scenarioName", "requiredScenarioState", "newScenarioState")
_numbers = itertools.count(1)


def next_number() -> int:
    """The number of the newest stub."""
    return next(_numbers)


@dataclass(slots=True, eq=False)
class StubMapping:
    """One stub.

    Attributes:
        id: its UUID.
        number: grows with each stub: of two that fit equally the newer one answers.
        times_left: how often it still answers; None where that is not limited.
        expires: by the clock, when it goes; None where it stays.
        served: how often it has answered.
        instant: nothing has to be asked of a request that the index leads here.
        source: the file it was read from, or None.
        cached: the bytes it always answers with, once they were made.
    """

    id: str
    request: RequestPattern
    response: ResponseDefinition
    document: dict[str, Any]
    number: int
    priority: int = DEFAULT_PRIORITY
    name: str | None = None
    scenario: str | None = None
    required_state: str | None = None
    new_state: str | None = None
    persistent: bool = False
    webhooks: tuple[Webhook, ...] = ()
    times_left: int | None = None
    expires: float | None = None
    served: int = 0
    instant: bool = False
    source: str | None = None
    cached: Any = None

    @property
    def rank(self) -> tuple[int, int]:
        """The order in which stubs are asked."""
        return self.priority, -self.number

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its metadata."""
        return self.document.get("metadata") or {}

    @property
    def title(self) -> str:
        """Its name, if it has one, with method and URL."""
        said = self.request.describe()
        return f"{self.name!r}, {said}" if self.name else said

    def is_over(self) -> bool:
        """Whether it has answered as often, or lived as long, as it should."""
        return self.times_left == 0 or (self.expires is not None and clock().monotonic() >= self.expires)

    def fits(self, request: StubRequest) -> bool:
        """Whether it fits a request, scenarios aside."""
        return self.instant or self.request.matches(request)


def read_mapping(document: Any, *, identity: str | None = None, number_: int | None = None) -> StubMapping:
    """A stub mapping from its JSON value.

    Args:
        document: the value; it is not changed.
        identity: the UUID it must have; else its own or a new one.
        number_: its place among the stubs; else the newest.

    Raises:
        MappingError: unknown fields, or a field that is wrong.
    """
    if not isinstance(document, dict):
        raise invalid("", f"a stub mapping is an object, seen {shown(repr(document))}")
    refuse_unknown(document, _FIELDS, "")
    given = {name: value for name, value in document.items() if value is not None}
    request = read_request_pattern(given.get("request", {}))
    response = read_response(given.get("response", {}))
    own = identity or _identity(given)
    metadata = _object(given, "metadata")
    times, lifetime = _limits(metadata)
    stub = StubMapping(
        id=own,
        request=request,
        response=response,
        document={},
        number=next_number() if number_ is None else number_,
        priority=_priority(given),
        name=_text(given, "name"),
        scenario=_text(given, "scenarioName"),
        required_state=_text(given, "requiredScenarioState"),
        new_state=_text(given, "newScenarioState"),
        persistent=_flag(given, "persistent"),
        webhooks=read_listeners(given),
        times_left=times,
        expires=None if lifetime is None else clock().monotonic() + lifetime,
    )
    stub.document = _normal_form(given, stub)
    stub.instant = request.is_simple and request.url.is_exact and not (stub.scenario or stub.times_left is not None)
    stub.instant = stub.instant and stub.expires is None
    return stub


def _normal_form(given: Mapping[str, Any], stub: StubMapping) -> dict[str, Any]:
    """As WireMock shows a stub: in its order, with what goes without saying."""
    document: dict[str, Any] = {"id": stub.id}
    if stub.name is not None:
        document["name"] = stub.name
    document |= {"request": dict(stub.request.document), "response": dict(stub.response.document), "uuid": stub.id}
    for key in ("persistent", "priority", "scenarioName", "requiredScenarioState", "newScenarioState", "metadata"):
        if key in given:
            document[key] = _shown_text(given, key)
    for key in ("postServeActions", "serveEventListeners"):
        value = given.get(key)
        if isinstance(value, dict):  # the older form: names and parameters
            document[key] = [{"name": name, "parameters": each} for name, each in value.items()]
        elif value:
            document[key] = value
    return document


def _shown_text(given: Mapping[str, Any], key: str) -> Any:
    return _text(given, key) if key in _TEXTS else given[key]


def _identity(given: Mapping[str, Any]) -> str:
    for key in ("id", "uuid"):
        if key in given:
            try:
                return str(uuid.UUID(given[key]))
            except (ValueError, AttributeError, TypeError):
                raise invalid(f"/{key}", f"a UUID is expected, seen {shown(repr(given[key]))}") from None
    return str(uuid.uuid4())


def _priority(given: Mapping[str, Any]) -> int:
    value = given.get("priority", DEFAULT_PRIORITY)
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid("/priority", f"a whole number is expected, seen {shown(repr(value))}")
    return value


def _text(given: Mapping[str, Any], name: str) -> str | None:
    """A text; a number or a flag is taken for one, as WireMock does."""
    value = given.get(name)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise invalid(f"/{name}", f"a text is expected, seen {shown(repr(value))}")
    return value


def _flag(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise invalid(f"/{name}", f"true or false is expected, seen {shown(repr(value))}")
    return value


def _object(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = given.get(name, {})
    if not isinstance(value, dict):
        raise invalid(f"/{name}", f"an object is expected, seen {shown(repr(value))}")
    return value


def _limits(metadata: Mapping[str, Any]) -> tuple[int | None, float | None]:
    """How often a stub answers, and how many seconds it lives."""
    own = metadata.get(EXTENSION)
    if own is None:
        return None, None
    place = f"/metadata/{EXTENSION}"
    if not isinstance(own, dict):
        raise invalid(place, f"an object is expected, seen {shown(repr(own))}")
    refuse_unknown(own, ("times", "expiresAfterSeconds", "source"), place)
    times = own.get("times")
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise invalid(f"{place}/times", f"a whole number from 1 on is expected, seen {shown(repr(times))}")
    lifetime = number(own, "expiresAfterSeconds", place) if own.get("expiresAfterSeconds") is not None else None
    return times, lifetime
