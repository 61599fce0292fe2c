"""What can go wrong with a payment.

PaymentError
├── InvalidChargeError
├── OrderNotFoundError
├── PaymentNotFoundError
├── PaymentDeclinedError
├── IdempotencyConflictError
└── AlreadyChargedError
"""

from decimal import Decimal


class PaymentError(Exception):
    """Base of every error of this service."""


class InvalidChargeError(PaymentError):
    """A charge that does not fit its order; `field` names what does not."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class OrderNotFoundError(PaymentError):
    """OrderService knows no such order."""

    def __init__(self, order_id: str) -> None:
        super().__init__("Order not found")
        self.order_id = order_id


class PaymentNotFoundError(PaymentError):
    """No such payment."""

    def __init__(self, payment_id: str) -> None:
        super().__init__("Payment not found")
        self.payment_id = payment_id


class PaymentDeclinedError(PaymentError):
    """The customer's bank refused."""

    code = "INSUFFICIENT_FUNDS"

    def __init__(self, payment_id: str, amount: Decimal) -> None:
        super().__init__("Payment declined due to insufficient funds")
        self.payment_id = payment_id
        self.amount = amount


class IdempotencyConflictError(PaymentError):
    """The key already stands for another charge."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The idempotency key {key!r} was used for another charge")
        self.key = key


class AlreadyChargedError(PaymentError):
    """The order has a charge under another key."""

    def __init__(self, order_id: str) -> None:
        super().__init__(f"Order {order_id} has already been charged")
        self.order_id = order_id
