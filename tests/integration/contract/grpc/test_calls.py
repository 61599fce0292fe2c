"""gRPC calls from a consumer's test over the pact file to the provider, in process and by port."""

from __future__ import annotations

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from accord import Pact, PactFailed, VerificationFailed, Verifier, match
from accord.contract import Contract
from accord.contract.grpc import grpc_call, in_process, served
from accord.core.errors import ProviderUnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.grpc_code.quotes import Quotes

    Mock = Callable[[Pact], contextlib.AbstractContextManager[grpc.Channel]]

GET = "shop.v1.Quotes/GetQuote"


@contextlib.contextmanager
def by_port(pact: Pact) -> Iterator[grpc.Channel]:
    with served(pact) as mock, grpc.insecure_channel(mock.target) as channel:
        yield channel


@pytest.fixture(params=[in_process, by_port], ids=["in process", "by port"])
def mock(request: pytest.FixtureRequest) -> Mock:
    return request.param  # type: ignore[no-any-return]  # pytest's


@pytest.fixture
def pact(tmp_path: Path) -> Pact:
    return Pact("Web", "Quotes", directory=tmp_path)


@pytest.fixture
def whole_pact(pact: Pact, quotes: Quotes) -> Pact:
    """A pact with everything that a message can hold, proved by a client."""
    grpc_call(
        pact.given("a customer", customer="c-1").upon_calling("a quote"),
        quotes.pb2.DESCRIPTOR.services_by_name["Quotes"].methods_by_name["GetQuote"],
        request={"customer": "c-1", "items": [{"sku": "a", "quantity": match.integer(2)}], "discount": 0},
        answer={
            "id": match.regex(r"q-\d+", "q-1"),
            "total_cents": match.integer(1200),
            "currency": "EUR",
            "lines": match.each_like({"sku": match.string("a"), "cents": match.integer(600)}),
            "stock": {"a": match.integer(3)},
            "contacts": {"7": {"city": "Graz"}},
            "send_to": {"mail": match.string("m@x")},
            "discount": 0,
            "signature": "AAH/",
            "weight_kg": 0.1,
            "points": 4,
            "accepted": ["EUR", "USD"],
            "fee": 0,
        },
        metadata={"authorization": match.regex("Bearer .+", "Bearer t")},
        answer_metadata={"region": "eu"},
    )
    grpc_call(
        pact.upon_calling("a quote for nobody"),
        GET,
        request={"customer": "nobody"},
        status="NOT_FOUND",
        message=match.like("no such customer"),
    )
    with in_process(pact) as channel:
        stub = quotes.grpc.QuotesStub(channel)
        stub.GetQuote(request_for(quotes), metadata=(("authorization", "Bearer x"),))
        with pytest.raises(grpc.RpcError):
            stub.GetQuote(quotes.pb2.QuoteRequest(customer="nobody"))
    pact.write()
    return pact


def request_for(quotes: Quotes, **changed: Any) -> Any:
    item = quotes.pb2.Item(sku="a", quantity=5)
    return quotes.pb2.QuoteRequest(**{"customer": "c-1", "items": [item], "discount": 0} | changed)


def simple(pact: Pact) -> Pact:
    return grpc_call(pact.upon_calling("a quote"), GET, request={"customer": "c-1"}, answer={"id": "q-1"})


# The consumer's side


def test_a_client_gets_what_the_contract_says(pact: Pact, quotes: Quotes, mock: Mock) -> None:
    grpc_call(
        pact.upon_calling("a quote"),
        GET,
        request={"customer": "c-1"},
        answer={"id": match.string("q-1"), "lines": [{"sku": "a", "cents": 7}]},
        answer_metadata={"region": "eu"},
    )
    with mock(pact) as channel:
        request = quotes.pb2.QuoteRequest(customer="c-1")
        quote, call = quotes.grpc.QuotesStub(channel).GetQuote.with_call(request)
    assert quote == quotes.pb2.Quote(id="q-1", lines=[quotes.pb2.Quote.Line(sku="a", cents=7)])
    assert ("region", "eu") in [tuple(pair) for pair in call.initial_metadata()]
    assert call.code() is grpc.StatusCode.OK


