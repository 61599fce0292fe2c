"""Passing on, recording and playing back: against a service that is another StubServer on a real socket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from accord import poll_until
from accord.contract import Contract
from accord.stub import Options, StubServer
from accord.stub.forwarding import Targets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture(scope="module")
def _service() -> Iterator[StubServer]:
    with StubServer() as server:
        yield server


@pytest.fixture
def service(_service: StubServer) -> StubServer:
    """The service that is recorded."""
    _service.reset()
    _service.when("GET", "/orders/{id}").answer(json={"id": 1}, headers={"X-Many": ["a", "b"]})
    _service.when("POST", "/orders").answer(201, json={"made": True})
    return _service


def test_a_request_is_passed_on_with_what_it_has(server: StubServer, service: StubServer, client: httpx.Client) -> None:
    server.stub({
        "request": {"urlPathPattern": "/api/.*"},
        "response": {
            "proxyBaseUrl": service.url, "proxyUrlPrefixToRemove": "/api",
            "additionalProxyRequestHeaders": {"X-Added": "yes"}, "removeProxyRequestHeaders": ["X-Secret"],
        },
    })  # fmt: skip
    answer = client.get(f"{server.url}/api/orders/1?full=1", headers={"X-Secret": "s", "X-Kept": "k"})
    assert answer.json() == {"id": 1}
    assert answer.headers.get_list("x-many") == ["a", "b"]
    (came,) = service.requests()
    assert (came.url, came.headers["x-added"], came.headers["x-kept"]) == ("/orders/1?full=1", ["yes"], ["k"])
    assert "x-secret" not in came.headers
    assert came.headers["host"] == [f"127.0.0.1:{service.port}"]


def test_a_service_that_is_down_is_said_with_its_address(server: StubServer, client: httpx.Client) -> None:
    server.when("GET", "/down").forward("http://127.0.0.1:1")
    answer = client.get(f"{server.url}/down")
    assert answer.status_code == 500
    assert "http://127.0.0.1:1/down" in answer.text


def test_what_was_recorded_is_played_back(server: StubServer, service: StubServer, client: httpx.Client) -> None:
    server.record(service.url)
    client.get(f"{server.url}/orders/1?full=1")
    client.post(f"{server.url}/orders", json={"item": "book"})
    made = server.stop_recording()
    assert len(made) == 2
    service.reset()
    assert client.get(f"{server.url}/orders/1?full=1").json() == {"id": 1}
    assert client.post(f"{server.url}/orders", json={"item": "book"}).status_code == 201
    assert client.post(f"{server.url}/orders", json={"item": "pen"}).status_code == 404
    assert service.requests() == []


def test_answers_that_changed_become_a_scenario(server: StubServer, service: StubServer, client: httpx.Client) -> None:
    service.when("GET", "/n").in_scenario("n", "Started", then="two").answer(200, "one")
    service.when("GET", "/n").in_scenario("n", "two").answer(200, "two")
    server.record(service.url)
    for _ in range(2):
        client.get(f"{server.url}/n")
    server.stop_recording()
    assert [client.get(f"{server.url}/n").text for _ in range(3)] == ["one", "two", "two"]


def test_on_a_miss_what_stubs_answer_is_not_passed_on(
    server: StubServer, service: StubServer, client: httpx.Client
) -> None:
    server.when("GET", "/orders/1").answer(200, "mine")
    server.record(service.url, on_miss=True, keep_latency=True)
    assert client.get(f"{server.url}/orders/1").text == "mine"
    assert client.get(f"{server.url}/orders/2").json() == {"id": 1}
    (made,) = server.stop_recording()
    assert made["request"]["url"] == "/orders/2"
    assert made["response"].get("fixedDelayMilliseconds", 0) >= 0
    assert len(service.requests()) == 1


def test_every_miss_becomes_a_stub_at_once(service: StubServer, client: httpx.Client, tmp_path: Path) -> None:
    options = Options(root=tmp_path, proxy_all=service.url, record_misses=True, watch=False)
    with StubServer(options=options) as server:
        for _ in range(3):
            assert client.get(f"{server.url}/orders/7").json() == {"id": 1}
    assert len(service.requests()) == 1
    (file,) = (tmp_path / "mappings").iterdir()
    assert json.loads(file.read_text())["request"]["url"] == "/orders/7"


def test_a_recording_is_a_pact_draft_too(
    server: StubServer, service: StubServer, client: httpx.Client, tmp_path: Path
) -> None:
    server.record(service.url)
    client.get(f"{server.url}/orders/1", headers={"Authorization": "Bearer secret"})
    server.stop_recording()
    draft = client.get(f"{server.url}/__admin/pact?consumer=web&provider=orders").text
    assert "secret" not in draft
    (tmp_path / "draft.json").write_text(draft)
    contract = Contract.read(tmp_path / "draft.json")
    assert (contract.consumer, contract.provider) == ("web", "orders")
    assert contract.interactions[0].response.status == 200  # type: ignore[attr-defined]  # an HTTP interaction


def test_a_webhook_is_sent_after_the_answer(server: StubServer, service: StubServer, client: httpx.Client) -> None:
    service.when("POST", "/hook").answer(202)
    server.stub({
        "request": {"method": "POST", "urlPath": "/start"},
        "serveEventListeners": [{
            "name": "webhook",
            "parameters": {
                "method": "POST", "url": f"{service.url}/hook", "headers": {"X-Id": "{{jsonPath originalRequest.body '$.id'}}"},
                "body": '{"done": "{{jsonPath originalRequest.body \'$.id\'}}", "by": "{{parameters.who}}"}', "who": "me",
            },
        }],
        "response": {"status": 202},
    })  # fmt: skip
    assert client.post(f"{server.url}/start", json={"id": "o-1"}).status_code == 202
    (came,) = poll_until(lambda: service.requests("POST", "/hook"), description="the webhook")
    assert came.json() == {"done": "o-1", "by": "me"}
    assert came.headers["x-id"] == ["o-1"]


def test_a_webhook_is_sent_after_a_fault_too(server: StubServer, service: StubServer, client: httpx.Client) -> None:
    service.when("POST", "/hook").answer(202)
    hook = {"name": "webhook", "parameters": {"method": "POST", "url": f"{service.url}/hook"}}
    server.stub(
        {"request": {"url": "/x"}, "response": {"fault": "EMPTY_RESPONSE"}, "serveEventListeners": [hook]},
    )
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(f"{server.url}/x")
    poll_until(lambda: service.requests("POST", "/hook"), description="the webhook")


def test_headers_of_a_proxied_stub_are_rendered_and_added(
    server: StubServer, service: StubServer, client: httpx.Client
) -> None:
    service.when("GET", "/p", headers={"X-Sent": "GET"}).answer(200, "there", headers={"X-Theirs": "1"})
    response = {
        "proxyBaseUrl": service.url, "additionalProxyRequestHeaders": {"X-Sent": "{{request.method}}"},
        "headers": {"X-Own": "{{request.path}}"}, "transformers": ["response-template"],
    }  # fmt: skip
    server.stub({"request": {"url": "/p"}, "response": response})
    answer = client.get(f"{server.url}/p")
    assert (answer.text, answer.headers["X-Theirs"], answer.headers["X-Own"]) == ("there", "1", "/p")


def test_a_recording_that_is_not_kept_leaves_no_file_and_says_so(
    server: StubServer, service: StubServer, client: httpx.Client
) -> None:
    service.when("GET", "/long").answer(200, json={"text": "long enough"})
    server.stub({"request": {"urlPattern": "/.*"}, "response": {"proxyBaseUrl": service.url}})
    client.get(f"{server.url}/long")
    wanted = {"persist": False, "extractBodyCriteria": {"textSizeThreshold": "5"}}
    (made,) = client.post(f"{server.url}/__admin/recordings/snapshot", json=wanted).json()["mappings"]
    assert "persistent" not in made
    assert made["response"]["bodyFileName"] == f"long-{made['id']}.json"


def test_one_denied_address_of_a_name_is_enough() -> None:
    targets = Targets(allowed=("both.test",), denied=("10.0.0.0/8",))
    assert "--deny-proxy-targets" in str(targets.refusal("both.test", ["10.0.0.1", "203.0.113.1"]))
    assert targets.refusal("both.test", ["192.168.0.1", "203.0.113.1"]) is None


def test_denied_targets_are_denied_though_they_are_allowed(service: StubServer, client: httpx.Client) -> None:
    options = Options(allow_targets=LOOPBACK, deny_targets=("127.0.0.1-127.0.0.9",), watch=False)
    with StubServer(options=options) as server:
        server.when("GET", "/x").forward(service.url)
        answer = client.get(f"{server.url}/x")
        assert (answer.status_code, "--deny-proxy-targets" in answer.text) == (500, True)
