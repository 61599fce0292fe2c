"""The ASGI caller with FastAPI and with applications written by hand."""

from __future__ import annotations

import asyncio
import gzip
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.middleware.gzip import GZipMiddleware

from accord.core.errors import AccordError, AnswerError, UsageError
from accord.core.http.asgi import AsgiCaller
from accord.core.http.messages import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    App = Callable[..., Awaitable[None]]

GET = HttpRequest("GET", "/")
Message = dict[str, Any]


def start(status: Any = 200, headers: Any = ()) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(part: Any = b"", *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": part, "more_body": more}


def sending(*messages: Message) -> App:
    """An application that knows only requests and answers all alike."""

    async def app(scope: Message, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        for message in messages:
            await send(message)

    return app


class Recording:
    """An application that keeps its scopes and what it received, and answers 200."""

    def __init__(self) -> None:
        self.scopes: list[Message] = []
        self.received: list[Message] = []

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        self.scopes.append(scope)
        self.received.append(await receive())
        await send(start())
        await send(body(b"fine"))
        self.received.append(await receive())


async def test_the_scope_follows_the_specification() -> None:
    app = Recording()
    caller = AsgiCaller(app, base_url="https://shop.example:8443", root_path="/api/")
    request = HttpRequest("POST", "/caf%C3%A9/a%2Fb?q=%20x", (("X-Mixed", "Ü"), ("x-mixed", "2")), b"in")
    assert await caller.call(request) == HttpResponse(200, (), b"fine")
    (scope,) = app.scopes
    assert scope == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": "/api/café/a/b",
        "raw_path": b"/api/caf%C3%A9/a%2Fb",
        "query_string": b"q=%20x",
        "root_path": "/api",
        "headers": [
            (b"host", b"shop.example:8443"),
            (b"x-mixed", b"\xdc"),
            (b"x-mixed", b"2"),
            (b"content-length", b"2"),
        ],
        "client": ("127.0.0.1", 54321),
        "server": ("shop.example", 8443),
    }


async def test_the_body_comes_at_once_and_the_client_leaves_after_the_answer() -> None:
    app = Recording()
    await AsgiCaller(app).call(HttpRequest("PUT", "/", (), b"whole"))
    assert app.received == [
        {"type": "http.request", "body": b"whole", "more_body": False},
        {"type": "http.disconnect"},
    ]


async def test_a_client_does_not_leave_while_the_answer_is_streamed() -> None:
    async def app(scope: Message, receive: Any, send: Any) -> None:
        await receive()
        gone = asyncio.create_task(receive())
        await send(start())
        for _ in range(3):
            await asyncio.sleep(0)
            assert not gone.done()
            await send(body(b"x", more=True))
        await send(body())
        assert (await gone)["type"] == "http.disconnect"

    assert (await AsgiCaller(app, lifespan=False).call(GET)).body == b"xxx"


def shop() -> FastAPI:
    done: list[str] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        done.append("started")
        yield {"database": "open", "shared": done}
        done.append("stopped")

    app = FastAPI(lifespan=lifespan)
    app.state.done = done

    @app.get("/orders/{order}")
    async def order(order: str, request: Request) -> dict[str, Any]:
        request.state.database += "!"
        return {"order": order, "database": request.state.database}

    @app.get("/sync")
    def sync() -> dict[str, int]:
        return {"answer": 42}

    @app.post("/later")
    async def later(tasks: BackgroundTasks) -> None:
        tasks.add_task(done.append, "background")

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            for number in range(5):
                await asyncio.sleep(0)
                yield str(number).encode()

        return StreamingResponse(parts())

    @app.get("/boom")
    async def boom() -> None:
        raise ZeroDivisionError("a bug")

    return app


def test_each_step_may_be_a_run_of_its_own() -> None:
    app = shop()
    caller = AsgiCaller(app)
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(caller.startup())
        assert app.state.done == ["started"]
        for _ in range(2):  # requests share no state with one another
            answer = loop.run_until_complete(caller.call(HttpRequest("GET", "/orders/7")))
            assert answer.body == b'{"order":"7","database":"open!"}'
        assert loop.run_until_complete(caller.call(HttpRequest("GET", "/sync"))).body == b'{"answer":42}'
        loop.run_until_complete(caller.shutdown())
        loop.run_until_complete(caller.shutdown())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
    assert app.state.done == ["started", "stopped"]


async def test_background_tasks_have_run_when_the_call_ends() -> None:
    app = shop()
    async with AsgiCaller(app) as caller:
        await caller.call(HttpRequest("POST", "/later"))
        assert app.state.done == ["started", "background"]


async def test_streamed_answers_are_put_together() -> None:
    async with AsgiCaller(shop()) as caller:
        assert (await caller.call(HttpRequest("GET", "/stream"))).body == b"01234"


async def test_calls_may_be_concurrent() -> None:
    async with AsgiCaller(shop()) as caller:
        answers = await asyncio.gather(*(caller.call(HttpRequest("GET", f"/orders/{n}")) for n in range(20)))
    assert [answer.body for answer in answers] == [b'{"order":"%d","database":"open!"}' % n for n in range(20)]


async def test_an_application_may_be_started_again() -> None:
    app = shop()
    caller = AsgiCaller(app)
    for _ in range(2):
        async with caller:
            await caller.call(HttpRequest("GET", "/orders/1"))
    assert app.state.done == ["started", "stopped"] * 2


async def test_what_the_application_raises_comes_out_unchanged_and_its_500_beside_it() -> None:
    async with AsgiCaller(shop()) as caller:
        with pytest.raises(ZeroDivisionError, match="a bug") as caught:
            await caller.call(HttpRequest("GET", "/boom"))
        assert "boom" in [entry.name for entry in caught.traceback]
        exchange = await caller.exchange(HttpRequest("GET", "/boom"))
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.body) == (500, b"Internal Server Error")
    assert isinstance(exchange.exception, ZeroDivisionError)


