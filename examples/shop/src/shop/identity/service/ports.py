"""What UserService needs from outside, in its own words."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime

from shop.identity.domain.user import PaymentMethod, User

Clock = Callable[[], datetime]
IdFactory = Callable[[], str]


class UserRepository(ABC):
    """Keeps users."""

    @abstractmethod
    async def add(self, user: User) -> None:
        """Store a new user.

        Raises:
            EmailTakenError: somebody has the address already.
        """

    @abstractmethod
    async def find_by_id(self, user_id: str) -> User | None: ...

    @abstractmethod
    async def find_by_email(self, email: str) -> User | None: ...

    @abstractmethod
    async def payment_method_of(self, user_id: str) -> PaymentMethod | None: ...

    @abstractmethod
    async def store_payment_method(self, user_id: str, method: PaymentMethod) -> None:
        """Store a user's payment method instead of the one before."""


class PasswordHasher(ABC):
    """Makes of passwords what may be stored."""

    @abstractmethod
    async def hashed(self, password: str) -> str: ...

    @abstractmethod
    async def matches(self, password: str, stored: str) -> bool: ...


class TokenIssuer(ABC):
    """Says in a token who somebody is."""

    @abstractmethod
    def token_for(self, user: User) -> str: ...
