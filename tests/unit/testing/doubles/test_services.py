"""Doubles of HTTP services: requests and answers are what the document or the pact allows, failures come for free."""

from __future__ import annotations

import contextlib
import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from accord.contract.openapi.conformance import Conformance
from accord.contract.openapi.document import OpenApi
from accord.core.clock import clock
from accord.core.errors import DocumentError, UsageError
from accord.core.http.messages import HttpResponse
from accord.testing import DoubleLies, HttpDouble, WrongRequest, double_from
from tests.unit.testing.doubles.documents import ORDERS, PACT

if TYPE_CHECKING:
    from pathlib import Path

TENANT = {"X-Tenant": "acme"}


@pytest.fixture
def orders() -> HttpDouble:
    return double_from(openapi=ORDERS)


def test_default_answers_satisfy_the_document(orders: HttpDouble) -> None:
    conformance = Conformance(OpenApi(ORDERS))
    with orders.client(headers=TENANT) as client:
        for method, path, body in (
            ("GET", "/orders", None), ("POST", "/orders", {"sku": "a", "quantity": 1}), ("GET", "/orders/1", None),
            ("DELETE", "/orders/1", None),
        ):  # fmt: skip
            came = client.request(method, path, json=body) if body else client.request(method, path)
            response = HttpResponse(came.status_code, tuple(came.headers.items()), came.content)
            assert conformance.check(method, path, response) == []
            assert came.is_success


def test_the_documents_example_goes_first(orders: HttpDouble) -> None:
    assert orders.client().post("/orders", json={"sku": "a", "quantity": 1}).json() == {
        "id": "o-777", "total": 7, "state": "open",
    }  # fmt: skip


async def test_there_is_an_asynchronous_client(orders: HttpDouble) -> None:
    async with orders.async_client() as client:
        assert (await client.get("/orders/1")).json()["state"] == "open"
    assert [each.path for each in orders.requests] == ["/orders/1"]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (("GET", "/orders/abc"), r'GET /orders/{number} path number: expected integer, seen "abc"'),
        (("GET", "/order"), r"GET /order: the document declares no such operation; it has /orders, /orders/{number}"),
        (("PUT", "/orders/1"), r"it has DELETE, GET there"),
        (("GET", "/orders?limit=51"), r"query limit: expected maximum 50, seen 51"),
        (("GET", "/orders?limit=5&limit=6"), r"query limit: expected one value, seen 2"),
        (
            ("GET", "/orders?state=open&state=lost"),
            r'query state \$\[1\]: expected enum \["open", "paid"\], seen "lost"',
        ),
        (("GET", "/orders?page=2"), r"query page: the document has no such parameter; it has limit, state"),
        (("POST", "/orders", {"sku": 1, "quantity": 1}), r"request body \$\.sku: expected string, seen 1"),
        (("POST", "/orders", {"sku": "a"}), r"requires the field 'quantity'"),
        (("POST", "/orders", {"sku": "a", "quantity": 1, "x": 2}), r"does not declare the field 'x'"),
        (("POST", "/orders"), r"request body: the document requires it, and it is missing"),
        (("GET", "/orders/1", {"a": 1}), r"request body: the document declares none, seen"),
    ],
)
def test_a_wrong_request_is_refused(
    request_: tuple[Any, ...], said: str, orders: HttpDouble, found: list[AssertionError]
) -> None:
    method, path, body = (*request_, None)[:3]
    with pytest.raises(WrongRequest, match=said):
        orders.client(headers=TENANT).request(method, path, **({"json": body} if body else {}))
    assert len(found) == 1


def test_a_missing_header_and_another_type_are_wrong_requests(orders: HttpDouble, found: list[AssertionError]) -> None:
    with pytest.raises(WrongRequest, match="header X-Tenant: the document requires it"):
        orders.client().get("/orders")
    with pytest.raises(WrongRequest, match="header X-Tenant: expected minLength 2"):
        orders.client().get("/orders", headers={"X-Tenant": "a"})
    with pytest.raises(WrongRequest, match="declares application/json, seen text/plain"):
        orders.client().post("/orders", content="a", headers={"Content-Type": "text/plain"})
    with pytest.raises(WrongRequest, match="is not valid application/json"):
        orders.client().post("/orders", content="{", headers={"Content-Type": "application/json"})
    assert len(found) == 4


def test_a_swallowed_wrong_request_fails_at_the_end_of_the_block(found: list[AssertionError]) -> None:
    with pytest.raises(WrongRequest), double_from(openapi=ORDERS) as orders:
        with contextlib.suppress(Exception):
            orders.client().get("/nowhere")
    assert len(found) == 1


def test_a_hand_written_answer_must_be_allowed(orders: HttpDouble) -> None:
    orders.on("GET", "/orders/{number}").answers(200, {"id": "o-001", "total": 3, "state": "paid"})
    assert orders.client().get("/orders/5").json()["state"] == "paid"
    operation = orders.on("GET", "/orders/{number}")
    with pytest.raises(DoubleLies, match=r'200 body \$\.total: expected number, seen "3"'):
        operation.answers(200, {"id": "o-001", "total": "3", "state": "paid"})
    with pytest.raises(DoubleLies, match="does not declare the field 'currency'"):
        operation.answers(200, {"id": "o-001", "total": 3, "state": "paid", "currency": "EUR"})
    with pytest.raises(DoubleLies, match="the document declares no such status; declared: 200, 404"):
        operation.answers(418, {"error": "teapot"})
    with pytest.raises(DoubleLies, match=r"has no answer 418 .*; it has 200, 404"):
        operation.answers(418)
    with pytest.raises(UsageError, match=r"no operation GET /orders/{id}; it has .*GET /orders/{number}"):
        orders.on("GET", "/orders/{id}")


