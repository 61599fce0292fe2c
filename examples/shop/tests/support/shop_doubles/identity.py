"""UserService's ports as fakes."""

import argon2

from shop.identity.adapters.passwords import Argon2Hasher
from shop.identity.domain.errors import EmailTakenError
from shop.identity.domain.user import PaymentMethod, User
from shop.identity.service.ports import PasswordHasher, TokenIssuer, UserRepository

PASSWORD = "correct horse"


class FakeUserRepository(UserRepository):
    """Users in memory, with the real one's uniqueness rule."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.methods: dict[str, PaymentMethod] = {}

    async def add(self, user: User) -> None:
        if await self.find_by_email(user.email):
            raise EmailTakenError
        self.users[user.id] = user

    async def find_by_id(self, user_id: str) -> User | None:
        return self.users.get(user_id)

    async def find_by_email(self, email: str) -> User | None:
        return next((user for user in self.users.values() if user.email == email), None)

    async def payment_method_of(self, user_id: str) -> PaymentMethod | None:
        return self.methods.get(user_id)

    async def store_payment_method(self, user_id: str, method: PaymentMethod) -> None:
        self.methods[user_id] = method


class FakeHasher(PasswordHasher):
    """Turns passwords round, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def hashed(self, password: str) -> str:
        return password[::-1]

    async def matches(self, password: str, stored: str) -> bool:
        self.asked += 1
        return password[::-1] == stored


class FakeIssuer(TokenIssuer):
    """A token is the user's id."""

    def token_for(self, user: User) -> str:
        return f"token of {user.id}"


def quick_hasher() -> Argon2Hasher:
    """The real hasher with the least work that argon2 allows."""
    return Argon2Hasher(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
