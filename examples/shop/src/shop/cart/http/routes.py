"""The routes: everybody has one cart, their own."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from shop.cart.http.schemas import AddItem, CartOut, SetQuantity
from shop.cart.service.carts import CartService
from shop.kit.callers import Caller, caller_of
from shop.kit.errors import error_answers


def _service(request: Request) -> CartService:
    service: CartService = request.app.state.carts
    return service


Service = Annotated[CartService, Depends(_service)]
AnyCaller = Annotated[Caller, Depends(caller_of)]
Product = Annotated[str, Path(min_length=1, max_length=200)]
Version = Annotated[int | None, Query(ge=0, le=2**31 - 1)]

routes = APIRouter(tags=["cart"])
"""Included twice: under /api, and without it for callers of the former form, whose bodies are the same."""


@routes.get("/cart", responses=error_answers(401))
async def cart(caller: AnyCaller, service: Service) -> CartOut:
    """The caller's cart."""
    return CartOut.of(await service.cart(caller.user_id))


@routes.post("/cart/items", responses=error_answers(400, 401))
async def add(body: AddItem, caller: AnyCaller, service: Service) -> CartOut:
    """Put some more of a product in."""
    return CartOut.of(await service.add(caller.user_id, body.product_id, body.quantity))


@routes.put("/cart/items/{product_id}", responses=error_answers(400, 401, 404))
async def set_quantity(product_id: Product, body: SetQuantity, caller: AnyCaller, service: Service) -> CartOut:
    """Have so many of a product; none takes it out."""
    return CartOut.of(await service.set(caller.user_id, product_id, body.quantity))


@routes.delete("/cart/items/{product_id}", responses=error_answers(400, 401, 404))
async def remove(product_id: Product, caller: AnyCaller, service: Service) -> CartOut:
    """Take a product out."""
    return CartOut.of(await service.remove(caller.user_id, product_id))


@routes.delete("/cart", status_code=204, responses=error_answers(400, 401, 409))
async def empty(caller: AnyCaller, service: Service, version: Version = None) -> None:
    """Take everything out; with a version only the cart that the caller saw."""
    await service.empty(caller.user_id, version)