def test_a_client_gets_the_status_of_an_error(pact: Pact, quotes: Quotes, mock: Mock) -> None:
    grpc_call(pact.upon_calling("no quote"), GET, status=grpc.StatusCode.NOT_FOUND, message="no such customer")
    with mock(pact) as channel, pytest.raises(grpc.RpcError) as caught:
        quotes.grpc.QuotesStub(channel).GetQuote(quotes.pb2.QuoteRequest())
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert caught.value.details() == "no such customer"


def test_a_call_can_be_waited_for_later(pact: Pact, quotes: Quotes, mock: Mock) -> None:
    simple(pact)
    with mock(pact) as channel:
        future = quotes.grpc.QuotesStub(channel).GetQuote.future(quotes.pb2.QuoteRequest(customer="c-1"))
        assert future.result(timeout=10).id == "q-1"
        assert future.exception() is None


async def test_an_async_client_is_served(pact: Pact, quotes: Quotes) -> None:
    simple(pact)
    async with served(pact) as mock, grpc.aio.insecure_channel(mock.target) as channel:
        quote = await quotes.grpc.QuotesStub(channel).GetQuote(quotes.pb2.QuoteRequest(customer="c-1"))
    assert quote.id == "q-1"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"customer": "c-2"}, 'body $.customer: expected "c-1", seen "c-2"'),
        ({"discount": None}, "body $.discount: expected an integer such as 0, seen nothing"),
        ({"express": True}, "body $.express: expected false, seen true"),
        ({"items": []}, "body $.items: expected 1 item, seen 0"),
    ],
    ids=str,
)
def test_a_request_that_differs_is_refused_with_the_place(
    pact: Pact, quotes: Quotes, mock: Mock, changed: dict[str, Any], said: str
) -> None:
    grpc_call(
        pact.upon_calling("a quote"),
        GET,
        request={"customer": "c-1", "items": [{"sku": "a", "quantity": match.integer(2)}], "discount": 0},
        answer={"id": "q-1"},
    )
    with pytest.raises(PactFailed) as caught, mock(pact) as channel, pytest.raises(grpc.RpcError) as refused:
        quotes.grpc.QuotesStub(channel).GetQuote(request_for(quotes, **changed))
    assert refused.value.code() is grpc.StatusCode.INTERNAL
    assert said in refused.value.details()
    unexpected, missing = caught.value.problems
    assert unexpected.startswith("Not expected: /shop.v1.Quotes/GetQuote\n")
    assert "nearest: 'a quote'" in unexpected
    assert said in unexpected
    assert missing == "Expected, but not called: 'a quote', /shop.v1.Quotes/GetQuote"


def test_a_method_that_is_not_expected_is_unimplemented(pact: Pact, quotes: Quotes, mock: Mock) -> None:
    simple(pact)
    with pytest.raises(PactFailed, match=r"Not expected: /shop\.v1.Quotes/Cancel"), mock(pact) as channel:
        stub = quotes.grpc.QuotesStub(channel)
        stub.GetQuote(quotes.pb2.QuoteRequest(customer="c-1"))
        with pytest.raises(grpc.RpcError) as refused:
            stub.Cancel(quotes.pb2.QuoteRequest())
        assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_call_made_twice_is_told(pact: Pact, quotes: Quotes, mock: Mock) -> None:
    simple(pact)
    with pytest.raises(PactFailed, match="Called 2 times, expected once: 'a quote'"), mock(pact) as channel:
        for _ in range(2):
            quotes.grpc.QuotesStub(channel).GetQuote(quotes.pb2.QuoteRequest(customer="c-1"))


def test_metadata_of_a_call_is_compared(pact: Pact, quotes: Quotes, mock: Mock) -> None:
    grpc_call(
        pact.upon_calling("a quote"), GET, answer={"id": "q"}, metadata={"Authorization": match.regex("B.+", "Bt")}
    )
    with pytest.raises(PactFailed) as caught, mock(pact) as channel, pytest.raises(grpc.RpcError):
        quotes.grpc.QuotesStub(channel).GetQuote(quotes.pb2.QuoteRequest(), metadata=(("authorization", "x"),))
    assert "metadata authorization" in caught.value.problems[0]


