"""Tokens for users."""

from datetime import timedelta

from shop.identity.domain.user import User
from shop.identity.service.ports import Clock, TokenIssuer
from shop.kit.tokens import issue


class JwtIssuer(TokenIssuer):
    """Signs tokens.

    Args:
        secret: what the gateway reads them with.
        lifetime: how long a token is good.
        clock: the present moment.
    """

    def __init__(self, secret: str, lifetime: timedelta, clock: Clock) -> None:
        self._secret = secret
        self._lifetime = lifetime
        self._clock = clock

    def token_for(self, user: User) -> str:
        return issue(user.id, user.roles, secret=self._secret, now=self._clock(), lifetime=self._lifetime)
