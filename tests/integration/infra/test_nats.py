"""NATS as the clients of services see it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import nats as client
import pytest

from accord.core.errors import ResourceError, UsageError
from accord.infra import NatsServer
from accord.infra.nats.connection import NatsConnection
from accord.infra.nats.recipe import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from accord.infra import NatsNamespace


async def connect(url: str) -> client.NATS:
    return await client.connect(url, allow_reconnect=False, connect_timeout=5)


async def test_a_stream_keeps_what_was_published(nats: NatsNamespace) -> None:
    connection = await connect(nats.url)
    stream = connection.jetstream()
    await stream.add_stream(name="orders", subjects=["orders.>"])
    await stream.publish("orders.placed", b"order-1")
    subscription = await stream.pull_subscribe("orders.>", durable="billing")
    [message] = await subscription.fetch(1, timeout=5)
    assert message.data == b"order-1"
    await connection.close()


@pytest.mark.parametrize("time", ["first", "second"])
async def test_the_same_plain_names_are_empty_for_the_next_test(nats: NatsNamespace, time: str) -> None:
    connection = await connect(nats.url)
    stream = connection.jetstream()
    info = await stream.add_stream(name="orders", subjects=["orders"])
    assert info.state.messages == 0, time
    await stream.publish("orders", b"1")
    await (await stream.create_key_value(bucket="settings")).put("colour", b"red")
    await connection.close()


async def test_an_account_hears_nothing_of_another(nats: NatsNamespace) -> None:
    async def listen(url: str) -> tuple[client.NATS, asyncio.Queue[bytes]]:
        connection, heard = await connect(url), asyncio.Queue[bytes]()

        async def hear(message: object) -> None:
            heard.put_nowait(message.data)  # type: ignore[attr-defined]  # a message of the client, which has no types

        await connection.subscribe("orders", cb=hear)
        await connection.flush()
        return connection, heard

    with nats.server.namespace() as other:
        mine, heard = await listen(nats.url)
        others, heard_by_other = await listen(other.url)
        anonymous, heard_by_anonymous = await listen(nats.server.url)
        await mine.publish("orders", b"mine")
        await others.publish("orders", b"other's")
        await anonymous.publish("orders", b"nobody's")
        assert await asyncio.wait_for(heard.get(), 5) == b"mine"
        assert await asyncio.wait_for(heard_by_other.get(), 5) == b"other's"
        assert await asyncio.wait_for(heard_by_anonymous.get(), 5) == b"nobody's"
        for connection in (mine, others, anonymous):
            await connection.close()
        assert (heard.empty(), heard_by_other.empty(), heard_by_anonymous.empty()) == (True, True, True)


async def test_a_client_that_a_test_left_behind_is_sent_away(nats: NatsNamespace) -> None:
    left = nats.server.namespace()
    connection = await connect(left.url)
    await connection.jetstream().add_stream(name="orders", subjects=["orders"])
    assert nats.server._running is not None
    files = nats.server._running.run.data / "jetstream" / left.name
    assert files.is_dir()
    await connection.close()
    with NatsConnection(left.server.port, user=left.name, password=PASSWORD) as left_behind:
        left.remove()
        assert not files.exists()
        with pytest.raises((ResourceError, OSError)):
            left_behind.request("$JS.API.INFO")
    with pytest.raises(ResourceError, match="Authorization Violation"):
        NatsConnection(left.server.port, user=left.name, password=PASSWORD)


async def test_what_a_stream_took_survives_a_kill(nats_alone: NatsNamespace) -> None:
    connection = await connect(nats_alone.url)
    await connection.jetstream().add_stream(name="orders", subjects=["orders"])
    await connection.jetstream().publish("orders", b"1")
    nats_alone.server.kill()
    nats_alone.server.start()
    await connection.close()
    again = await connect(nats_alone.url)
    assert (await again.jetstream().stream_info("orders")).state.messages == 1
    await again.close()


def test_names_of_ones_own_begin_with_the_tests(nats: NatsNamespace) -> None:
    assert nats.prefix.startswith("test_names_of_ones_own")
    assert nats.subject("orders.placed") == f"{nats.prefix}.orders.placed"
    assert nats.stream("orders") == f"{nats.prefix}_orders"


async def test_settings_reach_the_server_and_ours_cannot_be_changed() -> None:
    with NatsServer(settings={"max_payload": "2048"}) as server:
        connection = await connect(server.url)
        assert connection.max_payload == 2048
        await connection.close()
    with pytest.raises(UsageError, match="accounts, http belong to Accord"):
        NatsServer(settings={"http": "8222", "accounts": "{}"}).start()


def test_a_wrong_setting_shows_the_log() -> None:
    with pytest.raises(ResourceError, match=r"ended while it started \(exited 1\)(.|\n)*nats\.conf:10:") as caught:
        NatsServer(settings={"max_payload": "plenty"}).start()
    assert "nats-server" in str(caught.value)


def test_a_version_that_is_too_old_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "nats-server"
    old.write_text("#!/bin/sh\necho 'nats-server: v2.9.25'\n")
    old.chmod(0o755)
    with pytest.raises(ResourceError, match=r"is NATS 2\.9\.25; 2\.10 or newer is needed"):
        NatsServer(program=old).start()