def test_one_path_of_an_operation_may_answer_otherwise(orders: HttpDouble) -> None:
    orders.on("GET", "/orders/7").answers(404)
    assert orders.client().get("/orders/7").json() == {"error": "text"}
    assert orders.client().get("/orders/8").status_code == 200


def test_errors_of_a_gateway_need_no_declaration(orders: HttpDouble) -> None:
    orders.answers(503, times=1)
    assert orders.client().get("/orders/1").status_code == 503
    assert orders.client().get("/orders/1").status_code == 200
    with pytest.raises(UsageError, match="say which"):
        orders.answers(404)


def test_time_outs_and_refused_connections_then_all_is_well_again(orders: HttpDouble) -> None:
    client = orders.client()
    orders.times_out(times=1)
    with pytest.raises(httpx.ReadTimeout, match=r"limit: 5\.0 s"):
        client.get("/orders/1")
    orders.on("GET", "/orders/{number}").times_out("connect", times=1)
    assert client.delete("/orders/1").status_code == 204
    with pytest.raises(httpx.ConnectTimeout):
        client.get("/orders/1")
    orders.is_down(times=1)
    with pytest.raises(httpx.ConnectError):
        client.get("/orders/1")
    assert client.get("/orders/1").status_code == 200
    with pytest.raises(UsageError, match="expected one of read, connect, write"):
        orders.times_out("never")
    with pytest.raises(UsageError, match="times=0"):
        orders.is_down(times=0)


def test_a_malformed_body_is_no_json(orders: HttpDouble) -> None:
    came = orders.malformed() and orders.client().get("/orders/1")
    assert isinstance(came, httpx.Response)
    assert came.headers["content-type"] == "application/json"
    with pytest.raises(json.JSONDecodeError):
        came.json()


def test_a_wrong_shape_is_json_that_the_document_refuses(orders: HttpDouble) -> None:
    orders.wrong_shape()
    came = orders.client().get("/orders/1")
    response = HttpResponse(200, tuple(came.headers.items()), json.dumps(came.json()).encode())
    assert Conformance(OpenApi(ORDERS)).check("GET", "/orders/1", response)


async def test_a_slow_answer_waits_or_times_out_by_the_clients_own_limit(orders: HttpDouble) -> None:
    orders.slow(2.0)
    before = clock().monotonic()
    assert orders.client(timeout=3).get("/orders/1").status_code == 200
    assert (await orders.async_client(timeout=None).get("/orders/1")).status_code == 200
    assert clock().monotonic() - before == pytest.approx(4.0)
    with pytest.raises(httpx.ReadTimeout):
        orders.client(timeout=1).get("/orders/1")


def test_a_document_comes_from_a_file_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="in this folder, seen 0"):
        double_from(openapi=tmp_path)
    (tmp_path / "openapi.json").write_text(json.dumps(ORDERS), encoding="utf-8")
    assert double_from(openapi=tmp_path).client().get("/orders/1").status_code == 200
    assert double_from(openapi=str(tmp_path / "openapi.json")).side.title == "Orders (openapi.json)"
    for wrong in ({}, {"openapi": ORDERS, "pact": PACT}, {"openapi": ORDERS, "states": ["x"]}):
        with pytest.raises(UsageError, match="double_from"):
            double_from(**wrong)


def test_a_pact_answers_what_its_interactions_say(found: list[AssertionError]) -> None:
    orders = double_from(pact=PACT)
    assert orders.client().get("/orders/1").json() == {"id": "o-1", "total": 5}
    with pytest.raises(WrongRequest, match="nearest: 'an order"):
        orders.client().get("/orders/2")
    assert double_from(pact=PACT, states=["no order exists"]).client().get("/orders/1").status_code == 404
    assert orders.given("no order exists").client().get("/orders/1").status_code == 404
    with pytest.raises(UsageError, match="has no provider state 'x'; it has no order exists, order 1 exists"):
        orders.given("x")
    with pytest.raises(UsageError, match="is no pact"):
        double_from(openapi=ORDERS).given("x")
    assert len(found) == 1


def test_a_hand_written_answer_must_be_in_the_pact() -> None:
    orders = double_from(pact=PACT)
    orders.on("GET", "/orders/1").answers(200, {"id": "o-1", "total": 9.5})
    assert orders.client().get("/orders/1").json()["total"] == 9.5
    with pytest.raises(DoubleLies, match=r"body \$\.total"):
        orders.on("GET", "/orders/1").answers(200, {"id": "o-1", "total": "9"})
    with pytest.raises(DoubleLies, match="currency"):
        orders.on("GET", "/orders/1").answers(200, {"id": "o-1", "total": 9, "currency": "EUR"})
    with pytest.raises(DoubleLies, match="it has 200, 404"):
        orders.on("GET", "/orders/1").answers(409)
    orders.on("GET", "/orders/1").answers(404)
    assert orders.client().get("/orders/1").status_code == 404
    with pytest.raises(UsageError, match="it has GET /orders/1"):
        orders.on("GET", "/carts/1")


def test_faults_of_a_pacts_double() -> None:
    orders = double_from(pact=PACT)
    orders.wrong_shape(times=1)
    assert orders.client().get("/orders/1").json() != {"id": "o-1", "total": 5}
    orders.answers(503, times=1)
    assert orders.client().get("/orders/1").status_code == 503


def test_an_example_that_the_document_itself_refuses_is_not_answered() -> None:
    document = deepcopy(ORDERS)
    document["paths"]["/orders"]["post"]["responses"]["201"]["content"]["application/json"]["example"] = {"id": 1}
    came = double_from(openapi=document).client().post("/orders", json={"sku": "a", "quantity": 1})
    assert came.json()["id"].startswith("o-")