async def test_an_answer_cut_short_by_an_exception_is_none() -> None:
    async def app(scope: Message, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"half", more=True))
        raise ValueError

    exchange = await AsgiCaller(app, lifespan=False).exchange(GET)
    assert exchange.response is None
    assert isinstance(exchange.exception, ValueError)


async def test_head_has_no_body() -> None:
    app = sending(start(200, [(b"content-length", b"4")]), body(b"body"))
    response = await AsgiCaller(app).call(HttpRequest("HEAD", "/"))
    assert response == HttpResponse(200, (("content-length", "4"),))


async def test_packed_answers_are_unpacked() -> None:
    app = FastAPI()
    app.add_middleware(GZipMiddleware, minimum_size=1)

    @app.get("/")
    async def long() -> str:
        return "x" * 10_000

    response = await AsgiCaller(app).call(HttpRequest("GET", "/", (("Accept-Encoding", "gzip"),)))
    assert response.header("content-encoding") == "gzip"
    assert response.body == b'"' + b"x" * 10_000 + b'"'


async def test_trailers_and_other_bytes_are_taken() -> None:
    app = sending(
        start(200, ((bytearray(b"a"), b"b"),)),
        body(bytearray(b"1"), more=True),
        body(memoryview(b"2")),
        {"type": "http.response.trailers", "headers": []},
    )
    assert await AsgiCaller(app).call(GET) == HttpResponse(200, (("a", "b"),), b"12")


@pytest.mark.parametrize(
    ("messages", "error"),
    [
        ([], "returned from GET /, but it had sent no response"),
        ([start()], "but its response was not complete"),
        ([start(), body(more=True)], "but its response was not complete"),
        ([start(), start()], "sent http.response.start twice"),
        ([body()], "sent http.response.body before http.response.start"),
        ([start(), body(), body()], "after the end of the response"),
        ([start("200")], "the status '200'; expected: a number"),
        ([start(101)], "the status 101"),
        ([start(200, [("name", "text")])], "not pairs of bytes"),
        ([start(200, [b"name"])], "not pairs of bytes"),
        ([start(), body("text")], "body of type str; expected: bytes"),
        ([start(), body(b"x" * 11)], "more than 10 bytes. Answer with less"),
        ([{"type": "websocket.accept"}], "sent 'websocket.accept'"),
    ],
)
async def test_a_breach_of_the_protocol_is_named(messages: list[Message], error: str) -> None:
    with pytest.raises(AnswerError, match=error):
        await AsgiCaller(sending(*messages), max_body=10).call(GET)


async def test_a_breach_that_the_application_swallows_is_still_named() -> None:
    async def app(scope: Message, receive: Any, send: Any) -> None:
        try:
            await send(start("no"))
        except Exception:  # noqa: BLE001 - as frameworks do
            await send(start(500))
            await send(body())

    with pytest.raises(AnswerError, match="the status 'no'"):
        await AsgiCaller(app, lifespan=False).call(GET)


