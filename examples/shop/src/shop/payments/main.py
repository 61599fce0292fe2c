"""Where PaymentService is put together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.application import build_application, given_or_opened, in_both_forms
from shop.kit.consumer import Storage
from shop.kit.database import open_engine
from shop.kit.messaging import Messages, join_bus
from shop.kit.wire import utc_now
from shop.payments.adapters.database import inbox, outbox
from shop.payments.adapters.messages import CHANNEL_OF, READS, PaymentCommands
from shop.payments.adapters.order_client import HttpOrderClient
from shop.payments.adapters.repository import SqlPaymentRepository
from shop.payments.adapters.sandbox_acquirer import SandboxAcquirer
from shop.payments.http.problems import EXPLANATIONS
from shop.payments.http.routes import routes
from shop.payments.service.charging import PaymentService
from shop.payments.service.ports import Acquirer, Clock, IdFactory, OrderClient
from shop.payments.settings import Settings

_ROUTES = in_both_forms(routes)


def create_app(
    settings: Settings | None = None,
    *,
    engine: AsyncEngine | None = None,
    order_client: OrderClient | None = None,
    acquirer: Acquirer | None = None,
    clock: Clock = utc_now,
    new_id: IdFactory | None = None,
) -> FastAPI:
    """Build PaymentService; nothing opens before its lifespan starts.

    Args:
        settings: read from the environment when left out.
        engine: a database to use, which stays the caller's; the settings' when left out.
        order_client: what orders cost; OrderService over HTTP when left out.
        acquirer: who moves the money; the sandbox when left out.
        clock: the present moment.
        new_id: makes payment ids; random ones when left out.
    """
    chosen = settings or Settings.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = await given_or_opened(stack, engine, lambda: open_engine(chosen.database_url))
            orders: OrderClient = await given_or_opened(stack, order_client, lambda: _order_client(chosen))
            storage = Storage(engine=database, inbox=inbox, outbox=outbox, clock=clock)
            repository = SqlPaymentRepository(database, on_events=storage.committed)
            bank = acquirer or SandboxAcquirer(database)
            payments = PaymentService(repository, orders, bank, clock=clock, new_id=new_id)
            app.state.engine = database
            app.state.payments = payments
            messages = Messages(
                service="payments",
                handlers=PaymentCommands(payments, clock).handlers(),
                reads=READS,
                channel_of=CHANNEL_OF,
            )
            await join_bus(app, stack, chosen.bus, messages, storage)
            yield

    return build_application("PaymentService", _ROUTES, lifespan=lifespan, explanations=EXPLANATIONS)


def _order_client(settings: Settings) -> HttpOrderClient:
    return HttpOrderClient(settings.order_url, token=settings.service_token, timeout=settings.timeout)
