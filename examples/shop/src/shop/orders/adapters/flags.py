"""Feature flags kept in the settings."""

from collections.abc import Mapping

from shop.orders.service.ports import FlagClient


class FixedFlags(FlagClient):
    """Flags switched on for named users; `*` stands for everybody.

    Args:
        users_by_flag: for each flag the users who have it.
    """

    def __init__(self, users_by_flag: Mapping[str, frozenset[str]]) -> None:
        self._users_by_flag = users_by_flag

    async def is_enabled(self, flag: str, *, user_id: str) -> bool:
        users = self._users_by_flag.get(flag, frozenset())
        return user_id in users or "*" in users
