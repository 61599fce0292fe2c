"""What handlers of the admin API give back, and how they read what they got."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from accord.core.documents import json_bytes, parse_json
from accord.core.errors import AccordError, DocumentError
from accord.stub.plan import Plan
from accord.stub.problems import INVALID, MappingError, Problem, shown

if TYPE_CHECKING:
    from accord.stub.requests import StubRequest

_JSON = (("Content-Type", "application/json"),)


class RefusedError(AccordError):
    """A request to the admin API that is answered with an error.

    Attributes:
        status: 400, 404 or 422.
        body: the JSON to answer, or None for an empty body.
    """

    def __init__(self, status: int, body: Any = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def json_answer(value: Any, status: int = 200) -> Plan:
    """An answer in JSON."""
    return Plan(status, _JSON, json_bytes(value, indent=2))


def done() -> Plan:
    """``{}``: it is done, and there is nothing to say. Clients parse it, so it is JSON."""
    return json_answer({})


def errors(title: str, *, code: int = INVALID, status: int = 400, detail: str | None = None) -> RefusedError:
    """An error with a title."""
    entry: dict[str, Any] = {"code": code, "title": title}
    if detail is not None:
        entry["detail"] = detail
    return RefusedError(status, {"errors": [entry]})


def body_of(request: StubRequest) -> Any:
    """The JSON in a request's body.

    Raises:
        MappingError: there is none.
    """
    if not request.body.strip():
        raise MappingError(Problem("", "No content to map due to end-of-input"))
    try:
        return parse_json(request.body)
    except DocumentError as error:
        raise MappingError(Problem(None, f"the body {error}")) from None


def identity_of(text: str) -> str:
    """A UUID in a path.

    Raises:
        RefusedError: it is none.
    """
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise errors(f"{shown(text)} is not a valid UUID") from None


def page_of(request: StubRequest, items: list[Any]) -> list[Any]:
    """The part of a list that ``limit`` and ``offset`` ask for.

    Raises:
        RefusedError: one of them is no number.
    """
    start, limit = number_of(request, "offset") or 0, number_of(request, "limit")
    return items[start:] if limit is None else items[start : start + limit]


def number_of(request: StubRequest, name: str) -> int | None:
    """A number in the query.

    Raises:
        RefusedError: it is none.
    """
    given = parse_qs(request.query_text).get(name)
    if not given:
        return None
    if not given[0].isdecimal() or len(given[0]) > 12:  # noqa: PLR2004 - more than any list has
        raise errors(f"{name} must be a whole number from 0 on, seen {shown(given[0])}")
    return int(given[0])
