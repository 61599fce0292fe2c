"""The routes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from shop.kit.errors import error_answers
from shop.notifications.http.schemas import NotificationOut
from shop.notifications.service.notifying import NotificationService


def _service(request: Request) -> NotificationService:
    service: NotificationService = request.app.state.notifications
    return service


Use = Annotated[NotificationService, Depends(_service)]
OrderId = Annotated[str, Query(alias="orderId", min_length=1, max_length=200)]

routes = APIRouter(tags=["notifications"])
"""Included twice: under /api, and without it for callers of the former form, whose bodies are the same."""


@routes.get("/notifications", responses=error_answers(400))
async def notifications(order_id: OrderId, service: Use) -> list[NotificationOut]:
    """What was written about an order, the oldest first."""
    return [NotificationOut.of(notification) for notification in await service.of_order(order_id)]
