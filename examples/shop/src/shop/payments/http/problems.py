"""What the API answers to each error of the domain."""

from collections.abc import Mapping

from shop.kit.errors import Explain, Problem
from shop.kit.remote import RemoteServiceError
from shop.payments.domain.errors import (
    AlreadyChargedError,
    IdempotencyConflictError,
    InvalidChargeError,
    OrderNotFoundError,
    PaymentDeclinedError,
    PaymentNotFoundError,
)


def _invalid(error: InvalidChargeError) -> Problem:
    return Problem(400, "validation_error", str(error), [{"field": error.field, "message": str(error)}])


def _not_found(error: OrderNotFoundError | PaymentNotFoundError) -> Problem:
    return Problem(404, "not_found", str(error))


def _declined(error: PaymentDeclinedError) -> Problem:
    return Problem(402, error.code, str(error))


def _conflict(error: IdempotencyConflictError) -> Problem:
    return Problem(409, "idempotency_conflict", str(error))


def _charged(error: AlreadyChargedError) -> Problem:
    return Problem(409, "already_charged", str(error))


def _unavailable(error: RemoteServiceError) -> Problem:
    return Problem(503, "service_unavailable", f"{error.participant} gives no usable answer; try again")


EXPLANATIONS: Mapping[type[Exception], Explain] = {
    InvalidChargeError: _invalid,
    OrderNotFoundError: _not_found,
    PaymentNotFoundError: _not_found,
    PaymentDeclinedError: _declined,
    IdempotencyConflictError: _conflict,
    AlreadyChargedError: _charged,
    RemoteServiceError: _unavailable,
}
