"""Answers: HAL documents, texts, errors in the shapes that Pact clients know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

HAL = "application/hal+json;charset=utf-8"
JSON = "application/json;charset=utf-8"
PROBLEM = "application/problem+json;charset=utf-8"
TEXT = "text/plain;charset=utf-8"
CSV = "text/csv;charset=utf-8"
SVG = "image/svg+xml;charset=utf-8"
HTML = "text/html;charset=utf-8"
EXTENDED = "application/vnd.pactbrokerextended.v1+json"

TITLES = {400: "Bad request", 401: "Unauthorized", 403: "Forbidden", 404: "Not found", 409: "Conflict"}


class Answer(Response):
    """An answer with exactly the media type that is given: nothing is added to it."""

    def __init__(
        self,
        content: bytes,
        status: int = 200,
        *,
        media_type: str | None = HAL,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status_code = status
        self.background = None
        self.body = content
        raw = [(b"vary", b"Accept"), (b"cache-control", b"no-cache")]
        if media_type is not None:
            raw.append((b"content-type", media_type.encode()))
        raw += [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in (headers or {}).items()]
        if status not in {204, 304}:
            raw.append((b"content-length", str(len(content)).encode()))
        self.raw_headers = raw


# Made once, and without a look for circles, which documents made here have none of: half the time.
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def hal(document: Any, status: int = 200, *, media_type: str = HAL, location: str | None = None) -> Answer:
    """A JSON document."""
    body = _written(document).encode("utf-8", "replace")
    return Answer(body, status, media_type=media_type, headers={"location": location} if location else None)


def text(content: str, status: int = 200, *, media_type: str = TEXT) -> Answer:
    """A text."""
    return Answer(content.encode(), status, media_type=media_type)


def nothing(status: int = 204) -> Answer:
    """No body."""
    return Answer(b"", status, media_type=None)


def wants_problem(request: Request) -> bool:
    """Whether the caller asked for errors as problems."""
    return "application/problem+json" in request.headers.get("accept", "")


def error(request: Request, status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """That something is wrong, as one message."""
    document: dict[str, Any] = {"error": message}
    media_type = HAL
    if wants_problem(request):
        document = {"title": TITLES.get(status, "Error"), "status": status, "detail": message}
        media_type = PROBLEM
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    return Answer(body, status, media_type=media_type, headers=headers)


def invalid(request: Request, errors: Any, status: int = 400) -> Answer:
    """What is wrong, by field."""
    if wants_problem(request):
        title = "Validation errors"
        return hal({"title": title, "status": status, "errors": errors}, status, media_type=PROBLEM)
    return hal({"errors": errors}, status)
