"""What the API answers to each error of the domain."""

from collections.abc import Mapping

from shop.identity.domain.errors import (
    EmailTakenError,
    InvalidUserError,
    NoPaymentMethodError,
    UserNotFoundError,
    WrongCredentialsError,
)
from shop.kit.errors import Explain, Problem


def _invalid(error: InvalidUserError) -> Problem:
    return Problem(400, "validation_error", str(error))


def _taken(error: EmailTakenError) -> Problem:
    return Problem(409, "email_taken", str(error))


def _wrong(error: WrongCredentialsError) -> Problem:
    return Problem(401, "unauthorized", str(error))


def _not_found(error: UserNotFoundError | NoPaymentMethodError) -> Problem:
    return Problem(404, "not_found", str(error))


EXPLANATIONS: Mapping[type[Exception], Explain] = {
    InvalidUserError: _invalid,
    EmailTakenError: _taken,
    WrongCredentialsError: _wrong,
    UserNotFoundError: _not_found,
    NoPaymentMethodError: _not_found,
}
