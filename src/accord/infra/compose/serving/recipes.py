"""How a service of a plan is run: Accord's own recipes, with the port, the users and the passwords of the file."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from accord.core.errors import ResourceError
from accord.infra.compose import images
from accord.infra.compose.reading.kafka import APACHE
from accord.infra.kafka.apache import ApacheKafkaRecipe
from accord.infra.kafka.tansu import TansuRecipe
from accord.infra.nats.connection import NatsConnection
from accord.infra.nats.recipe import NatsRecipe
from accord.infra.ports import LOOPBACK
from accord.infra.postgres.recipe import PostgresRecipe
from accord.infra.rabbitmq.recipe import RabbitRecipe
from accord.infra.valkey.recipe import ValkeyRecipe
from accord.infra.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accord.infra.compose.plan import Service
    from accord.infra.programs import Program
    from accord.infra.recipe import Recipe
    from accord.infra.runs import Run, Storage

_NATS_CONFIGURATION = "nats.conf"


@dataclass(frozen=True)
class EnvironmentPostgres(PostgresRecipe):
    """PostgreSQL that asks for passwords, as the image does; Accord itself comes by the Unix socket."""

    trusting: bool = False

    def prepare(self, program: Program, run: Run) -> None:
        super().prepare(program, run)
        method = "trust" if self.trusting else "scram-sha-256"
        # Written over the file that is there, which belongs to the server's user already.
        (run.data / "pg_hba.conf").write_text(
            f"local all all trust\nhost all all 127.0.0.1/32 {method}\n", encoding="ascii"
        )


@dataclass(frozen=True)
class EnvironmentNats(NatsRecipe):
    """NATS as the image has it: one account, a user where one is named, monitoring where its port is mapped."""

    monitoring: int | None = None
    name: str = ""
    password: str = ""

    def write(self, run: Run, accounts: Iterable[str]) -> None:
        del accounts
        lines = [
            f"server_name: {json.dumps(run.path.name)}",
            f"host: {json.dumps(LOOPBACK)}",
            f"jetstream {{ store_dir: {json.dumps(str(run.data))} }}",
        ]
        if self.name:
            lines.append(f"authorization {{ user: {json.dumps(self.name)}, password: {json.dumps(self.password)} }}")
        if self.monitoring is not None:
            lines.append(f"http: {json.dumps(f'{LOOPBACK}:{self.monitoring}')}")
        path = run.path / _NATS_CONFIGURATION
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def problem(self, run: Run, ports: tuple[int, ...]) -> str | None:
        try:
            with NatsConnection(ports[0], user=self.name, password=self.password, timeout=PATIENCE) as connection:
                found = connection.server.get("server_name")
                return None if found == run.path.name else f"another NATS, {found}, has its port"
        except (OSError, ValueError, ResourceError) as error:  # ValueError: what answers there is no NATS
            return f"{type(error).__name__}: {error}"


@dataclass(frozen=True)
class EnvironmentRabbit(RabbitRecipe):
    """RabbitMQ with the user and the virtual host that the image would make."""

    name: str = ""
    password: str = ""
    virtual_host: str = ""

    def configure(self, run: Run, ports: tuple[int, ...]) -> None:
        super().configure(run, ports)
        # As Erlang has it: in rabbitmq.conf a # would end the password.
        values = {"default_user": self.name, "default_pass": self.password, "default_vhost": self.virtual_host}
        pairs = ",".join(f"{{{name},{_erlang(value)}}}" for name, value in values.items())
        advanced = run.path / "advanced.config"
        advanced.write_text(f"%% coding: utf-8\n[{{rabbit,[{pairs}]}}].\n", encoding="utf-8")
        script = run.path / "start.sh"
        export = f"export RABBITMQ_ADVANCED_CONFIG_FILE={shlex.quote(str(advanced))}\n"
        script.write_text(export + script.read_text(encoding="utf-8"), encoding="utf-8")


def recipe_of(service: Service, *, program: str | None = None) -> Recipe:
    """How to run a service.

    Args:
        service: of the plan.
        program: the program that was found for it; None to look for it.
    """
    storage = cast("Storage", service.storage)
    settings, port = service.settings, service.port
    match service.resource:
        case images.POSTGRES:
            folder = str(Path(program).parent) if program else None
            return EnvironmentPostgres(
                program=folder, settings=settings, storage=storage, port=port, trusting=service.trusting
            )
        case images.VALKEY:
            return ValkeyRecipe(program=program, settings=settings, storage=storage, port=port)
        case images.NATS:
            return EnvironmentNats(
                program=program, storage=storage, port=port, monitoring=service.extra_port, name=service.user,
                password=service.password,
            )  # fmt: skip
        case images.RABBITMQ:
            return _rabbitmq(service, program)
        case images.KAFKA if service.provider == APACHE:
            return ApacheKafkaRecipe(settings=settings, storage=storage, port=port)
        case images.KAFKA:
            return TansuRecipe(program=program, storage=storage, port=port)
        case unknown:
            raise ResourceError(f"no server here is called {unknown!r}; was the plan written by another version?")


def _rabbitmq(service: Service, program: str | None) -> EnvironmentRabbit:
    settings = {"loopback_users": "none"}  # it listens on loopback alone
    plugins: tuple[str, ...] = ()
    if service.extra_port is not None:
        plugins = ("rabbitmq_management",)
        settings |= {"management.tcp.ip": LOOPBACK, "management.tcp.port": str(service.extra_port)}
    return EnvironmentRabbit(
        program=program,
        settings=tuple(settings.items()),
        storage=cast("Storage", service.storage),
        port=service.port,
        plugins=plugins,
        name=service.user,
        password=service.password,
        virtual_host=service.database,
    )


def _erlang(text: str) -> str:
    """A text as Erlang writes it in a file."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'<<"{escaped}"/utf8>>'
