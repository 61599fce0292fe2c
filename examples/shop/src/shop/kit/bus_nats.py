"""NATS JetStream: a stream for the shop, a subject for each channel, a durable reader for each service and channel."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from faststream.exceptions import NackMessage
from faststream.middlewares import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from nats.js.api import ConsumerConfig
from nats.js.errors import NotFoundError

from shop.kit.bus import Bus, Delivery, Receive, is_told_to_end
from shop.kit.envelope import Envelope
from shop.kit.trace import HEADER

_log = logging.getLogger(__name__)
_NEVER_GIVE_UP = -1


class NatsBus(Bus):
    """Messages in a stream on disk. What the relay sends twice within two minutes the server keeps once."""

    default_port = 4222

    def _made(self) -> NatsBroker:
        broker = NatsBroker(
            self._settings.url or "",
            name=self._wiring.service,
            connect_timeout=2,
            # The first connection is tried by us, a lost one by the driver, for as long as it takes.
            max_reconnect_attempts=_NEVER_GIVE_UP,
            reconnect_time_wait=self._settings.try_again,  # type: ignore[arg-type]  # the driver takes a fraction, too
            allow_reconnect=True,
            logger=_log,
            log_level=logging.DEBUG,
            apply_types=False,
        )
        stream = JStream(self._settings.prefix, subjects=[self._named(">")])
        for channel, receive in self._wiring.receivers.items():
            self._read(broker, stream, channel, receive)
        for channel in sorted(set(self._wiring.channel_of.values())):
            broker.publisher(self._named(channel), stream=stream)  # declares the stream, whoever is first
        return broker

    def _read(self, broker: NatsBroker, stream: JStream, channel: str, receive: Receive) -> None:
        subscriber = broker.subscriber(
            self._named(channel),
            stream=stream,
            durable=f"{self._wiring.service}-{channel}".replace(".", "-"),
            config=ConsumerConfig(ack_wait=self._settings.acknowledge_within, max_deliver=_NEVER_GIVE_UP),
            # One after the other: messages of one order stay in order. A lost bus does not answer what it was asked.
            pull_sub=PullSub(batch_size=1, timeout=self._settings.answer_within),
            ack_policy=AckPolicy.NACK_ON_ERROR,
            decoder=_undecoded,
            no_reply=True,
        )

        @subscriber
        async def handle(message: Any) -> None:
            number = message.raw_message.metadata.num_delivered or 1
            delivery = Delivery(channel, message.body, message.headers.get(HEADER), number)
            try:
                await receive(delivery)
            except Exception as error:
                raise NackMessage(delay=delivery.delay) from error  # as NACK_ON_ERROR, but not at once

    async def _until_lost(self, broker: NatsBroker) -> None:
        if not self._wiring.receivers and not self._wiring.channel_of:
            await super()._until_lost(broker)  # nothing was declared, so nothing can be lost
        stream = broker.config.connection_state.stream
        born = None
        while not self._ending.is_set():
            try:
                created = (await stream.stream_info(self._settings.prefix)).created
            except NotFoundError:
                return
            except (Exception, asyncio.CancelledError) as error:
                if is_told_to_end(error):
                    raise
                # Away, not lost: the driver connects again by itself.
                _log.debug("the bus does not say whether it has its stream: %r", error)
            else:
                born = born or created
                if created != born:  # another service has made it anew; our readers are gone all the same
                    return
            await self._pause()

    async def _send(self, channel: str, key: str, body: bytes, headers: dict[str, str]) -> None:  # noqa: ARG002 - the stream keeps all in order
        await self._broker.publish(
            body,
            self._named(channel),
            headers=headers,
            stream=self._settings.prefix,
            timeout=self._settings.answer_within,
        )

    def _extra_headers(self, event: Envelope) -> Mapping[str, str]:
        return {"Nats-Msg-Id": event.event_id}


async def _undecoded(message: Any) -> Any:
    """The message itself: what it says is judged by the consumer, which parks what cannot be read."""
    return message
