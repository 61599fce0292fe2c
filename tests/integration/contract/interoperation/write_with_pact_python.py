"""Write pacts of every version with pact-python into a folder: over HTTP, messages, synchronous messages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pact import Pact, match

STATE = "an order exists"


def order(version: str) -> dict[str, Any]:
    """An order with the matchers of the version."""
    body: dict[str, Any] = {
        "id": match.like(7),
        "status": match.regex("open", regex="^(open|paid)$"),
        "lines": match.each_like({"sku": match.str("a-1"), "it is": match.like(True)}, min=1),
        "address": match.like({"street": "Main St 1", "a.b": {"ключ": "é"}}),
        "currency": "EUR",
        "note": None,
    }
    if version >= "V3":
        body |= {
            "count": match.int(3),
            "total": match.decimal(12.5),
            "weight": match.number(2),
            "paid": match.bool(False),
            "deleted": match.none(),
            "uuid": match.uuid(),
            "day": match.date("2025-01-15", format="%Y-%m-%d"),
            "hour": match.time("10:30:00", format="%H:%M:%S"),
            "remark": match.includes("thank"),
            "tags": match.each_like(match.str("t"), min=2, max=4),
        }
    if version >= "V4":
        body |= {
            "prices": match.each_key_matches({"aa": 1.5}, rules=match.regex("aa", regex="^[a-z]{2}$")),
            "codes": match.array_containing([match.int(1), {"kind": "last"}]),
        }
    return body


def main(folder: str) -> None:
    """Write each pact into a file of its own."""
    for version in ("V2", "V3", "V4"):
        pact = Pact(f"web-{version}", "orders").with_specification(version)
        (
            pact.upon_receiving("a request for an order")
            .given(STATE)
            .with_request("GET", match.regex("/orders/7", regex=r"^/orders/\d+$"))
            .with_query_parameter("full", "yes")
            .with_query_parameter("tag", match.regex("a", regex="^[a-z]+$"))
            .with_header("Accept", "application/json")
            .will_respond_with(200)
            .with_header("X-Version", match.regex("1", regex=r"^\d+$"))
            .with_body(order(version), "application/json")
        )
        (
            pact.upon_receiving("a new order")
            .with_request("POST", "/orders")
            .with_body({"sku": match.like("a")}, "application/json")
            .will_respond_with(201)
            .with_header("Location", match.regex("/orders/8", regex=r"^/orders/\d+$"))
        )
        pact.write_file(Path(folder), overwrite=True)
    for version in ("V3", "V4"):
        pact = Pact(f"mail-{version}", "orders").with_specification(version)
        (
            pact.upon_receiving("an order was placed", "Async")
            .given(STATE)
            .with_body(order(version), "application/json")
            .with_metadata({"key": match.regex("order-7", regex="^order-[0-9]+$")})
        )
        pact.write_file(Path(folder), overwrite=True)
    pact = Pact("sync-V4", "orders").with_specification("V4")
    (
        pact.upon_receiving("a quote", "Sync")
        .with_body({"sku": "a"}, "application/json")
        .will_respond_with()
        .with_body(order("V4"), "application/json")
    )
    pact.write_file(Path(folder), overwrite=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
