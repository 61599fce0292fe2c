"""`python -m shop.gateway [serve|migrate]`; there is nothing to migrate."""

from shop.gateway.main import create_app
from shop.gateway.settings import DEFAULT_PORT
from shop.kit.server import run_service


def main() -> None:
    """Serve."""
    run_service("gateway", DEFAULT_PORT, create_app, lambda: None)


if __name__ == "__main__":
    main()
