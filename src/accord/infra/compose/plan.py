"""What is to be brought up, as values: made from a compose file, kept as JSON, turned into servers by the keeper."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from accord.infra.addresses import without_password

if TYPE_CHECKING:
    from accord.infra.compose.remarks import Remark

_SCHEMES = {"postgres": "postgresql", "valkey": "redis", "nats": "nats", "rabbitmq": "amqp"}
_COMMON = {
    "postgres": "DATABASE_URL",
    "valkey": "REDIS_URL",
    "nats": "NATS_URL",
    "kafka": "KAFKA_BOOTSTRAP_SERVERS",
    "rabbitmq": "RABBITMQ_URL",
}


@dataclass(frozen=True)
class Service:
    """One server to be started.

    Attributes:
        name: the service's name in the file.
        resource: which kind: ``postgres``, ``valkey``, ``kafka``, ``nats``, ``rabbitmq``.
        image: as the file names it.
        product: what is in that image.
        asked: the version the image's tag asks for.
        port: the port of this machine; None until one is chosen.
        storage: where its data lie: ``auto`` is memory where there is room.
        user: who connects; empty where nobody is named.
        password: that user's.
        trusting: whether everybody gets in without a password.
        database: the database, or the virtual host.
        settings: the server's settings, by their own names.
        extra_port: of this machine, for what the server offers beside (monitoring, management).
        scripts: files and folders to fill it from, in this order.
        after: the services it waits for.
        provider: which server of ours, where there is a choice; else empty.
    """

    name: str
    resource: str
    image: str
    product: str
    asked: str | None = None
    port: int | None = None
    storage: str = "disk"
    user: str = ""
    password: str = ""
    trusting: bool = False
    database: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    extra_port: int | None = None
    scripts: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    provider: str = ""

    @property
    def url(self) -> str:
        """Where an application connects, password and all, as it would with Docker."""
        host = f"localhost:{self.port}"
        if self.resource == "kafka":
            return host
        user = quote(self.user, safe="")
        secret = f"{user}:{quote(self.password, safe='')}@" if self.password else f"{user}@" if user else ""
        path = f"/{quote(self.database, safe='')}" if self.database else ""
        return f"{_SCHEMES[self.resource]}://{secret}{host}{path}"

    @property
    def shown_url(self) -> str:
        """The same with ``***`` for the password."""
        return without_password(self.url)


@dataclass(frozen=True)
class Plan:
    """An environment to be brought up.

    Attributes:
        name: its name in the project.
        source: the compose file.
        services: in the order they can be started.
        remarks: what is not as the file has it; what is said when the servers are looked for comes later.
    """

    name: str
    source: str
    services: tuple[Service, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def digest(self) -> str:
        """Alike for plans that bring up the same."""
        wanted = [asdict(each) for each in self.services]
        return hashlib.sha256(json.dumps(wanted).encode()).hexdigest()[:16]

    def exports(self) -> dict[str, str]:
        """Variables for applications: ``SERVICE_URL`` for each, and the usual name of a kind that is there once."""
        found = {f"{_variable(each.name)}_URL": each.url for each in self.services}
        kinds = [each.resource for each in self.services]
        return found | {_COMMON[each.resource]: each.url for each in self.services if kinds.count(each.resource) == 1}

    def to_json(self) -> dict[str, Any]:
        """As the keeper is told; the remarks are not for it."""
        return {"name": self.name, "source": self.source, "services": [asdict(each) for each in self.services]}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Plan:
        """The plan that was written by :meth:`to_json`."""
        return cls(document["name"], document["source"], tuple(_service(each) for each in document["services"]))


def _service(document: dict[str, Any]) -> Service:
    lists = {name: tuple(document[name]) for name in ("scripts", "after")}
    settings = tuple((name, value) for name, value in document["settings"])
    return Service(**{**document, **lists, "settings": settings})


def _variable(name: str) -> str:
    return "".join(each if each.isascii() and each.isalnum() else "_" for each in name).upper()
