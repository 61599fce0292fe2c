"""`/health`: whether the service lives and reaches its database; `/ready`: whether all that it needs is there."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Request, Response

from shop.kit.wire import WireModel

if TYPE_CHECKING:  # the gateway has no database, and starts in half the time without what speaks to one
    from sqlalchemy.ext.asyncio import AsyncEngine

_log = logging.getLogger(__name__)
Check = Callable[[], Awaitable[None]]
"""Raises what is wrong."""


class Health(WireModel):
    """The health answer."""

    status: Literal["ok", "unavailable"]
    service: str


class Readiness(Health):
    """The readiness answer: what was asked, and whether it is there."""

    checks: dict[str, Literal["ok", "unavailable"]]


@cache
def health_router(service: str) -> APIRouter:
    """A router with `/health` and `/ready`: 200 when all is well, else 503.

    `app.state.engine` is the database, if there is one; `app.state.needs` names what else must be there.
    """
    router = APIRouter(tags=["health"])

    @router.get("/health", responses={503: {"model": Health}})
    async def health(request: Request, response: Response) -> Health:
        fine = await _all_fine(_database(request))
        response.status_code = 200 if fine else 503
        return Health(status="ok" if fine else "unavailable", service=service)

    @router.get("/ready", responses={503: {"model": Readiness}})
    async def ready(request: Request, response: Response) -> Readiness:
        needs = {**_database(request), **getattr(request.app.state, "needs", {})}
        checks = {name: await _all_fine({name: check}) for name, check in needs.items()}
        response.status_code = 200 if all(checks.values()) else 503
        return Readiness(
            status="ok" if all(checks.values()) else "unavailable",
            service=service,
            checks={name: "ok" if fine else "unavailable" for name, fine in checks.items()},
        )

    return router


def _database(request: Request) -> Mapping[str, Check]:
    engine = _engine(request)
    if engine is None:
        return {}

    async def answers() -> None:
        async with engine.connect() as connection:
            await connection.exec_driver_sql("SELECT 1")

    return {"database": answers}


def _engine(request: Request) -> "AsyncEngine | None":
    engine: AsyncEngine | None = getattr(request.app.state, "engine", None)
    return engine


async def _all_fine(checks: Mapping[str, Check]) -> bool:
    for name, check in checks.items():
        try:
            await check()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is not there
            _log.warning("health: %s does not answer: %s", name, error)
            return False
    return True
