"""Parallel tests share one server and do not see each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from accord import poll_until
from accord.stub import Options, StubServer, StubVerificationFailed
from tests import prefork

if TYPE_CHECKING:
    from pathlib import Path


def test_a_namespace_has_a_port_a_header_and_a_path(server: StubServer, client: httpx.Client) -> None:
    server.when("GET", "/who").answer(200, "all")
    with server.namespace("one") as one, server.namespace("two") as two:
        one.when("GET", "/who").answer(200, "one")
        two.when("GET", "/who").answer(200, "two")
        asked = {
            f"{one.url}/who": {}, f"{two.url}/who": {}, f"{server.url}/who": {"X-Accord-Namespace": "two"},
            f"{server.url}/__ns/one/who": {},
        }  # fmt: skip
        assert [client.get(url, headers=headers).text for url, headers in asked.items()] == ["one", "two", "two", "one"]
        assert client.get(f"{server.url}/who").text == "all"
        assert [len(each.requests()) for each in (server, one, two)] == [1, 2, 2]
        listed = client.get(f"{one.url}/__admin/mappings").json()
        assert [each["response"]["body"] for each in listed["mappings"]] == ["one", "all"]


def test_a_namespace_has_the_stubs_that_all_have_behind_its_own(server: StubServer, client: httpx.Client) -> None:
    server.when("GET", "/shared").answer(200, "shared")
    with server.namespace() as space:
        assert client.get(f"{space.url}/shared").text == "shared"
        space.when("GET", "/shared").answer(200, "own")
        assert client.get(f"{space.url}/shared").text == "own"
    assert client.get(f"{server.url}/shared").text == "shared"


def test_a_namespace_that_is_closed_leaves_nothing(server: StubServer, client: httpx.Client) -> None:
    with server.namespace("gone") as space:
        space.when("GET", "/x").answer(200)
        url = space.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/x")
    assert "gone" not in [each["name"] for each in client.get(f"{server.url}/__admin/namespaces").json()["namespaces"]]


def test_scenarios_of_parallel_tests_do_not_race(server: StubServer) -> None:
    """Each goes through its own scenario, many at once on one server."""
    states = 8

    def run(number: int) -> list[str]:
        with server.namespace(f"race-{number}") as space, httpx.Client() as client:
            for state in range(states):
                name = "Started" if state == 0 else str(state)
                space.when("POST", "/step").in_scenario("s", name, then=str(state + 1)).answer(200, str(state))
            return [client.post(f"{space.url}/step").text for _ in range(states)]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(16))) == [[str(state) for state in range(states)]] * 16


def test_requests_at_once_take_each_state_of_a_scenario_once(server: StubServer) -> None:
    states = 50
    for state in range(states):
        name = "Started" if state == 0 else str(state)
        server.when("POST", "/step").in_scenario("s", name, then=str(state + 1)).answer(200, str(state))
    transport = server.transport()

    def step(_: int) -> str:
        with httpx.Client(transport=transport, base_url="http://orders") as client:
            return client.post("/step").text

    with ThreadPoolExecutor(8) as pool:
        assert sorted(map(int, pool.map(step, range(states)))) == list(range(states))


def test_strict_says_which_stub_comes_near_and_what_differs(server: StubServer, client: httpx.Client) -> None:
    def block() -> None:
        with server.namespace() as space:
            space.strict = True
            space.when("POST", "/orders", body={"item": "book", "count": 1}).answer(201)
            client.post(f"{space.url}/orders", json={"item": "book", "count": 2})

    with pytest.raises(StubVerificationFailed, match=r"body \$\.count: expected 1, seen 2"):
        block()


def test_the_fixture_gives_each_test_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import httpx, pytest

        @pytest.mark.parametrize("number", [1, 2])
        def test_own(stub_server, number):
            stub_server.when("GET", "/x").answer(json=number)
            assert httpx.get(f"{stub_server.url}/x").json() == number
            stub_server.verify("GET", "/x", times=1)
            assert len(stub_server.requests()) == 1

        def test_in_process(stub_server):
            stub_server.when("GET", "/x").answer(json=3)
            with httpx.Client(transport=stub_server.transport(), base_url="http://orders") as client:
                assert client.get("/x").json() == 3

        @pytest.mark.stubs(strict=True)
        def test_strict(stub_server):
            stub_server.when("GET", "/orders").answer(json=[])
            assert httpx.get(f"{stub_server.url}/order").status_code == 404
        """
    )
    result = prefork.run_pytest(pytester.path, "-q")
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(["*1 requests fitted no stub*", "*urlPath: expected /orders, seen /order*"])


def test_folders_with_mappings_are_read_and_read_again(tmp_path: Path, client: httpx.Client) -> None:
    (tmp_path / "mappings" / "deep").mkdir(parents=True)
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files" / "body.txt").write_text("from a file")
    (tmp_path / "mappings" / "one.json").write_text(
        '{"request": {"url": "/one"}, "response": {"bodyFileName": "body.txt"}}'
    )
    several = "mappings:\n  - request: {url: /two}\n    response: {body: two}\n  - request: {url: /three}\n    response: {body: three}\n"
    (tmp_path / "mappings" / "deep" / "more.yaml").write_text(several)
    with StubServer(options=Options(root=tmp_path)) as server:
        paths = ("one", "two", "three")
        assert [client.get(f"{server.url}/{path}").text for path in paths] == ["from a file", "two", "three"]
        (tmp_path / "mappings" / "new.json").write_text('{"request": {"url": "/new"}, "response": {"body": "new"}}')
        (tmp_path / "mappings" / "one.json").unlink()
        poll_until(lambda: client.get(f"{server.url}/new").text == "new", description="the new file")
        assert client.get(f"{server.url}/one").status_code == 404
        (tmp_path / "mappings" / "new.json").write_text('{"request": {"urll": "/new"}}')
        poll_until(lambda: client.get(f"{server.url}/new").status_code == 404, description="the broken file to go")
        assert client.get(f"{server.url}/two").text == "two"
