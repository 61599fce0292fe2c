"""Verification of real applications: FastAPI in process and on uvicorn, WSGI, messages; from a consumer's test to the answer."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from accord import Pact, VerificationFailed, Verifier, match, poll_until
from accord.contract.results_folder import ResultsFolder
from accord.core.errors import AccordError, ProviderUnreachableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

ORDERS: dict[int, dict[str, Any]] = {}


def add_order(id: int) -> None:  # noqa: A002 - the parameter's name in the contract
    ORDERS[id] = {"id": id, "total": 12.5, "lines": [{"sku": "a"}, {"sku": "b"}]}


def remove_order(id: int) -> None:  # noqa: A002 - as above
    del ORDERS[id]


def make_app(total: str = "total") -> FastAPI:
    """The provider: one endpoint sync, one async; only usable once its lifespan has begun."""
    started: list[str] = []

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        started.append("up")
        yield
        started.append("down")

    app = FastAPI(lifespan=lifespan)
    app.state.started = started

    @app.get("/orders/{id}")
    def order(id: int) -> Response:  # noqa: A002 - the parameter's name in the path
        assert started == ["up"]
        if id not in ORDERS:
            return JSONResponse({"detail": "unknown"}, 404)
        return JSONResponse({total if key == "total" else key: value for key, value in ORDERS[id].items()})

    @app.post("/orders", status_code=201)
    async def create(body: dict[str, Any], response: Response) -> dict[str, Any]:
        await asyncio.sleep(0)
        response.headers["Location"] = "/orders/8"
        return {**body, "id": 8}

    return app


def consumer_test(folder: Path, version: str) -> Path:
    """What a consumer's test proves; without what the version cannot say."""
    number = match.like(12.5) if version == "2.0" else match.decimal(12.5)
    pact = Pact("web", "orders", version=version, directory=folder)
    given = pact.given("order 7 exists") if version == "2.0" else pact.given("an order exists", id=7)
    (
        given.upon_receiving("a request for an order")
        .with_request("GET", match.regex(r"/orders/\d+", "/orders/7"), headers={"Accept": "application/json"})
        .will_respond_with(
            200, body={"id": match.like(7), "total": number, "lines": match.each_like({"sku": match.like("a")})}
        )
    )
    (
        pact.upon_receiving("a new order")
        .with_request("POST", "/orders", body={"total": match.like(1.5)})
        .will_respond_with(
            201, headers={"Location": match.regex(r"/orders/\d+", "/orders/1")}, body={"id": match.like(1)}
        )
    )
    pact.upon_receiving("an order that is not there").with_request("GET", "/orders/404").will_respond_with(404)
    with pact.serve() as mock, httpx.Client(base_url=mock.url, headers={"Accept": "application/json"}) as client:
        assert client.get("/orders/7").json()["total"] == 12.5
        assert client.post("/orders", json={"total": 99.5}).status_code == 201
        assert client.get("/orders/404").status_code == 404
    return pact.write()


def verifier(*pacts: Path) -> Verifier:
    return (
        Verifier("orders", version="1")
        .state("an order exists", add_order, remove_order)
        .state("order 7 exists", lambda: add_order(7), lambda: ORDERS.pop(7))
        .pacts(*pacts)
    )


@pytest.mark.parametrize("version", ["2.0", "3.0", "4.0"])
def test_from_the_consumers_test_to_the_answer(tmp_path: Path, version: str) -> None:
    path = consumer_test(tmp_path, version)
    app = make_app()
    result = verifier(path).app(app).record_to(ResultsFolder(tmp_path)).verify()
    assert [each.status for each in result.interactions] == ["passed"] * 3
    assert app.state.started == ["up", "down"]
    assert ORDERS == {}


def test_a_renamed_field_stops_the_provider(tmp_path: Path) -> None:
    path = consumer_test(tmp_path, "4.0")
    with pytest.raises(
        VerificationFailed,
        match=r"body \$\.total: expected a decimal such as 12\.5, seen nothing; is it now called 'totalAmount'\?",
    ):
        verifier(path).app(make_app("totalAmount")).verify()
    assert ORDERS == {}


async def test_in_async_code_the_app_runs_on_the_tests_own_loop(tmp_path: Path) -> None:
    path = await asyncio.to_thread(consumer_test, tmp_path, "4.0")
    assert (await verifier(path).app(make_app()).averify()).success


def test_a_wsgi_application_is_verified_too(tmp_path: Path) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            start_response("201 Created", [("Content-Type", "application/json"), ("Location", "/orders/3")])
            return [b'{"id": 3}']
        found = environ["PATH_INFO"] == "/orders/7"
        start_response("200 OK" if found else "404 Not Found", [("Content-Type", "application/json")])
        return [b'{"id": 7, "total": 1.5, "lines": [{"sku": "x"}]}']

    assert verifier(consumer_test(tmp_path, "4.0")).app(app).verify().success


