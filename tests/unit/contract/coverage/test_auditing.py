"""What covers an observed call or message, and what does not."""

import json
from typing import Any

import pytest

from accord.contract import AsyncMessage, Body, Contract, HttpInteraction, MessageContents, Request, Response, match
from accord.contract.body_templates import take_body
from accord.contract.coverage import Coverage, ObservedCall, ObservedMessage, Terms, audit
from accord.contract.rules import MatchingRules
from accord.core.http.messages import HttpRequest, HttpResponse

JSON = (("Content-Type", "application/json"),)


def part(body: Any) -> dict[str, Any]:
    """A body with its rules."""
    taken, rules, _ = take_body(body, {})
    return {"body": taken, "rules": MatchingRules({"body": rules})}


ORDER = HttpInteraction(
    "a request for an order",
    request=Request("GET", "/api/orders/order-1", headers={"X-User-Id": "customer-1"}),
    response=Response(200, **part({"id": "order-1", "status": "pending", "items": match.each_like({"quantity": 2})})),
)
NO_ORDER = HttpInteraction(
    "a request for no order",
    request=Request("GET", "/api/orders/order-9"),
    response=Response(404, **part({"error": "not_found"})),
)
PLACED = HttpInteraction(
    "an order",
    request=Request("POST", "/api/orders", **part({"productId": "prod-1", "quantity": 2})),
    response=Response(201),
)
SEARCH = HttpInteraction(
    "a search", request=Request("GET", "/api/products", query={"id": ("prod-1", "prod-9")}), response=Response(200)
)
CONTRACT = Contract("Web", "Orders", (ORDER, NO_ORDER, PLACED, SEARCH))


def call(
    method: str, target: str, status: int | None, answer: Any = None, *, body: Any = None, **more: Any
) -> ObservedCall:
    headers = (("X-User-Id", "u-7"), *(JSON if body is not None else ()))
    request = HttpRequest(method, target, headers, b"" if body is None else json.dumps(body).encode())
    data = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
    response = HttpResponse(status, JSON, data) if status else None
    return ObservedCall("Web", "Orders", request, response, **more)


def audited(
    *observed: ObservedCall | ObservedMessage, terms: Terms | None = None, contract: Contract = CONTRACT
) -> Coverage:
    return audit(observed, [contract], terms)


GOOD = {"id": "8f14e45f", "status": "confirmed", "items": [{"quantity": 3}, {"quantity": 4}], "more": 1}


@pytest.mark.parametrize(
    "seen",
    [
        call("GET", "/api/orders/8f14e45f", 200, GOOD),
        call("GET", "/api/orders/8f14e45f", 404, {"error": "gone"}),
        call("POST", "/api/orders", 201, body={"productId": "p", "quantity": 70}),
        call("GET", "/api/products?id=a", 200),
        call("GET", "/api/products?id=a&id=b&id=c", 200),
        call("GET", "/api/orders/8f14e45f", None, failure="ReadTimeout"),
        call("GET", "/api/orders/8f14e45f", 503),
        call("GET", "/api/orders/8f14e45f", 429),
        call("GET", "/api/orders/8f14e45f", 200, b"not JSON", doubled=True),
        call("GET", "/api/orders/8f14e45f", 418, doubled=True),
        call("POST", "/api/orders", 201, body=None, partial=True),
    ],
    ids=[
        "other values", "an error", "another body", "fewer values", "more values", "no answer", "5xx of the way",
        "429 of the way", "a double that lies", "a double with a status of its own", "a body that was not kept",
    ],
)  # fmt: skip
def test_is_covered(seen: ObservedCall) -> None:
    assert audited(seen).success


