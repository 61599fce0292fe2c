"""The queue of webhooks, worked off in the background. It is in the database: a restart loses nothing."""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import TYPE_CHECKING

from accord.hub.domain.webhooks import RETRY_SECONDS
from accord.hub.storage import webhooks
from accord.hub.storage.database import DatabaseUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.hub.app.sending import Sender
    from accord.hub.storage.webhooks import Triggered
    from accord.hub.web.hub import Hub

POLL_SECONDS = 1.0
"""How often another process's entries are looked for."""

CLAIM_SECONDS = 60
"""How long a claim holds; longer than a target may take. A worker that died has its entries sent by another then."""

TOGETHER = 10
MICROS = 1_000_000

log = logging.getLogger("accord.hub.webhooks")


class QueueWorker:
    """Sends what is due.

    Args:
        hub: where the queue is.
        sender: sends.
        retry_seconds: how long after each failed try the next one comes.
    """

    def __init__(self, hub: Hub, sender: Sender, *, retry_seconds: Sequence[float] = RETRY_SECONDS) -> None:
        self._hub = hub
        self._sender = sender
        self._retry = tuple(retry_seconds)
        self._name = uuid.uuid4().hex
        self.sent = 0
        self.failed = 0

    async def run(self) -> None:
        """Work until cancelled; what is under way then is finished by whoever claims it next."""
        while True:
            try:
                worked = await self.work_once()
            except DatabaseUnavailableError as error:
                log.warning("the queue of webhooks cannot be read: %s", error)
                await asyncio.sleep(POLL_SECONDS)
                continue
            if not worked:
                await self._rest()

    async def _rest(self) -> None:
        self._hub.queued.clear()
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._hub.queued.wait()
        except TimeoutError:
            pass

    async def work_once(self) -> int:
        """Send what is due now; how many."""
        now = self._hub.clock()
        due = await self._hub.read(webhooks.next_due)
        if due is None or due > now:
            return 0
        claimed = await self._hub.write(webhooks.claim, self._name, now, now + CLAIM_SECONDS * MICROS, TOGETHER)
        await asyncio.gather(*(self._deliver(each) for each in claimed))
        return len(claimed)

    async def _deliver(self, triggered: Triggered) -> None:
        outcome = await self._sender.send(triggered.request, triggered.context, name=triggered.webhook_uuid)
        now = self._hub.clock()
        again = None
        if not outcome.success and triggered.attempts < len(self._retry):
            again = now + int(self._retry[triggered.attempts] * MICROS)
        self.sent += outcome.success
        self.failed += not outcome.success
        text = outcome.log
        if again is not None:
            text += f"Retrying in {self._retry[triggered.attempts]:g} seconds\n"
        await self._hub.write(
            webhooks.settle, triggered.id,
            success=outcome.success, status=outcome.status, log=text, now=now, again=again,
        )  # fmt: skip
        level = logging.INFO if outcome.success else logging.WARNING
        log.log(level, "webhook", extra={"webhook": triggered.webhook_uuid, "delivery": triggered.uuid,
                                         "success": outcome.success, "status": outcome.status})  # fmt: skip
