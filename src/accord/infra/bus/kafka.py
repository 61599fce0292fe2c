"""The bus on Kafka: a topic for each subject; a group's offsets say what it has taken."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from accord.infra.bus.brokered import BrokeredBus, needing_client, unreachable
from accord.infra.bus.message import KEY, again, from_headers, to_headers
from accord.infra.bus.port import MessageTooLargeError, Observer, Subscription
from accord.infra.bus.redelivery import Verdict, dead_letter, handle
from accord.infra.bus.subjects import expression, is_pattern, name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiokafka import AIOKafkaConsumer, TopicPartition

    from accord.infra.bus.message import Message

    Record = Any  # aiokafka has no types

_NEWS = 100  # milliseconds between two looks for topics that are new
_OVERHEAD = 1024  # bytes of a record that are not its value


class KafkaBus(BrokeredBus):
    """A bus on Kafka, by a plain producer.

    Kafka has no second delivery: the member keeps a message that failed and tries again, while those of the same
    partition wait; its attempts are not known to whoever takes over from it. A group that comes later sees what was
    published before.
    """

    kind = "kafka"

    def __init__(
        self,
        bootstrap: str,
        *,
        prefix: str = "",
        make_topic: Callable[[str], object] | None = None,
        session: float = 1.0,
    ) -> None:
        """Describe it; nothing is connected before it is started.

        Args:
            bootstrap: ``host:9092``.
            prefix: goes before every topic and group, where the broker is shared with others.
            make_topic: called in a thread with each subject before it is first used; by default topics are there
                already or made by the broker.
            session: seconds after which a member that died is missed. The broker may refuse less than 6.
        """
        super().__init__()
        self._bootstrap = bootstrap
        self._prefix = f"{prefix}." if prefix else ""
        self._make_topic = make_topic
        self._session = round(session * 1000)
        self._producer: Any = None
        self._made: set[str] = set()
        self._making = asyncio.Lock()
        self._consumers: dict[Subscription, AIOKafkaConsumer] = {}

    async def _open(self) -> None:
        with needing_client("aiokafka", self.kind):
            import aiokafka  # noqa: PLC0415 - an extra, and heavy
        self._producer = aiokafka.AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, enable_idempotence=False, max_request_size=self.max_bytes + _OVERHEAD
        )
        try:
            await self._producer.start()
        except (OSError, aiokafka.errors.KafkaError) as error:
            await self._producer.stop()
            raise unreachable(self.kind, self._bootstrap, error) from error

    async def _close(self) -> None:
        await self._end_background()
        await self._producer.stop()

    async def _ensure(self, subject: str) -> None:
        """Make the topic where that is ours to do."""
        async with self._making:
            if subject not in self._made and self._make_topic is not None and not is_pattern(subject):
                await asyncio.to_thread(self._make_topic, subject)
            self._made.add(subject)

    async def _transmit(self, message: Message) -> None:
        import aiokafka  # noqa: PLC0415 - as above

        await self._ensure(message.subject)
        headers = [(name, value.encode()) for name, value in to_headers(message).items() if name != KEY]
        key = None if message.key is None else message.key.encode()
        try:
            await self._producer.send_and_wait(self._prefix + message.subject, message.data, key=key, headers=headers)
        except aiokafka.errors.MessageSizeTooLargeError as error:
            raise MessageTooLargeError(message.subject, len(message.data), self.max_bytes) from error
        except (OSError, aiokafka.errors.KafkaError) as error:
            raise unreachable(self.kind, self._bootstrap, error) from error

    async def _join(self, subscription: Subscription) -> None:
        from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 - as above

        await self._ensure(subscription.pattern)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=self._prefix + name_of(subscription.group, subscription.pattern),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=self._session,
            heartbeat_interval_ms=self._session // 5,
            metadata_max_age_ms=_NEWS * 5,
        )
        joined = _joined()
        if is_pattern(subscription.pattern):
            consumer.subscribe(pattern=expression(subscription.pattern, self._prefix).pattern + "$", listener=joined)
        else:
            consumer.subscribe([self._prefix + subscription.pattern], listener=joined)
        await consumer.start()
        if not is_pattern(subscription.pattern):  # of a pattern there may be no topic yet
            await asyncio.wait_for(joined.event.wait(), 30)
        self._consumers[subscription] = consumer
        subscription.task = asyncio.create_task(self._serve(consumer, subscription))

    async def _serve(self, consumer: AIOKafkaConsumer, subscription: Subscription) -> None:
        try:
            while True:
                await self._deliver(consumer, await consumer.getone(), subscription)
        finally:
            self._consumers.pop(subscription, None)
            with contextlib.suppress(Exception):  # the broker may be gone
                await consumer.stop()

    async def _deliver(self, consumer: AIOKafkaConsumer, raw: Record, subscription: Subscription) -> None:
        from aiokafka import TopicPartition  # noqa: PLC0415 - as above
        from aiokafka.errors import CommitFailedError, IllegalStateError  # noqa: PLC0415 - as above

        message = self._message(raw)
        outcome = await handle(subscription.handler, message, subscription.redelivery)
        while outcome.verdict is Verdict.AGAIN:
            await asyncio.sleep(outcome.delay)
            message = again(message, message.attempt + 1)
            outcome = await handle(subscription.handler, message, subscription.redelivery)
        if outcome.verdict is Verdict.DEAD:
            letter = dead_letter(message, subscription.group, outcome.reason)
            if letter is not None:
                await self.send(letter)
        # Another member may have this partition by now; then it delivers the message again.
        with contextlib.suppress(CommitFailedError, IllegalStateError):
            await consumer.commit({TopicPartition(raw.topic, raw.partition): raw.offset + 1})
        self._finished(subscription, message)

    async def _watch(self, observer: Observer) -> None:
        from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 - as above

        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        places: dict[TopicPartition, int] = {}
        known = await self._new_partitions(consumer, observer, places)
        if known:  # what is in these was published before
            places.update(await consumer.end_offsets(known))
        self._in_background(self._tell(consumer, observer, places))

    async def _tell(self, consumer: AIOKafkaConsumer, observer: Observer, places: dict[TopicPartition, int]) -> None:
        """Tell of all that comes, also in topics that are made later."""
        assigned: set[TopicPartition] = set()
        try:
            while True:
                await self._new_partitions(consumer, observer, places)
                if set(places) != assigned:
                    assigned = set(places)
                    consumer.assign(sorted(assigned))
                    for partition, offset in places.items():
                        consumer.seek(partition, offset)
                if not assigned:
                    await asyncio.sleep(_NEWS / 1000)
                    continue
                for partition, records in (await consumer.getmany(timeout_ms=_NEWS)).items():
                    for raw in records:
                        observer.tell(self._message(raw))
                        places[partition] = raw.offset + 1
        finally:
            await consumer.stop()

    async def _new_partitions(
        self, consumer: AIOKafkaConsumer, observer: Observer, places: dict[TopicPartition, int]
    ) -> list[TopicPartition]:
        """The partitions of the pattern's topics that are not in ``places`` yet; they begin at the beginning there."""
        from aiokafka import TopicPartition  # noqa: PLC0415 - as above

        wanted = expression(observer.pattern, self._prefix)
        topics = [topic for topic in await consumer.topics() if wanted.fullmatch(topic)]
        found = [
            TopicPartition(topic, number)
            for topic in topics
            for number in consumer.partitions_for_topic(topic) or await self._producer.partitions_for(topic)
        ]
        new = [each for each in found if each not in places]
        places.update(dict.fromkeys(new, 0))
        return new

    async def _backlog(self, subscriptions: list[Subscription]) -> int:
        count = 0
        for subscription in subscriptions:
            consumer = self._consumers.get(subscription)
            if consumer is None or not consumer.assignment():
                continue
            for partition, end in (await consumer.end_offsets(list(consumer.assignment()))).items():
                count += max(0, end - await consumer.position(partition))
        return count

    def _message(self, raw: Record) -> Message:
        headers = {name: value.decode(errors="replace") for name, value in raw.headers}
        if raw.key is not None:
            headers[KEY] = raw.key.decode(errors="replace")
        place = f"{raw.topic}-{raw.partition}-{raw.offset}"
        return from_headers(raw.topic.removeprefix(self._prefix), raw.value or b"", headers, place=place)


def _joined() -> Any:
    """A listener that knows when a consumer has its share of the partitions, be it none."""
    from aiokafka import ConsumerRebalanceListener  # noqa: PLC0415 - as above

    class Joined(ConsumerRebalanceListener):  # type: ignore[misc]  # its type is only known once it is loaded
        def __init__(self) -> None:
            self.event = asyncio.Event()

        def on_partitions_revoked(self, _: object) -> None:
            pass

        def on_partitions_assigned(self, _: object) -> None:
            self.event.set()

    return Joined()
