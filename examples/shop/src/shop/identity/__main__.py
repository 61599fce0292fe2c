"""`python -m shop.identity [serve|migrate]`."""

from shop.identity.adapters.database import upgrade
from shop.identity.main import create_app
from shop.identity.settings import DEFAULT_PORT, Settings
from shop.kit.server import run_service


def main() -> None:
    """Serve, or migrate the database."""
    run_service("identity", DEFAULT_PORT, create_app, lambda: upgrade(Settings.from_environment().database_url))


if __name__ == "__main__":
    main()
