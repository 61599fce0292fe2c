"""Uses of the public API that mypy must accept in strict mode, and misuses that it must refuse."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, assert_type

from accord import AccordError, Pact, PactFailed, PollTimeout, VerificationFailed, Verifier, match, poll_until
from accord.contract import (
    Contract,
    Mismatch,
    PactFiles,
    Request,
    Response,
    SpecVersion,
    VerificationResult,
    match_request,
    match_response,
)
from accord.faults import Fault, Faults, Link
from accord.infra import Bus, Redelivery
from accord.stub import Namespace, Received, Stub, StubServer, contains
from accord.testing import Event, EventCapture, capture_outbox, event

# The consumer's side.
pact = Pact("OrderService", "PaymentService", version="3.0", directory=Path("pacts"))
assert_type(
    pact.given("a customer", customer="c-1", age=3)
    .and_given("a method")
    .upon_receiving("a request")
    .with_request(
        "POST",
        match.regex(r"/payments/\d+", "/payments/1"),
        headers={"Accept": "application/json"},
        query={"dry": True, "tag": ["a", match.like("b")]},
        body={"amount": match.decimal(100)},
    )
    .will_respond_with(200, headers={"X": match.uuid()}, body=match.each_like({"id": match.integer(1)}, min=2, max=3)),
    Pact,
)
pact.upon_receiving("plain").with_request("GET", "/").will_respond_with(204)
with pact.serve(port=0) as mock:
    assert_type(mock.url, str)
    assert_type(mock.port, int)
with pact.in_process() as transport:
    import httpx

    httpx.Client(transport=transport)
    httpx.AsyncClient(transport=transport)
assert_type(pact.write(), Path)


def handle(content: Any, metadata: dict[str, Any]) -> None:
    del content, metadata


async def handle_later(content: Any, metadata: dict[str, Any]) -> None:
    del content, metadata


message = pact.expects_to_receive("an event").with_content({"id": match.string("a")}).with_metadata({"key": "k"})
message.verify(handle)
message.verify(handle_later)


async def consume() -> None:
    await message.averify(handle_later)
    async with pact.serve() as served:
        assert_type(served.url, str)
    async with pact.in_process() as carried:
        httpx.AsyncClient(transport=carried)


from accord.contract.grpc import grpc_call, served  # noqa: E402 - an extra, used from here on

if TYPE_CHECKING:
    import psycopg

assert_type(grpc_call(pact.upon_calling("a call"), "shop.Quotes/GetQuote", answer={"id": match.string("a")}), Pact)
with served(pact) as grpc_mock:
    assert_type(grpc_mock.target, str)


# The provider's side.
def set_up(customer: str) -> None:
    del customer


async def tear_down(customer: str) -> dict[str, str]:
    return {"customer": customer}


verifier = (
    Verifier("PaymentService", version="1", time_limit=5)
    .grpc("127.0.0.1:50051")
    .url("http://127.0.0.1:1")
    .state("a customer", set_up, tear_down)
    .message("an event", lambda: ({"id": "a"}, {"key": "k"}))
    .pacts("pacts", Path("more"), PactFiles("pacts"))
)
assert_type(verifier, Verifier)


def verify() -> VerificationResult:
    try:
        return verifier.verify()
    except VerificationFailed as failed:
        assert_type(failed.result, VerificationResult)
        raise
    except AccordError as error:
        assert_type(error.exit_code, int)
        raise


async def verify_later() -> None:
    assert_type(await verifier.averify(), VerificationResult)


# The values.
contract = Contract.read("pacts/a.json")
assert_type(contract.version, SpecVersion)
contract.write(Path("b.json"))
assert_type(match_request(Request(), Request("GET", "/"), spec=SpecVersion.V4), list[Mismatch])
assert_type(match_response(Response(200), Response(404)), list[Mismatch])
assert_type(poll_until(lambda: 5, description="a number"), int)
problems: list[type[BaseException]] = [PactFailed, PollTimeout, VerificationFailed, AccordError]
assert_type(
    pact.upon_calling("a").with_key("k").pending().comment("c").test_name("t").with_content(1).verify(print), None
)

# Misuse: each of these must be an error, or the unused ignore is one.
Pact("OrderService")  # type: ignore[call-arg]
Pact("OrderService", "PaymentService", "3.0")  # type: ignore[call-arg]
pact.given("a", 5)  # type: ignore[call-arg]
pact.upon_receiving(5)  # type: ignore[arg-type]
pact.upon_receiving("a").will_respond_with(200)  # type: ignore[attr-defined]
pact.upon_receiving("a").with_request("GET")  # type: ignore[call-arg]
pact.upon_receiving("a").with_request("GET", "/").will_respond_with("200")  # type: ignore[arg-type]
pact.serve(8080)  # type: ignore[call-arg]
match.integer("1")  # type: ignore[arg-type]
match.regex("a")  # type: ignore[call-arg]
match.likee(1)  # type: ignore[attr-defined]
Verifier("PaymentService").state("a", 5)  # type: ignore[arg-type]
Verifier("PaymentService").pacts(5)  # type: ignore[arg-type]
Verifier("PaymentService").app(object(), kind="cgi")  # type: ignore[arg-type]


# Doubles.
from accord.testing import HttpDouble, double, double_from, function_double, when  # noqa: E402 - used from here on


class Payments:
    async def charge(self, customer: str, *, amount: int = 1) -> Path:
        raise NotImplementedError

    def rates(self) -> dict[str, float]:
        raise NotImplementedError


class Port(ABC):
    @abstractmethod
    def send(self, text: str) -> None: ...


class Shape(Protocol):
    def area(self) -> float: ...


assert_type(double(Payments), Payments)
assert_type(double(Port), Port)  # abstract classes and protocols too
assert_type(double(Shape), Shape)
assert_type(function_double(set_up)("c"), None)
payments = double(Payments)
when(payments.charge).returns(Path())  # what is awaited, not the coroutine
when(payments.rates, 1).returns_each({"a": 1.0}, {})
when(payments.charge).returns("no path")  # type: ignore[arg-type]
when(payments.rates).returns(1)  # type: ignore[arg-type]
payments.refund("c")  # type: ignore[attr-defined]
function_double(set_up)(1)  # type: ignore[arg-type]
service = double_from(openapi={})
assert_type(service, HttpDouble)
assert_type(service.client(), httpx.Client)
service.on("GET", "/").answers(200, {"a": 1}, times=2).slow(1.0)


# Events: what is awaited and what is not follows from the source.
async def events(bus: Bus, plain: psycopg.Connection[Any], awaited: psycopg.AsyncConnection[Any]) -> None:
    assert_type(await EventCapture(bus, "orders.*").expect({"id": match.integer(1)}), Event)
    assert_type(capture_outbox(plain).expect_all({}, event(subject="orders.placed")), list[Event])
    assert_type(await capture_outbox(awaited).expect({}), Event)
    await bus.publish("orders.placed", b"bytes", key="o-1")
    await bus.subscribe("orders.placed", print, group="billing", redelivery=Redelivery(attempts=2))
    await bus.subscribe("orders.placed", print)  # type: ignore[call-arg]  # no group


# Faults: a link's faults are context managers, and say what they take.
def faults_between(faults: Faults) -> None:
    assert_type(faults.link("orders", "payments", "http://127.0.0.1:1"), Link)
    assert_type(faults.between("orders", "payments").latency(2.0, jitter=0.1), Fault)
    with faults.between("orders", "payments").loses(0.2, seed=1), faults.process(1).paused():
        pass
    faults.between("orders", "payments").latency("2")  # type: ignore[arg-type]
    faults.between("orders")  # type: ignore[call-arg]


# Stubs: the builder ends in a stub, a verification in what came.
def stubs_of(server: StubServer) -> None:
    assert_type(server.when("GET", "/x", body=contains("a")).times(2).answer(json={"a": 1}, delay=0.1), Stub)
    assert_type(server.verify("GET", "/x", times=1), list[Received])
    with server.namespace() as space:
        assert_type(space, Namespace)
    server.when("GET", "/x").answer("200")  # type: ignore[arg-type]