def test_streams_are_refused_when_they_are_called(pact: Pact, quotes: Quotes) -> None:
    simple(pact)
    with pytest.raises(UsageError, match=r"/shop\.v1\.Quotes/Watch streams"), in_process(pact) as channel:
        quotes.grpc.QuotesStub(channel).Watch(quotes.pb2.QuoteRequest())


def test_http_and_grpc_are_expected_side_by_side(pact: Pact, quotes: Quotes) -> None:
    pact.upon_receiving("health").with_request("GET", "/health").will_respond_with(204)
    simple(pact)
    with in_process(pact) as channel:
        quotes.grpc.QuotesStub(channel).GetQuote(quotes.pb2.QuoteRequest(customer="c-1"))
    import httpx  # noqa: PLC0415 - this test alone

    with pact.serve() as mock:
        assert httpx.get(f"{mock.url}/health", trust_env=False).status_code == 204
    assert len(Contract.read(pact.write()).interactions) == 2


def test_what_makes_no_sense_is_refused_where_it_is_said(pact: Pact, quotes: Quotes, tmp_path: Path) -> None:
    begun = pact.upon_calling("a quote")
    for arguments, said in [
        ({"status": "NOPE"}, "unknown gRPC status 'NOPE'; known: OK, CANCELLED"),
        ({"status": "NOT_FOUND", "answer": {}}, "a call that ends with NOT_FOUND has no answer"),
        ({"answer": {"fee": match.regex("b", "b")}}, "not a shop.v1.Quote"),
        ({"answer": {"rate": match.integer(3)}}, "the example does not fit its own matcher"),
        ({"metadata": {"a": 1}}, "metadata 'a': expected a text"),
        ({"metadata": {"a-bin": "x"}}, "metadata 'a-bin': binary metadata has no place"),
    ]:
        with pytest.raises(UsageError, match=said):
            grpc_call(begun, GET, **arguments)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(UsageError, match="nothing is expected: say so with grpc_call"):
        in_process(pact)
    with pytest.raises(UsageError, match=r"needs version 4\.0"):
        simple(Pact("Web", "Quotes", version="3.0", directory=tmp_path))


def test_a_port_that_is_taken_is_told(pact: Pact, quotes: Quotes) -> None:
    simple(pact)
    with served(pact) as mock:
        other = Pact("Other", "Quotes")
        simple(other)
        with pytest.raises(UsageError, match="cannot be listened on"), served(other, port=mock.port):
            pass
        with grpc.insecure_channel(mock.target) as channel:
            quotes.grpc.QuotesStub(channel).GetQuote(quotes.pb2.QuoteRequest(customer="c-1"))
    with pytest.raises(UsageError, match="is not running"):
        _ = mock.target


# The file


def test_the_file_is_what_the_protobuf_plugin_of_pact_writes(whole_pact: Pact) -> None:
    document = json.loads(whole_pact.path.read_text())
    call = next(each for each in document["interactions"] if each["description"] == "a quote")
    assert call["type"] == "Synchronous/Messages"
    assert call["transport"] == "grpc"
    assert call["pluginConfiguration"]["protobuf"]["service"] == ".shop.v1.Quotes/GetQuote"
    contents = call["request"]["contents"]
    assert contents["contentType"] == "application/protobuf;message=.shop.v1.QuoteRequest"
    assert contents["encoded"] == "base64"
    assert list(call["request"]["matchingRules"]["body"]) == ["$.items[0].quantity"]
    assert list(call["response"][0]["matchingRules"]["body"])[2:] == [
        "$.lines", "$.lines[*].sku", "$.lines[*].cents", "$.stock.a", "$.send_to.mail",
    ]  # fmt: skip
    (plugin,) = document["metadata"]["plugins"]
    assert plugin["name"] == "protobuf"
    assert list(plugin["configuration"]) == [call["pluginConfiguration"]["protobuf"]["descriptorKey"]]
    failed = next(each for each in document["interactions"] if each["description"] == "a quote for nobody")
    assert failed["response"][0]["metadata"] == {"grpc-status": "NOT_FOUND", "grpc-message": "no such customer"}


