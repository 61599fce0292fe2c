"""`python -m shop.orders [serve|migrate]`."""

from shop.kit.server import run_service
from shop.orders.adapters.database import upgrade
from shop.orders.main import create_app
from shop.orders.settings import DEFAULT_PORT, Settings


def main() -> None:
    """Serve, or migrate the database."""
    run_service("orders", DEFAULT_PORT, create_app, lambda: upgrade(Settings.from_environment().database_url))


if __name__ == "__main__":
    main()
