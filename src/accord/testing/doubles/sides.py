"""What an HTTP double stands for: an OpenAPI document or pacts. Says which requests and answers are allowed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from accord.core.errors import UsageError
from accord.core.http.messages import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accord.core.http.messages import HttpRequest

NOTHING: Any = object()
"""No body was given; None is JSON's null."""

_FROM_THE_WAY = (408, 429)
"""Statuses that gateways answer on their own, as all from 500 on: no document need declare them."""
_SERVER_ERRORS = 500


class Side(Protocol):
    """What a double stands for.

    Attributes:
        title: as messages and the account name it.
    """

    title: str

    def problem(self, request: HttpRequest) -> str | None:
        """Why a request is not allowed; None where it is."""

    def answer(self, request: HttpRequest, status: int | None = None) -> HttpResponse | None:
        """An answer that is allowed to an allowed request; None where there is none with that status."""

    def refuse(self, method: str, path: str, response: HttpResponse) -> str | None:
        """Why an answer is not allowed; None where it is."""

    def refuse_unknown(self, method: str, path: str) -> None:
        """Check that there is such an operation.

        Raises:
            UsageError: there is none.
        """

    def statuses(self, method: str, path: str) -> list[str]:
        """The statuses of an operation's answers: numbers, and in a document ``2XX`` or ``default``."""

    def fingerprint(self, request: HttpRequest) -> str:
        """A hash of all that is said of a request's operation: another one means that this has changed."""

    def is_for(self, method: str, path: str, request: HttpRequest) -> bool:
        """Whether a request is one of an operation, given with its template or with a path of its own."""


def response_of(status: int, body: Any, headers: Mapping[str, str] | None) -> HttpResponse:
    """A hand-written answer: texts and bytes as they are, all else as JSON.

    Raises:
        UsageError: the body cannot be written as JSON.
    """
    pairs = tuple((headers or {}).items())
    if body is NOTHING:
        return HttpResponse(status, pairs)
    if isinstance(body, bytes):
        data, kind = body, "application/octet-stream"
    elif isinstance(body, str):
        data, kind = body.encode(), "text/plain; charset=utf-8"
    else:
        try:
            data, kind = json.dumps(body, ensure_ascii=False).encode(), "application/json"
        except (TypeError, ValueError) as error:
            raise UsageError(f"the body of an answer cannot be written as JSON: {error}") from None
    if not any(name.lower() == "content-type" for name, _ in pairs):
        pairs = (("Content-Type", kind), *pairs)
    return HttpResponse(status, pairs, data)


def is_from_the_way(status: int) -> bool:
    """Whether something between client and service may answer this on its own."""
    return status >= _SERVER_ERRORS or status in _FROM_THE_WAY


def wrong_shapes(value: Any) -> Iterator[Any]:
    """Values like this one with one thing wrong: a field of another type, a field missing, another kind altogether."""
    if isinstance(value, dict):
        for key, item in value.items():
            for wrong in wrong_shapes(item):
                yield {**value, key: wrong}
        for key in value:
            yield {name: item for name, item in value.items() if name != key}
    elif isinstance(value, list):
        if value:
            for wrong in wrong_shapes(value[0]):
                yield [wrong, *value[1:]]
    elif not isinstance(value, str):
        yield "text instead"
    yield {"unexpected": ["shape"]} if not isinstance(value, dict) else ["unexpected", {"shape": True}]