async def test_an_application_that_never_answers_meets_the_time_limit() -> None:
    cancelled = asyncio.Event()

    async def app(scope: Message, receive: Any, send: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(AnswerError, match=r"did not finish GET / within 0.01 s"):
        await AsgiCaller(app, lifespan=False).call(GET, time_limit=0.01)
    assert cancelled.is_set()


async def test_a_timeout_of_the_applications_own_is_its_own() -> None:
    async def app(scope: Message, receive: Any, send: Any) -> None:
        raise TimeoutError("the database")

    with pytest.raises(TimeoutError, match="the database"):
        await AsgiCaller(app, lifespan=False).call(GET, time_limit=60)


# --- lifespan ---


def living(*, up: Any = None, down: Any = None, rest: App | None = None) -> App:
    """An application whose lifespan answers start-up and shutdown as told: a message, an exception, or fine."""

    async def app(scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await (rest or sending(start(), body()))(scope, receive, send)
            return
        for step, told in (("startup", up), ("shutdown", down)):
            assert (await receive())["type"] == f"lifespan.{step}"
            if isinstance(told, BaseException):
                raise told
            await send(told or {"type": f"lifespan.{step}.complete"})

    return app


async def fails_at_once(scope: Message, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        raise KeyError("path")
    await sending(start(), body())(scope, receive, send)


async def ignores_lifespans(scope: Message, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await sending(start(), body())(scope, receive, send)


async def takes_everything_for_a_request(scope: Message, receive: Any, send: Any) -> None:
    await receive()
    await send(start())
    await send(body())


@pytest.mark.parametrize("app", [fails_at_once, ignores_lifespans, takes_everything_for_a_request])
async def test_an_application_without_lifespan_is_fine(app: App) -> None:
    async with AsgiCaller(app) as caller:
        assert (await caller.call(GET)).status == 200


@pytest.mark.parametrize(
    ("up", "message"),
    [
        (RuntimeError("no database"), "failed to start up: RuntimeError: no database"),
        ({"type": "lifespan.startup.failed", "message": "no database"}, "failed to start up: no database"),
        ({"type": "lifespan.startup.failed"}, "failed to start up: it gave no reason"),
    ],
)
async def test_a_failed_start_up_is_told_with_its_reason(
    up: Any, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.core.http.lifespan._GRACE_SECONDS", 0.05)  # it waits to be told of the end, and in vain
    caller = AsgiCaller(living(up=up))
    with pytest.raises(AccordError, match=message) as caught:
        await caller.startup()
    assert caught.value.__cause__ is (up if isinstance(up, Exception) else None)
    await caller.shutdown()


async def test_a_failed_start_up_of_fastapi_has_its_exception_as_the_cause() -> None:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        raise ConnectionError("no broker")
        yield

    with pytest.raises(AccordError, match=r"failed to start up: ConnectionError: no broker\.") as caught:
        await AsgiCaller(FastAPI(lifespan=lifespan)).startup()
    assert isinstance(caught.value.__cause__, ConnectionError)


@pytest.mark.parametrize(
    ("down", "message"),
    [
        (RuntimeError("still busy"), "failed to shut down: RuntimeError: still busy"),
        ({"type": "lifespan.shutdown.failed", "message": "still busy"}, "failed to shut down: still busy"),
    ],
)
async def test_a_failed_shutdown_is_told(down: Any, message: str) -> None:
    caller = AsgiCaller(living(down=down))
    await caller.startup()
    with pytest.raises(AccordError, match=message):
        await caller.shutdown()
    await caller.shutdown()


async def test_a_lifespan_that_dies_between_calls_is_told_at_shutdown() -> None:
    died = asyncio.Event()

    async def app(scope: Message, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        died.set()
        raise RuntimeError("worker died")

    caller = AsgiCaller(app)
    await caller.startup()
    await died.wait()
    with pytest.raises(AccordError, match="worker died"):
        await caller.shutdown()


@pytest.mark.parametrize("step", ["start up", "shut down"])
async def test_a_lifespan_that_hangs_meets_the_time_limit(step: str) -> None:
    async def app(scope: Message, receive: Any, send: Any) -> None:
        await receive()
        if step == "shut down":
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await asyncio.Event().wait()

    caller = AsgiCaller(app)
    hanging = caller.startup
    if step == "shut down":
        await caller.startup()
        hanging = caller.shutdown
    with pytest.raises(AccordError, match=rf"did not {step} within 0.01 s"):
        await hanging(time_limit=0.01)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "accord-lifespan"]


async def test_a_cancelled_start_up_leaves_no_task_behind() -> None:
    begun = asyncio.Event()

    async def app(scope: Message, receive: Any, send: Any) -> None:
        await receive()
        begun.set()
        await asyncio.Event().wait()

    starting = asyncio.create_task(AsgiCaller(app).startup())
    await begun.wait()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "accord-lifespan"]


async def test_a_lifespan_can_be_left_out() -> None:
    async with AsgiCaller(living(up=RuntimeError("not here")), lifespan=False) as caller:
        assert (await caller.call(GET)).status == 200


async def test_starting_twice_is_refused() -> None:
    async with AsgiCaller(living()) as caller:
        with pytest.raises(UsageError, match="started already"):
            await caller.startup()


def test_another_event_loop_is_refused() -> None:
    caller = AsgiCaller(living())
    first = asyncio.new_event_loop()
    try:
        first.run_until_complete(caller.startup())
        with pytest.raises(UsageError, match="another event loop"):
            asyncio.run(caller.call(GET))
        first.run_until_complete(caller.shutdown())
    finally:
        first.close()


async def test_a_body_that_is_not_what_its_header_says_is_told() -> None:
    headers = [(b"content-encoding", b"gzip")]
    assert (await AsgiCaller(sending(start(200, headers), body(gzip.compress(b"x")))).call(GET)).body == b"x"
    with pytest.raises(AnswerError, match="not gzip"):
        await AsgiCaller(sending(start(200, headers), body(b"plain text"))).call(GET)
