from decimal import Decimal

from shop_doubles.orders import an_order

from shop.orders.adapters.envelopes import envelope_of


def test_a_placed_order_tells_all_that_its_readers_need() -> None:
    order = an_order(customer_email="customer@example.com", tax=Decimal("0.10"))
    message = envelope_of(order.events[0]).as_dict()
    assert message["eventType"] == "order.placed"
    assert message["eventVersion"] == 1
    assert message["data"] == {
        "orderId": order.id,
        "customerId": "customer-1",
        "customerEmail": "customer@example.com",
        "totalAmount": 20.1,
        "items": [{"productName": "Widget", "quantity": 2}],
    }


def test_a_confirmed_order_has_the_same_data() -> None:
    order = an_order()
    order.confirm()
    placed, confirmed = (envelope_of(event).as_dict() for event in order.events)
    assert confirmed["eventType"] == "order.confirmed"
    assert confirmed["data"] == placed["data"]
    assert confirmed["eventId"] != placed["eventId"]


def test_a_cancelled_order_says_why() -> None:
    order = an_order()
    order.cancel("changed my mind")
    message = envelope_of(order.events[-1]).as_dict()
    assert message["eventType"] == "order.cancelled"
    assert message["data"] == {"orderId": order.id, "customerId": "customer-1", "reason": "changed my mind"}
