"""Environments of a project: brought up, looked at, read and taken down. What the commands ``accord env`` do."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.core.errors import ResourceError, UsageError
from accord.infra import listeners, ports, processes, runs
from accord.infra.compose.serving.recipes import recipe_of
from accord.infra.compose.starting import Starting
from accord.infra.compose.state import Home, Record, State
from accord.infra.locks import locked, try_lock
from accord.infra.running import Running
from accord.infra.supervision import Supervision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from accord.infra.compose.plan import Plan, Service
    from accord.infra.compose.substitutes import Substitute

KEEPER = "accord.infra.compose.keeper"
_END_TIMEOUT = 60.0  # seconds; a server in good order takes up to 30
_ANSWER_TIMEOUT = 2.0  # seconds until a server that does not answer is said not to be ready
_INTERVAL = 0.005  # seconds between two looks


@dataclass(frozen=True)
class Status:
    """How one server of an environment is.

    Attributes:
        environment: the environment's name.
        record: what is known about it.
        pid: its process; None when it has ended.
        problem: what keeps it from serving; None when it is ready.
    """

    environment: str
    record: Record
    pid: int | None
    problem: str | None

    def to_json(self) -> dict[str, Any]:
        """As ``accord env status --json`` prints it."""
        service, found = self.record.service, self.record.found
        return {
            "environment": self.environment,
            "name": service.name,
            "resource": found.product,
            "version": found.version,
            "origin": found.origin,
            "asked_for": service.image,
            "url": service.shown_url,
            "pid": self.pid,
            "ready": self.problem is None,
            "problem": self.problem,
        }


def is_on_disk(record: Record) -> bool:
    """Whether its data lie on disk though memory was asked for."""
    run = record.directories
    return record.service.storage == "auto" and run.data.is_relative_to(run.path)


@dataclass(frozen=True)
class Up:
    """An environment that is up.

    Attributes:
        state: what the keeper holds.
        was_up: whether it was up already.
        brought_back: services that had ended or were paused, and run again.
    """

    state: State
    was_up: bool = False
    brought_back: tuple[str, ...] = ()


def bring_up(
    project: Path, plan: Plan, substitutes: Sequence[Substitute], *, on_wait: Callable[[list[str], float], None]
) -> Up:
    """Bring an environment up, unless it is.

    Args:
        project: whose environment it is.
        plan: what to start.
        substitutes: what stands for each service.
        on_wait: called now and then with the services that are not ready yet, and the seconds since the beginning.

    Raises:
        UsageError: an environment of that name is up with other services, a port is taken, or there is no such project.
        ResourceError: a server did not start; nothing is left running.
    """
    home = Home.of(project, plan.name)
    home.make_parents()
    with locked(home.start_lock, purpose=f"bring up the environment {plan.name}"):
        if home.has_keeper and (state := home.read()) is not None:
            return _again(home, state, plan)
        try:
            _sweep(home)
            return Up(_start(home, plan, substitutes, on_wait))
        except BaseException:
            home.start_lock.unlink(missing_ok=True)
            raise


def _start(
    home: Home, plan: Plan, substitutes: Sequence[Substitute], on_wait: Callable[[list[str], float], None]
) -> State:
    ready = replace(plan, services=tuple(_with_port(each) for each in plan.services))
    for each in ready.services:
        _refuse_taken_port(each)
    home.make()
    home.order(ready, plan.digest, {each.service.name: each.found for each in substitutes})
    with Starting(home, [each.name for each in ready.services]) as starting:
        starting.wait(on_wait)
    found = home.read()
    assert found is not None  # noqa: S101 - the keeper has said that all is up, which it writes down first
    return found


def statuses(project: Path, name: str | None = None) -> list[Status]:
    """How the servers of a project's environments are; of one environment where it is named."""
    return [each for home in _homes(project, name) if (state := _living(home)) for each in _statuses(state)]


def take_down(project: Path, name: str | None = None) -> list[str]:
    """End environments and remove all they have made; nothing where none is up.

    Args:
        project: whose.
        name: which; all of the project where none is named.

    Returns:
        The names of those that are gone now.

    Raises:
        ResourceError: a keeper does not end.
    """
    homes = _homes(project, name)
    for home in homes:
        _end_keeper(home)
    return [home.name for home in homes]


def records(project: Path, name: str | None = None) -> list[Record]:
    """What is known about the servers of a project's environments."""
    return [each for home in _homes(project, name) if (state := _living(home)) for each in state.services]


def _homes(project: Path, name: str | None) -> list[Home]:
    return [home for home in Home.every(project) if name is None or home.name == name]


