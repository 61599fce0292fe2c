"""The clock of the sagas."""

import asyncio
import logging

from shop.orders.service.sagas import OrderSagas

_log = logging.getLogger(__name__)


class TimeLimits:
    """Looks again and again for sagas that have waited for too long.

    Args:
        sagas: are told.
        interval: seconds between looks.
    """

    def __init__(self, sagas: OrderSagas, interval: float = 1.0) -> None:
        self._sagas = sagas
        self._interval = interval

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self._sagas.end_overdue()
            except Exception:  # noqa: BLE001 - a database that is away comes back; the sagas are still there
                _log.exception("time limits: could not look; next try in %s s", self._interval)
            await asyncio.sleep(self._interval)
