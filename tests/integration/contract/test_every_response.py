"""Clients that pass with the example and break on what the contract permits are found; right clients raise no alarm."""

import datetime as dt
import struct
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import httpx
import pytest

from accord import Pact, PactFailed, match
from accord.core.errors import UsageError

Client = Callable[..., Any]


class Status(Enum):
    PENDING = "pending"
    CONFIRMED = "confirmed"


@pytest.fixture
def pact(tmp_path: Path) -> Pact:
    """The contract about an order, proved with its example."""
    pact = Pact("Web", "Orders", directory=tmp_path)
    (
        pact.upon_receiving("a request for an order")
        .with_request("GET", "/orders/1")
        .will_respond_with(
            200,
            headers={"X-Request-Id": match.regex("[a-f0-9]+", "ab12")},
            body={
                "id": match.integer(1),
                "total": match.decimal(45.0),
                "status": match.string("pending"),
                "placedAt": match.iso8601(),
                "items": match.each_like({"sku": match.string("a"), "quantity": match.integer(1)}, min=0),
                "note": match.optional("gift"),
            },
        )
    )
    with pact.in_process() as transport:
        right_client(transport)
    return pact


def order(transport: httpx.BaseTransport) -> httpx.Response:
    with httpx.Client(transport=transport, base_url="http://orders") as client:
        return client.get("/orders/1")


def right_client(transport: httpx.BaseTransport) -> dict[str, Any]:
    body = order(transport).json()
    return {
        "total": Decimal(str(body["total"])),
        "placed": dt.datetime.fromisoformat(body["placedAt"]),
        "first": body["items"][0]["sku"] if body["items"] else None,
        "note": body.get("note") or "",
    }


# Eight bugs that the example does not show.


def first_item_of_an_empty_list(transport: httpx.BaseTransport) -> None:
    order(transport).json()["items"][0]


def float_money(transport: httpx.BaseTransport, sent: Any) -> None:
    cents = int(order(transport).json()["total"] * 100)
    assert cents == int(Decimal(str(sent["total"])) * 100)


def naive_dates(transport: httpx.BaseTransport) -> None:
    text = order(transport).json()["placedAt"]
    dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007 - that is the bug


def closed_enums(transport: httpx.BaseTransport) -> None:
    Status(order(transport).json()["status"])


def strict_extra_fields(transport: httpx.BaseTransport) -> None:
    unknown = order(transport).json().keys() - {"id", "total", "status", "placedAt", "items", "note"}
    assert not unknown


def integer_overflow(transport: httpx.BaseTransport) -> None:
    struct.pack("i", order(transport).json()["id"])


def header_case(transport: httpx.BaseTransport) -> None:
    dict(order(transport).headers.raw)[b"X-Request-Id"]


def missing_optional(transport: httpx.BaseTransport) -> None:
    note = order(transport).json().get("note", "")
    note.strip()  # null is permitted


BUGS = [
    first_item_of_an_empty_list,
    float_money,
    naive_dates,
    closed_enums,
    strict_extra_fields,
    integer_overflow,
    header_case,
    missing_optional,
]


@pytest.mark.parametrize("client", BUGS)
def test_a_bug_that_the_example_hides_is_found_within_200_examples(pact: Pact, client: Client) -> None:
    with pytest.raises(PactFailed) as failed:
        pact.try_every_response(client, examples=200, seed=1)
    assert "The contract permits this answer, and the client breaks on it:" in str(failed.value)
    assert failed.value.__cause__ is not None


# Three right clients.


def cautious(transport: httpx.BaseTransport, sent: Any) -> None:
    seen = right_client(transport)
    assert seen["total"] == Decimal(str(sent["total"]))
    assert seen["placed"].tzinfo is not None


def lenient_enum(transport: httpx.BaseTransport) -> None:
    status = order(transport).json()["status"]
    assert (Status(status) if status in {each.value for each in Status} else None) is None or status


async def asynchronous(transport: httpx.AsyncBaseTransport) -> None:
    async with httpx.AsyncClient(transport=transport, base_url="http://orders") as client:
        response = await client.get("/orders/1")
    assert response.headers["x-request-id"]
    assert sum(item["quantity"] for item in response.json()["items"]) is not None


@pytest.mark.parametrize("client", [cautious, lenient_enum, asynchronous])
def test_a_right_client_raises_no_alarm(pact: Pact, client: Client) -> None:
    pact.try_every_response(client, examples=200, seed=1)


def test_the_smallest_answer_that_breaks_is_shown(pact: Pact) -> None:
    with pytest.raises(PactFailed, match="IndexError") as failed:
        pact.try_every_response(first_item_of_an_empty_list)
    assert '"items": []' in str(failed.value)


def test_an_exception_that_is_a_right_answer_is_allowed(pact: Pact) -> None:
    pact.try_every_response(closed_enums, allowed=(ValueError,))


def test_without_an_interaction_there_is_nothing_to_try(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no interaction to try"):
        Pact("A", "B", directory=tmp_path).try_every_response(right_client)
