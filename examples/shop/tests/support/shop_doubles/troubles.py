"""What goes wrong with a neighbour, really over a socket: one table for all services that call others."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from accord.stub import matches

PATIENCE = 0.4  # seconds that a service under test gives a neighbour
ANY_PATH = matches("/.*")
FIRST = 1  # before every other stub

Trouble = Callable[..., AbstractContextManager[None]]
"""Breaks a neighbour for the length of a block; takes its stubs, the link to it, and which paths are its own."""


def answers(status: int, body: object = None, **more: Any) -> Trouble:
    """Whatever it is asked, it gives this answer."""

    @contextmanager
    def broken(stubs: Any, _link: Any, paths: Any = ANY_PATH) -> Iterator[None]:
        stub = stubs.when("ANY", paths).priority(FIRST).answer(status, body, **more)
        try:
            yield
        finally:
            stub.remove()

    return broken


def fails(fault: str) -> Trouble:
    """It breaks the connection in place of an answer."""

    @contextmanager
    def broken(stubs: Any, _link: Any, paths: Any = ANY_PATH) -> Iterator[None]:
        stub = stubs.when("ANY", paths).priority(FIRST).fail(fault)
        try:
            yield
        finally:
            stub.remove()

    return broken


def on_the_way(fault: Callable[[Any], AbstractContextManager[Any]]) -> Trouble:
    """Something happens between the two."""

    @contextmanager
    def broken(_stubs: Any, link: Any, _paths: Any = ANY_PATH) -> Iterator[None]:
        with fault(link):
            yield

    return broken


NO_ANSWER: Mapping[str, Trouble] = {
    "nobody listens": on_the_way(lambda link: link.down()),
    "the connection is reset": on_the_way(lambda link: link.resets()),
    "the answer is cut off": on_the_way(lambda link: link.limits(60)),
    "something that is no HTTP": fails("RANDOM_DATA_THEN_CLOSE"),
    "a closed connection": fails("EMPTY_RESPONSE"),
}
TOO_SLOW: Mapping[str, Trouble] = {
    "an answer that never comes": on_the_way(lambda link: link.times_out()),
    "an answer that comes too late": on_the_way(lambda link: link.latency(60.0)),
    "an answer byte by byte": on_the_way(lambda link: link.slices(1, pause=0.1)),
}
BROKEN: Mapping[str, Trouble] = {
    "500": answers(500, json={"error": "internal_error"}),
    "503": answers(503, "<html>try later</html>", headers={"Content-Type": "text/html"}),
}
NONSENSE: Mapping[str, Trouble] = {
    "no JSON": answers(200, "<html>hello</html>", headers={"Content-Type": "text/html"}),
    "half a JSON": answers(200, '{"items": [{"productId"', headers={"Content-Type": "application/json"}),
    "nothing": answers(200),
    "another shape": answers(200, json={"unexpected": True}),
    "null for a list": answers(200, json={"items": None, "version": None}),
    "a list": answers(200, json=[1, 2]),
    "another status": answers(418, json={"error": "teapot"}),
}
ONE_OF_EACH_KIND: Mapping[str, Trouble] = {
    name: {**NO_ANSWER, **TOO_SLOW, **BROKEN, **NONSENSE}[name]
    for name in ("the connection is reset", "an answer that comes too late", "503", "half a JSON", "null for a list")
}
ALL: Mapping[str, Trouble] = {**NO_ANSWER, **TOO_SLOW, **BROKEN, **NONSENSE}