def _living(home: Home) -> State | None:
    """What the keeper says; None where it is not up, or there is no keeper any more: then what it left is swept."""
    if home.has_keeper:
        state = home.read()
        return state if state is not None and state.is_up else None
    with _start_lock(home) as is_mine:
        if is_mine and not home.has_keeper:  # else somebody is just bringing it up
            _sweep(home)
            home.start_lock.unlink(missing_ok=True)
    return None


@contextmanager
def _start_lock(home: Home) -> Iterator[bool]:
    """Try to hold the lock of those who bring it up; whether it is held."""
    lock = try_lock(home.start_lock)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            os.close(lock)


def _again(home: Home, state: State, plan: Plan) -> Up:
    """It is up: say so, and bring back what has ended."""
    if state.digest != plan.digest:
        raise UsageError(
            f"the environment {home.name} is up with other services or settings than {plan.source} asks for now. "
            f"Take it down first (accord env down --name {home.name}), or give this one another name (--name)."
        )
    back = [each.record for each in _statuses(state) if each.problem is not None]
    for record in back:
        _bring_back(record)
    return Up(state, was_up=True, brought_back=tuple(each.service.name for each in back))


def _bring_back(record: Record) -> None:
    recipe = recipe_of(record.service, program=record.found.path)
    try:
        supervision = Supervision(record.directories)
    except OSError as error:
        raise ResourceError(
            f"{record.service.name} has ended, and so has its supervisor ({error}). Take the environment down "
            "(accord env down) and bring it up again"
        ) from error
    try:
        Running(recipe, supervision, record.program, record.ports).bring_back()
    finally:
        supervision.leave()  # the keeper holds it


def _statuses(state: State) -> Iterator[Status]:
    for record in state.services:
        pid = record.pid
        problem: str | None = "its process has ended; `accord env up` brings it back"
        if pid is not None:
            with contextlib.suppress(FileNotFoundError):
                problem = _problem(record)
        yield Status(state.name, record, pid, problem)


def _problem(record: Record) -> str | None:
    """What keeps a living server from serving; on a machine that is busy its first answer may come late."""
    recipe = recipe_of(record.service, program=record.found.path)
    deadline = time.monotonic() + _ANSWER_TIMEOUT
    while problem := recipe.problem(record.directories, record.ports):
        if time.monotonic() > deadline:
            return problem
        time.sleep(_INTERVAL)
    return None


def _with_port(service: Service) -> Service:
    """A service without a port of its own gets one that is free."""
    return service if service.port is not None else replace(service, port=next(ports.free_ports()))


def _refuse_taken_port(service: Service) -> None:
    for port in filter(None, (service.port, service.extra_port)):
        if not ports.is_allowed(port):
            raise UsageError(
                f"{service.name}: this user may not listen on the port {port} of this machine, as on those below 1024: "
                "use a higher one in the file"
            )
        if not ports.is_free(port):
            raise UsageError(f"{service.name}: the port {port} of this machine is taken: {_owner(port)}")


def _owner(port: int) -> str:
    """Who has a port: another environment is told by its keeper, which is above its servers."""
    found = listeners.find(port)
    for parent in found.parents if found else ():
        if KEEPER in parent.command:
            home = Path(parent.command[-1])
            project = home.parents[2]
            return (
                f"the environment {home.name} of {project} has it; take it down with "
                f"`accord env down --project {project} --name {home.name}`, or change the port in the file"
            )
    return listeners.describe(port)


def _end_keeper(home: Home) -> None:
    """Tell the keeper to end, wait until it has, and sweep what it may have left."""
    deadline = time.monotonic() + _END_TIMEOUT
    told: int | None = None
    while True:
        with _start_lock(home) as is_mine:  # else somebody is bringing it up: that ends with the keeper
            if is_mine and not home.has_keeper:
                _sweep(home)
                home.start_lock.unlink(missing_ok=True)
                return
        state = home.read()
        if state is not None and told != state.pid and processes.started_at(state.pid) == state.mark:
            with contextlib.suppress(ProcessLookupError):
                os.kill(state.pid, signal.SIGTERM)
            told = state.pid
        if time.monotonic() > deadline:
            raise ResourceError(
                f"the keeper of the environment {home.name} (process {state.pid if state else 'unknown'}) does not end "
                f"in {_END_TIMEOUT:g} s. End it with SIGKILL: its servers end with it. Its log is {home.keeper_log}."
            )
        time.sleep(_INTERVAL)


def _sweep(home: Home) -> None:
    """Remove what a killed keeper has left: its servers end by themselves, which is waited for."""
    state = home.read()
    left = [Path(each.run) for each in state.services] if state is not None else []
    deadline = time.monotonic() + _END_TIMEOUT
    while any(each.exists() for each in left) and time.monotonic() < deadline:
        runs.sweep()  # where their supervisors were killed too
        time.sleep(_INTERVAL)
    home.remove()
