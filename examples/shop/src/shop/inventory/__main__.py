"""`python -m shop.inventory [serve|migrate]`."""

from shop.inventory.adapters.database import upgrade
from shop.inventory.main import create_app
from shop.inventory.settings import DEFAULT_PORT, Settings
from shop.kit.server import run_service


def main() -> None:
    """Serve, or migrate the database."""
    run_service("inventory", DEFAULT_PORT, create_app, lambda: upgrade(Settings.from_environment().database_url))


if __name__ == "__main__":
    main()
