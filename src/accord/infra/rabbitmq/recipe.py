"""How RabbitMQ is run: a node, an epmd and a cookie of its own, without plugins, on loopback alone."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra import programs, runs
from accord.infra.ports import LOOPBACK
from accord.infra.programs import Place, Program
from accord.infra.rabbitmq.control import ask
from accord.infra.recipe import Recipe
from accord.infra.supervision import Signals
from accord.infra.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.infra.runs import Run

# Where Debian, Homebrew and the generic archive keep it. What Debian has on PATH changes the user and the directory.
_FOLDERS = ("/usr/lib/rabbitmq/bin", "/usr/local/sbin", "/opt/homebrew/sbin", "/opt/rabbitmq/sbin")
_CONTROL = Path(__file__).with_name("virtual_hosts.erl")
_VERSION = r"(?:^|[^\d.])(\d+\.\d+\.\d+\S*)"
_MEMORY = "vm_memory_high_watermark.relative = 0.6"  # of the machine's: never held back while tests run
_DISK = "disk_free_limit.absolute = 50MB"  # a memory-backed directory is small


@dataclass(frozen=True)
class RabbitRecipe(Recipe):
    """RabbitMQ; ``program`` is the file rabbitmq-server."""

    title = "RabbitMQ"
    kind = "rabbit"
    scheme = "amqp"
    ports = 3  # of clients, of the node, of epmd
    signals = Signals(stop=((signal.SIGTERM, 20.0),), helpers=True)  # epmd would outlive it
    port_taken = ("eaddrinuse",)

    plugins: tuple[str, ...] = ()

    @property
    def signpost(self) -> Path:
        wanted = [self.share, self.program, self.settings, self.storage, self.version, self.plugins, self.port]
        return runs.signpost(self.kind, json.dumps(wanted))

    def find(self) -> Program:
        found = programs.find(
            self.title,
            [*_installed(), *programs.on_path("rabbitmq-server")],
            ask=_version,
            asked=self.version,
            strict=self.strict,
            chosen=self.program,
            variable="ACCORD_RABBITMQ_BIN",
            hint="No wheel has it: `apt-get install rabbitmq-server`, `brew install rabbitmq`",
        )
        if shutil.which("erl") is None or _epmd() is None:
            raise ResourceMissingError(
                f"RabbitMQ is here ({found.path}), and Erlang, which it needs, is not: no `erl` and `epmd` on PATH. "
                "Install Erlang (apt-get install erlang-base), or put its folder on PATH."
            )
        return found

    def prepare(self, program: Program, run: Run) -> None:
        del program
        (run.path / "plugins").write_text(f"[{','.join(self.plugins)}].\n", encoding="ascii")
        (run.path / "env.conf").touch()
        settings = "".join(f"{name} = {value}\n" for name, value in self.settings)
        text = f"log.console = true\nlog.file = false\n{_MEMORY}\n{_DISK}\n{settings}"
        (run.path / "rabbitmq.conf").write_text(text, encoding="utf-8")

    def configure(self, run: Run, ports: tuple[int, ...]) -> None:
        clients, node, epmd = map(str, ports)
        variables = {
            "ACCORD_SOCKET": str(socket_of(run)),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": epmd,
            "HOME": str(run.data),  # where Erlang makes its cookie
            "RABBITMQ_CONFIG_FILE": str(run.path / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": str(run.path / "env.conf"),
            "RABBITMQ_DIST_PORT": node,
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(run.path / "plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(run.data / "config"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_LOG_BASE": str(run.data / "log"),
            "RABBITMQ_MNESIA_BASE": str(run.data / "mnesia"),
            "RABBITMQ_NODENAME": f"{run.path.name}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": clients,
            "RABBITMQ_PID_FILE": str(run.data / "pid"),
            # No word may hold a space. What runs after the boot says by its answers that the boot is done.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                '-kernel inet_dist_use_interface {127,0,0,1} -eval {ok,_}=file:script(os:getenv("ACCORD_CONTROL"))'
            ),
            "ACCORD_CONTROL": str(_CONTROL),
            "RUNNING_UNDER_SYSTEMD": "true",  # the script turns into the server, and leaves no shell between
        }
        exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
        # epmd first and in the foreground: else Erlang starts one that nobody owns.
        epmd_line = f"{shlex.quote(str(_epmd()))} -address {LOOPBACK} -port {epmd} &\n"
        (run.path / "start.sh").write_text(f'{exports}{epmd_line}exec "$1"\n', encoding="utf-8")

    def environment(self) -> dict[str, str]:
        return {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("RABBITMQ_", "ERL_")) and name != "NOTIFY_SOCKET"
        }

    def command(self, program: Program, run: Run) -> list[str]:
        return ["/bin/sh", str(run.path / "start.sh"), str(program.path)]

    def problem(self, run: Run, ports: tuple[int, ...]) -> str | None:
        del ports  # its Unix socket is nobody else's
        try:
            ask(socket_of(run), "ping", timeout=PATIENCE)
        except (OSError, ResourceError) as error:
            return f"{type(error).__name__}: {error}"
        return None


def socket_of(run: Run) -> Path:
    """Where the server answers questions about its virtual hosts."""
    return run.sockets / "control"


def _installed() -> Iterator[Place]:
    for folder in _FOLDERS:
        yield Place(folder, Path(folder) / "rabbitmq-server")


def _epmd() -> str | None:
    if found := shutil.which("epmd"):
        return found
    erl = shutil.which("erl")
    beside = sorted(Path(erl).resolve().parent.parent.glob("**/epmd")) if erl else []
    return str(beside[0]) if beside else None


def _version(program: Path) -> str:
    """By its libraries' folder, for the program itself needs a running node or a second to say it."""
    for root in program.resolve().parent.parents[:2]:
        for library in sorted(root.glob("**/plugins/rabbit-*"))[:1]:
            return library.name.removeprefix("rabbit-").removesuffix(".ez")
    return programs.version_of(program.with_name("rabbitmqctl"), ["version"], _VERSION)
