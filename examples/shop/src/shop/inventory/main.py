"""Where InventoryService is put together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.inventory.adapters.database import inbox, outbox
from shop.inventory.adapters.messages import CHANNEL_OF, READS, InventoryCommands
from shop.inventory.adapters.repository import SqlStockRepository
from shop.inventory.http.problems import EXPLANATIONS
from shop.inventory.http.routes import internal, public
from shop.inventory.service.ports import Clock
from shop.inventory.service.stockkeeping import InventoryService
from shop.inventory.settings import Settings
from shop.kit.application import build_application, given_or_opened, in_both_forms
from shop.kit.callers import TokenVerifier
from shop.kit.consumer import Storage
from shop.kit.database import open_engine
from shop.kit.messaging import Messages, join_bus
from shop.kit.wire import utc_now

_ROUTES = in_both_forms(public, internal)


def create_app(
    settings: Settings | None = None,
    *,
    engine: AsyncEngine | None = None,
    clock: Clock = utc_now,
) -> FastAPI:
    """Build InventoryService; nothing opens before its lifespan starts.

    Args:
        settings: read from the environment when left out.
        engine: a database to use, which stays the caller's; the settings' when left out.
        clock: the present moment.
    """
    chosen = settings or Settings.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = await given_or_opened(stack, engine, lambda: open_engine(chosen.database_url))
            app.state.engine = database
            inventory = InventoryService(SqlStockRepository(database), clock=clock, hold_for=chosen.hold_for)
            app.state.inventory = inventory
            messages = Messages(
                service="inventory",
                handlers=InventoryCommands(inventory, clock).handlers(),
                reads=READS,
                channel_of=CHANNEL_OF,
            )
            storage = Storage(engine=database, inbox=inbox, outbox=outbox, clock=clock)
            await join_bus(app, stack, chosen.bus, messages, storage)
            yield

    app = build_application("InventoryService", _ROUTES, lifespan=lifespan, explanations=EXPLANATIONS)
    app.state.tokens = TokenVerifier(chosen.stage, chosen.service_token)
    return app
