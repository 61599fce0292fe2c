"""What was answered is kept: through kills, many writers, two hubs on one database, and a database that goes away."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from accord import poll_until
from accord.infra import PostgresServer
from tests.behaviours.hub import HubProcess, running_hub, start_hub
from tests.behaviours.hub_seed import publication

if TYPE_CHECKING:
    from pathlib import Path

    from accord.infra import Database

PROVIDERS = ["one", "two", "three"]


def publish_until(stop: threading.Event, url: str, who: str, answered: list[str]) -> None:
    """Publish version after version; note those that the hub confirmed. A hub that is gone ends it."""
    number = 0
    with httpx.Client(base_url=url, timeout=60) as client:
        while not stop.is_set():
            version = f"{len(answered)}.{number}"
            number += 1
            try:
                answer = client.post("/contracts/publish", json=publication(who, PROVIDERS, version, number))
            except httpx.HTTPError:
                return
            assert answer.status_code == 200, answer.text
            answered.append(version)


def kept(url: str, who: str) -> dict[str, int]:
    """The versions that a hub has, with the number of their pacts."""
    with httpx.Client(base_url=url, timeout=60) as client:
        answer = client.get(f"/pacticipants/{who}/versions")
    if answer.status_code == 404:
        return {}
    return {each["number"]: len(each["_links"]["pb:pact-versions"]) for each in answer.json()["_embedded"]["versions"]}


def check_all_kept(url: str, answered: dict[str, list[str]]) -> None:
    for who, versions in answered.items():
        found = kept(url, who)
        assert set(versions) <= set(found), f"{who}: answered, and not kept"
        assert set(found.values()) <= {len(PROVIDERS)}, f"{who}: half a publication was kept: {found}"


def kill_while_publishing(folder: Path, times: int) -> None:
    """Kill a hub again and again while eight clients publish; each time everything answered is there."""
    answered: dict[str, list[str]] = {f"client-{number}": [] for number in range(8)}
    for _ in range(times):
        hub, stop = start_hub(folder, "--quiet"), threading.Event()
        check_all_kept(hub.url, answered)
        before = sum(map(len, answered.values()))
        with ThreadPoolExecutor(8) as pool:
            running = [pool.submit(publish_until, stop, hub.url, *each) for each in answered.items()]
            poll_until(
                lambda before=before: sum(map(len, answered.values())) >= before + 24,
                description="some are answered",
                timeout=60,
            )
            hub.kill()
            stop.set()
            for each in running:
                each.result()
        hub.process.close()
    with running_hub(folder, "--quiet") as again:
        check_all_kept(again.url, answered)


def test_a_kill_loses_nothing_that_was_answered_and_leaves_nothing_by_half(tmp_path: Path) -> None:
    kill_while_publishing(tmp_path, 3)


@pytest.mark.soak
def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    kill_while_publishing(tmp_path, 50)


def write_together(urls: list[str], seconds: float) -> dict[str, list[str]]:
    """Sixteen writers at once; what was answered."""
    answered: dict[str, list[str]] = {f"writer-{number}": [] for number in range(16)}
    stop = threading.Event()
    with ThreadPoolExecutor(16) as pool:
        running = [
            pool.submit(publish_until, stop, urls[index % len(urls)], *each)
            for index, each in enumerate(answered.items())
        ]
        until = time.monotonic() + seconds
        poll_until(lambda: time.monotonic() > until, description="the time is over", timeout=seconds + 30)
        stop.set()
        for each in running:
            each.result()
    return answered


def check_writers(hub: HubProcess, seconds: float) -> None:
    answered = write_together([hub.url], seconds)
    assert all(answered.values()), {who: len(versions) for who, versions in answered.items()}
    check_all_kept(hub.url, answered)
    assert "database is locked" not in hub.log


def test_sixteen_writers_at_once_get_no_error_and_nothing_is_lost(tmp_path: Path) -> None:
    with running_hub(tmp_path, "--quiet") as hub:
        check_writers(hub, 5)


@pytest.mark.soak
def test_sixteen_writers_for_a_minute(tmp_path: Path) -> None:
    with running_hub(tmp_path, "--quiet") as hub:
        check_writers(hub, 60)


def test_two_hubs_share_one_postgresql_even_where_they_make_the_same(tmp_path: Path, postgres: Database) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        running_hub(tmp_path / "a", "--quiet", database=postgres.url) as first,
        running_hub(tmp_path / "b", "--quiet", database=postgres.url) as second,
    ):
        answered = write_together([first.url, second.url], 2)
        check_all_kept(first.url, answered)
        check_all_kept(second.url, answered)
        body = publication("same", PROVIDERS, "1", 1)

        def publish(url: str) -> int:
            return httpx.post(f"{url}/contracts/publish", json=body, timeout=60).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(publish, [first.url, second.url] * 4))
        assert statuses == [200] * 8
        assert kept(second.url, "same") == {"1": 3}


def test_a_database_that_goes_away_is_said_and_its_return_is_noticed(tmp_path: Path) -> None:
    with PostgresServer() as server, running_hub(tmp_path, database=server.url) as hub:
        assert httpx.get(f"{hub.url}/ready").status_code == 200
        server.kill()
        gone = httpx.get(f"{hub.url}/pacticipants", timeout=60)
        assert gone.status_code == 503
        assert "database does not answer" in gone.json()["error"]
        assert httpx.get(f"{hub.url}/health").status_code == 200
        server.restart()
        poll_until(
            lambda: httpx.get(f"{hub.url}/ready").status_code == 200, description="the hub is ready again", timeout=30
        )
        assert httpx.get(f"{hub.url}/pacticipants").status_code == 200
