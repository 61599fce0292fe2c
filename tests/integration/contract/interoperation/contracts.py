"""Our contracts for other tools: each version with every matcher it knows, over HTTP and as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from accord import Pact, match

if TYPE_CHECKING:
    from pathlib import Path

STATE = "an order exists"
VERSIONS = ("2.0", "3.0", "4.0")


def order(version: str) -> dict[str, Any]:
    """The body of an order, with every matcher of the version."""
    body: dict[str, Any] = {
        "id": match.like(7),
        "status": match.regex("open|paid", "open"),
        "lines": match.each_like({"sku": match.string("a-1"), "it is": match.like(True)}, min=1),
        "address": match.like({"street": "Main St 1", "a.b": {"ключ": "é"}}),
        "currency": "EUR",
        "note": None,
    }
    if version == "2.0":
        return body
    body |= {
        "count": match.integer(3),
        "total": match.decimal(12.5),
        "weight": match.number(2),
        "paid": match.boolean(False),
        "deleted": match.null(),
        "uuid": match.uuid(),
        "day": match.date("2025-01-15"),
        "short day": match.date("15.01.25", "dd.MM.yy"),
        "hour": match.time("10:30:00"),
        "at": match.datetime("2025-01-15T10:30:00+01:00"),
        "at utc": match.datetime("2025-01-15T10:30:00.123Z", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"),
        "created": match.iso8601(),
        "remark": match.includes("thank", "thank you"),
        "exactly": match.equal_to({"a": [1, 2.5, "x"]}),
        "tags": match.each_like(match.string("t"), min=2, max=4),
        "host": match.ipv4(),
        "colour": match.hexadecimal("ff00aa"),
        "priority": match.any_of(match.integer(1), match.regex("low|high", "low")),
        "code name": match.all_of(match.regex("[a-z]+", "abc"), match.includes("b")),
    }
    if version == "3.0":
        return body
    return body | {
        "prices": match.map_of(match.regex("[a-z]{2}", "aa"), match.decimal(1.5)),
        "rates": match.each_value(match.decimal(1.5)),
        "stock": match.each_key(match.regex("[A-Z]{3}", "ABC"), {"ABC": match.integer(1)}),
        "codes": match.array_containing(match.integer(1), {"kind": "last"}),
        "release": match.semver("1.0.0"),
        "name": match.not_empty("Bob"),
        "nick": match.optional("Bob"),
    }


ANSWER: dict[str, Any] = {
    "id": 99,
    "status": "paid",
    "lines": [{"sku": "z", "it is": False, "more": 1}, {"sku": "y", "it is": True}],
    "address": {"street": "", "a.b": {"ключ": "ü"}},
    "currency": "EUR",
    "note": None,
    "count": 0,
    "total": 0.5,
    "weight": 1.5,
    "paid": True,
    "deleted": None,
    "uuid": "00000000-1111-2222-3333-444444444444",
    "day": "2024-02-29",
    "short day": "31.12.99",
    "hour": "23:59:59",
    "at": "2024-02-29T00:00:00-05:00",
    "at utc": "2024-02-29T00:00:00.000Z",
    "created": "2024-02-29T00:00:00Z",
    "remark": "many thanks",
    "exactly": {"a": [1, 2.5, "x"]},
    "tags": ["a", "b", "c"],
    "prices": {"bb": 1.5, "cc": 2.5},
    "codes": ["x", 3, {"kind": "last"}],
    "rates": {"x": 0.5, "y": 1.5},
    "stock": {"DEF": 3},
    "release": "2.0.0-rc.1",
    "name": "Al",
    "host": "10.0.0.1",
    "colour": "00FF",
    "priority": "high",
    "code name": "bbb",
    "unknown to the consumer": True,
}
"""What the provider answers: other values than the examples, of the same shape."""

BROKEN = ANSWER | {"status": "lost"}


def write_http(folder: Path, version: str) -> Path:
    """A pact over HTTP, proved by a client, in one file."""
    pact = Pact(f"web{version[0]}", "orders", version=version, directory=folder)
    (
        pact.given(STATE)
        .upon_receiving("a request for an order")
        .with_request(
            "GET",
            match.regex(r"/orders/\d+", "/orders/7"),
            query={"full": "yes", "tag": [match.regex("[a-z]+", "a"), match.regex("[a-z]+", "b")]},
            headers={"Accept": "application/json", "X-Trace": match.regex("[a-f0-9]+", "ab12")},
        )
        .will_respond_with(200, headers={"X-Version": match.regex(r"\d+", "1")}, body=order(version))
    )
    (
        pact.upon_receiving("a new order")
        .with_request("POST", "/orders", body={"sku": match.like("a"), "count": match.like(1)})
        .will_respond_with(
            match.status_code([200, 201], 200) if version == "4.0" else 201,
            headers={"Location": match.regex(r"/orders/\d+", "/orders/8")},
        )
    )
    with pact.in_process() as transport, httpx.Client(transport=transport, base_url="http://orders") as client:
        client.get("/orders/7?full=yes&tag=a&tag=b", headers={"Accept": "application/json", "X-Trace": "ab12"})
        client.post("/orders", json={"sku": "z", "count": 2})
    return pact.write()


def write_questions(folder: Path) -> Path:
    """A pact of V4 with a synchronous message in one file."""
    pact = Pact("ask4", "orders", directory=folder)
    (
        pact.given(STATE)
        .upon_calling("what is the order?")
        .with_content({"id": match.integer(7)})
        .will_answer(order("4.0"), metadata={"contentType": "application/json"})
        .verify(lambda content, metadata, answer: None)
    )
    return pact.write()


def write_messages(folder: Path, version: str) -> Path:
    """A pact of messages in one file."""
    pact = Pact(f"mail{version[0]}", "orders", version=version, directory=folder)
    (
        pact.given(STATE)
        .expects_to_receive("an order was placed")
        .with_content(order(version))
        .with_metadata({"key": match.regex("order-[0-9]+", "order-7"), "contentType": "application/json"})
        .verify(lambda content, metadata: None)
    )
    return pact.write()
