"""One route for all: where it leads, the table says."""

from fastapi import APIRouter, Request, Response

from shop.gateway.service.forwarding import Gateway
from shop.gateway.service.ports import Inbound

routes = APIRouter()
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def _gateway(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway


@routes.api_route("/{path:path}", methods=_METHODS, include_in_schema=False)
async def forward(request: Request) -> Response:
    """Pass the request on to its service."""
    answer = await _gateway(request).handle(
        Inbound(
            request.method,
            # As it was sent: a slash or a question mark in a name stays escaped on its way.
            request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace").partition("?")[0],
            request.url.query,
            dict(request.headers),
            await request.body(),
            request.client.host if request.client else "",
        ),
    )
    return Response(answer.body, answer.status, dict(answer.headers))
