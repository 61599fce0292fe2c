"""What a consumer asks more, less or differently."""

from typing import Any

import pytest

from accord.contract.diff import asks_more, diff_contracts
from accord.contract.model import Contract
from accord.contract.reading import contract_from_json

REQUEST = {"method": "GET", "path": "/orders/1", "headers": {"Accept": "application/json"}}
RESPONSE = {
    "status": 200,
    "headers": {"Content-Type": "application/json"},
    "body": {"id": "1", "total": 4.5, "items": [{"sku": "a"}]},
    "matchingRules": {
        "body": {
            "$.total": {"matchers": [{"match": "decimal"}]},
            "$.items": {"matchers": [{"match": "type", "min": 1}]},
        }
    },
}


def contract(*interactions: dict[str, Any]) -> Contract:
    return contract_from_json(
        {
            "consumer": {"name": "Web"},
            "provider": {"name": "Orders"},
            "interactions": list(interactions),
            "metadata": {"pactSpecification": {"version": "3.0.0"}},
        }
    )


def question(description: str = "an order", **changed: Any) -> dict[str, Any]:
    response = {**RESPONSE, **changed.get("response", {})}
    return {"description": description, "request": {**REQUEST, **changed.get("request", {})}, "response": response}


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each.kind, each.place, each.message) for each in diff_contracts(contract(old), contract(new))]


def test_the_same_contract_has_no_changes() -> None:
    assert changes(question(), question()) == []


def test_another_example_under_the_same_rule_is_no_change() -> None:
    body = {**RESPONSE["body"], "total": 99.5}  # type: ignore[dict-item]
    assert changes(question(), question(response={"body": body})) == []


def test_interactions_that_come_and_go_are_more_and_less() -> None:
    found = diff_contracts(contract(question("a")), contract(question("b")))
    assert [(each.kind, each.interaction) for each in found] == [("less", "a"), ("more", "b")]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ({"response": {"status": 201}}, ("different", "response status", "was 200, now 201")),
        ({"response": {"body": {"id": "1"}}}, ("less", "response body $.total", "was a decimal, no longer asked")),
        (
            {"response": {"body": {**RESPONSE["body"], "note": "x"}}},  # type: ignore[dict-item]
            ("more", "response body $.note", 'now exactly "x"'),
        ),
        ({"request": {"path": "/v2/orders/1"}}, ("different", "request", "was GET /orders/1, now GET /v2/orders/1")),
        ({"request": {"query": {"page": ["2"]}}}, ("more", "request query page", 'now exactly "2"')),
        (
            {"request": {"headers": {"Accept": "text/csv"}}},
            ("different", "request header Accept", 'was exactly "application/json", now exactly "text/csv"'),
        ),
    ],
)
def test_each_part_is_compared(new: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert expected in changes(question(), question(**new))


def test_only_what_is_asked_more_or_differently_may_break_a_provider() -> None:
    less = question(response={"body": {"id": "1"}})
    assert not asks_more(diff_contracts(contract(question()), contract(less)))
    assert asks_more(diff_contracts(contract(less), contract(question())))
