"""The index gives the stub that asking all of them would give, and does not ask all of them."""

from __future__ import annotations

import itertools
import random
from typing import Any

from accord.stub.engine import Engine
from accord.stub.mapping import StubMapping, read_mapping
from accord.stub.options import Options
from accord.stub.request_pattern import RequestPattern
from accord.stub.requests import StubRequest

METHODS = ("GET", "POST", "ANY")
URLS: tuple[dict[str, Any], ...] = (
    {"url": "/a"}, {"url": "/a?x=1"}, {"urlPath": "/a"}, {"urlPath": "/a/b"}, {"urlPattern": "/a.*"},
    {"urlPathPattern": "/a/[a-z]+"}, {"urlPathPattern": "(/a|/c).*"}, {"urlPathTemplate": "/a/{id}"},
    {"urlPathTemplate": "/{x}/b"}, {"urlPathPattern": "/a?/b"}, {},
)  # fmt: skip
MORE: tuple[dict[str, Any], ...] = (
    {}, {"headers": {"T": {"equalTo": "1"}}}, {"headers": {"T": {"equalTo": "2"}}}, {"headers": {"t": {"contains": "1"}}},
    {"queryParameters": {"x": {"equalTo": "1"}}}, {"headers": {"T": {"equalTo": "1"}}, "queryParameters": {"x": {"equalTo": "1"}}},
    {"cookies": {"c": {"equalTo": "1"}}}, {"headers": {"T": {"absent": True}}},
    {"headers": {"T": {"equalTo": "A", "caseInsensitive": True}}},
)  # fmt: skip
TARGETS = ("/a", "/a?x=1", "/a/b", "/a/b?x=1&x=2", "/c", "/", "/a/7", "//b", "/z/b", "/b")
HEADERS: tuple[list[tuple[str, str]], ...] = (
    [],
    [("T", "1")],
    [("t", "2")],
    [("T", "1"), ("T", "2")],
    [("T", "a")],
    [("Cookie", "c=1")],
)


def scanned(stubs: list[StubMapping], request: StubRequest) -> StubMapping | None:
    return next((each for each in sorted(stubs, key=lambda stub: stub.rank) if each.request.matches(request)), None)


def test_the_index_finds_what_a_scan_finds() -> None:
    source = random.Random(7)
    for _ in range(40):
        space = Engine(Options()).space("")
        stubs = [
            read_mapping({
                "request": {"method": source.choice(METHODS), **source.choice(URLS), **source.choice(MORE)},
                "priority": source.choice((1, 5, 5, 5, 9)),
            })
            for _ in range(source.randint(1, 25))
        ]  # fmt: skip
        for stub in stubs:
            space.add(stub)
        for gone in source.sample(stubs, len(stubs) // 4):
            stubs.remove(gone)
            space.remove(gone.id)
        for method, target, headers in itertools.product(("GET", "POST", "PUT"), TARGETS, HEADERS):
            for _again in range(2):  # the second time what was remembered answers
                found = space.serve(StubRequest(method, target, headers))
                assert found is scanned(stubs, StubRequest(method, target, headers)), (method, target, headers)


def asked(space: Any, request: StubRequest, monkeypatch: Any) -> int:
    """How many stubs are asked for one request."""
    count = 0
    real = RequestPattern.matches

    def counted(self: RequestPattern, request: StubRequest) -> bool:
        nonlocal count
        count += 1
        return real(self, request)

    monkeypatch.setattr(RequestPattern, "matches", counted)
    assert space.serve(request) is not None
    monkeypatch.undo()
    return count


def test_few_stubs_are_asked_whatever_they_differ_in(monkeypatch: Any) -> None:
    kinds: tuple[tuple[Any, StubRequest], ...] = (
        (lambda n: {"url": f"/u/{n}"}, StubRequest("GET", "/u/0")),
        (lambda n: {"urlPathTemplate": f"/t{n}/{{id}}"}, StubRequest("GET", "/t0/5")),
        (lambda n: {"urlPathTemplate": f"/t/{{id}}/p{n}"}, StubRequest("GET", "/t/5/p0")),
        (lambda n: {"urlPathPattern": f"/p{n:04}/.*"}, StubRequest("GET", "/p0000/x")),
        (lambda n: {"urlPath": "/h", "headers": {"T": {"equalTo": str(n)}}}, StubRequest("GET", "/h", [("T", "0")])),
        (lambda n: {"urlPath": "/q", "queryParameters": {"n": {"equalTo": str(n)}}}, StubRequest("GET", "/q?n=0")),
    )
    for make, request in kinds:
        space = Engine(Options()).space("")
        for number in range(1000):
            space.add(read_mapping({"request": make(number)}))
        assert asked(space, request, monkeypatch) <= 2, request.target
