"""The engine without input or output: scenarios, times, delays, journal, near misses, and what its users say to it."""

from __future__ import annotations

import contextlib
import json
import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import time_machine

from accord.core.errors import UsageError
from accord.stub import (
    MappingError,
    Options,
    StubServer,
    StubVerificationFailed,
    absent,
    any_of,
    contains,
    equal_to_json,
    json_path,
    json_schema,
    matches,
    not_,
    xpath,
)
from accord.stub.delays import Delay
from accord.stub.engine import Engine
from accord.stub.journal import Journal
from accord.stub.mapping import StubMapping
from accord.stub.requests import StubRequest

if TYPE_CHECKING:
    from accord.stub.plan import Plan


@pytest.fixture
def server() -> StubServer:
    """A server that never listens."""
    return StubServer()


def sent(server: StubServer, method: str, target: str, body: bytes = b"", **headers: str) -> Plan:
    request = StubRequest(method, target, list(headers.items()), body)
    return server.engine.answer(request, server.engine.space(""))


def admin(server: StubServer, method: str, path: str, body: Any = None) -> Any:
    plan = sent(server, method, f"/__admin/{path}", b"" if body is None else json.dumps(body).encode())
    return plan.status, json.loads(plan.body) if plan.body else None


def test_namespaces_at_once_share_a_stub_that_answers_so_many_times(
    server: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks while another is between looking and taking would take the same answer once more."""
    server.when("GET", "/x").times(1).answer(503)
    engine, together = server.engine, threading.Barrier(2)
    is_over = StubMapping.is_over

    def looks_and_waits(stub: StubMapping) -> bool:
        over = is_over(stub)
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(0.05)  # until the other has looked, too; where only one can look nobody comes
        return over

    monkeypatch.setattr(StubMapping, "is_over", looks_and_waits)
    with ThreadPoolExecutor(2) as pool:
        spaces = [engine.space(name) for name in "ab"]
        answers = list(pool.map(lambda space: engine.answer(StubRequest("GET", "/x", [], b""), space).status, spaces))
    assert sorted(answers) == [404, 503]


def test_a_stub_answers_so_many_times(server: StubServer) -> None:
    server.when("GET", "/x").answer(200, "always")
    server.when("GET", "/x").times(2).answer(503)
    assert [sent(server, "GET", "/x").status for _ in range(4)] == [503, 503, 200, 200]


def test_a_stub_goes_when_its_time_is_over(server: StubServer) -> None:
    server.when("GET", "/x").for_seconds(0).answer(200)
    assert sent(server, "GET", "/x").status == 404
    assert admin(server, "GET", "mappings")[1]["meta"]["total"] == 0


def test_a_scenario_goes_on_by_its_stubs(server: StubServer) -> None:
    server.when("POST", "/pay").in_scenario("pay", "Started", then="paid").answer(201)
    server.when("POST", "/pay").in_scenario("pay", "paid").answer(409)
    assert [sent(server, "POST", "/pay").status for _ in range(3)] == [201, 409, 409]
    assert server.scenario("pay") == "paid"
    assert admin(server, "PUT", "scenarios/pay/state", {"state": "Started"})[0] == 200
    assert sent(server, "POST", "/pay").status == 201
    assert admin(server, "PUT", "scenarios/pay/state", {"state": "lost"})[0] == 422
    assert admin(server, "PUT", "scenarios/none/state", {"state": "x"})[0] == 404


@pytest.mark.parametrize(
    ("given", "fitting", "other"),
    [
        ({"body": {"a": 1}}, b'{"a": 1}', b'{"a": 1, "b": 2}'),
        ({"body": "text"}, b"text", b"texts"),
        ({"body": b"\x00\x01"}, b"\x00\x01", b"\x00\x02"),
        ({"body": contains("or")}, b"order", b"payment"),
        ({"body": matches("[a-z]+")}, b"abc", b"ABC"),
        ({"body": absent()}, b"", b"x"),
        ({"body": json_path("$.total", matches("[0-9]+"))}, b'{"total": 5}', b'{"total": "x"}'),
        ({"body": json_schema({"type": "object", "required": ["id"]})}, b'{"id": 1}', b"{}"),
        ({"body": [json_path("$.a"), not_(contains("bad"))]}, b'{"a": "good"}', b'{"a": "bad"}'),
        ({"body": any_of(contains("a"), contains("b"))}, b"xb", b"xc"),
        ({"body": equal_to_json([1, 2], any_order=True)}, b"[2, 1]", b"[2, 2]"),
        ({"body": xpath("//id/text()", "7")}, b"<a><id>7</id></a>", b"<a><id>8</id></a>"),
    ],
)
def test_words_say_what_a_body_must_be(given: dict[str, Any], fitting: bytes, other: bytes, server: StubServer) -> None:
    server.when("POST", "/x", **given).answer(201)
    assert [sent(server, "POST", "/x", each).status for each in (fitting, other)] == [201, 404]


def test_verify_shows_the_nearest_request_and_what_differs(server: StubServer) -> None:
    sent(server, "POST", "/orders?full=1", b'{"item": "book", "count": 2}', Accept="text/html")
    with pytest.raises(StubVerificationFailed) as caught:
        server.verify("POST", "/orders", headers={"Accept": contains("json")}, body={"item": "book", "count": 1})
    assert str(caught.value).splitlines() == [
        "expected POST /orders at least once, seen 0 times",
        "  nearest requests:",
        "    POST /orders?full=1",
        "      header Accept: expected contains json, seen text/html",
        "      body $.count: expected 1, seen 2",
    ]
    server.verify("POST", "/orders", times=1)
    with pytest.raises(StubVerificationFailed, match="once, seen 0 times"):
        server.verify("GET", "/orders", times=1)
    with pytest.raises(StubVerificationFailed, match="expected POST /orders 0 times, seen 1 times"):
        server.verify("POST", "/orders", times=0)
    with pytest.raises(UsageError, match="'bodie' is not known"):
        server.verify("POST", "/orders", bodie=1)


def test_the_404_says_what_was_expected_of_near_candidates(server: StubServer) -> None:
    server.when("POST", "/orders", query={"page": "2"}, body=json_path("$.id")).named("an order").answer(201)
    text = sent(server, "PUT", "/orders?page=3", b"{}").body.decode()
    for line in (
        "'an order', POST /orders", "method: expected POST, seen PUT", "query parameter page: expected equalTo 2, seen 3",
        "body $.id: expected a value, seen nothing",
    ):  # fmt: skip
        assert line in text


def test_a_near_miss_has_the_distance_that_wiremock_gives(server: StubServer) -> None:
    server.stub({"request": {"url": "/bb"}})
    _, found = admin(server, "POST", "near-misses/request", {"url": "/ab", "method": "GET"})
    assert found["nearMisses"][0]["matchResult"]["distance"] == pytest.approx(0.08547008547008546)
    assert found["nearMisses"][0]["matchResult"]["diffDescriptions"] == [
        {"field": "url", "expected": "/bb", "seen": "/ab"}
    ]


def test_near_misses_among_very_many_stubs_cost_no_more(server: StubServer) -> None:
    for number in range(5000):
        server.stub({"request": {"url": f"/{number}"}})
    assert "expected /4999" in sent(server, "GET", "/4999x").body.decode()


def test_the_journal_keeps_the_newest_within_its_bounds() -> None:
    journal = Journal(3, most_bytes=10)
    for number in range(5):
        journal.add(StubRequest("GET", f"/{number}"), None, None)
    assert [each.request.target for each in journal] == ["/2", "/3", "/4"]
    journal.add(StubRequest("POST", "/large", body=b"x" * 9), None, None)
    journal.add(StubRequest("POST", "/larger", body=b"x" * 8), None, None)
    assert [each.request.target for each in journal] == ["/larger"]
    assert len({each.id for each in journal}) == 1


def test_without_a_journal_counts_say_so() -> None:
    server = StubServer(options=Options(journal=0))
    sent(server, "GET", "/x")
    assert admin(server, "POST", "requests/count", {"url": "/x"}) == (
        200,
        {"count": -1, "requestJournalDisabled": True},
    )
    assert admin(server, "GET", "requests")[0] == 500


def test_delays_are_drawn_from_their_distributions() -> None:
    source = random.Random(3)
    assert Delay("fixed", 20).seconds(source) == 0.02
    drawn = [Delay("uniform", 10, 20).seconds(source) for _ in range(200)]
    assert min(drawn) >= 0.01
    assert max(drawn) <= 0.02
    drawn = sorted(Delay("lognormal", 80, 0.4).seconds(source) for _ in range(2001))
    assert drawn[1000] == pytest.approx(0.08, rel=0.1)
    assert Delay("lognormal", 80, 400, 100).seconds(source) <= 0.1


def test_global_delays_hold_where_a_stub_has_none(server: StubServer) -> None:
    server.when("GET", "/own").answer(200, delay=0.5)
    server.when("GET", "/none").answer(200)
    admin(server, "POST", "settings", {"fixedDelay": 200})
    assert [sent(server, "GET", path).delay for path in ("/own", "/none")] == [0.5, 0.2]
    admin(server, "POST", "settings", {"delayDistribution": {"type": "uniform", "lower": 100, "upper": 100}})
    assert sent(server, "GET", "/none").delay == pytest.approx(0.1)
    admin(server, "POST", "reset")
    assert admin(server, "POST", "settings", {"bogus": 1})[0] == 422


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "mappings/zz", None, 400), ("GET", "mappings/00000000-0000-0000-0000-000000000000", None, 404),
        ("DELETE", "mappings/00000000-0000-0000-0000-000000000000", None, 404), ("PUT", "mappings", None, 404),
        ("GET", "requests/zz", None, 400), ("GET", "nothing", None, 404), ("GET", "mappings?limit=x", None, 400),
        ("POST", "recordings/stop", None, 400), ("POST", "mappings", None, 422), ("POST", "mappings", [], 422),
        ("POST", "mappings/import", {"mappings": [{"bad": 1}]}, 422), ("POST", "requests/count", {"bogus": 1}, 422),
        ("GET", "files/none", None, 404), ("POST", "mappings/save", None, 200), ("GET", "health", None, 200),
        ("POST", "recordings/start", {"targetBaseUrl": "nope"}, 422), ("DELETE", "namespaces/none", None, 404),
    ],
)  # fmt: skip
def test_the_admin_api_answers_with_these_statuses(
    method: str, path: str, body: Any, status: int, server: StubServer
) -> None:
    assert admin(server, method, path, body)[0] == status


def test_an_import_takes_all_or_nothing_and_keeps_its_order(server: StubServer) -> None:
    one = {"id": "00000000-0000-0000-0000-000000000001", "request": {"url": "/x"}, "response": {"body": "one"}}
    two = {"id": "00000000-0000-0000-0000-000000000002", "request": {"url": "/x"}, "response": {"body": "two"}}
    assert admin(server, "POST", "mappings/import", {"mappings": [one, two, {"bad": 1}]})[1]["errors"][0]["source"] == {
        "pointer": "/mappings/2/bad"
    }
    assert sent(server, "GET", "/x").status == 404
    admin(server, "POST", "mappings/import", {"mappings": [one, two]})
    assert sent(server, "GET", "/x").body == b"one"
    changed = {**one, "response": {"body": "changed"}}
    admin(server, "POST", "mappings/import", {"mappings": [changed], "importOptions": {"duplicatePolicy": "IGNORE"}})
    assert sent(server, "GET", "/x").body == b"one"
    admin(server, "POST", "mappings/import", {"mappings": [changed], "importOptions": {"deleteAllNotInImport": True}})
    assert (sent(server, "GET", "/x").body, admin(server, "GET", "mappings")[1]["meta"]["total"]) == (b"changed", 1)


def test_a_reset_forgets_what_was_asked_and_keeps_the_settings(server: StubServer) -> None:
    admin(server, "POST", "settings", {"fixedDelay": 3})
    for path in ("mappings/reset", "reset"):
        sent(server, "GET", "/x")
        admin(server, "POST", path)
        assert admin(server, "POST", "requests/count", {})[1]["count"] == 0
    assert admin(server, "GET", "settings")[1]["settings"]["fixedDelay"] == 3


def test_an_identity_that_is_taken_is_refused(server: StubServer) -> None:
    document = {"id": "00000000-0000-0000-0000-000000000001", "request": {"url": "/x"}}
    assert admin(server, "POST", "mappings", document)[0] == 201
    status, body = admin(server, "POST", "mappings", document)
    assert (status, body["errors"][0]["code"]) == (422, 109)


def test_the_admin_api_can_ask_who_it_is() -> None:
    server = StubServer(options=Options(credentials=("ann", "secret")))
    assert sent(server, "GET", "/__admin/mappings").status == 401
    assert sent(server, "GET", "/__admin/mappings", Authorization="Basic YW5uOnNlY3JldA==").status == 200


def test_in_process_clients_get_delays_and_faults_as_exceptions(server: StubServer) -> None:
    server.when("GET", "/slow").answer(200, delay=9)
    server.when("GET", "/reset").fail()
    server.when("GET", "/empty").fail("EMPTY_RESPONSE")
    with httpx.Client(transport=server.transport(), base_url="http://orders", timeout=0.01) as client:
        for path, error in (
            ("/slow", httpx.ReadTimeout),
            ("/reset", httpx.ReadError),
            ("/empty", httpx.RemoteProtocolError),
        ):
            with pytest.raises(error):
                client.get(path)


async def test_the_transport_serves_async_clients(server: StubServer) -> None:
    server.when("GET", "/x").answer(json={"a": 1}, headers={"X-B": "c"})
    async with httpx.AsyncClient(transport=server.transport(), base_url="http://orders") as client:
        answer = await client.get("/x")
    assert (answer.json(), answer.headers["x-b"]) == ({"a": 1}, "c")


def test_a_date_relative_to_now_moves_with_the_clock(server: StubServer) -> None:
    server.stub(
        {"request": {"url": "/d", "headers": {"X": {"after": "now -1 days", "truncateExpected": "first hour of day"}}}}
    )
    with time_machine.travel("2030-05-10T12:00:00+00:00", tick=False):
        seen = ("2030-05-09T00:00:00Z", "2030-05-09T00:00:01Z", "2030-05-08T23:59:59Z")
        assert [sent(server, "GET", "/d", X=each).status for each in seen] == [404, 200, 404]


@pytest.mark.parametrize("value", ["--5", "²", "999999999999999", "-", ""])
def test_seconds_that_are_none_are_no_date(value: str, server: StubServer) -> None:
    server.stub({"request": {"headers": {"D": {"before": "2024-01-01T00:00:00Z", "actualFormat": "unix"}}}})
    assert sent(server, "GET", "/", D=value).status == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda server: server.when("GET", "orders"), "begins with '/'"),
        (lambda server: server.when("GET", 5), "seen 5"),
        (lambda server: server.when("GET", contains("x")), "not by contains"),
        (lambda server: server.when("GET", matches("(")), r"'(' is not a valid regular expression"),
        (lambda server: server.when("GET", "/x").answer(200, "x", json={}), "not both"),
        (lambda server: server.when("GET", "/x").answer(200, delay="x"), "seconds from 0 to 86400, seen 'x'"),
        (lambda server: server.when("GET", "/x").answer(200, delay=-1), "seen -1"),
    ],
)
def test_what_a_stub_cannot_be_is_said_where_it_is_written(wrong: Any, said: str, server: StubServer) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        made = wrong(server)
        made.answer(200)


def test_a_template_with_a_helper_that_does_not_work_is_refused_by_its_name(server: StubServer) -> None:
    with pytest.raises(MappingError, match=r"/response/body: .*noSuchHelper"):
        server.when("GET", "/x").answer(200, "{{noSuchHelper request.path}}", template=True)
    server.when("GET", "/x").answer(200, "{{noSuchHelper request.path}}")
    assert sent(server, "GET", "/x").body == b"{{noSuchHelper request.path}}"


def test_a_mapping_error_leaves_all_as_it_was(server: StubServer) -> None:
    with pytest.raises(MappingError):
        server.stub({"request": {"url": "/x"}, "bogus": 1})
    assert admin(server, "GET", "mappings")[1]["mappings"] == []
    assert isinstance(server.engine, Engine)
