"""One stub in the making, and what is left in a test's hand: the stub, and the requests that came."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from accord.core.errors import UsageError
from accord.stub.delays import MOST_SECONDS
from accord.stub.mapping import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.stub.mapping import StubMapping
    from accord.stub.space import Space

_NOTHING: Any = object()


class Stubs(Protocol):
    """Where a finished stub goes."""

    def stub(self, mapping: Mapping[str, Any]) -> Stub:
        """Take a mapping in."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request that came.

    Attributes:
        path: without query.
        query: values by parameter.
        headers: values by name in small letters.
        body: its bytes, unpacked.
        matched: whether a stub answered it.
    """

    method: str
    url: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, Sequence[str]]
    body: bytes
    matched: bool

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Stub:
    """A stub that is there."""

    def __init__(self, space: Space, mapping: StubMapping) -> None:
        self._space = space
        self._mapping = mapping

    @property
    def id(self) -> str:
        """Its UUID."""
        return self._mapping.id

    @property
    def served(self) -> int:
        """How often it has answered."""
        return self._mapping.served

    def remove(self) -> None:
        """Take it away."""
        self._space.remove(self._mapping.id)

    def __repr__(self) -> str:
        return f"Stub({self._mapping.title})"


class When:
    """A request that is to be answered; ends with `answer`, `fail` or `forward`."""

    def __init__(self, stubs: Stubs, pattern: dict[str, Any]) -> None:
        self._stubs = stubs
        self._mapping: dict[str, Any] = {"request": pattern}
        self._own: dict[str, Any] = {}

    def named(self, name: str) -> Self:
        """Give it a name, for reports."""
        self._mapping["name"] = name
        return self

    def priority(self, priority: int) -> Self:
        """1 is asked first; 5 is usual; of equals the newest."""
        self._mapping["priority"] = priority
        return self

    def times(self, count: int) -> Self:
        """It answers so many times, and then no more."""
        self._own["times"] = count
        return self

    def for_seconds(self, seconds: float) -> Self:
        """It goes after that time."""
        self._own["expiresAfterSeconds"] = seconds
        return self

    def in_scenario(self, name: str, state: str | None = None, *, then: str | None = None) -> Self:
        """It answers while a scenario is in a state, and leads to another; all begin in ``Started``."""
        self._mapping |= {"scenarioName": name, "requiredScenarioState": state, "newScenarioState": then}
        return self

    def answer(
        self,
        status: int = 200,
        body: str | bytes | None = None,
        *,
        json: Any = _NOTHING,
        headers: Mapping[str, str | list[str]] | None = None,
        file: str | None = None,
        delay: float | None = None,
        template: bool = False,
    ) -> Stub:
        """Answer so.

        Args:
            status: the status.
            body: a text or bytes.
            json: a value to be written as JSON, with its content type.
            headers: name to value or values.
            file: name of a body below ``__files``.
            delay: seconds to wait before.
            template: texts are Handlebars templates.

        Raises:
            UsageError: body and json together, or a delay that is none.
            MappingError: something in it is wrong, or a document does not allow it.
        """
        if body is not None and json is not _NOTHING:
            raise UsageError("answer takes a body or json, not both: only one of them can be sent")
        response: dict[str, Any] = {"status": status}
        given = dict(headers or {})
        if json is not _NOTHING:
            response["jsonBody"] = json
            if json is None:
                response |= {"jsonBody": None, "body": "null"}
            if not any(name.lower() == "content-type" for name in given):
                given["Content-Type"] = "application/json"
        elif isinstance(body, bytes):
            response["base64Body"] = base64.b64encode(body).decode()
        elif body is not None:
            response["body"] = body
        response |= {
            "headers": given or None,
            "bodyFileName": file,
            "transformers": ["response-template"] if template else None,
        }
        if delay is not None:
            if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= MOST_SECONDS:
                raise UsageError(f"delay is a number of seconds from 0 to {MOST_SECONDS:g}, seen {delay!r}")
            response["fixedDelayMilliseconds"] = delay * 1000
        return self._made(response)

    def fail(self, fault: str = "CONNECTION_RESET_BY_PEER") -> Stub:
        """Break the connection; see `FAULTS` for the kinds."""
        return self._made({"fault": fault})

    def forward(self, url: str) -> Stub:
        """Pass the request on to another service."""
        return self._made({"proxyBaseUrl": url})

    def _made(self, response: dict[str, Any]) -> Stub:
        mapping = {**self._mapping, "response": response}
        if self._own:
            mapping["metadata"] = {EXTENSION: self._own}
        return self._stubs.stub(mapping)
