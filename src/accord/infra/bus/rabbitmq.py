"""The bus on RabbitMQ: a topic exchange, a quorum queue for each group, and an exchange for dead letters."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from accord.infra.bus.brokered import BrokeredBus, needing_client, unreachable
from accord.infra.bus.message import CONTENT_TYPE, from_headers, to_headers
from accord.infra.bus.redelivery import ATTEMPTS, GROUP, Outcome, Verdict, handle
from accord.infra.bus.subjects import DEAD, is_pattern, name_of

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

    from accord.infra.bus.message import Message
    from accord.infra.bus.port import Observer, Subscription

_DELIVERIES = "x-delivery-count"  # a quorum queue's own count of the deliveries before this one
_MOST_ATTEMPTS = 1_000


class RabbitBus(BrokeredBus):
    """A bus on RabbitMQ. A group is a durable queue, there from its first subscription on; nothing from before is seen.

    The broker counts the attempts, and its dead-letter exchange takes what is refused, without the reason. One member
    gets its messages in order; several members of a group share them without regard to keys.
    """

    kind = "rabbitmq"
    max_bytes = 16 * 1024 * 1024  # the default of RabbitMQ 4; before it was 128 MiB

    def __init__(self, url: str, *, exchange: str = "events") -> None:
        """Describe it; nothing is connected before it is started.

        Args:
            url: ``amqp://user:password@host:5672/virtual-host``.
            exchange: a topic exchange, made where it is not there; dead letters go to ``EXCHANGE.dead``.
        """
        super().__init__()
        self._url = url
        self._name = exchange
        self._connection: Any = None
        self._channel: Any = None
        self._exchange: Any = None
        self._dead: Any = None

    async def _open(self) -> None:
        with needing_client("aio-pika", self.kind):
            import aio_pika  # noqa: PLC0415 - an extra, and heavy
        try:
            self._connection = await aio_pika.connect(self._url, timeout=10)
        except (OSError, TimeoutError, aio_pika.exceptions.AMQPError) as error:
            parts = urlsplit(self._url)
            raise unreachable(self.kind, f"{parts.hostname}:{parts.port or 5672}", error) from error
        self._channel = await self._connection.channel()
        topic = aio_pika.ExchangeType.TOPIC
        self._exchange = await self._channel.declare_exchange(self._name, topic, durable=True)
        self._dead = await self._channel.declare_exchange(f"{self._name}.dead", topic, durable=True)

    async def _close(self) -> None:
        await self._connection.close()

    async def _transmit(self, message: Message) -> None:
        import aio_pika  # noqa: PLC0415 - as above

        packed = aio_pika.Message(
            message.data,
            headers=dict(to_headers(message)),
            content_type=message.headers.get(CONTENT_TYPE),
            message_id=message.id,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        try:
            await self._exchange.publish(packed, message.subject, mandatory=False)
        except (OSError, TimeoutError, aio_pika.exceptions.AMQPError) as error:
            raise unreachable(self.kind, str(self._name), error) from error

    async def _join(self, subscription: Subscription) -> None:
        channel = await self._connection.channel()
        await channel.set_qos(prefetch_count=1)
        queue = await channel.declare_queue(
            name_of(subscription.group, subscription.pattern),
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-dead-letter-exchange": f"{self._name}.dead",
                "x-delivery-limit": _MOST_ATTEMPTS,
            },
        )
        await self._bind(queue, subscription.pattern)
        subscription.task = asyncio.create_task(self._serve(channel, queue, subscription))

    async def _bind(self, queue: Any, pattern: str) -> None:
        """Bind a queue to the exchanges that have what the pattern stands for."""
        if not pattern.startswith(DEAD):
            await queue.bind(self._exchange, routing_key=_routing(pattern))
        first, _, rest = pattern.partition(".")
        if first in (">", "*", "dead"):
            await queue.bind(self._dead, routing_key=_routing(rest or ">"))

    async def _serve(self, channel: Any, queue: Any, subscription: Subscription) -> None:
        arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        await queue.consume(arrived.put)
        try:
            while True:
                await self._deliver(await arrived.get(), subscription)
        finally:
            with contextlib.suppress(Exception):  # the connection may be gone; what was not acknowledged goes back
                await channel.close()

    async def _deliver(self, raw: AbstractIncomingMessage, subscription: Subscription) -> None:
        message = self._message(raw)
        outcome: Outcome = await handle(subscription.handler, message, subscription.redelivery)
        if outcome.verdict is Verdict.AGAIN:
            await asyncio.sleep(outcome.delay)  # AMQP has no delay: it is kept here meanwhile, and the order with it
            await raw.nack(requeue=True)
            return
        if outcome.verdict is Verdict.DEAD:
            await raw.reject(requeue=False)
        else:
            await raw.ack()
        self._finished(subscription, message)

    async def _watch(self, observer: Observer) -> None:
        queue = await self._channel.declare_queue(exclusive=True)
        await self._bind(queue, observer.pattern)

        async def tell(raw: AbstractIncomingMessage) -> None:
            observer.tell(self._message(raw))

        await queue.consume(tell, no_ack=True)

    async def _backlog(self, subscriptions: list[Subscription]) -> int:
        count = 0
        for name in {name_of(each.group, each.pattern) for each in subscriptions}:
            queue = await self._channel.declare_queue(name, passive=True)
            count += queue.declaration_result.message_count or 0
        return count

    def _message(self, raw: AbstractIncomingMessage) -> Message:
        headers = {name: _text(value) for name, value in raw.headers.items() if not name.startswith("x-")}
        subject, attempt = raw.routing_key or "", 1
        before = raw.headers.get(_DELIVERIES)
        if isinstance(before, int):
            attempt += before
        if raw.exchange == f"{self._name}.dead":
            subject = DEAD + subject
            headers |= _of_dead_letter(raw)
        return from_headers(subject, raw.body, headers, place=raw.message_id or str(raw.delivery_tag), attempt=attempt)


def _of_dead_letter(raw: AbstractIncomingMessage) -> dict[str, str]:
    """What RabbitMQ tells of a dead letter: the queue it comes from, whose name begins with the group's."""
    queue = _text(raw.headers.get("x-first-death-queue", ""))
    return {GROUP: queue.rpartition("-")[0], ATTEMPTS: _text(raw.headers.get(_DELIVERIES, ""))}


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _routing(pattern: str) -> str:
    """The pattern as a topic exchange has it: ``#`` stands for none or more words there."""
    return pattern[:-1] + "*.#" if is_pattern(pattern) and pattern.endswith(">") else pattern
