"""Drafts: valid pacts of what was seen, with types in place of values, that cover what they were drafted from."""

import json
from typing import Any

import pytest

from accord.contract import Body, Contract
from accord.contract.coverage import Coverage, ObservedCall, ObservedMessage, audit, draft_contracts
from accord.contract.reading import contract_from_json
from accord.contract.spec import SpecVersion
from accord.contract.writing import contract_to_json
from accord.core.http.messages import HttpRequest, HttpResponse

JSON = ("Content-Type", "application/json")
ID = "8f14e45f-ceea-467f-a0f6-1b2c3d4e5f60"


def call(
    method: str, target: str, status: int | None, answer: Any, *, body: Any = None, headers: Any = ()
) -> ObservedCall:
    request = HttpRequest(
        method,
        target,
        (("Host", "shop"), ("User-Agent", "x"), *headers, *((JSON,) if body is not None else ())),
        b"" if body is None else json.dumps(body).encode(),
    )
    response = HttpResponse(status, (JSON, ("Date", "now")), json.dumps(answer).encode()) if status else None
    return ObservedCall("Web", "Orders", request, response, failure=None if status else "ReadTimeout", test="test_it")


def drafted(*seen: ObservedCall | ObservedMessage, version: SpecVersion = SpecVersion.V4) -> list[Contract]:
    """Drafts, through their file's form; they cover what they are made of."""
    coverage: Coverage = audit(seen, [])
    drafts = [contract_from_json(contract_to_json(each)) for each in draft_contracts(coverage, version=version)]
    again = audit(seen, drafts)
    assert [str(each.uncovered.mismatches) for each in again.findings if not _unanswered(each.observed)] == []
    return drafts


def _unanswered(observed: Any) -> bool:
    return isinstance(observed, ObservedCall) and observed.response is None


def as_file(contract: Contract) -> dict[str, Any]:
    (interaction,) = contract_to_json(contract)["interactions"]
    found: dict[str, Any] = interaction
    return found


@pytest.mark.parametrize("version", [SpecVersion.V3, SpecVersion.V4])
def test_says_types_and_formats_in_place_of_values(version: SpecVersion) -> None:
    answer = {
        "id": ID,
        "placedAt": "2025-01-15T10:30:00.000Z",
        "day": "2025-01-15",
        "total": 4.5,
        "count": 2,
        "paid": True,
    }
    (contract,) = drafted(call("GET", f"/api/orders/{ID}", 200, answer), version=version)
    rules = as_file(contract)["response"]["matchingRules"]["body"]
    assert {path: rule["matchers"][0]["match"] for path, rule in rules.items()} == {
        "$.id": "regex", "$.placedAt": "regex", "$.day": "date", "$.total": "number", "$.count": "integer",
        "$.paid": "boolean",
    }  # fmt: skip
    assert as_file(contract)["request"]["matchingRules"]["path"]["matchers"] == [
        {"match": "regex", "regex": "/api/orders/[^/]+"}
    ]


def test_many_calls_of_one_shape_are_one_interaction_with_what_their_answers_share() -> None:
    seen = [
        call("GET", "/api/orders/o1?page=1", 200, {"items": [], "note": None, "total": 1}),
        call("GET", "/api/orders/o2?page=2", 200, {"items": [{"id": "a", "gift": True}], "note": "x", "total": 1.5}),
        call("GET", "/api/orders/o3?page=2", 200, {"items": [{"id": "b"}], "total": 2, "voucher": "V"}),
    ]
    interaction = as_file(drafted(*seen)[0])
    assert interaction["response"]["body"]["content"] == {"items": [{"id": "a"}], "total": 1}
    assert interaction["description"] == "GET /api/orders/{id} answered 200"
    assert interaction["comments"]["text"][1] == "Seen 3 times in test_it"


def test_requests_of_different_shapes_are_different_interactions() -> None:
    seen = [
        call("POST", "/api/orders", 201, {}, body=body) for body in ({"items": [1]}, {"items": [2, 3]}, {"cart": "c1"})
    ]
    (contract,) = drafted(*seen)
    assert [each.description for each in contract.interactions] == [
        "POST /api/orders answered 201",
        "POST /api/orders answered 201, form 2",
    ]


def test_an_errors_code_keeps_its_value_and_its_text_does_not() -> None:
    (contract,) = drafted(call("GET", "/api/orders/o1", 404, {"error": "not_found", "message": "No such order"}))
    assert list(as_file(contract)["response"]["matchingRules"]["body"]) == ["$.message"]


def test_headers_of_the_client_and_of_the_way_stay_out() -> None:
    headers = (("Accept", "*/*"), ("Authorization", "Bearer scrubbed"), ("X-User-Id", "u1"), ("X-Trace-Id", "t"))
    request = as_file(drafted(call("GET", "/api/orders/o1", 200, {}, headers=headers))[0])["request"]
    assert request["headers"] == {"Authorization": ["Bearer scrubbed"], "X-User-Id": ["u1"]}
    assert set(request["matchingRules"]["header"]) == {"Authorization", "X-User-Id"}


def test_a_slash_at_either_end_is_another_path_and_stays() -> None:
    (contract,) = drafted(*(call("GET", path, 200, {}) for path in ("/orders/1", "/orders/1/", "//orders/1")))
    rules = [each["request"]["matchingRules"]["path"] for each in contract_to_json(contract)["interactions"]]
    assert [rule["matchers"][0]["regex"] for rule in rules] == ["/orders/[^/]+", "/orders/[^/]+/", "//orders/[^/]+"]


def test_without_an_answer_there_is_nothing_to_draft() -> None:
    assert drafted(call("GET", "/api/orders/o1", None, None)) == []


def test_messages_are_told_apart_by_their_name() -> None:
    def message(event_type: str, **data: Any) -> ObservedMessage:
        return ObservedMessage(
            "Mails", "Orders", Body.of_json({"eventType": event_type, "eventVersion": 1, "data": data})
        )

    seen = [message("placed", id="a"), message("placed", id="b", more=1), message("cancelled", reason="r")]
    (contract,) = drafted(*seen)
    written = contract_to_json(contract)["interactions"]
    assert [each["description"] for each in written] == ["a message cancelled", "a message placed"]
    assert written[1]["contents"]["content"] == {"eventType": "placed", "eventVersion": 1, "data": {"id": "a"}}
    assert list(written[1]["matchingRules"]["body"]) == ["$.data.id"]


def test_a_message_of_another_name_is_not_covered_by_a_draft() -> None:
    placed = ObservedMessage("Mails", "Orders", Body.of_json({"eventType": "placed"}))
    cancelled = ObservedMessage("Mails", "Orders", Body.of_json({"eventType": "cancelled"}))
    assert not audit([cancelled], drafted(placed)).success
