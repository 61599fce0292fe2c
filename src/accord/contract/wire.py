"""Between the wire and the model: what was received as a Request or Response, and what is to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from accord.contract.bodies import Body
from accord.contract.model import Request, Response
from accord.core.http.messages import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAFE_IN_PATH = "/:@!$&'()*+,;=%-._~"


def request_from_wire(received: HttpRequest) -> Request:
    """What a client sent, as a Request."""
    query: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(received.query, keep_blank_values=True):
        query[name] = (*query.get(name, ()), value)
    return Request(
        method=received.method,
        path=received.path,
        query=query,
        query_text=received.query,
        headers=_grouped(received.headers),
        body=Body.of_bytes(received.body, received.header("content-type")),
    )


def response_from_wire(received: HttpResponse) -> Response:
    """What a provider answered, as a Response."""
    return Response(
        status=received.status,
        headers=_grouped(received.headers),
        body=Body.of_bytes(received.body, received.header("content-type")),
    )


def request_to_wire(request: Request) -> HttpRequest:
    """A Request as it is to be sent; a body without a content type gets the one it has by its content."""
    target = quote(request.path, safe=_SAFE_IN_PATH)
    if request.query:
        target += "?" + _query(request)
    return HttpRequest(request.method.upper(), target, _headers(request.headers, request.body), request.body.data)


def response_to_wire(response: Response) -> HttpResponse:
    """A Response as it is to be sent; a body without a content type gets the one it has by its content."""
    return HttpResponse(response.status or 200, _headers(response.headers, response.body), response.body.data)


def _query(request: Request) -> str:
    if request.query_text is not None:
        return request.query_text.removeprefix("?")
    return urlencode([(name, value) for name, values in request.query.items() for value in values])


def _headers(headers: Mapping[str, tuple[str, ...]], body: Body) -> tuple[tuple[str, str], ...]:
    pairs = [(name, value) for name, values in headers.items() for value in values]
    if body.is_present and not any(name.lower() == "content-type" for name, _ in pairs):
        pairs.append(("Content-Type", body.content_type or body.media_type() or "application/octet-stream"))
    return tuple(pairs)


def _grouped(headers: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, tuple[str, ...]] = {}
    for name, value in headers:
        grouped[name] = (*grouped.get(name, ()), value)
    return grouped
