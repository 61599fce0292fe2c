"""The routes, once for both forms: they differ only in how an order is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from shop.kit.callers import Caller, caller_of, staff_caller
from shop.kit.errors import error_answers
from shop.kit.wire import WireModel
from shop.orders.domain.order import Order
from shop.orders.http.former import FormerOrder
from shop.orders.http.schemas import CancelOrder, OrderOut, Paid, PayOrder, PlaceOrder
from shop.orders.service.checkout import Checkout
from shop.orders.service.fulfilment import OrderFulfilment
from shop.orders.service.placing import OrderService


@dataclass(frozen=True, slots=True)
class UseCases:
    """What the routes call."""

    orders: OrderService
    checkout: Checkout
    fulfilment: OrderFulfilment


def _use_cases(request: Request) -> UseCases:
    use_cases: UseCases = request.app.state.use_cases
    return use_cases


Use = Annotated[UseCases, Depends(_use_cases)]
AnyCaller = Annotated[Caller, Depends(caller_of)]
Staff = Annotated[Caller, Depends(staff_caller)]


def _sight(caller: Caller) -> str | None:
    """Whose orders exist for this caller: staff sees all."""
    return None if caller.is_staff else caller.user_id


class OrderRoutes:
    """The routes in one form.

    Args:
        model: the body of an order.
        show: makes it.
    """

    def __init__(self, model: type[WireModel], show: Callable[[Order], WireModel]) -> None:
        self._model = model
        self._show = show

    def router(self, prefix: str, *, deprecated: bool = False) -> APIRouter:
        """The routes under a prefix."""
        router = APIRouter(prefix=prefix, tags=["orders"], deprecated=deprecated)
        one = "/orders/{order_id}"
        seen = error_answers(401, 404)
        changed = error_answers(400, 401, 404, 409)
        order, orders = self._model, list[self._model]  # type: ignore[name-defined]  # a type made at run time
        add = router.add_api_route
        placed = error_answers(400, 401, 409)
        add("/orders", self.place, methods=["POST"], status_code=201, response_model=order, responses=placed)
        add("/orders", self.of_caller, methods=["GET"], response_model=orders, responses=error_answers(400, 401))
        add(one, self.one, methods=["GET"], response_model=order, responses=seen)
        refused = error_answers(401, 403, 404, 409)
        add(f"{one}/confirm", self.confirm, methods=["POST"], response_model=order, responses=refused)
        add(f"{one}/cancel", self.cancel, methods=["POST"], response_model=order, responses=changed)
        declined = changed | error_answers(402)
        add(f"{one}/pay", self.pay, methods=["POST"], response_model=Paid, responses=declined)
        return router

    async def place(self, body: PlaceOrder, caller: AnyCaller, use: Use) -> Any:
        """Place an order; without `items` for what is in the cart."""
        customer_id = body.customer_id if caller.is_staff and body.customer_id else caller.user_id
        address = body.shipping_address.as_address() if body.shipping_address else None
        method = body.payment_method.as_method() if body.payment_method else None
        if body.items is None:
            return self._show(
                await use.checkout.order_cart(
                    customer_id,
                    discount_code=body.discount_code,
                    shipping_address=address,
                    payment_method=method,
                ),
            )
        order = await use.orders.create_order(
            customer_id,
            [item.as_requested() for item in body.items],
            discount_code=body.discount_code,
            shipping_address=address,
            payment_method=method,
        )
        return self._show(order)

    async def of_caller(self, caller: AnyCaller, use: Use, limit: Annotated[int, Query(ge=1, le=100)] = 100) -> Any:
        """The caller's orders, the newest first."""
        return [self._show(order) for order in await use.orders.list_orders(caller.user_id, limit)]

    async def one(self, order_id: str, caller: AnyCaller, use: Use) -> Any:
        """One order; another customer's does not exist."""
        return self._show(await use.orders.get_order(order_id, visible_to=_sight(caller)))

    async def confirm(self, order_id: str, _staff: Staff, use: Use) -> Any:
        """Confirm an order without a payment."""
        return self._show(await use.fulfilment.confirm(order_id))

    async def cancel(self, order_id: str, caller: AnyCaller, use: Use, body: CancelOrder | None = None) -> Any:
        """Cancel an order: pays back and gives the stock back."""
        reason = (body or CancelOrder()).reason
        return self._show(await use.fulfilment.cancel(order_id, reason, visible_to=_sight(caller)))

    async def pay(self, order_id: str, body: PayOrder, caller: AnyCaller, use: Use) -> Paid:
        """Pay for an order, which confirms it."""
        method = body.payment_method.as_method()
        order = await use.fulfilment.pay(order_id, method, visible_to=_sight(caller))
        return Paid(order_id=order.id, payment_id=order.payment_id, payment_status="COMPLETED")


@cache
def routes() -> APIRouter:
    """The current form, under /api, and the former one, deprecated."""
    both = APIRouter()
    both.include_router(OrderRoutes(OrderOut, OrderOut.of).router("/api"))
    both.include_router(OrderRoutes(FormerOrder, FormerOrder.of).router("", deprecated=True))
    return both
