"""Callers by their tokens."""

from collections.abc import Callable
from datetime import datetime

from shop.gateway.service.ports import Caller, CallerReader
from shop.kit.callers import Role, TokenVerifier
from shop.kit.tokens import InvalidTokenError, read


class TokenCallerReader(CallerReader):
    """Reads UserService's tokens; outside production the test tokens too.

    Args:
        secret: what UserService signs with.
        known: the tokens that are no JWT.
        clock: the present moment.
    """

    def __init__(self, secret: str, known: TokenVerifier, clock: Callable[[], datetime]) -> None:
        self._secret = secret
        self._known = known
        self._clock = clock

    def caller_of(self, token: str) -> Caller | None:
        if found := self._known.verify(token):
            return Caller(found.user_id, found.is_staff)
        try:
            identity = read(token, secret=self._secret, now=self._clock())
        except InvalidTokenError:
            return None
        return Caller(identity.user_id, Role.STAFF in identity.roles)
