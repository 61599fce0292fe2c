"""A service with Apache Kafka in it, of any of the usual images."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from accord.core.errors import UsageError
from accord.infra.compose.plan import Service

if TYPE_CHECKING:
    from accord.infra.compose.reading.asked import Asked
    from accord.infra.compose.reading.ports import Mapping

TANSU, APACHE = "tansu", "apache"
_DATA = (
    "/var/lib/kafka/data",
    "/var/lib/kafka",
    "/var/lib/kafka/secrets",
    "/tmp/kraft-combined-logs",  # noqa: S108 - inside of the container
    "/etc/kafka/secrets",
)
# How nodes find each other, which one node need not; and what every node of ours does anyway.
_PLUMBING = re.compile(
    r"CLUSTER_ID|KAFKA_(?:NODE_ID|BROKER_ID|PROCESS_ROLES|LISTENERS|CONTROLLER_\w+|INTER_BROKER_LISTENER_NAME|"
    r"ZOOKEEPER_\w+|HEAP_OPTS|JVM_\w+|LOG4J_\w+|TOOLS_LOG4J_\w+|LOG_DIRS?|JMX_\w+|OPTS|\w+_REPLICATION_FACTOR|\w+_MIN_ISR|"
    r"MIN_INSYNC_REPLICAS|GROUP_INITIAL_REBALANCE_DELAY_MS|CONFLUENT_\w+|METRIC_REPORTERS)"
)
_SECURE = re.compile(r"SASL|SSL")
_HERE = ("localhost", "127.0.0.1", "host.docker.internal", "")


def read(asked: Asked, *, provider: str) -> Service:
    """The broker this service asks for.

    Args:
        asked: the service.
        provider: ``tansu`` or ``apache``: which broker of ours it will be.

    Raises:
        UsageError: a variable holds what it cannot hold.
    """
    if asked.command:
        asked.refuse("command", "the broker is started in Accord's way; say settings in `environment` as KAFKA_…")
    protocols = asked.take("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP")
    if _SECURE.search(protocols):
        asked.refuse("environment.KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "brokers here speak PLAINTEXT alone")
    listeners = _listeners(asked.environment.get("KAFKA_LISTENERS", ""))
    controllers = asked.environment.get("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER").split(",")
    advertised = _listeners(asked.take("KAFKA_ADVERTISED_LISTENERS"))
    for name in [each for each in asked.environment if _PLUMBING.fullmatch(each)]:
        del asked.environment[name]
    settings = _settings(asked, provider)
    storage = asked.take_mounts(*map(PurePosixPath, _DATA))
    inner = {port for name, (_, port) in listeners.items() if name in controllers}
    port = _client_port(asked, advertised, inner)
    return Service(
        name=asked.name, resource="kafka", image=asked.image.text, product="Apache Kafka", asked=asked.image.version,
        port=port, storage=storage, settings=tuple(sorted(settings.items())), after=asked.after, provider=provider,
    )  # fmt: skip


def _listeners(text: str) -> dict[str, tuple[str, int]]:
    """``NAME://host:port,…`` by name; one that cannot be read is left out: no client would find it."""
    found = {}
    for each in filter(None, (part.strip() for part in text.split(","))):
        name, _, address = each.partition("://")
        try:
            parts = urlsplit(f"//{address}")
            found[name] = (parts.hostname or "", parts.port or 0)
        except ValueError:
            continue
    return found


def _client_port(asked: Asked, advertised: dict[str, tuple[str, int]], controllers: set[int]) -> int | None:
    """The port clients on this machine use: the one that is advertised to them, else the first."""
    told = {port for host, port in advertised.values() if host in _HERE}
    mapped = [each for each in asked.ports if each.inside not in controllers]
    chosen: Mapping | None = next((each for each in mapped if each.outside in told), mapped[0] if mapped else None)
    for each in asked.ports:
        if each is not chosen:
            asked.refuse("ports", f"{each.outside}:{each.inside} leads nowhere: a broker here has one port for clients")
    asked.ports = []
    if chosen is None:
        return None
    if advertised and chosen.outside not in told:
        shown = ", ".join(f"{host}:{port}" for host, port in advertised.values())
        asked.note(
            "environment.KAFKA_ADVERTISED_LISTENERS",
            f"tells clients {shown}, which they do not reach from here with Docker; this broker tells them "
            f"127.0.0.1:{chosen.outside or 'PORT'}",
        )
    return chosen.outside


def _settings(asked: Asked, provider: str) -> dict[str, str]:
    """What is left of the variables, as settings of Apache Kafka; the small broker has none."""
    names = [name for name in asked.environment if name.startswith("KAFKA_")]
    given = {name: asked.environment.pop(name) for name in names}
    asked.take("TZ", "LANG")
    asked.refuse_variables("settings begin with KAFKA_")
    if provider == APACHE:
        return {name.removeprefix("KAFKA_").lower().replace("_", "."): value for name, value in given.items()}
    for name, value in given.items():
        if name == "KAFKA_AUTO_CREATE_TOPICS_ENABLE":
            if value.lower() not in {"true", "false"}:
                raise UsageError(f"services.{asked.name}.environment.{name}: expected true or false, seen {value!r}")
            if value.lower() == "false":
                asked.note(f"environment.{name}", "passed over: the small broker makes a topic when it is first used")
        else:
            asked.refuse(f"environment.{name}", "the small broker has no settings; set ACCORD_KAFKA_PROVIDER=apache")
    return {}
