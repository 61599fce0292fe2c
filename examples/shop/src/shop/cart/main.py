"""Where CartService is put together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.cart.adapters.repository import SqlCartRepository
from shop.cart.http.problems import EXPLANATIONS
from shop.cart.http.routes import routes
from shop.cart.service.carts import CartService
from shop.cart.settings import Settings
from shop.kit.application import build_application, given_or_opened, in_both_forms
from shop.kit.callers import TokenVerifier
from shop.kit.database import open_engine

_ROUTES = in_both_forms(routes)


def create_app(settings: Settings | None = None, *, engine: AsyncEngine | None = None) -> FastAPI:
    """Build CartService; nothing opens before its lifespan starts.

    Args:
        settings: read from the environment when left out.
        engine: a database to use, which stays the caller's; the settings' when left out.
    """
    chosen = settings or Settings.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = await given_or_opened(stack, engine, lambda: open_engine(chosen.database_url))
            app.state.engine = database
            app.state.carts = CartService(SqlCartRepository(database))
            yield

    app = build_application("CartService", _ROUTES, lifespan=lifespan, explanations=EXPLANATIONS)
    app.state.tokens = TokenVerifier(chosen.stage, chosen.service_token)
    return app