def test_the_descriptors_stay_when_other_interactions_join_the_file(whole_pact: Pact, tmp_path: Path) -> None:
    before = json.loads(whole_pact.path.read_text())["metadata"]["plugins"]
    later = Pact("Web", "Quotes", directory=tmp_path)
    later.expects_to_receive("an event").with_content({"a": 1}).verify(lambda content, metadata: None)
    later.write()
    document = json.loads(later.path.read_text())
    assert document["metadata"]["plugins"] == before
    assert len(document["interactions"]) == 3
    Contract.read(later.path).write(tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text()) == document


# The provider's side


def answer_for(quotes: Quotes, **changed: Any) -> Any:
    pb2 = quotes.pb2
    fields: dict[str, Any] = {
        "id": "q-77", "total_cents": 5, "currency": pb2.EUR, "lines": [pb2.Quote.Line(sku=sku) for sku in "xyz"],
        "stock": {"a": 0, "b": 9}, "contacts": {7: pb2.Contact(city="Graz", mail="new")},
        "send_to": pb2.Contact(mail="a@b"), "discount": 0, "signature": b"\0\1\xff", "weight_kg": 0.1,
        "points": {"value": 4}, "accepted": [pb2.EUR, pb2.USD], "rate": 1.5,
    }  # fmt: skip
    return pb2.Quote(**{name: value for name, value in (fields | changed).items() if value is not None})


def servicer_for(quotes: Quotes, **changed: Any) -> Any:
    class Servicer(quotes.grpc.QuotesServicer):  # type: ignore[name-defined, misc]  # a generated class
        def GetQuote(self, request: Any, context: Any) -> Any:  # noqa: N802 - the .proto says so
            if request.customer == "nobody":
                context.abort(changed.get("status", grpc.StatusCode.NOT_FOUND), "there is nobody")
            assert dict(context.invocation_metadata())["authorization"] == "Bearer t"
            context.set_trailing_metadata((("region", changed.get("region", "eu")),))
            fields = {name: value for name, value in changed.items() if name not in ("status", "region")}
            return answer_for(quotes, **fields)

    return Servicer()


def aio_servicer_for(quotes: Quotes) -> Any:
    class Servicer(quotes.grpc.QuotesServicer):  # type: ignore[name-defined, misc]  # as above
        async def GetQuote(self, request: Any, context: Any) -> Any:  # noqa: N802 - the .proto says so
            if request.customer == "nobody":
                await context.abort(grpc.StatusCode.NOT_FOUND, "there is nobody")
            await context.send_initial_metadata((("region", "eu"),))
            return answer_for(quotes)

    return Servicer()


def verifier(pact: Pact) -> Verifier:
    return Verifier("Quotes", time_limit=10).pacts(pact.path).state("a customer", lambda customer: None)


