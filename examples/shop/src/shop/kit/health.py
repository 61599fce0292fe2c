"""`/health`: whether the service can do its work."""

import logging
from typing import Literal

from fastapi import APIRouter, Request, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shop.kit.wire import WireModel

_log = logging.getLogger(__name__)


class Health(WireModel):
    """The health answer."""

    status: Literal["ok", "unavailable"]
    service: str


def health_router(service: str) -> APIRouter:
    """A router with `/health`: 200 while the database answers, else 503."""
    router = APIRouter(tags=["health"])

    @router.get("/health", responses={503: {"model": Health}})
    async def health(request: Request, response: Response) -> Health:
        try:
            async with request.app.state.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            _log.warning("health: the database does not answer: %s", error)
            response.status_code = 503
            return Health(status="unavailable", service=service)
        return Health(status="ok", service=service)

    return router
