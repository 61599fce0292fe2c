"""Looks every now and then whether a verification is missing too long, and has its webhook triggered again."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from accord.hub.service.moment import Moment
from accord.hub.service.reminding import due, remind
from accord.hub.storage.database import DatabaseUnavailableError
from accord.hub.wire.addresses import Addresses

if TYPE_CHECKING:
    from accord.hub.web.hub import Hub

LONGEST_PAUSE = 600.0
"""Seconds between two looks."""

log = logging.getLogger("accord.hub.webhooks")


class Reminder:
    """See the module.

    Args:
        hub: whose contracts.
        after_seconds: how long a verification may be missing, and how long until it is told again.
    """

    def __init__(self, hub: Hub, after_seconds: float) -> None:
        self._hub = hub
        self._after = int(after_seconds * 1_000_000)
        self._pause = min(LONGEST_PAUSE, after_seconds / 4)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(self._pause)
            if self._hub.url is None:
                continue  # nobody could follow the links yet
            try:
                await self.look(self._hub.url)
            except DatabaseUnavailableError as error:
                log.warning("missing verifications cannot be looked for: %s", error)

    async def look(self, url: str) -> int:
        """Remind of what is due now; how many entries came into the queue."""
        moment = Moment(self._hub.clock(), Addresses(url))
        # Read first: whoever publishes does not wait for a look that finds nothing.
        if not await self._hub.read(due, moment.now - self._after):
            return 0
        count = await self._hub.write(remind, moment, self._after)
        if count:
            log.info("reminded of missing verifications", extra={"count": count})
            self._hub.queued.set()
        return count
