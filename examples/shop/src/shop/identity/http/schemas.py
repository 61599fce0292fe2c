"""The bodies."""

from typing import Annotated, Self

from pydantic import SecretStr, StringConstraints

from shop.identity.domain.user import PaymentMethod, User
from shop.identity.service.accounts import Session
from shop.kit.wire import WireModel

Text = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]


class LogIn(WireModel):
    """Who wants a token; the password is shown in no log."""

    email: Text
    password: SecretStr


class Register(LogIn):
    """Who wants to be a customer."""

    name: Text


class SessionOut(WireModel):
    """A token, and whose it is."""

    access_token: str
    user_id: str

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(access_token=session.access_token, user_id=session.user_id)


class UserOut(WireModel):
    """A user, without what only they may know."""

    id: str
    name: str
    email: str

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(id=user.id, name=user.name, email=user.email)


class PaymentMethodBody(WireModel):
    """How a user pays."""

    type: Text
    token: Text

    @classmethod
    def of(cls, method: PaymentMethod) -> Self:
        return cls(type=method.type, token=method.token)

    def as_method(self) -> PaymentMethod:
        return PaymentMethod(self.type.strip(), self.token.strip())
