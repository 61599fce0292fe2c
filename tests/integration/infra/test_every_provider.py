"""What tests may expect of a server, on every provider of it that is here; the others say why they are not."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import aio_pika
import nats as nats_client
import pytest
import valkey as valkey_client
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition

from accord.core.errors import ResourceError, ResourceMissingError, UsageError
from accord.infra import KafkaBroker, NatsServer, RabbitServer, ValkeyServer, containers, ports
from accord.infra.kafka.apache import ApacheKafkaRecipe
from accord.infra.rabbitmq.recipe import RabbitRecipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.infra.server import Server

logger = logging.getLogger(__name__)
KINDS: dict[str, Any] = {"nats": NatsServer, "valkey": ValkeyServer, "kafka": KafkaBroker, "rabbitmq": RabbitServer}
NATIVE = {"nats": "native", "valkey": "native", "kafka": "tansu", "rabbitmq": "native"}
CASES = [(kind, provider) for kind in KINDS for provider in (NATIVE[kind], "url", "container")] + [("kafka", "apache")]


def why_not(kind: str, provider: str) -> str | None:
    if provider == "container":
        return containers.engine_problem()
    try:
        if kind == "rabbitmq":
            RabbitRecipe().find()
        if provider == "apache" and ApacheKafkaRecipe().look() is None:
            return "Apache Kafka has not been fetched: .ci/run does"
    except ResourceMissingError as missing:
        return str(missing)
    return None


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    kind, provider = request.param
    if problem := why_not(kind, provider):
        pytest.skip(problem)
    with ExitStack() as stack:
        wish: dict[str, Any] = {"provider": provider}
        if provider == "url":  # one of our own plays the server that is there already
            there, more = there_already(kind)
            wish |= {"url": stack.enter_context(there).url, **more}
        if (kind, provider) == ("rabbitmq", "native"):  # takes seconds to start: the one of the run
            server = request.getfixturevalue("rabbitmq_server").start()
        else:
            server = stack.enter_context(KINDS[kind](**wish))
        print(f"{kind} by {provider}: {server.version}, {server.origin}")
        yield server


def there_already(kind: str) -> tuple[Any, dict[str, str]]:
    if kind != "rabbitmq":
        return KINDS[kind](provider=NATIVE[kind]), {}
    port = next(ports.free_ports())
    settings = {"management.tcp.ip": "127.0.0.1", "management.tcp.port": str(port)}
    there = RabbitServer(plugins=["rabbitmq_management"], settings=settings)
    return there, {"management": f"http://127.0.0.1:{port}"}


async def count_after_writing(namespace: Any) -> int:
    """Write one thing under a name of the test's own, and count what is there under this name."""
    match namespace.server:
        case NatsServer():
            connection = await nats_client.connect(namespace.url)
            stream = connection.jetstream()
            await stream.add_stream(name=namespace.stream("orders"), subjects=[namespace.subject("orders")])
            await stream.publish(namespace.subject("orders"), b"1")
            found = (await stream.stream_info(namespace.stream("orders"))).state.messages
            await connection.close()
            return found
        case ValkeyServer():
            with valkey_client.Valkey.from_url(namespace.url) as client:
                return int(client.incr(namespace.key("orders")))
        case KafkaBroker():
            topic = namespace.topic("orders")
            async with AIOKafkaProducer(bootstrap_servers=namespace.bootstrap) as producer:
                await producer.send_and_wait(topic, b"1")
            async with AIOKafkaConsumer(**namespace.consumer_settings()) as consumer:
                partition = TopicPartition(topic, 0)
                return int((await consumer.end_offsets([partition]))[partition])
        case _:
            async with await aio_pika.connect(namespace.url) as connection, connection.channel() as channel:
                queue = await channel.declare_queue(namespace.queue("orders"), durable=True)
                await channel.default_exchange.publish(aio_pika.Message(b"1"), queue.name)
                message = await queue.get(timeout=10)
                await message.nack()
                return 1 + (message.redelivered or False)


