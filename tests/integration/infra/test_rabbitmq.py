"""RabbitMQ as the clients of services see it; where it is not installed these tests say so and skip."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import aio_pika
import pytest

from accord.core.errors import ResourceError, ResourceMissingError
from accord.core.polling import poll_until
from accord.infra import RabbitServer, processes
from accord.infra.rabbitmq.control import ask
from accord.infra.rabbitmq.recipe import RabbitRecipe, socket_of

if TYPE_CHECKING:
    from pathlib import Path

    from accord.infra import RabbitNamespace

try:
    RabbitRecipe().find()
except ResourceMissingError as missing:
    pytestmark = pytest.mark.skip(reason=str(missing))


@pytest.mark.parametrize("time", ["first", "second"])
async def test_the_same_plain_names_are_empty_for_the_next_test(rabbitmq: RabbitNamespace, time: str) -> None:
    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        queue = await channel.declare_queue("orders", durable=True)
        assert queue.declaration_result.message_count == 0, time
        await channel.default_exchange.publish(aio_pika.Message(b"order-1"), "orders")
        message = await queue.get(timeout=10)
        assert message.body == b"order-1"
        await message.nack()


async def test_a_virtual_host_does_not_see_another_and_is_deleted_at_the_end(rabbitmq: RabbitNamespace) -> None:
    with rabbitmq.server.namespace() as other:
        async with await aio_pika.connect(other.url) as connection, connection.channel() as channel:
            await channel.declare_queue("orders")
        async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
            with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
                await channel.declare_queue("orders", passive=True)
    rabbitmq.server.remove(other.name)  # what is not there is passed over
    assert rabbitmq.server._running is not None
    ask(socket_of(rabbitmq.server._running.run), f"add {other.name}")
    async with await aio_pika.connect(other.url) as connection, connection.channel() as channel:
        with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
            await channel.declare_queue("orders", passive=True)
    other.remove()


async def test_two_run_at_once_a_durable_queue_survives_a_kill_and_no_process_stays(
    rabbitmq: RabbitNamespace, rabbitmq_alone: RabbitNamespace
) -> None:
    server = rabbitmq_alone.server
    assert server.port != rabbitmq.server.port
    async with await aio_pika.connect(rabbitmq_alone.url) as connection, connection.channel() as channel:
        await channel.declare_queue("orders", durable=True)
        await channel.default_exchange.publish(
            aio_pika.Message(b"1", delivery_mode=aio_pika.DeliveryMode.PERSISTENT), "orders"
        )
        server.pause()
        server.resume()
        pid, epmd = node_and_epmd(server)
        assert server._running is not None
        ask(socket_of(server._running.run), "flush")  # as kill() does; it may be in memory for two seconds
        processes.kill([pid])  # a crash: nobody has told the supervisor
    poll_until(lambda: processes.started_at(epmd) is None, description="the crashed node's epmd to end")
    server.start()
    async with await aio_pika.connect(rabbitmq_alone.url) as again, again.channel() as channel:
        queue = await channel.declare_queue("orders", passive=True)
        assert queue.declaration_result.message_count == 1
    data = server._running.run.data
    family = processes.family(node_and_epmd(server)[0])
    server.stop()
    assert [pid for pid in family if processes.started_at(pid)] == []
    assert not data.exists()
    async with await aio_pika.connect(rabbitmq.url):
        pass


def node_and_epmd(server: RabbitServer) -> tuple[int, int]:
    assert server._running is not None
    node = int(server._running.supervision.command("status").split()[1])
    return node, next(pid for pid in processes.family(node) if "epmd\0" in command_of(pid))


def command_of(pid: int) -> str:
    with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:  # noqa: PTH123 - one line of the kernel's
        return file.read()


def test_what_it_cannot_do_is_explained(rabbitmq: RabbitNamespace) -> None:
    assert rabbitmq.server._running is not None
    with pytest.raises(ResourceError, match="could not 'rename x': error"):
        ask(socket_of(rabbitmq.server._running.run), "rename x")


def test_names_of_ones_own_begin_with_the_tests(rabbitmq: RabbitNamespace) -> None:
    assert rabbitmq.queue("orders").startswith("test_names_of_ones_own")
    assert rabbitmq.queue("orders").endswith(".orders")


def test_without_erlang_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "rabbitmq-server"
    for each, said in ((program, ""), (tmp_path / "rabbitmqctl", "3.13.7")):
        each.write_text(f"#!/bin/sh\necho {said}\n")
        each.chmod(0o755)
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(ResourceMissingError, match="Erlang, which it needs, is not"):
        RabbitServer(program=program).start()
