"""Why the gateway did not do what was asked."""

from http import HTTPStatus


class GatewayClientError(Exception):
    """Base of them all."""


class UnusableAnswerError(GatewayClientError):
    """Nobody can read what came back."""


class RefusedError(GatewayClientError):
    """The request was understood, and refused.

    Attributes:
        code: for programs, such as `insufficient_inventory`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class InvalidError(RefusedError):
    """What was sent breaks a rule: 400."""


class LogInNeededError(RefusedError):
    """The shop does not know who asks: 401."""


class PaymentDeclinedError(RefusedError):
    """The customer cannot pay so: 402."""


class NotThereError(RefusedError):
    """There is none, or none of this customer's: 404."""


class ConflictError(RefusedError):
    """It cannot be done as things are now: 409."""


class TryLaterError(GatewayClientError):
    """Not now: too many requests, or a service is not there.

    Attributes:
        code: for programs, such as `rate_limited`; `http_503` and its like where the answer names none.
        wait: seconds before it is worth another try.
    """

    def __init__(self, code: str, message: str, wait: float) -> None:
        super().__init__(message)
        self.code = code
        self.wait = wait


REFUSALS: dict[int, type[RefusedError]] = {
    HTTPStatus.BAD_REQUEST: InvalidError,
    HTTPStatus.UNAUTHORIZED: LogInNeededError,
    HTTPStatus.PAYMENT_REQUIRED: PaymentDeclinedError,
    HTTPStatus.NOT_FOUND: NotThereError,
    HTTPStatus.CONFLICT: ConflictError,
}
