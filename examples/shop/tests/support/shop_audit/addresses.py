"""Whose a URL is, by its path: in component tests several services are often behind one address."""

from typing import Final
from urllib.parse import urlsplit

PARTICIPANTS: Final = {
    "gateway": "Gateway",
    "orders": "OrderService",
    "inventory": "InventoryService",
    "payments": "PaymentService",
    "identity": "UserService",
    "notifications": "NotificationService",
    "cart": "CartService",
}
"""By the folder of its code and its tests."""

_SERVED: Final = {
    "orders": "OrderService",
    "inventory": "InventoryService",
    "products": "InventoryService",
    "reservations": "InventoryService",
    "payments": "PaymentService",
    "users": "UserService",
    "auth": "UserService",
    "cart": "CartService",
}
_UNDER_TEST: Final = "service"  # the host by which tests call the service that they are about


def whose(url: str) -> str | None:
    """The participant that serves a URL; None for the service under test and for what is nobody's."""
    parts = urlsplit(url)
    first, *more = parts.path.strip("/").split("/")
    name = more[0] if first == "api" and more else first
    return None if parts.hostname == _UNDER_TEST else _SERVED.get(name)
