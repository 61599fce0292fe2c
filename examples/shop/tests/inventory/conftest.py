import pytest

from accord.infra import Migrations
from shop.inventory.adapters.database import MIGRATIONS, upgrade


@pytest.fixture(scope="session")
def postgres_template() -> Migrations:
    return Migrations.by(upgrade, MIGRATIONS)
