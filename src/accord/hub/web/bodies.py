"""Reading what a client sends: bounded in size, in time and in nesting."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from accord.hub.domain.publication import PactTextError, read_pact
from accord.hub.web.hub import hub_of
from accord.hub.wire.queries import QueryError, parse_nested

if TYPE_CHECKING:
    from starlette.requests import Request


class RequestError(Exception):
    """A request that cannot be taken.

    Attributes:
        status: what it is answered with.
        close: the connection cannot be used any more.
    """

    def __init__(self, status: int, message: str, *, close: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.close = close


async def read_body(request: Request) -> bytes:
    """The body.

    Raises:
        RequestError: too large, or too slow.
    """
    settings = hub_of(request).settings
    too_large = RequestError(
        413,
        f"The body is larger than {settings.most_body} bytes; publish less at once, or raise --max-body",
        close=True,
    )
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > settings.most_body:
        raise too_large
    parts, size = [], 0
    try:
        async with asyncio.timeout(settings.body_seconds):
            async for part in request.stream():
                size += len(part)
                if size > settings.most_body:
                    raise too_large
                parts.append(part)
    except TimeoutError:
        raise RequestError(408, f"The body did not come within {settings.body_seconds:g} seconds", close=True) from None
    return b"".join(parts)


async def read_json(request: Request, *, needed: bool = True) -> Any:
    """The body as JSON; none is an empty map, where it is not needed.

    Raises:
        RequestError: another media type, or not JSON.
    """
    _check_media_type(request)
    body = await read_body(request)
    if not body.strip():
        if not needed:
            return {}
        raise RequestError(400, "Error parsing JSON - the request has no body")
    try:
        document = json.loads(body, parse_constant=_no_constant)
    except RecursionError:
        raise RequestError(400, "Error parsing JSON - it is nested too deeply") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise RequestError(400, f"Error parsing JSON - {error}") from None
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise RequestError(
            400, "Error parsing JSON - it has half of a character pair, or is nested too deeply"
        ) from None
    if _has_nul(body):
        raise RequestError(400, "Error parsing JSON - the character NUL cannot be kept")
    return document


def _has_nul(body: bytes) -> bool:
    return b"\\u0000" in body or b"\0" in body


async def read_pact_body(request: Request) -> dict[str, Any]:
    """The body as a pact.

    Raises:
        RequestError: it is none.
    """
    _check_media_type(request)
    body = await read_body(request)
    if _has_nul(body):
        raise RequestError(400, "Error parsing JSON - the character NUL cannot be kept")
    try:
        return await asyncio.to_thread(read_pact, body)
    except PactTextError as error:
        raise RequestError(400, f"Error parsing JSON - the pact {error}") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _check_media_type(request: Request) -> None:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind and not (kind == "application/json" or kind.endswith("+json")):
        raise RequestError(415, f"The body's media type is {kind}; send application/json")


def query_of(request: Request) -> dict[str, Any]:
    """The nested parameters.

    Raises:
        RequestError: they cannot be read.
    """
    raw = request.scope.get("query_string", b"").decode("latin-1")
    try:
        found = parse_nested(raw)
    except QueryError as error:
        raise RequestError(400, str(error)) from None
    if "\0" in unquote(raw) or "%00" in raw:
        raise RequestError(400, "The query has the character NUL, which no name can have")
    return found


def document_of(given: Any) -> dict[str, Any]:
    """A JSON map.

    Raises:
        RequestError: it is something else.
    """
    if not isinstance(given, dict):
        raise RequestError(400, "Expected a JSON object")
    return given


def page_of(query: dict[str, Any]) -> tuple[int, int] | None:
    """Number and size of the page that is asked for, or None for all.

    Raises:
        RequestError: not numbers.
    """
    number = query.get("pageNumber", query.get("page"))
    size = query.get("pageSize", query.get("size"))
    if number is None and size is None:
        return None
    for name, value in (("pageNumber", number), ("pageSize", size)):
        if value is not None and not (isinstance(value, str) and value.isdecimal() and 0 < int(value[:9]) <= 1_000_000):  # noqa: PLR2004 - nobody turns more pages
            raise RequestError(400, f"{name} must be a number that is 1 or greater")
    return int((number or "1")[:9]), int((size or "100")[:9])
