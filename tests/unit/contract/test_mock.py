from __future__ import annotations

import json

import pytest

from accord.contract.bodies import Body
from accord.contract.mock import MockSession
from accord.contract.model import HttpInteraction, ProviderState, Request, Response
from accord.contract.spec import SpecVersion
from accord.core.http.messages import HttpRequest


def interaction(description: str, path: str, method: str = "GET", **more: object) -> HttpInteraction:
    request = Request(method, path, **more)  # type: ignore[arg-type]  # whatever a test wants to say of the request
    response = Response(200, {"X-Was": (description,)}, Body.of_json({"was": description}))
    return HttpInteraction(description, (ProviderState("s"),), request=request, response=response)


def session(*interactions: HttpInteraction) -> MockSession:
    return MockSession(interactions, SpecVersion.V4)


def test_an_expected_request_gets_its_answer() -> None:
    mock = session(interaction("one", "/1"))
    answer = mock.handle(HttpRequest("GET", "/1"))
    assert (answer.status, answer.body, answer.header("x-was")) == (200, b'{"was":"one"}', "one")
    assert answer.header("content-type") == "application/json"
    assert mock.problems() == []


def test_an_unexpected_request_is_told_with_the_nearest_interaction_and_the_difference() -> None:
    mock = session(interaction("one", "/1"), interaction("two", "/2", query={"page": ("1",)}))
    answer = mock.handle(HttpRequest("GET", "/2?page=3"))
    assert answer.status == 500
    document = json.loads(answer.body)
    assert document["error"] == "unexpected_request"
    assert [each["path"] for each in document["mismatches"]] == ["page"]
    assert mock.problems()[0].splitlines() == [
        "Not expected: GET /2?page=3",
        "  nearest: 'two (given s)', GET /2?page=1",
        '    query page: expected "1", seen "3"',
    ]


@pytest.mark.parametrize(
    ("request_", "nearest"),
    [
        (HttpRequest("POST", "/1"), "one"),
        (HttpRequest("GET", "/2", (("Content-Type", "application/json"),), b'{"a":2,"b":3}'), "two"),
    ],
)
def test_a_wrong_path_is_further_away_than_a_wrong_method_or_field(request_: HttpRequest, nearest: str) -> None:
    mock = session(interaction("one", "/1"), interaction("two", "/2", body=Body.of_json({"a": 1, "b": 2})))
    mock.handle(request_)
    found = mock.unexpected[0].nearest
    assert found is not None
    assert found.description == nearest


def test_what_was_expected_and_not_requested_is_told() -> None:
    assert session(interaction("one", "/1", "POST")).problems() == [
        "Expected, but not requested: 'one (given s)', POST /1"
    ]


def test_a_request_that_came_twice_is_told() -> None:
    mock = session(interaction("one", "/1"))
    for _ in range(2):
        assert mock.handle(HttpRequest("GET", "/1")).status == 200
    assert mock.problems() == ["Requested 2 times, expected once: 'one (given s)', GET /1"]


def test_of_two_that_fit_the_one_not_yet_requested_answers() -> None:
    mock = session(interaction("first", "/1"), interaction("then", "/1"))
    assert [mock.handle(HttpRequest("GET", "/1")).header("X-Was") for _ in range(3)] == ["first", "then", "first"]


def test_without_any_interaction_there_is_no_nearest() -> None:
    mock = session()
    mock.handle(HttpRequest("GET", "/1"))
    assert mock.problems() == ["Not expected: GET /1\n  no interaction is defined"]