@contextlib.contextmanager
def running(quotes: Quotes, servicer: Any) -> Iterator[str]:
    with ThreadPoolExecutor(2) as pool:
        server = grpc.server(pool)
        quotes.grpc.add_QuotesServicer_to_server(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(grace=1).wait()


def test_a_provider_in_process_keeps_the_contract(whole_pact: Pact, quotes: Quotes) -> None:
    add = quotes.grpc.add_QuotesServicer_to_server
    assert verifier(whole_pact).grpc(servicer_for(quotes), add).verify().success
    assert verifier(whole_pact).grpc(aio_servicer_for(quotes), add).verify().success


async def test_a_provider_in_process_keeps_the_contract_in_async_code(whole_pact: Pact, quotes: Quotes) -> None:
    add = quotes.grpc.add_QuotesServicer_to_server
    assert (await verifier(whole_pact).grpc(aio_servicer_for(quotes), add).averify()).success


def test_a_provider_at_a_port_keeps_the_contract(whole_pact: Pact, quotes: Quotes) -> None:
    with running(quotes, servicer_for(quotes)) as target:
        assert verifier(whole_pact).grpc(target).verify().success


async def test_an_async_provider_on_the_same_loop_keeps_the_contract(whole_pact: Pact, quotes: Quotes) -> None:
    server = grpc.aio.server()
    quotes.grpc.add_QuotesServicer_to_server(aio_servicer_for(quotes), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        assert (await verifier(whole_pact).grpc(f"127.0.0.1:{port}").averify()).success
    finally:
        await server.stop(grace=1)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": "77"}, "body $.id: expected a text that matches 'q-\\\\d+', seen \"77\""),
        ({"currency": 2}, 'body $.currency: expected "EUR", seen "USD"'),
        ({"lines": []}, "body $.lines: expected at least 1 item, seen 0"),
        ({"stock": {}}, "body $.stock.a: expected an integer such as 3, seen nothing"),
        ({"contacts": {}}, 'body $.contacts[\'7\']: expected an object such as {"city": "Graz"}, seen nothing'),
        (
            {"send_to": None, "pickup_at": "x"},
            'body $.send_to: expected an object such as {"mail": "m@x"}, seen nothing',
        ),
        ({"discount": None}, "body $.discount: expected an integer such as 0, seen nothing"),
        ({"signature": b""}, 'body $.signature: expected "AAH/", seen ""'),
        ({"weight_kg": 0.2}, "body $.weight_kg: expected 0.1, seen 0.2"),
        ({"points": None}, "body $.points: expected an integer such as 4, seen nothing"),
        ({"accepted": [1]}, "body $.accepted: expected 2 items, seen 1"),
        ({"fee": 3}, "body $.fee: expected 0, seen 3"),
        ({"region": "us"}, 'metadata region: expected "eu", seen "us"'),
        ({"status": grpc.StatusCode.INTERNAL}, "status: expected NOT_FOUND, seen INTERNAL: there is nobody"),
    ],
    ids=str,
)
def test_what_breaks_the_contract_is_named_by_its_path(
    whole_pact: Pact, quotes: Quotes, changed: dict[str, Any], said: str
) -> None:
    result = (
        verifier(whole_pact).grpc(servicer_for(quotes, **changed), quotes.grpc.add_QuotesServicer_to_server).check()
    )
    assert [str(mismatch) for each in result.interactions for mismatch in each.mismatches] == [said]


def test_the_same_break_is_named_by_port(whole_pact: Pact, quotes: Quotes) -> None:
    with running(quotes, servicer_for(quotes, currency=2)) as target, pytest.raises(VerificationFailed) as caught:
        verifier(whole_pact).grpc(target).verify()
    assert 'body $.currency: expected "EUR", seen "USD"' in str(caught.value)
    assert ".shop.v1.Quotes/GetQuote" in str(caught.value)


def test_a_servicer_that_raises_is_shown_where_it_did(whole_pact: Pact, quotes: Quotes) -> None:
    class Broken(quotes.grpc.QuotesServicer):  # type: ignore[name-defined, misc]  # as above
        def GetQuote(self, request: Any, context: Any) -> Any:  # noqa: N802 - the .proto says so
            raise LookupError(request.customer)

    result = verifier(whole_pact).grpc(Broken(), quotes.grpc.add_QuotesServicer_to_server).check()
    first = result.interactions[1]
    assert first.problem == "the provider raised LookupError: c-1 on /shop.v1.Quotes/GetQuote"
    assert "raise LookupError" in (first.traceback or "")


def test_a_method_that_is_not_implemented_is_a_status(whole_pact: Pact, quotes: Quotes) -> None:
    """The generated base class sets a status and raises NotImplementedError."""
    servicer = quotes.grpc.QuotesServicer()
    result = verifier(whole_pact).grpc(servicer, quotes.grpc.add_QuotesServicer_to_server).check()
    assert "NotImplementedError" in (result.interactions[0].problem or "")


