"""A user of the shop."""

import re
from dataclasses import dataclass
from typing import Self

from shop.identity.domain.errors import InvalidUserError

_ADDRESS = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)+")
_LONGEST_ADDRESS = 254
_LONGEST_NAME = 100
_LONGEST_METHOD = 200
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128


@dataclass(frozen=True, slots=True)
class User:
    """Who may buy; `roles` may hold `staff`."""

    id: str
    name: str
    email: str
    password_hash: str
    roles: frozenset[str] = frozenset()

    @classmethod
    def create(cls, user_id: str, name: str, email: str, password_hash: str, roles: frozenset[str]) -> Self:
        """A new user.

        Raises:
            InvalidUserError: the name is empty or too long, or the address is none.
        """
        name = name.strip()
        if not 1 <= len(name) <= _LONGEST_NAME:
            raise InvalidUserError(f"A name has 1 to {_LONGEST_NAME} characters")
        return cls(user_id, name, normalized(email), password_hash, roles)


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """How a user pays: a token that stands for a card, which this shop never sees."""

    type: str
    token: str

    def __post_init__(self) -> None:
        for name, text in (("type", self.type), ("token", self.token)):
            if not 1 <= len(text.strip()) <= _LONGEST_METHOD:
                raise InvalidUserError(f"A payment method's {name} has 1 to {_LONGEST_METHOD} characters")


def normalized(email: str) -> str:
    """The address as it is stored and looked for: without spaces around it, in small letters.

    Raises:
        InvalidUserError: it is no address.
    """
    address = email.strip().lower()
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise InvalidUserError("This is no email address")
    return address


def check_password(password: str) -> None:
    """Refuse a password that is too short, or long enough to keep the hash busy.

    Raises:
        InvalidUserError: it will not do.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidUserError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
