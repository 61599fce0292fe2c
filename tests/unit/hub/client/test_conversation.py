"""The client's core, by what it asks and what it makes of answers: no input, no output."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.hub.client import errors
from accord.hub.client.access import Access
from accord.hub.client.conversation import PAUSES, Conversation, expand
from accord.hub.client.exchange import Answer, Ask, NoAnswerError, Pause

URL = "https://hub"
INDEX = {
    "_links": {
        "self": {"href": URL},
        "pb:environments": {"href": f"{URL}/environments"},
        "pb:pacticipant-version": {"href": f"{URL}/pacticipants/{{pacticipant}}/versions/{{version}}"},
    }
}


def answer(status: int = 200, body: Any = None, media_type: str = "application/hal+json", **headers: str) -> Answer:
    content = body.encode() if isinstance(body, str) else b"" if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": media_type, **named}, content)


def told(steps: Any, *answers: Answer | NoAnswerError) -> tuple[list[Ask | Pause], Any]:
    """Feed answers to steps; what they asked for, and what they gave in the end."""
    waiting = list(answers)
    asked = []
    wanted = next(steps)
    try:
        while True:
            asked.append(wanted)
            if isinstance(wanted, Pause):
                wanted = steps.send(None)
                continue
            given = waiting.pop(0)
            wanted = steps.throw(given) if isinstance(given, NoAnswerError) else steps.send(given)
    except StopIteration as stop:
        assert waiting == [], "more answers than questions"
        return asked, stop.value


def talk(url: str = URL, **more: str) -> Conversation:
    return Conversation(Access(url, **more))  # type: ignore[arg-type]  # texts alone


def test_a_link_is_taken_from_the_index_which_is_asked_for_once() -> None:
    hub = talk()
    asked, url = told(hub.find("pb:pacticipant-version", pacticipant="A/B", version="1 0"), answer(body=INDEX))
    assert url == f"{URL}/pacticipants/A%2FB/versions/1%200"
    assert [each.url for each in asked if isinstance(each, Ask)] == ["https://hub/"]
    assert told_nothing(hub.find("pb:environments")) == f"{URL}/environments"


def told_nothing(steps: Any) -> Any:
    try:
        asked = next(steps)
    except StopIteration as stop:
        return stop.value
    raise AssertionError(f"it asked for {asked}")


def test_what_the_index_leaves_out_has_the_reference_s_path_or_is_refused() -> None:
    hub = talk()
    _, url = told(hub.find("pb:x", "a", "b/c"), answer(body=INDEX))
    assert url == "https://hub/a/b%2Fc"
    with pytest.raises(errors.HubError, match="has no pb:x: it is older"):
        told_nothing(hub.find("pb:x"))


def test_links_of_a_hub_that_calls_itself_otherwise_are_followed_at_the_address_given() -> None:
    hub = talk("http://127.0.0.1:9999/sub")
    told(hub.index(), answer(body=INDEX))
    assert hub.at_base(f"{URL}/environments") == "http://127.0.0.1:9999/sub/environments"
    assert hub.at_base("https://hubris/environments") == "https://hubris/environments"


def test_variables_are_filled_in_whatever_their_case() -> None:
    assert expand("/a/{consumerApplicationVersion}/{other}", {"consumer_application_version": "1/2"}) == (
        "/a/1%2F2/%7Bother%7D"
    )


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_help_is_tried_again_with_growing_pauses(status: int) -> None:
    asked, found = told(talk().get(URL), *[answer(status)] * 3, answer(body={"a": 1}))
    assert found == {"a": 1}
    assert [each.seconds for each in asked if isinstance(each, Pause)] == list(PAUSES)
    with pytest.raises(errors.HubError, match=f"status {status}"):
        told(talk().get(URL), *[answer(status)] * 4)


def test_a_hub_that_says_when_to_come_again_is_heeded_within_bounds() -> None:
    for text, seconds in (("7", 7.0), ("9999", 30.0), ("soon", PAUSES[0])):
        asked, _ = told(talk().get(URL), answer(429, retry_after=text), answer(body={}))
        assert [each.seconds for each in asked if isinstance(each, Pause)] == [seconds]


def test_what_changes_something_is_sent_again_only_if_it_never_left() -> None:
    post = talk().post(f"{URL}/results", {})
    asked, _ = told(post, NoAnswerError("refused", sent=False), answer(201, {}))
    assert len(asked) == 3
    for given in (NoAnswerError("cut", sent=True), answer(503)):
        with pytest.raises(errors.HubError):
            told(talk().post(f"{URL}/results", {}), given)


def test_a_hub_that_never_answers_is_named_with_the_next_step() -> None:
    with pytest.raises(errors.HubUnreachableError, match=r"no hub answers at https://hub: refused\. Is the URL right"):
        told(talk().get(URL), *[NoAnswerError("refused", sent=False)] * 4)


PAGE = "<html><head><title>Sign\n in</title></head></html>"


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        (answer(200, PAGE, "text/html;charset=utf-8"), errors.NotAHubError, r"a web page \('Sign in'\)"),
        (answer(404, PAGE, "text/html"), errors.NotAHubError, r"status 404"),
        (answer(302, location="https://login/?token=1"), errors.NotAHubError, r"leads to https://login/;"),
        (answer(200, "hello", "text/csv"), errors.NotAHubError, "with text/csv, not with JSON"),
        (answer(404, {"error": "No pact"}), errors.HubNotFoundError, "does not have it .*: No pact"),
        (
            answer(409, {"errors": {"contracts": ["Cannot change"]}}),
            errors.HubConflictError,
            "contracts: Cannot change",
        ),
        (answer(400, {"errors": {"name": ["is missing", "x"]}}), errors.HubError, "name: is missing; name: x"),
        (answer(400, {"errors": ["q", "r"]}), errors.HubError, "q; r"),
        (answer(422, {"notices": [{"type": "error", "text": "no"}]}), errors.HubError, r"\(status 422\): no"),
        (answer(500, {"error": {"message": "m"}}, x_request_id="r1"), errors.HubError, "m; its log .* request id r1"),
        (answer(500), errors.HubError, "it does not say why"),
    ],
)
def test_an_answer_that_is_none_says_what_and_what_next(given: Answer, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message) as raised:
        told(talk().post(f"{URL}/x?token=secret", {}), given)
    assert type(raised.value) is kind


@pytest.mark.parametrize(
    ("status", "credentials", "message"),
    [
        (401, {}, "set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME"),
        (401, {"token": "s3cret"}, "wrong or was revoked; check PACT_BROKER_TOKEN"),
        (403, {"token": "s3cret"}, "a token with the role this needs"),
    ],
)
def test_who_is_not_let_in_is_told_what_to_set(status: int, credentials: dict[str, str], message: str) -> None:
    with pytest.raises(errors.HubAccessError, match=message) as raised:
        told(talk(**credentials).get(URL), answer(status, {"error": "who?"}))
    assert "who?" in str(raised.value)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("document", [{}, [], {"_links": {"self": {"href": "x"}}}])
def test_json_that_is_no_hub_s_is_told_apart(document: Any) -> None:
    with pytest.raises(errors.NotAHubError, match="is no hub or Pact Broker"):
        told(talk().index(), answer(body=document, media_type="application/json"))
