"""`python -m shop.payments [serve|migrate]`."""

from shop.kit.server import run_service
from shop.payments.adapters.database import upgrade
from shop.payments.main import create_app
from shop.payments.settings import DEFAULT_PORT, Settings


def main() -> None:
    """Serve, or migrate the database."""
    run_service("payments", DEFAULT_PORT, create_app, lambda: upgrade(Settings.from_environment().database_url))


if __name__ == "__main__":
    main()
