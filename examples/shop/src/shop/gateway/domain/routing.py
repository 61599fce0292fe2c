"""Which path leads to which service, and who may take it. What is not in the table is not there for the world."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Access(StrEnum):
    """Who may take a route."""

    OPEN = "open"
    USER = "user"
    SELF = "self"
    STAFF = "staff"


class Upstream(StrEnum):
    """The services behind the gateway."""

    USER = "USER"
    CART = "CART"
    ORDER = "ORDER"
    INVENTORY = "INVENTORY"


@dataclass(frozen=True, slots=True)
class Route:
    """One way through.

    Args:
        pattern: segments; `*` stands for any one, `**` at the end for any number.
        methods: that are let through.
        upstream: where it leads.
        access: who may take it.
        remembered: whether the last good answer stands in while the service is not there.
    """

    pattern: str
    methods: frozenset[str]
    upstream: Upstream
    access: Access
    remembered: bool = False

    def matches(self, path: str) -> bool:
        """Whether a path, without its /api, is this route's."""
        wanted, given = self.pattern.strip("/").split("/"), path.strip("/").split("/")
        if wanted[-1] == "**":
            wanted = wanted[:-1]
            given = given[: len(wanted)]
        return len(wanted) == len(given) and all(
            name == part or (name == "*" and bool(part)) for name, part in zip(wanted, given, strict=True)
        )


_READ: Final = frozenset({"GET", "HEAD"})
_CHANGE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ROUTES: Final = (
    Route("/auth/login", frozenset({"POST"}), Upstream.USER, Access.OPEN),
    Route("/users", frozenset({"POST"}), Upstream.USER, Access.OPEN),
    Route("/users/*", _READ, Upstream.USER, Access.SELF),
    Route("/users/*/payment-method", _READ | {"PUT"}, Upstream.USER, Access.SELF),
    Route("/cart/**", _READ | _CHANGE, Upstream.CART, Access.USER),
    Route("/orders/**", _READ | _CHANGE, Upstream.ORDER, Access.USER),
    Route("/inventory/*", _READ, Upstream.INVENTORY, Access.OPEN, remembered=True),
    Route("/inventory/*", frozenset({"PUT"}), Upstream.INVENTORY, Access.STAFF),
)


def without_prefix(path: str) -> str:
    """The path as the table has it: the current form's /api is taken off."""
    return path.removeprefix("/api") if path.startswith("/api/") else path


def find(method: str, path: str) -> Route | frozenset[str]:
    """The route of a request, or the methods that its path knows: none where there is no such path."""
    inner = without_prefix(path)
    if any(part in {".", ".."} for part in inner.split("/")) or "//" in inner:
        return frozenset()
    known: frozenset[str] = frozenset()
    for route in ROUTES:
        if route.matches(inner):
            if method in route.methods:
                return route
            known |= route.methods
    return known
