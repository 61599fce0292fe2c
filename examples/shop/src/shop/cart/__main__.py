"""`python -m shop.cart [serve|migrate]`."""

from shop.cart.adapters.database import upgrade
from shop.cart.main import create_app
from shop.cart.settings import DEFAULT_PORT, Settings
from shop.kit.server import run_service


def main() -> None:
    """Serve, or migrate the database."""
    run_service("cart", DEFAULT_PORT, create_app, lambda: upgrade(Settings.from_environment().database_url))


if __name__ == "__main__":
    main()
