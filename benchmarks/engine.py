"""The engine on large input, beside the reference where it can do the same: python benchmarks/engine.py."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from accord import Pact, match
from accord.contract import Contract, SpecVersion, match_message
from accord.contract.openapi.check import check_openapi
from accord.contract.openapi.document import OpenApi
from accord.contract.reading import contract_from_json, message_from_json

if TYPE_CHECKING:
    from collections.abc import Callable


def median(work: Callable[[], object], rounds: int = 7) -> float:
    """Milliseconds of one call."""
    times = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times[1:]) * 1000


def large_message() -> dict[str, Any]:
    """About 100 kB of JSON and 500 rules."""
    items = [
        {"id": index, "name": f"item {index}", "price": 9.5, "tags": ["a", "b", "c"], "note": "x" * 120}
        for index in range(500)
    ]
    rules = {f"$.items[{index}].price": {"matchers": [{"match": "decimal"}]} for index in range(500)}
    return {
        "description": "a large message",
        "contents": {"items": items},
        "metaData": {"contentType": "application/json"},
        "matchingRules": {"body": rules},
    }


def bench_large_body() -> None:
    """Our message matching; what the reference takes for the same through its own."""
    message = large_message()
    size = len(json.dumps(message["contents"])) / 1000
    expected = message_from_json(message, SpecVersion.V3)
    actual = json.dumps(message["contents"])

    def ours() -> None:
        received = message_from_json({"contents": json.loads(actual)}, SpecVersion.V3)
        assert not match_message(expected, received)

    print(f"A body of {size:.0f} kB with 500 rules")
    own = median(ours)
    print(f"  accord                     {own:8.1f} ms")
    print("  the reference offers its message matching through its verifier only; see contracts.py")


def bench_reading(count: int = 10_000) -> None:
    """A pact file of many interactions."""
    interactions = [
        {
            "description": f"a request for item {number}",
            "request": {"method": "GET", "path": f"/items/{number}"},
            "response": {
                "status": 200,
                "body": {"id": number, "name": "widget"},
                "matchingRules": {"body": {"$.id": {"matchers": [{"match": "integer"}]}}},
            },
        }
        for number in range(count)
    ]
    document = {
        "consumer": {"name": "C"},
        "provider": {"name": "P"},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pact.json")
        path.write_text(json.dumps(document))
        print(f"Reading {count} interactions            {median(lambda: Contract.read(path), 3):8.0f} ms")
    openapi = OpenApi(
        {
            "openapi": "3.1.0",
            "paths": {"/items/{id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {
                "type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}}}}}}}},
        }
    )  # fmt: skip
    contract = contract_from_json({**document, "interactions": interactions[:1000]})
    print(f"1000 interactions against OpenAPI       {median(lambda: check_openapi(contract, openapi), 3):8.0f} ms")


def bench_growth(count: int = 1000) -> None:
    """Does the last of many consumer tests cost what the first did?"""
    with tempfile.TemporaryDirectory() as folder:
        pact = Pact("C", "P", directory=folder)
        times = []
        for number in range(count):
            begin = time.perf_counter()
            pact.upon_receiving(f"item {number}").with_request("GET", f"/items/{number}").will_respond_with(
                200, body={"id": match.integer(number)}
            )
            with pact.in_process() as transport, httpx.Client(transport=transport, base_url="http://p") as client:
                client.get(f"/items/{number}")
            times.append(time.perf_counter() - begin)
        first, last = (statistics.median(part) * 1000 for part in (times[10:60], times[-50:]))
        print(f"Of {count} consumer tests: the first {first:.2f} ms, the last {last:.2f} ms")
        begin = time.perf_counter()
        pact.write()
        print(f"Writing them all once                   {(time.perf_counter() - begin) * 1000:8.0f} ms")


if __name__ == "__main__":
    bench_large_body()
    bench_reading()
    bench_growth()
