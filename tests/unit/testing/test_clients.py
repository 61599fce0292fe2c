"""API clients in process: lifespan run, credentials, and every answer checked against the application's OpenAPI."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from fastapi import FastAPI, Header, HTTPException, Response
from pydantic import BaseModel

from accord.contract.openapi.conformance import Conformance
from accord.contract.openapi.document import OpenApi
from accord.core.errors import UsageError
from accord.testing import ApiClient, AsyncApiClient, ResponseDeviates, api_key, basic, bearer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable


class Line(BaseModel):
    sku: str
    quantity: int


class Card(BaseModel):
    kind: Literal["card"]
    last4: str


class Transfer(BaseModel):
    kind: Literal["transfer"]
    iban: str


class Order(BaseModel):
    id: str
    total: float | None = None
    lines: list[Line]
    notes: dict[str, Any] = {}
    payment: Card | Transfer


GOOD: dict[str, Any] = {
    "id": "o-1",
    "total": None,
    "lines": [{"sku": "a", "quantity": 1}],
    "notes": {"anything": ["goes"]},
    "payment": {"kind": "transfer", "iban": "DE00"},
}


def shop() -> FastAPI:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        seen.append("started")
        yield
        seen.append("stopped")

    app = FastAPI(lifespan=lifespan)
    app.state.seen = seen
    app.state.answer = GOOD
    app.state.status = 200

    @app.get("/orders/{order_id}", response_model=Order)
    async def order(order_id: str) -> Response:
        await asyncio.sleep(0)
        return Response(json.dumps(app.state.answer), app.state.status, media_type="application/json")

    @app.get("/me")
    async def me(
        authorization: Annotated[str, Header()] = "", x_api_key: Annotated[str, Header()] = ""
    ) -> dict[str, str]:
        return {"authorization": authorization, "key": x_api_key}

    @app.get("/hidden", include_in_schema=False)
    async def hidden() -> dict[str, int]:
        return {"any": 1}

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418)

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("in the app")

    return app


def test_the_lifespan_runs_from_the_first_line_of_the_block_to_its_last() -> None:
    app = shop()
    with ApiClient(app) as client:
        assert app.state.seen == ["started"]
        assert client.get("/orders/o-1").json() == GOOD
    assert app.state.seen == ["started", "stopped"]


async def test_asynchronous_calls_may_be_concurrent() -> None:
    app = shop()
    async with AsyncApiClient(app) as client:
        answers = await asyncio.gather(*(client.get(f"/orders/{number}") for number in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert app.state.seen == ["started", "stopped"]


def changed(**fields: Any) -> dict[str, Any]:
    return {**GOOD, **fields}


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (changed(note="x"), 200, ["200 body $: the document does not declare the field 'note'"]),
        (
            changed(lines=[{"sku": "a", "quantity": "1", "price": 2}]),
            200,
            [
                'body $.lines[0].quantity: expected integer, seen "1"',
                "body $.lines[0]: the document does not declare the field 'price'",
            ],
        ),
        (
            {"id": "1", "payment": GOOD["payment"]},
            200,
            ["body $: the document requires the field 'lines', and it is missing"],
        ),
        (changed(total="3"), 200, ['body $.total: expected number, seen "3"']),
        (
            changed(payment={"kind": "transfer"}),
            200,
            ["body $.payment: the document requires the field 'iban', and it is missing"],
        ),
        (changed(payment={"kind": "cash"}), 200, ["body $.payment"]),
        (GOOD, 201, ["GET /orders/{order_id} 201: the document declares no such status; declared: 200, 422"]),
    ],
)
def test_what_the_document_does_not_declare_fails(answer: Any, status: int, says: list[str]) -> None:
    app = shop()
    app.state.answer, app.state.status = answer, status
    with ApiClient(app) as client, pytest.raises(ResponseDeviates) as caught:
        client.get("/orders/o-1")
    for part in says:
        assert part in str(caught.value)
    assert caught.value.response.status == status


def test_a_required_field_counts_on_the_way_it_travels_only() -> None:
    user = {
        "type": "object",
        "required": ["id", "name", "password"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "name": {"type": "string"},
            "password": {"type": "string", "writeOnly": True},
        },
    }
    conformance = Conformance(OpenApi({"openapi": "3.1.0", "components": {"schemas": {"User": user}}}))
    reference = {"$ref": "#/components/schemas/User"}
    assert conformance.check_value(reference, {"id": 1, "name": "Ann"}) == []
    assert conformance.check_value(reference, {"name": "Ann", "password": "x"}, sent=True) == []
    missing = [("$", "the document requires the field 'id', and it is missing")]
    assert conformance.check_value(reference, {"name": "Ann"}) == missing


def test_an_undeclared_error_status_fails_too() -> None:
    with ApiClient(shop()) as client, pytest.raises(ResponseDeviates, match="GET /teapot 418"):
        client.get("/teapot")


def test_what_the_document_has_no_word_of_is_let_through() -> None:
    with ApiClient(shop()) as client:
        assert client.get("/hidden").json() == {"any": 1}
        assert client.get("/nowhere").status_code == 404
        assert client.get("/openapi.json").status_code == 200


def test_the_check_can_be_turned_off_and_another_document_given() -> None:
    app = shop()
    app.state.status = 201
    with ApiClient(app, openapi=False) as client:
        assert client.get("/orders/o-1").status_code == 201
    other = {"openapi": "3.1.0", "paths": {"/orders/{id}": {"get": {"responses": {"201": {"description": ""}}}}}}
    with ApiClient(app, openapi=other) as client, pytest.raises(ResponseDeviates, match="the document declares none"):
        client.get("/orders/o-1")


def test_what_the_application_raises_is_raised() -> None:
    with ApiClient(shop()) as client, pytest.raises(ZeroDivisionError, match="in the app"):
        client.get("/broken")


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (bearer("t-1"), "authorization", "Bearer t-1"),
        (bearer(iter(["fresh"]).__next__), "authorization", "Bearer fresh"),
        (basic("ann", "pw"), "authorization", "Basic YW5uOnB3"),
        (api_key("k-1"), "key", "k-1"),
    ],
)
def test_credentials_are_sent_with_each_request(auth: Any, header: str, value: str) -> None:
    with ApiClient(shop(), auth=auth) as client:
        assert client.get("/me").json()[header] == value
    assert value.rpartition(" ")[2] not in repr(auth)


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


def test_a_wsgi_application_is_called_too() -> None:
    with ApiClient(wsgi) as client:
        assert client.get("/orders").text == "/orders"


async def test_each_client_says_when_the_other_is_meant() -> None:
    with pytest.raises(UsageError, match="is called with AsyncApiClient"):
        ApiClient(shop()).__enter__()
    with pytest.raises(UsageError, match="call it with ApiClient"):
        AsyncApiClient(wsgi)


def test_a_client_outside_its_block_says_so() -> None:
    with pytest.raises(UsageError, match="use the client in a with block"):
        ApiClient(shop()).get("/orders/o-1")
