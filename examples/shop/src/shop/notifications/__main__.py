"""`python -m shop.notifications [serve|migrate]`."""

from shop.kit.server import run_service
from shop.notifications.adapters.database import upgrade
from shop.notifications.main import create_app
from shop.notifications.settings import DEFAULT_PORT, Settings


def main() -> None:
    """Serve, or migrate the database."""
    run_service("notifications", DEFAULT_PORT, create_app, lambda: upgrade(Settings.from_environment().database_url))


if __name__ == "__main__":
    main()