async def test_what_a_test_writes_another_does_not_see(server: Server) -> None:
    with server.namespace() as one, server.namespace() as other:
        assert await count_after_writing(one) == 1
        assert await count_after_writing(other) == 1


async def test_what_was_removed_is_gone_and_can_be_removed_again(server: Server) -> None:
    namespace = server.namespace()
    await count_after_writing(namespace)
    namespace.remove()
    if isinstance(server, NatsServer) and not namespace.has_account:
        connection = await nats_client.connect(server.url)
        with pytest.raises(nats_client.js.errors.NotFoundError):
            await connection.jetstream().stream_info(namespace.stream("orders"))
        await connection.close()
    elif isinstance(server, ValkeyServer):
        with valkey_client.Valkey.from_url(namespace.url) as client:
            assert client.exists(namespace.key("orders")) == 0


def test_it_says_what_it_is_and_a_server_of_others_is_never_disturbed(
    server: Server, request: pytest.FixtureRequest
) -> None:
    assert server.version
    assert server.origin
    assert server.port
    if "url" in request.node.callspec.id:
        assert server.is_shared
        with pytest.raises(UsageError, match="cannot kill"):
            server.kill()
        assert "is where that server runs" in server.logs()


@pytest.mark.parametrize("server", [("kafka", "apache")], indirect=True, ids="-".join)
async def test_what_a_kafka_broker_is_said_to_do_it_does(server: Server) -> None:
    assert isinstance(server, KafkaBroker)
    server.require("transactions")
    assert server.product.startswith("Apache Kafka")
    with server.namespace() as kafka:
        topic = kafka.topic("orders")
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=kafka.group("t")) as producer:
            async with producer.transaction():
                await producer.send_and_wait(topic, b"kept")
            await producer.begin_transaction()
            await producer.send_and_wait(topic, b"undone")
            await producer.abort_transaction()
        settings = kafka.consumer_settings("billing")
        async with AIOKafkaConsumer(topic, **settings, isolation_level="read_committed") as consumer:
            assert (await consumer.getone()).value == b"kept"


def test_other_keys_of_a_valkey_that_is_there_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with ValkeyServer(settings={"requirepass": "s3cret"}) as there:
        url = there.url
        assert ":s3cret@" in url
        with ValkeyServer(url=url) as server, valkey_client.Valkey.from_url(url) as client:
            client.set("theirs", 1)
            with server.namespace() as one:
                client.mset({one.key(f"many-{number}"): 1 for number in range(1200)})
                assert client.dbsize() == 1201
            assert client.keys() == [b"theirs"]
            assert "s3cret" not in server.origin
        monkeypatch.setattr("accord.infra.existing._TIMEOUT", 0.05)
        with pytest.raises(ResourceError, match=r"redis://:\*\*\*@.*WRONGPASS"):
            ValkeyServer(url=url.replace("s3cret", "wrong")).start()


def test_where_nothing_answers_the_message_names_the_url_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.infra.existing._TIMEOUT", 0.05)
    with pytest.raises(ResourceError, match=r"NATS at nats://me:\*\*\*@127\.0\.0\.1:9 was not ready after"):
        NatsServer(url="nats://me:s3cret@127.0.0.1:9").start()


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"provider": "nativ"}, "NATS has no provider 'nativ'; did you mean 'native'"),
        ({"provider": "url"}, 'the provider "url" of NATS needs its URL'),
        ({"provider": "native", "url": "nats://a"}, "leave one of them out"),
        ({"url": "nats://nats.prod"}, "'prod' in 'nats.prod' marks a server that others depend on"),
        ({"url": "nats://a", "refused_hosts": ["a"]}, "lists 'a' among refused_hosts"),
        ({"url": "http://a"}, "is no URL of NATS"),
    ],
)
def test_what_does_not_go_together_is_refused(wish: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        NatsServer(**wish)


def test_a_container_without_an_engine_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    with pytest.raises(
        ResourceMissingError, match="NATS cannot run in a container: no container engine answers at tcp"
    ):
        NatsServer(provider="container").start()
