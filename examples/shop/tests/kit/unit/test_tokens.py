import base64
import json
from datetime import timedelta

import jwt
import pytest
from shop_doubles.moments import NOON

from shop.kit.settings import SettingsError, Variables
from shop.kit.tokens import DEVELOPMENT_SECRET, InvalidTokenError, issue, read, token_secret

SECRET = "s" * 32
HOUR = timedelta(hours=1)


def token(**changes: str) -> str:
    return issue("user-1", {"staff"}, secret=changes.get("secret", SECRET), now=NOON, lifetime=HOUR)


def unsigned() -> str:
    parts = [{"alg": "none"}, {"iss": "UserService", "sub": "user-1", "exp": NOON.timestamp() + 60}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def test_a_token_says_who_somebody_is() -> None:
    identity = read(token(), secret=SECRET, now=NOON + HOUR - timedelta(seconds=1))
    assert (identity.user_id, identity.roles) == ("user-1", frozenset({"staff"}))


def test_a_token_expires() -> None:
    with pytest.raises(InvalidTokenError, match="the token has expired"):
        read(token(), secret=SECRET, now=NOON + HOUR)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "a.b.c",
        token(secret="t" * 32),
        token()[:-2] + "xx",
        unsigned(),
        jwt.encode({"iss": "Somebody", "sub": "user-1", "exp": NOON + HOUR}, SECRET),
        jwt.encode({"iss": "UserService", "sub": "user-1"}, SECRET),
        jwt.encode({"iss": "UserService", "exp": NOON + HOUR}, SECRET),
    ],
)
def test_a_forged_token_is_refused(forged: str) -> None:
    with pytest.raises(InvalidTokenError, match="not a token of this shop"):
        read(forged, secret=SECRET, now=NOON)


@pytest.mark.parametrize(
    ("values", "problem"),
    [({}, "expected a secret in production, saw none"), ({"SHOP_TOKEN_SECRET": "short"}, "expected at least 32")],
)
def test_production_needs_a_secret_of_its_own(values: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        token_secret(Variables(values))


def test_elsewhere_there_is_a_default() -> None:
    assert token_secret(Variables({"SHOP_STAGE": "test"})) == DEVELOPMENT_SECRET