SERVER = """
from fastapi import FastAPI, Response
app = FastAPI()
@app.get("/orders/{id}")
def order(id: int, response: Response):
    if id == 404:
        response.status_code = 404
        return {}
    return {"id": id, "total": 1.5, "lines": [{"sku": "x"}]}
@app.post("/orders", status_code=201)
def create(response: Response):
    response.headers["Location"] = "/orders/8"
    return {"id": 8}
"""


@pytest.fixture(scope="module")
def running_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("provider")
    (folder / "provider.py").write_text(SERVER)
    program = (
        "import socket, uvicorn\n"
        "taken = socket.socket(); taken.bind(('127.0.0.1', 0)); taken.listen(64)\n"
        "print(taken.getsockname()[1], flush=True)\n"
        "uvicorn.Server(uvicorn.Config('provider:app', log_level='error')).run(sockets=[taken])\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{int(process.stdout.readline())}"
        try:
            poll_until(lambda: httpx.get(f"{url}/orders/1").is_success, description="the provider answers", timeout=30)
            yield url
        finally:
            process.terminate()


def test_a_provider_that_runs_elsewhere_is_verified_by_its_url(tmp_path: Path, running_provider: str) -> None:
    assert verifier(consumer_test(tmp_path, "4.0")).url(running_provider).verify().success


async def test_a_provider_that_runs_elsewhere_is_verified_in_async_code(tmp_path: Path, running_provider: str) -> None:
    path = await asyncio.to_thread(consumer_test, tmp_path, "4.0")
    assert (await verifier(path).url(running_provider).averify()).success


def test_a_provider_that_is_down_is_one_error_and_leaves_the_states(tmp_path: Path) -> None:
    path = consumer_test(tmp_path, "4.0")
    with pytest.raises(ProviderUnreachableError, match=r"127\.0\.0\.1:9"):
        verifier(path).url("http://127.0.0.1:9").verify()
    assert ORDERS == {}


def test_an_application_whose_start_fails_is_one_error(tmp_path: Path) -> None:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        raise RuntimeError("no settings")
        yield

    with pytest.raises(AccordError, match="no settings"):
        verifier(consumer_test(tmp_path, "4.0")).app(FastAPI(lifespan=lifespan)).verify()


def test_an_application_that_raises_shows_its_own_line(tmp_path: Path) -> None:
    app = FastAPI()

    @app.get("/orders/{id}")
    async def order(id: int) -> None:  # noqa: A002 - the parameter's name in the path
        raise LookupError("no table", id)

    with pytest.raises(VerificationFailed) as caught:
        verifier(consumer_test(tmp_path, "4.0")).app(app).verify()
    assert "the provider raised LookupError: ('no table', 7) on GET /orders/7" in str(caught.value)
    assert 'raise LookupError("no table", id)' in str(caught.value)
    assert "starlette" not in str(caught.value)


def test_an_application_that_answers_500_and_raises_keeps_a_contract_of_500(tmp_path: Path) -> None:
    app = FastAPI()

    @app.exception_handler(Exception)
    async def crashed(_: object, error: Exception) -> JSONResponse:
        return JSONResponse({"error": "internal_error"}, 500)

    @app.get("/orders/{id}")
    async def order(id: int) -> None:  # noqa: A002 - the parameter's name in the path
        raise LookupError("no table", id)

    pact = Pact("web", "orders", directory=tmp_path)
    answer = pact.upon_receiving("a request that crashes").with_request("GET", "/orders/7")
    answer.will_respond_with(500, headers={"Content-Type": "application/json"}, body={"error": "internal_error"})
    with pact.in_process() as transport, httpx.Client(transport=transport, base_url="http://orders") as client:
        assert client.get("/orders/7").status_code == 500
    assert Verifier("orders").app(app).pacts(pact.write()).verify().success


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_a_message_from_the_consumers_handler_to_the_providers_producer(tmp_path: Path, version: str) -> None:
    pact = Pact("mailer", "orders", version=version, directory=tmp_path)
    (
        pact.given("an order exists", id=7)
        .expects_to_receive("an order.placed event")
        .with_content({"id": match.integer(1), "lines": match.each_like({"sku": "a"})})
        .with_metadata({"key": match.regex(r"order-\d+", "order-1")})
        .verify(lambda content, metadata: (content["lines"][0]["sku"], metadata["key"]))
    )

    async def produce() -> tuple[dict[str, Any], dict[str, str]]:
        await asyncio.sleep(0)
        return ORDERS[7], {"key": "order-7"}

    assert verifier(pact.write()).message("an order.placed event", produce).verify().success
