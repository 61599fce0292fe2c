"""The routes. Reading stock is open to all, changing it is for staff, holding it for the shop's own services."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from shop.inventory.domain.stock import added_up
from shop.inventory.http.schemas import (
    AskAvailability,
    Availability,
    LineAvailability,
    ProductOut,
    Products,
    ReservationOut,
    Reserve,
    StockIn,
    StockOut,
)
from shop.inventory.service.stockkeeping import InventoryService
from shop.kit.callers import Caller, staff_caller
from shop.kit.errors import error_answers


def _service(request: Request) -> InventoryService:
    service: InventoryService = request.app.state.inventory
    return service


Service = Annotated[InventoryService, Depends(_service)]
Staff = Annotated[Caller, Depends(staff_caller)]

public = APIRouter(tags=["inventory"])
"""Included twice: under /api, and without it for callers of the former form, whose bodies are the same."""

internal = APIRouter(tags=["reservations"])
"""An internal port, which needs no user's token."""


@public.get("/inventory/{product_id}", responses=error_answers(404))
async def level(product_id: str, service: Service) -> StockOut:
    """A product's stock."""
    return StockOut.of(await service.level(product_id))


@public.put("/inventory/{product_id}", responses=error_answers(400, 401, 403))
async def put(product_id: str, body: StockIn, service: Service, _staff: Staff) -> StockOut:
    """Say what is on the shelf."""
    stored = await service.put(product_id, body.quantity, name=body.name, unit_price=body.unit_price)
    return StockOut.of(stored)


@internal.get("/products", responses=error_answers(400))
async def products(service: Service, product_ids: Annotated[list[str], Query(alias="id", max_length=100)]) -> Products:
    """The ones among these products that are sold: they are known and have a price."""
    levels = await service.levels(product_ids)
    items = [
        ProductOut(product_id=product_id, name=level.name, unit_price=level.unit_price)
        for product_id, level in sorted(levels.items())
        if level.unit_price is not None
    ]
    return Products(items=items)


@internal.post("/inventory/availability", responses=error_answers(400))
async def availability(body: AskAvailability, service: Service) -> Availability:
    """What is there of these products; nothing is held."""
    lines = added_up(item.as_line() for item in body.items)
    levels = await service.levels([line.product_id for line in lines])
    there = {product_id: level.available for product_id, level in levels.items()}
    items = [
        LineAvailability(
            product_id=line.product_id,
            requested=line.quantity,
            available=line.quantity <= there.get(line.product_id, 0),
            available_quantity=there.get(line.product_id, 0),
        )
        for line in lines
    ]
    return Availability(items=items)


@internal.post("/reservations", status_code=201, responses=error_answers(400, 409))
async def reserve(body: Reserve, service: Service) -> ReservationOut:
    """Hold stock for an order, all of it or none; again renews the hold."""
    reservation = await service.reserve(body.order_id, [item.as_line() for item in body.items])
    return ReservationOut.of(reservation)


@internal.post("/reservations/{order_id}/commit", responses=error_answers(404, 409))
async def commit(order_id: str, service: Service) -> ReservationOut:
    """Make an order's hold final."""
    return ReservationOut.of(await service.commit(order_id))


@internal.delete("/reservations/{order_id}", status_code=204)
async def release(order_id: str, service: Service) -> None:
    """Give an order's stock back; nothing happens when none is held."""
    await service.release(order_id)
