"""Registering, logging in, and looking users up."""

from dataclasses import dataclass
from uuid import uuid4

from shop.identity.domain.errors import InvalidUserError, NoPaymentMethodError, UserNotFoundError, WrongCredentialsError
from shop.identity.domain.user import PaymentMethod, User, check_password, normalized
from shop.identity.service.ports import IdFactory, PasswordHasher, TokenIssuer, UserRepository


@dataclass(frozen=True, slots=True)
class Session:
    """What a log-in gives."""

    access_token: str
    user_id: str


class Accounts:
    """The users of the shop.

    Args:
        repository: keeps them.
        hasher: makes of passwords what may be stored.
        tokens: says in a token who somebody is.
        new_id: makes user ids; random ones when left out.
    """

    def __init__(
        self,
        repository: UserRepository,
        hasher: PasswordHasher,
        tokens: TokenIssuer,
        *,
        new_id: IdFactory | None = None,
    ) -> None:
        self._repository = repository
        self._hasher = hasher
        self._tokens = tokens
        self._new_id = new_id or (lambda: f"user-{uuid4()}")
        self._nobody = ""

    async def register(self, name: str, email: str, password: str, roles: frozenset[str] = frozenset()) -> User:
        """Make a user.

        Raises:
            InvalidUserError: the name, the address or the password will not do.
            EmailTakenError: somebody has the address already.
        """
        check_password(password)
        User.create("", name, email, "", roles)  # refused before the hash, which takes long, is made
        user = User.create(self._new_id(), name, email, await self._hasher.hashed(password), roles)
        await self._repository.add(user)
        return user

    async def log_in(self, email: str, password: str) -> Session:
        """Give a token to whoever knows the password.

        Raises:
            WrongCredentialsError: nobody has this address, or the password is another.
        """
        try:
            user = await self._repository.find_by_email(normalized(email))
            check_password(password)
        except InvalidUserError:
            raise WrongCredentialsError from None
        # An unknown address takes as long as a wrong password: the time does not tell who is registered.
        stored = user.password_hash if user else await self._hash_of_nobody()
        if not await self._hasher.matches(password, stored) or user is None:
            raise WrongCredentialsError
        return Session(self._tokens.token_for(user), user.id)

    async def user(self, user_id: str) -> User:
        """One user.

        Raises:
            UserNotFoundError: there is none.
        """
        user = await self._repository.find_by_id(user_id)
        if user is None:
            raise UserNotFoundError(user_id)
        return user

    async def payment_method(self, user_id: str) -> PaymentMethod:
        """How a user pays.

        Raises:
            NoPaymentMethodError: nothing is stored, or there is no such user.
        """
        method = await self._repository.payment_method_of(user_id)
        if method is None:
            raise NoPaymentMethodError(user_id)
        return method

    async def store_payment_method(self, user_id: str, method: PaymentMethod) -> PaymentMethod:
        """Keep how a user pays, for the orders to come.

        Raises:
            UserNotFoundError: there is none.
        """
        await self.user(user_id)
        await self._repository.store_payment_method(user_id, method)
        return method

    async def _hash_of_nobody(self) -> str:
        self._nobody = self._nobody or await self._hasher.hashed(str(uuid4()))
        return self._nobody