@pytest.mark.parametrize(
    ("seen", "nearest", "because"),
    [
        (call("DELETE", "/api/orders/o1", 204), None, ""),
        (call("GET", "/api/orders", 200), None, ""),
        (call("DELETE", "/api/orders/o1", None, failure="ReadTimeout"), None, ""),
        (call("GET", "/api/orders/o1", 401, {"error": "unauthorized"}), "a request for", "status: expected"),
        (call("GET", "/api/orders/o1?x=1", 401, doubled=True), "a request for", "unexpected parameter"),
        (call("GET", "/api/orders/o1", 200, {**GOOD, "items": [{}]}), "a request for an order", "$.items[0].quantity"),
        (call("GET", "/api/orders/o1", 200, b"not JSON"), "a request for an order", "expected JSON"),
        (call("POST", "/api/orders", 201, body={"productId": "p"}), "an order", "body $.quantity"),
        (call("POST", "/api/orders", 201, body={"productId": "p", "quantity": "2"}), "an order", "expected a number"),
        (call("POST", "/api/orders", 201, body={"productId": "p", "quantity": 2, "gift": True}), "an order", "unexpected key"),
        (call("POST", "/api/orders", 500, body={"wrong": 1}), "an order", "status"),
        (call("GET", "/api/products?id=a&page=2", 200), "a search", "unexpected parameter"),
    ],
    ids=[
        "another method", "another path", "asked and never answered", "another status", "a double is asked otherwise",
        "another shape", "no JSON", "a key is missing", "another type", "a further key", "5xx to another request",
        "a further parameter",
    ],
)  # fmt: skip
def test_is_not_covered(seen: ObservedCall, nearest: str | None, because: str) -> None:
    (finding,) = audited(seen).findings
    found = finding.uncovered
    if nearest is None:
        assert found.nearest is None
    else:
        assert found.nearest
        assert found.nearest.description.startswith(nearest)
    assert because in "\n".join(map(str, found.mismatches))


def test_another_consumers_contract_covers_nothing() -> None:
    other = Contract("Mobile", "Orders", CONTRACT.interactions)
    assert not audited(call("GET", "/api/orders/o1", 200, GOOD), contract=other).success


def test_by_value_an_answer_is_what_the_contract_says_letter_by_letter() -> None:
    strict = Terms(literals="value")
    assert audited(call("GET", "/api/orders/o9", 404, {"error": "not_found"}), terms=strict).success
    (finding,) = audited(call("GET", "/api/orders/o9", 404, {"error": "gone"}), terms=strict).findings
    assert [str(each) for each in finding.uncovered.mismatches] == ['body $.error: expected "not_found", seen "gone"']


@pytest.mark.parametrize("ignored", ["GET /metrics", "get /metrics"])
def test_an_ignored_operation_is_no_call(ignored: str) -> None:
    coverage = audited(call("GET", "/metrics", 200), terms=Terms(ignored=(ignored,)))
    assert (coverage.calls, coverage.success) == (0, True)


def test_names_what_nothing_exercised_of_the_pairs_that_were_seen() -> None:
    contracts = [CONTRACT, Contract("Mobile", "Orders", (ORDER,))]
    coverage = audit([call("GET", "/api/orders/o1", 200, GOOD), call("GET", "/api/products?id=1", 200)], contracts)
    assert [each.description for _, _, each in coverage.unexercised_pairs()] == ["a request for no order", "an order"]


def message(event_type: str, consumer: str = "Mails", **data: Any) -> ObservedMessage:
    return ObservedMessage(consumer, "Orders", Body.of_json({"eventType": event_type, "data": data}))


EVENT = AsyncMessage(
    "an event", contents=MessageContents(metadata={"contentType": "application/json", "key": "o"}, **part({"eventType": "placed", "data": {"id": match.string("o")}}))
)  # fmt: skip
EVENTS = Contract("Mails", "Orders", (EVENT,))


def test_a_message_is_covered_for_each_of_its_readers() -> None:
    coverage = audited(message("placed", id="o1"), message("placed", "Bills", id="o1"), contract=EVENTS)
    assert [(each.observed.consumer, each.uncovered.nearest) for each in coverage.findings] == [("Bills", None)]
    assert coverage.messages == 2


@pytest.mark.parametrize("seen", [message("cancelled", id="o1"), message("placed", id=1), message("placed")])
def test_a_message_is_held_against_the_contracts_own_values_and_rules(seen: ObservedMessage) -> None:
    (finding,) = audited(seen, contract=EVENTS).findings
    assert finding.uncovered.nearest is EVENT


def test_what_is_alike_is_one_group_with_its_tests() -> None:
    seen = [call("DELETE", f"/api/orders/o{number}", 204, test=f"test_{number % 2}") for number in range(6)]
    (group,) = audited(*seen).groups()
    assert (group.what, len(group.findings), group.tests) == ("DELETE /api/orders/{id} -> 204", 6, ["test_0", "test_1"])


def test_what_was_not_answered_joins_what_was_asked_alike_and_answered() -> None:
    seen = [call("DELETE", "/api/orders/o1", None, failure="ConnectError"), call("DELETE", "/api/orders/o2", 204)]
    (group,) = audited(*seen).groups()
    assert (group.what, len(group.findings)) == ("DELETE /api/orders/{id} -> 204", 2)
    (alone,) = audited(seen[0]).groups()
    assert (alone.what, alone.is_draftable) == ("DELETE /api/orders/{id} -> no answer (ConnectError)", False)