def test_values_of_state_handlers_are_filled_into_requests(pact: Pact, quotes: Quotes) -> None:
    grpc_call(
        pact.given("a customer").upon_calling("a quote"),
        GET,
        request={"customer": match.from_provider_state("${customer}", "c-0")},
        answer={"id": "q-1"},
    )
    with in_process(pact) as channel:
        quotes.grpc.QuotesStub(channel).GetQuote(quotes.pb2.QuoteRequest(customer="c-5"))
    pact.write()
    seen = []

    class Servicer(quotes.grpc.QuotesServicer):  # type: ignore[name-defined, misc]  # as above
        def GetQuote(self, request: Any, context: Any) -> Any:  # noqa: N802 - the .proto says so
            seen.append(request.customer)
            return quotes.pb2.Quote(id="q-1")

    checked = Verifier("Quotes").pacts(pact.path).state("a customer", lambda: {"customer": "c-9"})
    checked.grpc(Servicer(), quotes.grpc.add_QuotesServicer_to_server).verify()
    assert seen == ["c-9"]


def test_a_provider_that_is_down_is_told_once(whole_pact: Pact) -> None:
    with pytest.raises(ProviderUnreachableError, match=r"no gRPC server answers at 127\.0\.0\.1:9"):
        verifier(whole_pact).grpc("127.0.0.1:9").verify()


def test_calls_without_a_provider_say_how_to_name_one(whole_pact: Pact) -> None:
    result = verifier(whole_pact).check()
    assert result.interactions[0].problem == "a gRPC call, but no provider was given for it; name it with .grpc(…)"


def test_a_provider_is_named_once_and_rightly(quotes: Quotes) -> None:
    add = quotes.grpc.add_QuotesServicer_to_server
    with pytest.raises(UsageError, match="expected one address"):
        Verifier("Quotes").grpc("127.0.0.1:1", add)
    with pytest.raises(UsageError, match="expected one address"):
        Verifier("Quotes").grpc(servicer_for(quotes))
    with pytest.raises(UsageError, match="expected one address"):
        Verifier("Quotes").grpc("127.0.0.1:1").grpc(servicer_for(quotes), add)


def test_a_file_without_its_descriptors_says_so(whole_pact: Pact, quotes: Quotes) -> None:
    document = json.loads(whole_pact.path.read_text())
    del document["metadata"]["plugins"]
    whole_pact.path.write_text(json.dumps(document))
    result = verifier(whole_pact).grpc(servicer_for(quotes), quotes.grpc.add_QuotesServicer_to_server).check()
    assert "are not in the file's metadata.plugins" in (result.interactions[0].problem or "")


def test_a_file_as_older_versions_of_the_plugin_wrote_it_is_verified(whole_pact: Pact, quotes: Quotes) -> None:
    """Names without the package, rules for items with ``.*``, and nothing about how the example was written."""
    text = whole_pact.path.read_text().replace(".shop.v1.Quotes/", "Quotes/").replace("message=.shop.v1.", "message=")
    document = json.loads(text.replace("$.lines[*].", "$.lines.*."))
    for each in document["interactions"]:
        del each["pluginConfiguration"]["protobuf"]["expectations"]
    whole_pact.path.write_text(json.dumps(document))
    add = quotes.grpc.add_QuotesServicer_to_server
    assert verifier(whole_pact).grpc(servicer_for(quotes), add).verify().success
    broken = verifier(whole_pact).grpc(servicer_for(quotes, currency=2, fee=3), add).check()
    found = [str(mismatch) for each in broken.interactions for mismatch in each.mismatches]
    assert found == ['body $.currency: expected "EUR", seen "USD"']  # of the fee such a file does not tell


def test_the_command_line_verifies_a_server_by_its_address(
    whole_pact: Pact, quotes: Quotes, run_accord: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "states.py").write_text('STATES = {"a customer": lambda customer: None}\n')
    with running(quotes, servicer_for(quotes)) as target:
        kept = run_accord(
            "verify", "Quotes", "--grpc", target, "--states", "states.py", "--pacts", str(whole_pact.path)
        )
        assert (kept.returncode, kept.stderr) == (0, "")
    down = run_accord("verify", "Quotes", "--grpc", target, "--states", "states.py", "--pacts", str(whole_pact.path))
    assert down.returncode == 2
    assert f"no gRPC server answers at {target}" in down.stderr
