"""The fixture: what document A asks of four downstreams, a pytest run of its own, other protocols than HTTP."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from accord.core.http.messages import HttpRequest, HttpResponse
from accord.core.http.server import listen
from tests import prefork

if TYPE_CHECKING:
    from accord.faults import Faults
    from accord.infra import NatsServer, PostgresServer


def checkout(urls: dict[str, str], *, patience: float) -> dict[str, str]:
    """A service that asks its downstreams side by side and goes on without those that fail or take too long."""

    def ask(item: tuple[str, str]) -> tuple[str, str]:
        name, url = item
        try:
            return name, httpx.get(url, timeout=patience).text
        except httpx.TimeoutException:
            return name, "too slow"
        except httpx.TransportError:
            return name, "down"

    with ThreadPoolExecutor(len(urls)) as pool:
        return dict(pool.map(ask, urls.items()))


def test_one_downstream_is_down_and_two_are_slow(faults: Faults) -> None:
    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, (), b"fine")

    with listen(answer) as service:
        names = ["payments", "stock", "prices", "mail"]
        urls = {name: faults.link("checkout", name, service.url).url for name in names}
        assert checkout(urls, patience=10) == dict.fromkeys(names, "fine")
        with (
            faults.between("checkout", "payments").down(),
            faults.between("checkout", "stock").latency(60.0),
            faults.between("checkout", "prices").times_out(),
        ):
            assert checkout(urls, patience=0.3) == {
                "payments": "down", "stock": "too slow", "prices": "too slow", "mail": "fine",
            }  # fmt: skip
        assert checkout(urls, patience=10) == dict.fromkeys(names, "fine")


def test_links_of_the_settings_and_faults_that_this_machine_cannot_make(pytester: pytest.Pytester, hello: str) -> None:
    pytester.makepyprojecttoml(f'[tool.accord.links]\n"orders -> payments" = "{hello}"\n')
    pytester.makepyfile(
        test_it="""
        import httpx, pytest

        pytestmark = pytest.mark.integration

        def test_link(faults):
            link = faults.between("orders", "payments")
            assert httpx.get(link.url + "/x").text == "hello from /x"
            with link.down(), pytest.raises(httpx.ConnectError):
                httpx.get(link.url)

        def test_unavailable(faults, monkeypatch, tmp_path):
            monkeypatch.setattr("sys.platform", "plan9")
            with faults.small_disk(tmp_path):
                raise AssertionError("never reached")
        """
    )
    result = prefork.run_pytest(pytester.path, "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*a disk of its own for a folder takes Linux and its mount command"])


@pytest.mark.skipif(sys.platform == "win32", reason="no PostgreSQL on Windows yet")
def test_a_database_that_is_slow_cut_and_back(faults: Faults, postgres_server: PostgresServer) -> None:
    import psycopg  # noqa: PLC0415 - of this test alone

    link = faults.link("orders", "database", postgres_server.url)
    with psycopg.connect(link.url, autocommit=True) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        with link.resets(), pytest.raises(psycopg.OperationalError):
            connection.execute("select 2")
    with link.down(), pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(link.url)
    with psycopg.connect(link.url) as connection:
        assert connection.execute("select 3").fetchone() == (3,)


async def test_a_broker_behind_a_link_reconnects_after_a_cut(faults: Faults, nats_server: NatsServer) -> None:
    import asyncio  # noqa: PLC0415 - of this test alone

    import nats  # noqa: PLC0415 - of this test alone

    link = faults.link("orders", "bus", nats_server.url)
    is_back = asyncio.Event()

    async def reconnected() -> None:
        is_back.set()

    async def quiet(_error: Exception) -> None:
        """That the connection breaks is the subject."""

    client = await nats.connect(link.url, reconnected_cb=reconnected, error_cb=quiet, reconnect_time_wait=0.05)
    with link.fails_first(2):
        await asyncio.wait_for(is_back.wait(), 10)
    subscription = await client.subscribe("greetings")
    await client.publish("greetings", b"hello")
    assert (await subscription.next_msg(5)).data == b"hello"
    await client.close()
