from shop_doubles.clients import client_of

from shop.inventory.main import create_app
from shop.inventory.settings import Settings


async def test_a_service_without_its_database_is_unavailable() -> None:
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing"))
    async with client_of(app) as api:
        response = await api.get("/health")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "service": "InventoryService"}
