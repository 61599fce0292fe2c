"""Routes that cost little: what cannot be the one is passed over by its first segment, and what is found is called.

There are over a hundred routes, which are tried in order, and the framework's way to call one is made for parameters of
every kind; the hub's are names in paths alone. Builds wait for these answers, so both are cut short here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.routing import Match

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.responses import Response
    from starlette.types import Scope


class HubRoute(APIRoute):
    """A route of names in its path, and of nothing else that the framework would have to read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See FastAPI."""
        needs = self.dependant
        if needs.query_params or needs.header_params or needs.cookie_params or needs.body_params or needs.dependencies:
            return super().get_route_handler()
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            answer: Response = await endpoint(request, **request.path_params)
            return answer

        return handle


class HubRouter(APIRouter):
    """Routes of a kind; knows with which segments their paths begin."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"route_class": HubRoute, **settings})
        self._firsts: frozenset[str] = frozenset()
        self._counted = 0

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """See Starlette."""
        if self._counted != len(self.routes):
            self._counted = len(self.routes)
            self._firsts = frozenset(_first(getattr(route, "path", "/{any}")) for route in self.routes)
        if "{" not in self._firsts and _first(scope["path"]) not in self._firsts:
            return Match.NONE, {}
        return super().matches(scope)


def _first(path: str) -> str:
    first = path[1:].partition("/")[0]
    return "{" if first.startswith("{") else first
