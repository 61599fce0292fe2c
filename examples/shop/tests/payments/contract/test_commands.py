"""PaymentService as a reader of OrderService's commands, with its own handlers."""

from decimal import Decimal
from typing import Any

from shop_doubles.contracts import a_message, reader
from shop_doubles.moments import StoppedClock
from shop_doubles.payments import FakeAcquirer, FakeOrders, FakePaymentRepository

from accord import match
from shop.payments.adapters.messages import PaymentCommands
from shop.payments.domain.payment import Payment
from shop.payments.service.charging import PaymentService

METHOD = {"type": match.string("card"), "token": match.string("tok_visa")}


class Desk:
    """The service on fakes."""

    def __init__(self) -> None:
        self.orders, self.bank, self.repository = FakeOrders(), FakeAcquirer(), FakePaymentRepository()
        self.orders.put("order-1", "20.00", "customer-1")
        clock = StoppedClock()
        payments = PaymentService(self.repository, self.orders, self.bank, clock=clock, new_id=lambda: "pay_1")
        self.read = reader(PaymentCommands(payments, clock).handlers())

    @property
    def payment(self) -> Payment:
        return self.repository.payments["pay_1"]


CHARGE = a_message(
    "charge-payment",
    {
        "orderId": match.string("order-1"),
        "customerId": match.string("customer-1"),
        "amount": match.number(20.0),
        "currency": "USD",
        "paymentMethod": METHOD,
    },
)


async def test_charges(pact: Any) -> None:
    desk = Desk()
    contract = pact("PaymentService", "OrderService").given("an order with a payment method has been placed")
    await contract.expects_to_receive("a charge-payment command").with_content(CHARGE).averify(desk.read)
    assert desk.bank.taken == {"charge:order-1": Decimal("20.00")}


async def test_pays_back(pact: Any) -> None:
    desk = Desk()
    charge = {"orderId": "order-1", "customerId": "customer-1", "amount": 20.0, "currency": "USD"}
    moment = {"eventId": "1", "eventVersion": 1, "timestamp": "2025-01-15T10:30:00.000Z"}
    data = {**charge, "paymentMethod": {"type": "card", "token": "tok_visa"}}
    await desk.read({**moment, "eventType": "charge-payment", "data": data})
    content = a_message("refund-payment", {"orderId": match.string("order-1"), "paymentId": match.string("pay_1")})
    contract = pact("PaymentService", "OrderService").given("a paid order has been cancelled")
    await contract.expects_to_receive("a refund-payment command").with_content(content).averify(desk.read)
    assert desk.bank.taken == {}
    assert desk.payment.refunded_at is not None
