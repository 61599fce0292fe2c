"""OrderService whole with its real clients; its neighbours are stubs that are held to their documents, behind links."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from shop_doubles.clients import client_of
from shop_doubles.orders_neighbours import all_is_well
from shop_doubles.troubles import ANY_PATH, PATIENCE, Trouble
from sqlalchemy.ext.asyncio import AsyncEngine

from accord.stub import Namespace, Options, StubServer, matches
from shop.cart import main as cart
from shop.identity import main as identity
from shop.inventory import main as inventory
from shop.kit.bus import BusSettings
from shop.kit.settings import Stage
from shop.orders.main import create_app
from shop.orders.settings import Settings
from shop.payments import main as payments

_NEIGHBOURS = {"cart": cart, "identity": identity, "inventory": inventory, "payments": payments}

_PATHS = {
    "inventory": matches("/api/(inventory|products|reservations).*"),
    "payments": matches("(/api)?/payments.*"),
    "users": matches("/api/users.*"),
    "cart": matches("/api/cart.*"),
}


@pytest.fixture(scope="session")
def kept_to_documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StubServer]:
    """Answers nothing that the neighbours' own OpenAPI documents, as they are today, do not allow."""
    folder = tmp_path_factory.mktemp("documents")
    for name, service in _NEIGHBOURS.items():
        settings = service.Settings(stage=Stage.TEST)
        (folder / f"{name}.json").write_text(json.dumps(service.create_app(settings).openapi()))
    with StubServer(options=Options(watch=False, openapi=sorted(folder.iterdir()))) as server:
        yield server


@pytest.fixture
def neighbours(kept_to_documents: StubServer) -> Iterator[Namespace]:
    """All is well: two of prod-1 are there and cost 10.00 each, customer-1 is Ada, who has no card on file."""
    with kept_to_documents.namespace() as stubs:
        all_is_well(stubs)
        yield stubs


@pytest.fixture
def in_between(stub_server: Namespace, neighbours: Namespace) -> Namespace:
    """Stands before the neighbours and passes all on, until it is told to say something that no document allows."""
    stub_server.when("ANY", ANY_PATH).priority(9).forward(neighbours.url)
    return stub_server


@pytest.fixture
async def connected(
    engine: AsyncEngine, bus: BusSettings, faults: Any, in_between: Namespace
) -> AsyncIterator[httpx.AsyncClient]:
    """OrderService with its real clients, a link to each neighbour, a real database and a real bus."""

    def to(name: str) -> str:
        return str(faults.link("orders", name, in_between.url).url)

    settings = Settings(
        stage=Stage.TEST,
        inventory_url=to("inventory"),
        payment_url=to("payments"),
        user_url=to("users"),
        cart_url=to("cart"),
        timeout=PATIENCE,
        bus=bus,
    )
    async with client_of(create_app(settings, engine=engine), {"X-User-Id": "customer-1"}) as client:
        yield client


@pytest.fixture
def breaks(
    faults: Any, in_between: Namespace, connected: httpx.AsyncClient
) -> Callable[[str, Trouble], AbstractContextManager[None]]:
    """Breaks one neighbour for the length of a block."""
    del connected  # it makes the links
    return lambda name, trouble: trouble(in_between, faults.between("orders", name), _PATHS[name])
