"""The mock with real clients: over a socket and in process, in sync and async code, in threads and beside others."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from accord import Pact, PactFailed, match
from accord.core.errors import UsageError
from accord.core.http.server import listen

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pact(tmp_path: Path) -> Pact:
    return Pact("web", "orders", directory=tmp_path)


def expect(pact: Pact, *names: str) -> Pact:
    for name in names:
        pact.upon_receiving(name).with_request("GET", f"/{name}").will_respond_with(
            200, body={"name": match.like(name)}
        )
    return pact


def test_a_sync_client_over_a_socket(pact: Pact) -> None:
    with expect(pact, "a").serve() as mock:
        assert httpx.get(f"{mock.url}/a").json() == {"name": "a"}
        assert mock.url == f"http://127.0.0.1:{mock.port}"
    with pytest.raises(UsageError, match="is not running"):
        _ = mock.url


async def test_an_async_client_over_a_socket(pact: Pact) -> None:
    async with expect(pact, "a", "b").serve() as mock, httpx.AsyncClient(base_url=mock.url) as client:
        answers = await asyncio.gather(client.get("/a"), client.get("/b"))
    assert [answer.json()["name"] for answer in answers] == ["a", "b"]


async def test_an_async_client_in_process(pact: Pact) -> None:
    block = expect(pact, "a").in_process()
    async with block as transport, httpx.AsyncClient(transport=transport, base_url="http://orders") as client:
        assert (await client.get("/a")).json() == {"name": "a"}


@pytest.mark.parametrize("way", ["serve", "in_process"])
def test_a_wrong_request_is_answered_500_with_the_reason_and_fails_the_block(pact: Pact, way: str) -> None:
    block = getattr(expect(pact, "a"), way)()
    mock = block.__enter__()
    client = httpx.Client(base_url=mock.url) if way == "serve" else httpx.Client(transport=mock, base_url="http://o")
    with client:
        answer = client.get("/b")
    with pytest.raises(PactFailed, match="Not expected: GET /b") as caught:
        block.__exit__(None, None, None)
    assert (answer.status_code, answer.json()["error"]) == (500, "unexpected_request")
    assert answer.headers["x-accord-mock"] == "unexpected-request"
    assert len(caught.value.problems) == 2


def test_an_assertion_in_the_block_is_what_fails_and_the_mock_adds_what_it_saw(pact: Pact) -> None:
    def test() -> None:
        with expect(pact, "a").serve() as mock:
            raise AssertionError("my own", httpx.get(f"{mock.url}/b").status_code)

    with pytest.raises(AssertionError, match="my own") as caught:
        test()
    assert not isinstance(caught.value, PactFailed)
    assert "Not expected: GET /b" in caught.value.__notes__[0]


def test_a_port_can_be_chosen_and_used_again(pact: Pact) -> None:
    with expect(pact, "a").serve() as first:
        httpx.get(f"{first.url}/a")
        port = first.port
    with expect(pact, "b").serve(port=port) as second:
        assert second.port == port
        httpx.get(f"{second.url}/b")


def test_a_port_that_is_taken_is_one_clear_error(pact: Pact) -> None:
    with listen(lambda _: pytest.fail("nothing should be asked")) as taken:
        block = expect(pact, "a").serve(port=taken.port)
        with pytest.raises(UsageError, match=f"Port {taken.port} on 127.0.0.1 is taken"), block:
            pass


def test_bodies_queries_and_headers_arrive_as_they_were_sent(pact: Pact) -> None:
    body = {"text": "größe", "items": [1, 2.5, None, True]}
    (
        pact.upon_receiving("a")
        .with_request("POST", "/größe/a b", query={"q": "ä&b", "n": ["1", "2"]}, headers={"X-A": "1, 2"}, body=body)
        .will_respond_with(201, headers={"Location": "/1", "Set-Cookie": ["a=1", "b=2"]}, body=b"\x00\xff")
    )
    with pact.serve() as mock:
        answer = httpx.post(
            f"{mock.url}/größe/a b", params={"q": "ä&b", "n": ["1", "2"]}, headers={"X-A": "1,2"}, json=body
        )
    assert (answer.status_code, answer.content) == (201, b"\x00\xff")
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_many_threads_share_a_mock_and_each_may_have_its_own(tmp_path: Path) -> None:
    shared = expect(Pact("web", "shared", directory=tmp_path), *(f"{number}" for number in range(8)))
    failures: list[BaseException] = []

    def work(number: int, url: str) -> None:
        try:
            httpx.get(f"{url}/{number}").raise_for_status()
            own = expect(Pact("web", f"own-{number}", directory=tmp_path), "mine")
            with own.serve() as mock:
                httpx.get(f"{mock.url}/mine").raise_for_status()
            own.write()
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    with shared.serve() as mock:
        threads = [threading.Thread(target=work, args=(number, mock.url)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    shared.write()
    assert len(list(tmp_path.iterdir())) == 9


def test_a_client_that_keeps_its_connection_does_not_keep_the_mock(pact: Pact) -> None:
    with httpx.Client() as client:
        for name in ("a", "b"):
            with expect(pact, name).serve() as mock:
                client.get(f"{mock.url}/{name}").raise_for_status()


def test_a_request_without_a_body_where_one_is_expected_is_told(pact: Pact) -> None:
    pact.upon_receiving("a").with_request("POST", "/", body={"id": match.integer(1)}).will_respond_with(200)
    with pytest.raises(PactFailed, match=r'body \$: expected "\{\\"id\\":1\}", seen no body'), pact.serve() as mock:
        httpx.post(mock.url)
