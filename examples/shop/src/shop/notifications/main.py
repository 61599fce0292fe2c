"""Where NotificationService is put together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.application import build_application, given_or_opened, in_both_forms
from shop.kit.consumer import Storage
from shop.kit.database import open_engine
from shop.kit.messaging import Messages, join_bus
from shop.kit.wire import utc_now
from shop.notifications.adapters.database import inbox
from shop.notifications.adapters.log_sender import LogSender
from shop.notifications.adapters.order_events import PASSED_OVER, READS, OrderEventHandler
from shop.notifications.adapters.repository import SqlNotificationRepository
from shop.notifications.http.routes import routes
from shop.notifications.service.notifying import NotificationService
from shop.notifications.service.ports import Clock, EmailSender, IdFactory
from shop.notifications.settings import Settings

_ROUTES = in_both_forms(routes)


def create_app(
    settings: Settings | None = None,
    *,
    engine: AsyncEngine | None = None,
    sender: EmailSender | None = None,
    clock: Clock = utc_now,
    new_id: IdFactory | None = None,
) -> FastAPI:
    """Build NotificationService; nothing opens before its lifespan starts.

    Args:
        settings: read from the environment when left out.
        engine: a database to use, which stays the caller's; the settings' when left out.
        sender: the post; the log when left out.
        clock: the present moment.
        new_id: makes notification ids; random ones when left out.
    """
    chosen = settings or Settings.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = await given_or_opened(stack, engine, lambda: open_engine(chosen.database_url))
            repository = SqlNotificationRepository(database)
            service = NotificationService(repository, sender or LogSender(), clock=clock, new_id=new_id)
            app.state.engine = database
            app.state.notifications = service
            messages = Messages(
                service="notifications",
                handlers=OrderEventHandler(service).handlers(),
                reads=READS,
                passed_over=PASSED_OVER,
            )
            storage = Storage(engine=database, inbox=inbox, clock=clock)
            await join_bus(app, stack, chosen.bus, messages, storage)
            yield

    return build_application("NotificationService", _ROUTES, lifespan=lifespan, explanations={})
