"""The bus on NATS: JetStream keeps what is published, and counts each group's deliveries."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from accord.core.errors import UsageError
from accord.infra.bus.brokered import BrokeredBus, needing_client, unreachable
from accord.infra.bus.message import from_headers, to_headers
from accord.infra.bus.port import MessageTooLargeError, Observer, Subscription
from accord.infra.bus.redelivery import Outcome, Verdict, dead_letter, handle
from accord.infra.bus.subjects import name_of

if TYPE_CHECKING:
    from nats.aio.msg import Msg
    from nats.js import JetStreamContext

    from accord.infra.bus.message import Message

logger = logging.getLogger(__name__)

_OF_NATS = ("$", "_INBOX.")  # what the server and its clients say to each other
_DELIVERED = "$JS.ACK."  # what the reply subject of a delivery begins with
_PAUSE, _RETRIES = 0.1, 600  # seconds between two attempts to connect again, and how many
_FETCH = 1.0  # seconds that one request for a message stays open


class NatsBus(BrokeredBus):
    """A bus on JetStream. Everything below a subject's first word is one stream, made when it is first used.

    A group is a durable consumer that is given one message at a time, in order, also where several members share them;
    one that comes later sees what was published before.
    """

    kind = "nats"

    def __init__(self, url: str, *, prefix: str = "", in_flight: int = 1, ack_wait: float = 2.0) -> None:
        """Describe it; nothing is connected before it is started.

        Args:
            url: ``nats://user:password@host:4222``.
            prefix: goes before every subject, where the server is shared with others.
            in_flight: messages of a group that are handled at the same time; above 1 their order is not kept.
            ack_wait: seconds after which a message is delivered again whose handler's process has died.
        """
        super().__init__()
        self._url = url
        self._prefix = f"{prefix}." if prefix else ""
        self._in_flight = in_flight
        self._ack_wait = ack_wait
        self._client: Any = None
        self._streams: dict[str, str] = {}
        self._making = asyncio.Lock()

    async def _open(self) -> None:
        with needing_client("nats-py", self.kind):
            import nats  # noqa: PLC0415 - an extra, and heavy
        errors: list[Exception] = []

        async def note(error: Exception) -> None:
            errors.append(error)

        try:
            self._client = await nats.connect(
                self._url, error_cb=note, connect_timeout=5, reconnect_time_wait=_PAUSE, max_reconnect_attempts=2
            )
        except (OSError, TimeoutError, nats.errors.Error) as error:
            raise unreachable(self.kind, _shown(self._url), errors[0] if errors else error) from error
        self._client.options["max_reconnect_attempts"] = _RETRIES  # of a server that was there and is restarted
        self.max_bytes = self._client.max_payload

    async def _close(self) -> None:
        await self._client.close()
        self._streams.clear()

    @property
    def _jetstream(self) -> JetStreamContext:
        stream: JetStreamContext = self._client.jetstream()
        return stream

    async def _transmit(self, message: Message) -> None:
        import nats  # noqa: PLC0415 - as above

        subject = self._prefix + message.subject
        stream = await self._stream_of(subject)
        try:
            await self._jetstream.publish(subject, message.data, stream=stream, headers=to_headers(message))
        except nats.errors.MaxPayloadError as error:
            raise MessageTooLargeError(message.subject, len(message.data), self.max_bytes) from error
        except (nats.errors.Error, OSError, TimeoutError) as error:
            raise unreachable(self.kind, _shown(self._url), error) from error

    async def _stream_of(self, subject: str) -> str:
        """The stream that has a subject: of whoever made one, else made now."""
        from nats.js.errors import BadRequestError, NotFoundError  # noqa: PLC0415 - as above

        root = ".".join(subject.split(".")[: self._prefix.count(".") + 1])
        if "*" in root or ">" in root:
            raise UsageError(
                f"a group on {subject!r}: JetStream keeps a stream for each first word, so the nats bus needs that "
                "word in full, such as 'orders.>'; bus.observe takes any pattern"
            )
        async with self._making:
            if root not in self._streams:
                try:
                    self._streams[root] = await self._jetstream.find_stream_name_by_subject(subject)
                except NotFoundError:
                    name = re.sub(r"[^A-Za-z0-9_-]", "_", root)
                    with contextlib.suppress(BadRequestError):  # another process was faster
                        await self._jetstream.add_stream(name=name, subjects=[root, f"{root}.>"])
                    self._streams[root] = await self._jetstream.find_stream_name_by_subject(subject)
        return self._streams[root]

    async def _join(self, subscription: Subscription) -> None:
        from nats.js.api import ConsumerConfig  # noqa: PLC0415 - as above

        subject = self._prefix + subscription.pattern
        wished = ConsumerConfig(ack_wait=self._ack_wait, max_deliver=-1, max_ack_pending=self._in_flight)
        pull = await self._jetstream.pull_subscribe(
            subject,
            durable=name_of(subscription.group, subscription.pattern),
            stream=await self._stream_of(subject),
            config=wished,
        )
        subscription.task = asyncio.create_task(self._serve(pull, subscription))

    async def _serve(self, pull: JetStreamContext.PullSubscription, subscription: Subscription) -> None:
        from nats.errors import Error  # noqa: PLC0415 - as above
        from nats.errors import TimeoutError as Nothing  # noqa: PLC0415 - as above

        try:
            while not self._client.is_closed:
                try:
                    for raw in await pull.fetch(1, timeout=_FETCH):
                        await self._deliver(raw, subscription)
                except Nothing:
                    continue
                except Error as error:  # the server is away: it is asked again when it is back
                    logger.info("a member of %r on NATS waits: %s", subscription.group, error)
                    await asyncio.sleep(_PAUSE)
        finally:
            with contextlib.suppress(Exception):  # the connection may be gone
                await pull.unsubscribe()

    async def _deliver(self, raw: Msg, subscription: Subscription) -> None:
        message = self._message(raw)
        alive = asyncio.create_task(self._keep_alive(raw))
        try:
            outcome = await handle(subscription.handler, message, subscription.redelivery)
        except asyncio.CancelledError:
            if not subscription.crashed:
                await raw.nak()
            raise
        finally:
            alive.cancel()
        await self._answer(raw, message, subscription, outcome)

    async def _answer(self, raw: Msg, message: Message, subscription: Subscription, outcome: Outcome) -> None:
        if outcome.verdict is Verdict.AGAIN:
            await raw.nak(delay=outcome.delay)
            return
        letter = None
        if outcome.verdict is Verdict.DEAD:
            letter = dead_letter(message, subscription.group, outcome.reason)
        if letter is not None:
            await self.send(letter)
        await raw.ack_sync()
        self._finished(subscription, message)

    async def _keep_alive(self, raw: Msg) -> None:
        """Tell the server now and then that a slow handler is at work, else it delivers the message to another."""
        while True:
            await asyncio.sleep(self._ack_wait / 3)
            await raw.in_progress()

    async def _watch(self, observer: Observer) -> None:
        async def tell(raw: Msg) -> None:
            # JetStream's deliveries come by an inbox, which > stands for too, and bear the subject they had.
            if not raw.subject.startswith(_OF_NATS) and not raw.reply.startswith(_DELIVERED):
                observer.tell(self._message(raw))

        await self._client.subscribe(self._prefix + observer.pattern, cb=tell)
        await self._client.flush()  # from here on the server knows

    async def _backlog(self, subscriptions: list[Subscription]) -> int:
        count = 0
        for pattern, group in {(each.pattern, each.group) for each in subscriptions}:
            stream = await self._stream_of(self._prefix + pattern)
            known = await self._jetstream.consumer_info(stream, name_of(group, pattern))
            count += (known.num_pending or 0) + (known.num_ack_pending or 0)
        return count

    def _message(self, raw: Msg) -> Message:
        subject = raw.subject.removeprefix(self._prefix)
        if not raw.reply.startswith(_DELIVERED):
            return from_headers(subject, raw.data, raw.headers or {}, place="")
        seen = raw.metadata
        place = f"{seen.stream}-{seen.sequence.stream}"
        return from_headers(subject, raw.data, raw.headers or {}, place=place, attempt=seen.num_delivered)


def _shown(url: str) -> str:
    """The URL without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 4222}"
