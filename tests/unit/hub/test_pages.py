"""What pages decide without a hub."""

from __future__ import annotations

import pytest

from accord.hub.web.pages.interactions import interactions_of
from accord.hub.web.pages.negotiation import prefers_page
from accord.hub.web.pages.rendering import ago, web_url

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (CHROME, True),
        ("text/html", True),
        ("TEXT/HTML;q=0.9, application/hal+json;q=0.2", True),
        ("application/hal+json, text/html", False),
        ("application/hal+json, text/html;q=0.5", False),
        ("text/html;q=0.5, application/hal+json", False),
        ("text/html;q=0", False),
        ("text/html;q=much", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_a_page_is_for_who_likes_html_best(accept: str, *, page: bool) -> None:
    assert prefers_page(accept) is page


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (-5, "just now"),
        (61, "1 minute ago"),
        (7200, "2 hours ago"),
        (90_000, "1 day ago"),
        (70_000_000, "2 years ago"),
    ],
)
def test_a_time_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert ago(10**15, 10**15 + seconds * 1_000_000) == words


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "//elsewhere/x", "http://[", "", None, "x y"]
)
def test_only_web_addresses_become_links(text: str | None) -> None:
    assert web_url(text) is None
    assert web_url("https://ci.example.org/1") == "https://ci.example.org/1"


def test_interactions_of_every_version_of_the_specification_are_shown() -> None:
    second = {
        "_id": "a",
        "description": "old",
        "providerState": "s",
        "request": {"method": "get", "path": "/x", "query": "a=1"},
        "response": {"status": 201, "headers": {"A": "b"}, "body": [1]},
    }
    third = {
        "description": "v3",
        "providerStates": [{"name": "n", "params": {"k": 1}}],
        "request": {"method": "POST", "path": "/y", "query": {"q": ["1", "2"]}, "matchingRules": {"body": {}}},
        "response": {"status": 200},
    }
    fourth = {
        "description": "v4",
        "type": "Synchronous/HTTP",
        "request": {
            "method": "PUT",
            "path": "/z",
            "body": {"content": {"k": 1}, "contentType": "application/json", "encoded": False},
        },
        "response": {"status": 204},
    }
    message = {
        "description": "event",
        "contents": {"content": "hello", "contentType": "text/plain", "encoded": False},
        "metadata": {"topic": "t"},
    }
    called = {
        "description": "rpc",
        "type": "Synchronous/Messages",
        "request": {"contents": {"content": "in"}},
        "response": [{"contents": {"content": "out"}}],
    }
    odd = {"surprise": 1}
    shown = interactions_of(
        {"interactions": [second, third, fourth, called, odd, "no map"], "messages": [message]},
        [{"interactionId": "a", "success": False}, "odd"],
    )
    texts = [[(part.title, part.text) for part in each.parts] for each in shown]
    assert texts[0] == [("Request", "GET /x?a=1"), ("Response", "201\nA: b\n\n[\n  1\n]")]
    assert texts[1][0] == ("Request", "POST /y?q=1&q=2")
    assert texts[2][0] == ("Request", 'PUT /z\n\n{\n  "k": 1\n}')
    assert texts[3] == [("Request", "in"), ("Response", "out")]
    assert texts[4] == [("Interaction", '{\n  "surprise": 1\n}')]
    assert texts[5] == [("Message", "topic: t\n\nhello")]
    assert (shown[0].success, shown[1].success) == (False, None)
    assert (shown[0].states, shown[1].states) == (("s",), ('n {"k": 1}',))
    assert shown[1].rules == '{\n  "request matchingRules": {\n    "body": {}\n  }\n}'
