"""Where UserService is put together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.identity.adapters.issuer import JwtIssuer
from shop.identity.adapters.passwords import Argon2Hasher
from shop.identity.adapters.repository import SqlUserRepository
from shop.identity.http.problems import EXPLANATIONS
from shop.identity.http.routes import routes
from shop.identity.service.accounts import Accounts
from shop.identity.service.ports import Clock, IdFactory, PasswordHasher
from shop.identity.settings import Settings
from shop.kit.application import build_application, given_or_opened, in_both_forms
from shop.kit.database import open_engine
from shop.kit.wire import utc_now

_ROUTES = in_both_forms(routes)


def create_app(
    settings: Settings | None = None,
    *,
    engine: AsyncEngine | None = None,
    hasher: PasswordHasher | None = None,
    clock: Clock = utc_now,
    new_id: IdFactory | None = None,
) -> FastAPI:
    """Build UserService; nothing opens before its lifespan starts.

    Args:
        settings: read from the environment when left out.
        engine: a database to use, which stays the caller's; the settings' when left out.
        hasher: makes of passwords what may be stored; argon2 when left out.
        clock: the present moment.
        new_id: makes user ids; random ones when left out.
    """
    chosen = settings or Settings.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = await given_or_opened(stack, engine, lambda: open_engine(chosen.database_url))
            tokens = JwtIssuer(chosen.token_secret, chosen.token_lifetime, clock)
            app.state.engine = database
            app.state.accounts = Accounts(
                SqlUserRepository(database),
                hasher or Argon2Hasher(),
                tokens,
                new_id=new_id,
            )
            yield

    return build_application("UserService", _ROUTES, lifespan=lifespan, explanations=EXPLANATIONS)
