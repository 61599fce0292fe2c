"""The services of the shop, as whoever runs them must know them."""

from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    Args:
        name: its folder: `python -m shop.<name>`.
        participant: its name in contracts.
        port: where it listens by default.
        address_variable: by which the others are told where it is.
        has_database: whether it has one of its own.
    """

    name: str
    participant: str
    port: int
    address_variable: str
    has_database: bool = True

    @property
    def database_variable(self) -> str:
        return f"{self.name.upper()}_DATABASE_URL"

    @property
    def port_variable(self) -> str:
        return f"{self.name.upper()}_PORT"

    def migrate(self, url: str) -> None:
        """Bring its database up to date."""
        import_module(f"shop.{self.name}.adapters.database").upgrade(url)


SERVICES = (
    Service("gateway", "Gateway", 8080, "GATEWAY_URL", has_database=False),
    Service("orders", "OrderService", 3001, "ORDER_SERVICE_URL"),
    Service("inventory", "InventoryService", 3002, "INVENTORY_SERVICE_URL"),
    Service("payments", "PaymentService", 3003, "PAYMENT_SERVICE_URL"),
    Service("identity", "UserService", 3004, "USER_SERVICE_URL"),
    Service("notifications", "NotificationService", 3005, "NOTIFICATION_SERVICE_URL"),
    Service("cart", "CartService", 3006, "CART_SERVICE_URL"),
)
BY_NAME = {service.name: service for service in SERVICES}
