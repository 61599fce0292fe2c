"""Access tokens: a JWT that UserService signs and the gateway reads, both with one secret."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from shop.kit.settings import SettingsError, Stage, Variables

DEVELOPMENT_SECRET = "no-secret-at-all-but-long-enough"  # noqa: S105 - no secret: refused in production
_SHORTEST_SECRET = 32  # characters: as many bytes as the hash gives
_ALGORITHM = "HS256"
_ISSUER = "UserService"


class InvalidTokenError(Exception):
    """A token is forged, expired or none of ours; the text says which."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a token speaks for."""

    user_id: str
    roles: frozenset[str] = frozenset()


def token_secret(variables: Variables) -> str:
    """The secret of `SHOP_TOKEN_SECRET`; outside production there is a default.

    Raises:
        SettingsError: production has none of its own, or it is too short.
    """
    secret = variables.optional("SHOP_TOKEN_SECRET")
    if secret is None:
        if variables.stage() is Stage.PRODUCTION:
            raise SettingsError("SHOP_TOKEN_SECRET", "expected a secret in production, saw none")
        return DEVELOPMENT_SECRET
    if len(secret) < _SHORTEST_SECRET:
        raise SettingsError("SHOP_TOKEN_SECRET", f"expected at least {_SHORTEST_SECRET} characters, saw {len(secret)}")
    return secret


def issue(user_id: str, roles: Iterable[str], *, secret: str, now: datetime, lifetime: timedelta) -> str:
    """A signed token."""
    claims = {"iss": _ISSUER, "sub": user_id, "roles": sorted(roles), "iat": now, "exp": now + lifetime}
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)


def read(token: str, *, secret: str, now: datetime) -> Identity:
    """Whom a token speaks for.

    Raises:
        InvalidTokenError: it is forged, expired or not ours.
    """
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],  # fixed here: what the token says of itself is not asked
            issuer=_ISSUER,
            options={"require": ["exp", "sub", "iss"], "verify_exp": False, "verify_iat": False},
        )
        expired = int(claims["exp"]) <= now.timestamp()
        identity = Identity(str(claims["sub"]), frozenset(str(role) for role in claims.get("roles", ())))
    except (jwt.InvalidTokenError, TypeError, ValueError) as error:
        raise InvalidTokenError(f"not a token of this shop: {error}") from error
    if expired:
        raise InvalidTokenError("the token has expired")
    return identity
