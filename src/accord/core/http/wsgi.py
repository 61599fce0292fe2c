"""Calls a WSGI application in this process, as a server would (PEP 3333)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from accord.core.errors import AnswerError
from accord.core.http.content_encoding import decoded
from accord.core.http.exchange import MAX_ANSWER, Exchange
from accord.core.http.framing import encode_value, framed_headers, wire_target
from accord.core.http.messages import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from accord.core.http.messages import Headers, HttpRequest

    ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_UNPREFIXED = {"CONTENT_TYPE", "CONTENT_LENGTH"}


class WsgiCaller:
    """Calls an application, any number of times; from several threads too, where the application allows it.

    Args:
        app: a WSGI application.
        base_url: where the application should believe it is reached; gives scheme, server and ``Host``.
        script_name: the prefix it is mounted at, such as ``/shop``; targets do not repeat it.
        max_body: the largest response body, in bytes.
    """

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        *,
        base_url: str = "http://localhost",
        script_name: str = "",
        max_body: int = MAX_ANSWER,
    ) -> None:
        parts = urlsplit(base_url)
        self._app = app
        self._scheme = parts.scheme
        self._host = parts.netloc
        self._name = parts.hostname or "localhost"
        self._port = str(parts.port or _DEFAULT_PORTS.get(parts.scheme, "80"))
        self._script_name = script_name.rstrip("/")
        self._max_body = max_body

    def call(self, request: HttpRequest) -> HttpResponse:
        """One request and its response.

        Raises:
            Exception: what the application raised, unchanged; `exchange` gives the response it had sent as well.
            AnswerError: the application gave no response, or broke the protocol.
        """
        return self.exchange(request).unwrap()

    def exchange(self, request: HttpRequest) -> Exchange:
        """One request with all that came of it: response, exception, or both.

        Raises:
            AnswerError: the application gave no response, or broke the protocol.
        """
        answer = _Answer(request, self._max_body)
        try:
            result = self._app(self._environ(request), answer.start_response)
            try:
                for part in answer.checked(result):
                    answer.write(part)
            finally:
                close = getattr(result, "close", None)
                if close is not None:
                    close()
        except Exception as error:  # noqa: BLE001 - whatever the application raises is part of the outcome
            return answer.outcome(error)
        return answer.outcome(None)

    def _environ(self, request: HttpRequest) -> dict[str, Any]:
        path, _, query = wire_target(request.target).partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": self._script_name,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "REQUEST_URI": self._script_name + request.target,
            "RAW_URI": self._script_name + request.target,
            "SERVER_NAME": self._name,
            "SERVER_PORT": self._port,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self._scheme,
            "wsgi.input": BytesIO(request.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in framed_headers(request, self._host):
            key = name.upper().replace("-", "_")
            if key not in _UNPREFIXED:
                key = f"HTTP_{key}"
            text = encode_value(value).decode("latin-1")
            if key in environ:
                text = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
            environ[key] = text
        return environ


class _Answer:
    """What the application has answered so far."""

    def __init__(self, request: HttpRequest, limit: int) -> None:
        self._request = request
        self._limit = limit
        self._status: int | None = None
        self._headers: Headers = ()
        self._body: list[bytes] = []
        self._size = 0
        self._sent = False
        self._broken: AnswerError | None = None

    def start_response(
        self, status: object, headers: Iterable[object], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        """Take status and headers; a second time only with what went wrong, and before any of the body."""
        if exc_info:
            try:
                if self._sent and exc_info[1] is not None:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # else the traceback would hold this frame, and this frame the traceback
        elif self._status is not None:
            raise self._broke("called start_response twice without exc_info")
        if not isinstance(status, str) or not status[:3].isdigit() or status[3:4] not in {" ", ""}:
            raise self._broke(f"gave the status {status!r}; expected: a string such as '200 OK'")
        checked: list[tuple[str, str]] = []
        for pair in headers:
            match pair:
                case (str(name), str(value)) if type(pair) is tuple:
                    checked.append((name, value))
                case _:
                    raise self._broke(f"gave the header {pair!r}; expected: a tuple of two strings")
        self._status = int(status[:3])
        self._headers = tuple(checked)
        return self.write

    def write(self, part: object) -> None:
        """Take a part of the body, whether iterated or written."""
        if not isinstance(part, bytes):
            raise self._broke(f"gave a body part of type {type(part).__name__}; expected: bytes")
        if self._status is None:
            raise self._broke("gave a part of the body before it called start_response")
        if part:
            self._sent = True
            self._size += len(part)
            if self._size > self._limit:
                raise self._broke(f"gave more than {self._limit} bytes. Answer with less, or raise the limit.", ask="")
            self._body.append(part)

    def checked(self, result: object) -> Iterable[object]:
        """The application's return value, which has to be an iterable of bytes."""
        if isinstance(result, str) or not isinstance(result, Iterable):
            raise self._broke(f"returned a {type(result).__name__}; expected: an iterable of bytes")
        return (result,) if isinstance(result, bytes) else result  # byte by byte would be right, and slow

    def _broke(self, what: str, *, ask: str = ". Correct the application.") -> AnswerError:
        error = AnswerError(f"In answer to {self._request.method} {self._request.target} the application {what}{ask}")
        self._broken = self._broken or error
        return error

    def outcome(self, error: Exception | None) -> Exchange:
        """What came of the call.

        Raises:
            AnswerError: there is no response, or the protocol was broken.
        """
        if self._broken is not None:
            raise self._broken
        if error is not None:
            return Exchange(None, error)
        if self._status is None:
            raise self._broke("returned without calling start_response")
        # A server leaves the body out of the answer to HEAD, whatever the application gives.
        body = b"" if self._request.method == "HEAD" else b"".join(self._body)
        return Exchange(decoded(HttpResponse(self._status, self._headers, body), self._limit))
