"""Sagas at work: whatever happens to an order moves its saga, in one transaction with what comes of it."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from shop.orders.domain import events, saga_messages
from shop.orders.domain.order import Order
from shop.orders.domain.saga import AT_REST, Saga, Step, begin, react
from shop.orders.domain.saga_messages import CancelOrder, Command, ConfirmOrder, SagaEvent, TimeLimitPassed
from shop.orders.service.ports import Clock, OrderRepository, SagaStore

_log = logging.getLogger(__name__)


class OrderSagas:
    """Moves sagas on.

    Args:
        repository: keeps orders, and does not tell sagas of them.
        store: keeps sagas.
        clock: the present moment.
        time_limit: how long a saga waits before it acts by itself.
    """

    def __init__(
        self,
        repository: OrderRepository,
        store: SagaStore,
        *,
        clock: Clock,
        time_limit: timedelta,
    ) -> None:
        self._repository = repository
        self._store = store
        self._clock = clock
        self._time_limit = time_limit

    async def tell(self, order_id: str, event: SagaEvent) -> None:
        """Move an order's saga on; an order without one stays as it is."""
        async with self._store.transaction():
            saga = await self._store.find(order_id)
            if saga is None:
                _log.warning("there is no saga of order %s to tell of %s", order_id, type(event).__name__)
                return
            await self._take(saga, react(saga, event))

    async def end_overdue(self) -> int:
        """Tell all sagas that have waited for too long; give how many there were."""
        late = await self._store.overdue(self._clock())
        for order_id in late:
            try:
                await self._end(order_id)
            except Exception:  # noqa: BLE001 - one order's trouble is not the others'
                _log.exception("the time limit of order %s could not be kept", order_id)
        return len(late)

    async def save(self, order: Order) -> None:
        """Store an order and tell its saga what happened to it, which may refuse.

        Raises:
            OrderStateError: the saga is cancelling the order.
            ConcurrentModificationError: somebody else stored the order since it was read.
        """
        async with self._store.transaction():
            # The saga comes first, here as in `tell`: two that wait for each other would wait for ever.
            before = await self._store.find(order.id) if order.events and order.version else None
            saga, commands = before, list[Command]()
            for event in order.events:
                saga, more = _told(saga, order, event)
                commands += more
            await self._repository.save(order)
            if saga is not None:
                await self._keep(before, saga, commands)

    async def _end(self, order_id: str) -> None:
        async with self._store.transaction():
            saga = await self._store.find(order_id, overdue_at=self._clock())
            if saga is not None:  # nobody else was faster
                await self._take(saga, react(saga, TimeLimitPassed()))

    async def _take(self, saga: Saga, step: Step) -> None:
        moved, commands = step
        for command in commands:
            if isinstance(command, ConfirmOrder | CancelOrder):
                await self._change_order(saga.order_id, command)
        await self._keep(saga, moved, commands)

    async def _keep(self, before: Saga | None, saga: Saga, commands: Sequence[Command]) -> None:
        if before == saga and not commands:
            return
        for_participants = [command for command in commands if not isinstance(command, ConfirmOrder | CancelOrder)]
        until = None if saga.state in AT_REST else self._clock() + self._time_limit
        await self._store.save(saga, for_participants, waits_until=until)

    async def _change_order(self, order_id: str, command: ConfirmOrder | CancelOrder) -> None:
        order = await self._repository.find_by_id(order_id)
        if order is None:
            raise LookupError(f"order {order_id} has a saga and is not there")
        if isinstance(command, ConfirmOrder):
            order.paid(command.payment_id, self._clock())
        else:
            order.cancel(command.reason, self._clock())
        await self._repository.save(order)


class SagaOrderRepository(OrderRepository):
    """The repository for everyone else: what is stored through it, the order's saga hears of.

    Args:
        repository: keeps the orders.
        sagas: are told.
    """

    def __init__(self, repository: OrderRepository, sagas: OrderSagas) -> None:
        self._repository = repository
        self._sagas = sagas

    async def save(self, order: Order) -> None:
        await self._sagas.save(order)

    async def find_by_id(self, order_id: str) -> Order | None:
        return await self._repository.find_by_id(order_id)

    async def find_by_customer_id(self, customer_id: str, limit: int = 100) -> list[Order]:
        return await self._repository.find_by_customer_id(customer_id, limit)


def _told(saga: Saga | None, order: Order, event: events.OrderEvent) -> tuple[Saga | None, Sequence[Command]]:
    """What an order's own event makes of its saga; an order of a time before sagas has none."""
    match event:
        case events.OrderPlaced():
            return begin(order.id, order.customer_id, order.total_amount, event.payment_method)
        case _ if saga is None:
            return None, ()
        case events.OrderConfirmed():
            return react(saga, saga_messages.OrderConfirmed(order.payment_id))
        case events.OrderCancelled():
            return react(saga, saga_messages.OrderCancelled(event.reason))
        case _:
            assert_never(event)
