"""Stubs stand for a contract or a document: what it allows is served from it, what it does not allow is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from accord.stub import MappingError, Options, StubServer
from accord.stub.requests import StubRequest

if TYPE_CHECKING:
    from pathlib import Path

    from accord.stub.plan import Plan

ORDER = {
    "type": "object",
    "required": ["id", "total"],
    "properties": {"id": {"type": "string"}, "total": {"type": "number"}},
}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "orders", "version": "1"},
    "paths": {
        "/orders/{id}": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                               {"name": "full", "in": "query", "schema": {"type": "boolean"}}],
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": ORDER}}},
                              "404": {"description": ""}},
            },
        },
        "/orders": {
            "post": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object", "required": ["item"], "properties": {"item": {"type": "string"}}}}}},
                "responses": {"201": {"description": ""}},
            },
        },
    },
}  # fmt: skip
PACT = {
    "consumer": {"name": "web"}, "provider": {"name": "orders"},
    "interactions": [
        {
            "description": "an order", "providerStates": [{"name": "there is one"}],
            "request": {"method": "GET", "path": "/orders/7", "matchingRules": {"path": {"matchers": [{"match": "regex", "regex": "/orders/\\d+"}]}}},
            "response": {
                "status": 200, "headers": {"Content-Type": "application/json"}, "body": {"id": "7", "total": 9.5},
                "matchingRules": {"body": {"$.id": {"matchers": [{"match": "type"}]}, "$.total": {"matchers": [{"match": "decimal"}]}}},
            },
        },
        {"description": "no order", "request": {"method": "GET", "path": "/none"}, "response": {"status": 404}},
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}  # fmt: skip
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def openapi(tmp_path: Path) -> StubServer:
    (tmp_path / "orders.json").write_text(json.dumps(DOCUMENT))
    return loaded(Options(openapi=[tmp_path / "orders.json"]))


@pytest.fixture
def pact(tmp_path: Path) -> StubServer:
    (tmp_path / "web-orders.json").write_text(json.dumps(PACT))
    return loaded(Options(pacts=[tmp_path / "web-orders.json"]))


def loaded(options: Options) -> StubServer:
    server = StubServer(options=options)
    assert server.engine.load_folder() == []
    return server


def sent(server: StubServer, method: str, target: str, body: bytes = b"") -> Plan:
    request = StubRequest(method, target, [("Content-Type", "application/json")] if body else [], body)
    return server.engine.answer(request, server.engine.space(""))


def test_a_document_gives_an_allowed_answer_for_each_operation(openapi: StubServer) -> None:
    answer = sent(openapi, "GET", "/orders/1")
    assert answer.status == 200
    assert {"id", "total"} <= json.loads(answer.body).keys()
    assert sent(openapi, "POST", "/orders", b'{"item": "book"}').status == 201


def test_a_request_that_the_document_does_not_allow_is_not_answered(openapi: StubServer) -> None:
    refused = sent(openapi, "POST", "/orders", b'{"item": 5}')
    assert refused.status == 404
    assert "$.item" in refused.body.decode()
    assert "query full" in sent(openapi, "GET", "/orders/1?full=maybe").body.decode()


def test_a_pact_gives_its_answers_to_what_its_rules_allow(pact: StubServer) -> None:
    assert json.loads(sent(pact, "GET", "/orders/123").body) == {"id": "7", "total": 9.5}
    assert sent(pact, "GET", "/none").status == 404
    assert "path" in sent(pact, "GET", "/orders/abc").body.decode()


@pytest.mark.parametrize(
    ("response", "said"),
    [
        ({"jsonBody": {"id": "1", "total": "9.5"}, "headers": JSON}, "$.total"),
        ({"jsonBody": {"id": "1"}, "headers": JSON}, "total"),
        ({"jsonBody": {"id": "1", "total": 9.5, "extra": 1}, "headers": JSON}, "extra"),
        ({"status": 202, "jsonBody": {}, "headers": JSON}, "202"),
        ({"body": "text", "headers": {"Content-Type": "text/plain"}}, "Content-Type"),
    ],
)
@pytest.mark.parametrize("side", ["openapi", "pact"])
def test_a_lie_is_refused_when_it_is_made(
    side: str, response: dict[str, Any], said: str, request: pytest.FixtureRequest
) -> None:
    server: StubServer = request.getfixturevalue(side)
    with pytest.raises(MappingError) as caught:
        server.stub({"request": {"method": "GET", "urlPath": "/orders/1"}, "response": response})
    assert caught.value.problems[0].pointer == "/response"
    if side == "openapi" or said != "202":
        assert said in str(caught.value)


@pytest.mark.parametrize("side", ["openapi", "pact"])
def test_a_stub_of_what_is_not_declared_is_refused(side: str, request: pytest.FixtureRequest) -> None:
    server: StubServer = request.getfixturevalue(side)
    with pytest.raises(MappingError, match="/payments: not declared in"):
        server.when("GET", "/payments").answer(200)


@pytest.mark.parametrize("side", ["openapi", "pact"])
def test_the_truth_and_faults_may_be_stubbed(side: str, request: pytest.FixtureRequest) -> None:
    server: StubServer = request.getfixturevalue(side)
    server.when("GET", "/orders/1").answer(json={"id": "1", "total": 1.5})
    assert json.loads(sent(server, "GET", "/orders/1").body) == {"id": "1", "total": 1.5}
    server.when("GET", "/orders/1").answer(503)
    assert sent(server, "GET", "/orders/1").status == 503
    server.when("GET", "/orders/1").fail()
    assert sent(server, "GET", "/orders/1").fault == "CONNECTION_RESET_BY_PEER"


@pytest.mark.parametrize("side", ["openapi", "pact"])
def test_what_only_an_answer_shows_is_refused_when_it_is_given(side: str, request: pytest.FixtureRequest) -> None:
    server: StubServer = request.getfixturevalue(side)
    server.when("GET", "/orders/{id}").answer(
        200, '{"id": "{{request.path.id}}", "total": "much"}', headers=JSON, template=True
    )
    answer = sent(server, "GET", "/orders/5")
    assert answer.status == 500
    assert "$.total" in answer.body.decode()
    server.reset()
    server.when("GET", "/orders/{id}").answer(
        200, '{"id": "{{request.path.id}}", "total": 1.5}', headers=JSON, template=True
    )
    assert json.loads(sent(server, "GET", "/orders/5").body) == {"id": "5", "total": 1.5}


def test_by_a_setting_a_lie_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "orders.json").write_text(json.dumps(DOCUMENT))
    server = loaded(Options(openapi=[tmp_path / "orders.json"], warn_only=True))
    server.when("GET", "/orders/1").answer(json={"id": 1})
    assert json.loads(sent(server, "GET", "/orders/1").body) == {"id": 1}
    assert "not as documented" in caplog.text


def test_mapping_files_that_lie_are_named_and_the_others_served(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "lie.json").write_text(
        '{"request": {"url": "/orders/1", "method": "GET"}, "response": {"status": 299}}'
    )
    server = StubServer(options=Options(root=tmp_path, openapi=[tmp_path / "orders.json"]))
    (fault,) = server.engine.load_folder()
    assert "lie.json" in fault
    assert "299" in fault
    assert sent(server, "GET", "/orders/1").status == 200
