"""How Apache Kafka is run: one node that is broker and controller (KRaft), on Java, settings for tests."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra import directories, downloads, programs, versions
from accord.infra.kafka.tansu import broker_problem
from accord.infra.ports import LOOPBACK
from accord.infra.programs import Program
from accord.infra.recipe import Recipe
from accord.infra.supervision import Signals

if TYPE_CHECKING:
    from accord.infra.runs import Run

VERSION = "4.3.1"  # of the list of jars
OLDEST_JAVA = 17
MAVEN_CENTRAL = "https://repo1.maven.org/maven2"
_JARS = Path(__file__).with_name("apache_jars.txt")
_CONFIGURATION = "server.properties"
_CORE = re.compile(r"kafka_2\.\d+-(\d[\w.]*)\.jar")
# One processor, little memory and a short life: compile quickly rather than well, collect garbage simply.
_JAVA = ["-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Djava.awt.headless=true"]
_LOGGING = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true"]
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    # One node has one copy of everything.
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # The default of 50 partitions each costs seconds when the first group or transaction comes.
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    # Groups need not wait for members that might come.
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "100",
}


@dataclass(frozen=True)
class ApacheKafkaRecipe(Recipe):
    """Apache Kafka; ``program`` is the folder that KAFKA_HOME would name."""

    title = "Apache Kafka"
    kind = "kafka"
    scheme = "kafka"
    ports = 2  # of clients, of the controller
    signals = Signals(stop=((signal.SIGTERM, 20.0),))
    port_taken = ("Address already in use",)

    def find(self) -> Program:
        java()
        found = self.look() or _fetched()
        versions.accept(self.title, asked=self.version, seen=found.version, strict=self.strict)
        return found

    def look(self) -> Program | None:
        """The jars that are here; None where they would have to be fetched.

        Raises:
            ResourceMissingError: a folder was named, and they are not there.
        """
        home = self.program or os.environ.get("KAFKA_HOME")
        if home:
            libraries = Path(home).expanduser().absolute() / "libs"
            core = next(
                (match for each in libraries.glob("kafka_2.*.jar") if (match := _CORE.fullmatch(each.name))), None
            )
            if core is None:
                origin = "as asked" if self.program else "from KAFKA_HOME"
                raise ResourceMissingError(
                    f"there is no Apache Kafka in {home} ({origin}): no libs/kafka_2.13-….jar. Name the folder its "
                    "archive unpacks to, or leave it out to fetch it from Maven Central."
                )
            return Program(libraries, core[1], str(home))
        folder = _folder()
        return Program(folder, VERSION, f"Maven Central, kept in {folder}") if downloads.are_here(folder) else None

    def prepare(self, program: Program, run: Run) -> None:
        logs = run.data / "logs"
        logs.mkdir()
        shutil.copy(_bootstrap(program), logs / "bootstrap.checkpoint")
        directory = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=").replace("-", "0")
        properties = f"version=1\ncluster.id={cluster_of(run)}\nnode.id=1\ndirectory.id={directory}\n"
        (logs / "meta.properties").write_text(properties, encoding="ascii")

    def configure(self, run: Run, ports: tuple[int, ...]) -> None:
        clients, controller = (f"{LOOPBACK}:{port}" for port in ports)
        settings = {
            **SETTINGS,
            **dict(self.settings),
            "log.dirs": str(run.data / "logs"),
            "listeners": f"PLAINTEXT://{clients},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{clients}",
            "controller.quorum.voters": f"1@{controller}",
        }
        _write(run.path / _CONFIGURATION, settings)

    def environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name not in {"JAVA_TOOL_OPTIONS", "CLASSPATH"}}

    def command(self, program: Program, run: Run) -> list[str]:
        return [*_java_with(program.path), "kafka.Kafka", str(run.path / _CONFIGURATION)]

    def problem(self, run: Run, ports: tuple[int, ...]) -> str | None:
        return broker_problem(cluster_of(run), ports[0])


def cluster_of(run: Run) -> str:
    """The cluster's identity: 16 bytes in Kafka's spelling, made of the run's name."""
    digest = hashlib.sha256(run.path.name.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def java() -> Path:
    """The program ``java``, of JAVA_HOME or PATH.

    Raises:
        ResourceMissingError: there is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    named = Path(home) / "bin" / "java" if home else None
    on_path = shutil.which("java")
    program = named if named and programs.is_program(named) else Path(on_path) if on_path else None
    hint = f"Apache Kafka needs Java {OLDEST_JAVA} or newer: apt-get install default-jre-headless, or set JAVA_HOME."
    if program is None:
        raise ResourceMissingError(f"there is no `java` in JAVA_HOME or on PATH. {hint}")
    version = programs.version_of(program, ["--version"], r"(?:openjdk|java) (\d[\w.]*)")
    if versions.numbers(version) < (OLDEST_JAVA,):
        raise ResourceMissingError(f"{program} is Java {version}. {hint}")
    return program


def _folder() -> Path:
    return directories.cache_directory() / "kafka" / f"apache-{VERSION}"


def _fetched() -> Program:
    base = os.environ.get("ACCORD_MAVEN_URL") or MAVEN_CENTRAL
    wanted = downloads.read_list(_JARS.read_text(encoding="ascii"))
    downloads.fetch(wanted, _folder(), base=base, what=f"Apache Kafka {VERSION}")
    return Program(_folder(), VERSION, f"Maven Central, kept in {_folder()}")


def _java_with(libraries: Path) -> list[str]:
    return [str(java()), *_JAVA, *_LOGGING, "-cp", f"{libraries}/*"]


def _bootstrap(program: Program) -> Path:
    """What Kafka's own tool writes into a fresh directory: which features are on. Made once per version."""
    kept = directories.cache_directory() / "kafka" / f"bootstrap-{program.version}.checkpoint"
    if kept.exists():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        logs, configuration = Path(folder) / "logs", Path(folder) / _CONFIGURATION
        listeners = {
            "log.dirs": str(logs),
            "listeners": f"PLAINTEXT://{LOOPBACK}:9092,CONTROLLER://{LOOPBACK}:9093",
            "controller.quorum.voters": f"1@{LOOPBACK}:9093",
        }
        _write(configuration, {**SETTINGS, **listeners})
        identity = base64.urlsafe_b64encode(bytes(range(16))).decode().rstrip("=")
        command = [*_java_with(program.path), "kafka.tools.StorageTool", "format", "-t", identity, "-c"]
        done = subprocess.run(
            [*command, str(configuration)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            raise ResourceError(
                f"Apache Kafka {program.version} could not prepare its directory (exit code {done.returncode}). It "
                f"said:\n{(done.stderr or done.stdout).strip()}"
            )
        (logs / "bootstrap.checkpoint").replace(kept)
    return kept


def _write(path: Path, settings: dict[str, str]) -> None:
    path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
