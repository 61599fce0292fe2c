"""Whether a request comes from a browser: it asks for HTML before anything else."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from starlette.routing import Match

from accord.hub.web.routing import HubRoute

if TYPE_CHECKING:
    from starlette.types import Scope

_PAGES = {"text/html", "application/xhtml+xml"}


@lru_cache(maxsize=256)
def prefers_page(accept: str) -> bool:
    """Whether an Accept header likes HTML best; of two that it likes alike, the first counts."""
    kinds = [_weighed(each) for each in accept.split(",")]
    kind, weight = max(kinds, key=lambda each: each[1])
    return kind in _PAGES and weight > 0


def _weighed(part: str) -> tuple[str, float]:
    kind, *parameters = (each.strip().lower() for each in part.split(";"))
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                return kind, float(value)
            except ValueError:
                return kind, 0.0
    return kind, 1.0


def wants_page(scope: Scope) -> bool:
    """Whether a request is a browser's wish for a page."""
    known: bool | None = scope.get("accord.page")
    if known is None:
        accept = next((value for name, value in scope["headers"] if name == b"accept"), b"")
        known = scope["method"] in {"GET", "HEAD"} and prefers_page(accept.decode("latin-1"))
        scope["accord.page"] = known
    return known


class PageRoute(HubRoute):
    """A route that is there for browsers alone; all others go on to the route with the document."""

    def matches(self, scope: Scope) -> tuple[Match, Any]:
        """See Starlette."""
        return super().matches(scope) if wants_page(scope) else (Match.NONE, {})
