"""What goes on the wire besides what was given."""

from __future__ import annotations

import pytest

from accord.core.errors import UsageError
from accord.core.http.framing import encode_value, framed_headers, header_values, origin_form, wire_target
from accord.core.http.messages import Headers, HttpRequest


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("/", "/"),
        ("*", "*"),
        ("/a%2Fb/%7e?x=%20&y=a+b", "/a%2Fb/%7e?x=%20&y=a+b"),
        ("/%zz%", "/%zz%"),
        ("/a b?x={1}|<>\"'", "/a%20b?x={1}|<>\"'"),
        ("/größe", "/gr%C3%B6%C3%9Fe"),
        ("/tab\there", "/tab%09here"),
    ],
)
def test_a_target_is_sent_as_given_but_for_what_no_request_line_can_hold(target: str, sent: str) -> None:
    assert wire_target(target) == sent


@pytest.mark.parametrize("target", ["", "orders", "?x=1", "http://h/"])
def test_a_target_without_its_slash_is_refused(target: str) -> None:
    with pytest.raises(UsageError, match="starts with a slash"):
        wire_target(target)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/a?b=http://c/d", "/a?b=http://c/d"),
        ("http://h:80/a?b", "/a?b"),
        ("https://h", "/"),
        ("http://h?x=1", "/?x=1"),
        ("*", "*"),
        ("h:443", "h:443"),
    ],
)
def test_absolute_targets_become_paths(target: str, path: str) -> None:
    assert origin_form(target) == path


@pytest.mark.parametrize(
    ("request_", "headers"),
    [
        (HttpRequest("GET", "/"), [("Host", "h")]),
        (HttpRequest("DELETE", "/", (("X", "1"), ("x", "2"))), [("Host", "h"), ("X", "1"), ("x", "2")]),
        (HttpRequest("GET", "/", (("hOST", "other"),)), [("hOST", "other")]),
        (HttpRequest("POST", "/", (), b"ab"), [("Host", "h"), ("Content-Length", "2")]),
        (HttpRequest("POST", "/"), [("Host", "h"), ("Content-Length", "0")]),
        (
            HttpRequest("POST", "/", (("content-length", "9"), ("A", "1"), ("Content-Length", "9")), b"ab"),
            [("Host", "h"), ("content-length", "2"), ("A", "1")],
        ),
        (
            HttpRequest("POST", "/", (("Content-Length", "9"), ("Transfer-Encoding", "chunked")), b"ab"),
            [("Host", "h"), ("Transfer-Encoding", "chunked")],
        ),
    ],
)
def test_only_host_and_the_true_length_are_added(request_: HttpRequest, headers: list[tuple[str, str]]) -> None:
    assert framed_headers(request_, "h") == headers


@pytest.mark.parametrize(("value", "sent"), [("a", b"a"), ("é", b"\xe9"), ("€", "€".encode())])
def test_header_values_are_latin1_where_they_can_be(value: str, sent: bytes) -> None:
    assert encode_value(value) == sent


@pytest.mark.parametrize(
    ("headers", "values"),
    [((), []), ((("A", "X, y"), ("b", "n"), ("a", "Z,")), ["x", "y", "z"])],
)
def test_listed_header_values_are_split_and_joined_across_lines(headers: Headers, values: list[str]) -> None:
    assert header_values(headers, "a") == values
