"""Where an environment's state lies in a project, ``.accord/env/NAME``, and what its keeper writes there."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.core.errors import ResourceError, UsageError
from accord.infra import processes
from accord.infra.compose.plan import Plan, Service
from accord.infra.locks import try_lock
from accord.infra.programs import Program
from accord.infra.runs import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK, _STATE, _ORDER, KEEPER_LOG = "lock", "state.json", "order.json", "keeper.log"


@dataclass(frozen=True)
class Found:
    """The program that stands for a service.

    Attributes:
        product: what it is, for people: ``Valkey``.
        version: as it says itself.
        origin: where it comes from.
        path: the program.
    """

    product: str
    version: str
    origin: str
    path: str


@dataclass(frozen=True)
class Home:
    """The folder of one environment. It is there as long as the environment is, or its keeper was killed.

    Attributes:
        path: ``PROJECT/.accord/env/NAME``.
    """

    path: Path

    @classmethod
    def of(cls, project: Path, name: str) -> Home:
        """The home of an environment of this name."""
        return cls(_all(project) / name)

    @classmethod
    def every(cls, project: Path) -> Iterator[Home]:
        """Those that are there, by name."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for path in sorted(_all(project).iterdir()):
                if path.is_dir():
                    yield cls(path)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def start_lock(self) -> Path:
        """Who brings it up holds this lock meanwhile."""
        return self.path.with_name(f".{self.path.name}.lock")  # no environment is called so

    @property
    def keeper_log(self) -> Path:
        return self.path / KEEPER_LOG

    @property
    def has_keeper(self) -> bool:
        """Whether a keeper lives: it holds the lock as long as it does."""
        try:
            lock = try_lock(self.path / _LOCK)
        except FileNotFoundError:
            return False
        if lock is None:
            return True
        os.close(lock)
        return False

    def take(self) -> int | None:
        """Become its keeper: the descriptor that holds the lock; None when there is one."""
        return try_lock(self.path / _LOCK)

    def make(self) -> None:
        """Make the folder, for this user alone: it holds passwords."""
        self.path.mkdir(mode=0o700, exist_ok=True)

    def make_parents(self) -> None:
        """Make the folder that it lies in, which no version control should see.

        Raises:
            UsageError: there is no such project.
            ResourceError: it cannot be made.
        """
        base = self.path.parent
        project = base.parents[1]
        if not project.is_dir():
            raise UsageError(f"there is no folder {project}: --project names the one that has the state in .accord/env")
        try:
            base.mkdir(parents=True, exist_ok=True)
            ignore = base.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="ascii")
        except OSError as error:
            raise ResourceError(
                f"the state cannot be kept in {base}: {error}. Name a folder that may be written with --project."
            ) from error

    def remove(self) -> None:
        """Remove the folder and all in it, the lock last: nobody finds a home without one."""
        for each in self.path.glob("*"):
            if each.name != _LOCK:
                each.unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def order(self, plan: Plan, digest: str, found: dict[str, Found]) -> None:
        """Write down what the keeper is to start.

        Args:
            plan: with all ports chosen.
            digest: of the plan as it was made.
            found: by service, the program that stands for it.
        """
        programs = {name: asdict(each) for name, each in found.items()}
        self._write(_ORDER, {"plan": plan.to_json(), "digest": digest, "programs": programs})

    def read_order(self) -> tuple[Plan, str, dict[str, Found]]:
        """What :meth:`order` has written."""
        document = json.loads((self.path / _ORDER).read_text(encoding="utf-8"))
        programs = {name: Found(**each) for name, each in document["programs"].items()}
        return Plan.from_json(document["plan"]), document["digest"], programs

    def write(self, state: State) -> None:
        self._write(_STATE, asdict(state))

    def read(self) -> State | None:
        """What the keeper has written last; None before it has.

        Raises:
            ResourceError: it cannot be read.
        """
        path = self.path / _STATE
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            services = [_record(each) for each in document.pop("services")]
            return State(**document, services=tuple(services))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ResourceError(
                f"{path} cannot be read ({type(error).__name__}: {error}). Another version of Accord may have written "
                f"it: take it down with that one, or end what `pgrep -f {self.path}` shows and remove that "
                "folder."
            ) from error

    def _write(self, name: str, document: dict[str, Any]) -> None:
        fresh = self.path / f"{name}.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(document), encoding="utf-8")
        fresh.replace(self.path / name)


@dataclass(frozen=True)
class Record:
    """A server of an environment that is up.

    Attributes:
        service: of the plan, with its port.
        found: what stands for it.
        run: its run's directory.
        ports: those it listens on.
    """

    service: Service
    found: Found
    run: str
    ports: tuple[int, ...]

    @property
    def directories(self) -> Run:
        """The run.

        Raises:
            FileNotFoundError: it is gone.
        """
        return Run.at(Path(self.run))

    @property
    def program(self) -> Program:
        """The program, as recipes know it."""
        return Program(Path(self.found.path), self.found.version, self.found.origin)

    @property
    def pid(self) -> int | None:
        """The server's process; None when it does not live."""
        try:
            pid, mark = (Path(self.run) / "server.pid").read_text(encoding="ascii").split(maxsplit=1)
        except (OSError, ValueError):
            return None
        return int(pid) if processes.started_at(int(pid)) == mark.strip() else None


@dataclass(frozen=True)
class State:
    """What a keeper holds.

    Attributes:
        name: of the environment.
        source: its compose file.
        digest: of its plan.
        pid: the keeper's process.
        mark: when that began, see :func:`accord.infra.processes.started_at`.
        is_up: whether all servers have started.
        services: those that are ready.
    """

    name: str
    source: str
    digest: str
    pid: int
    mark: str
    is_up: bool = False
    services: tuple[Record, ...] = ()


def _all(project: Path) -> Path:
    return project.absolute() / ".accord" / "env"


def _record(document: dict[str, Any]) -> Record:
    service = Plan.from_json({"name": "", "source": "", "services": [document["service"]]}).services[0]
    return Record(service, Found(**document["found"]), document["run"], tuple(document["ports"]))
