"""What can be wrong with users, in the domain's words."""


class IdentityError(Exception):
    """Base of UserService's own errors."""


class InvalidUserError(IdentityError):
    """A name, an address or a password will not do; the text says why."""


class EmailTakenError(IdentityError):
    """Somebody has this address already."""

    def __init__(self) -> None:
        super().__init__("This email address is registered already")


class WrongCredentialsError(IdentityError):
    """The address or the password is wrong; which of them nobody is told."""

    def __init__(self) -> None:
        super().__init__("Wrong email address or password")


class NoPaymentMethodError(IdentityError):
    """The user has stored no payment method."""

    def __init__(self, user_id: str) -> None:
        super().__init__("No payment method")
        self.user_id = user_id


class UserNotFoundError(IdentityError):
    """There is no such user."""

    def __init__(self, user_id: str) -> None:
        super().__init__("User not found")
        self.user_id = user_id
