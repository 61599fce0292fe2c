"""The WSGI caller with applications written by hand, checked by the standard library's validator."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from wsgiref.validate import validator

import pytest

from accord.core.errors import AnswerError
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.core.http.wsgi import WsgiCaller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    App = Callable[..., Iterable[bytes]]

GET = HttpRequest("GET", "/")


def answering(status: Any = "200 OK", headers: Any = (), parts: Any = (b"fine",)) -> App:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response(status, list(headers))
        return parts  # type: ignore[no-any-return]

    return app


def environ_of(request: HttpRequest, **options: Any) -> dict[str, Any]:
    seen: list[dict[str, Any]] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ)
        return list(answering()(environ, start_response))

    WsgiCaller(app, **options).call(request)
    return seen[0]


def test_the_environ_is_complete() -> None:
    request = HttpRequest(
        "POST",
        "/caf%C3%A9/a%2Fb?q=%20x",
        (("Content-Type", "text/plain"), ("X-One", "1"), ("x-one", "Ü"), ("Cookie", "a=1"), ("Cookie", "b=2")),
        b"in",
    )
    environ = environ_of(request, base_url="https://shop.example:8443", script_name="/api/")
    assert environ.pop("wsgi.input").read() == b"in"
    assert environ.pop("wsgi.errors") is sys.stderr
    assert environ == {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/api",
        "PATH_INFO": "/caf\xc3\xa9/a/b",
        "QUERY_STRING": "q=%20x",
        "REQUEST_URI": "/api/caf%C3%A9/a%2Fb?q=%20x",
        "RAW_URI": "/api/caf%C3%A9/a%2Fb?q=%20x",
        "SERVER_NAME": "shop.example",
        "SERVER_PORT": "8443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "2",
        "HTTP_HOST": "shop.example:8443",
        "HTTP_X_ONE": "1,Ü",
        "HTTP_COOKIE": "a=1; b=2",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input_terminated": True,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def test_without_a_body_there_is_nothing_to_read() -> None:
    environ = environ_of(GET)
    assert environ["wsgi.input"].read() == b""
    assert "CONTENT_LENGTH" not in environ
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("localhost", "80")


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_the_standard_librarys_validator_is_content(method: str) -> None:
    app = answering("201 Created", [("Content-Type", "text/plain"), ("X-Mixed", "Kept")], [b"a", b"", b"b"])
    response = WsgiCaller(validator(app)).call(HttpRequest(method, "/a?b", (), b""))
    body = b"" if method == "HEAD" else b"ab"
    assert response == HttpResponse(201, (("Content-Type", "text/plain"), ("X-Mixed", "Kept")), body)


def test_a_generator_may_start_its_response_late() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield environ["wsgi.input"].read()

    assert WsgiCaller(app).call(HttpRequest("POST", "/", (), b"echo")).body == b"echo"


def test_written_parts_come_before_iterated_ones() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        write = start_response("200 OK", [])
        write(b"first ")
        return [b"second"]

    assert WsgiCaller(app).call(GET).body == b"first second"


class Closing:
    """A body that tells whether it was closed."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            yield part

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("parts", [(b"a",), (), (b"a", ValueError("cut")), ("text",)])
def test_the_body_is_closed_whatever_happens(parts: tuple[Any, ...]) -> None:
    body = Closing(*parts)
    try:
        WsgiCaller(answering(parts=body)).call(GET)
    except (ValueError, AnswerError):
        assert parts
    assert body.closed == 1


def test_what_the_application_raises_comes_out_unchanged() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        WsgiCaller(app).call(GET)
    exchange = WsgiCaller(app).exchange(GET)
    assert exchange.response is None
    assert isinstance(exchange.exception, ZeroDivisionError)


def failing_after(*sent: bytes) -> App:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        write = start_response("200 OK", [("X", "1")])
        for part in sent:
            write(part)
        try:
            {}["gone"]
        except LookupError:
            start_response("500 Oops", [], sys.exc_info())
        return [b"sorry"]

    return app


def test_a_response_may_be_replaced_until_its_body_has_begun() -> None:
    assert WsgiCaller(failing_after()).call(GET) == HttpResponse(500, (), b"sorry")
    assert WsgiCaller(failing_after(b"")).call(GET) == HttpResponse(500, (), b"sorry")
    with pytest.raises(LookupError, match="gone"):
        WsgiCaller(failing_after(b"begun")).call(GET)


def starts_twice(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    start_response("200 OK", [])
    return []


def never_starts(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    return []


def starts_too_late(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    yield b"body"
    start_response("200 OK", [])


@pytest.mark.parametrize(
    ("app", "error"),
    [
        (starts_twice, "called start_response twice without exc_info"),
        (never_starts, "returned without calling start_response"),
        (starts_too_late, "a part of the body before it called start_response"),
        (answering(200), "the status 200; expected: a string such as '200 OK'"),
        (answering("fine"), "the status 'fine'"),
        (answering("2000"), "the status '2000'"),
        (answering(headers=[(b"a", b"b")]), "a tuple of two strings"),
        (answering(headers=["ab"]), "a tuple of two strings"),
        (answering(headers=[("a", 1)]), "a tuple of two strings"),
        (answering(parts=["text"]), "a body part of type str; expected: bytes"),
        (answering(parts="text"), "returned a str; expected: an iterable of bytes"),
        (answering(parts=None), "returned a NoneType"),
        (answering(parts=[b"x" * 11]), "more than 10 bytes"),
    ],
)
def test_a_breach_of_the_protocol_is_named(app: App, error: str) -> None:
    with pytest.raises(AnswerError, match=error):
        WsgiCaller(app, max_body=10).call(GET)


def test_plain_bytes_are_taken_as_one_part() -> None:
    assert WsgiCaller(answering(parts=b"plain")).call(GET).body == b"plain"
