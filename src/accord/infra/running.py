"""From a recipe to a server that answers: its run, its port, and sharing it between processes."""

from __future__ import annotations

import itertools
import json
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError
from accord.infra import directories, listeners, runs
from accord.infra import ports as all_ports
from accord.infra.addresses import Address
from accord.infra.locks import locked
from accord.infra.programs import Program
from accord.infra.runs import Run
from accord.infra.supervision import Supervision
from accord.infra.waiting import wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.infra.recipe import Recipe

_LOG_LINES = 20  # shown when it does not start
_PORT_TRIES = 20
_SUPERVISOR_TAKES = 0.1  # seconds until a supervisor that was started together with its server is asked
_KNOWN = "server.json"  # in the run: what those who join must know


@dataclass(frozen=True)
class Running:
    """A server that this process holds."""

    recipe: Recipe
    supervision: Supervision
    program: Program
    ports: tuple[int, ...]

    @property
    def run(self) -> Run:
        return self.supervision.run

    @property
    def port(self) -> int:
        return self.ports[0]

    @property
    def address(self) -> Address:
        host = all_ports.LOOPBACK
        return Address(f"{self.recipe.scheme}://{host}:{self.port}", host, self.port)

    @property
    def version(self) -> str:
        return self.program.version

    @property
    def origin(self) -> str:
        return self.program.origin

    def log(self) -> str:
        return self.run.log.read_text(encoding="utf-8", errors="replace") if self.run.log.exists() else ""

    def disturb(self, action: str) -> None:
        """``kill``, ``pause``, ``resume`` or ``stop``: words the supervisor knows."""
        self.supervision.command(action)

    def leave(self) -> None:
        """Let go of it; the last who does ends it."""
        if self.recipe.share is None:
            self.supervision.leave()
            return
        with locked(self.recipe.signpost, purpose=f"leave the shared {self.recipe.title} server"):
            if self.supervision.leave():
                self.recipe.signpost.unlink(missing_ok=True)

    def bring_back(self) -> None:
        """Resume it when it is paused, start it again when it has ended; nothing when it runs.

        Raises:
            ResourceError: it does not come back.
        """
        state = self.supervision.command("status").split()[0]
        if state == "paused":
            self.supervision.command("resume")
        elif state != "running" and not self.try_to_start():
            raise self.failure(
                f"cannot start again, because its port {self.port} is taken: {listeners.describe(self.port)}"
            )

    def try_to_start(self) -> bool:
        """Start it and wait until it is ready.

        Returns:
            Whether it is; False when its port is taken by another program.

        Raises:
            ResourceError: it did not start for any other reason.
        """
        logged = len(self.log())
        self.supervision.command("start", *self.recipe.arguments(self.ports))
        return self.is_ready(logged=logged)

    def is_ready(self, *, logged: int = 0, ask_from: float = 0.0) -> bool:
        """Wait for it; returns and raises as :meth:`try_to_start`.

        Args:
            logged: how long its log was before it was started, in characters.
            ask_from: the monotonic time before which the supervisor does not answer yet.
        """
        ended = []

        def question() -> str | None:
            found = self.recipe.problem(self.run, self.ports)
            if found and time.monotonic() >= ask_from:
                status = self.supervision.command("status")
                if not status.startswith("running"):
                    ended.append(status)
                    return None
            return found

        try:
            wait_until_ready(question, what="it")
        except ResourceError as error:
            raise self.failure(str(error).removeprefix("it ")) from None
        if not ended:
            return True
        if any(words in self.log()[logged:] for words in self.recipe.port_taken):
            return False
        raise self.failure(f"ended while it started ({ended[0]})")

    def failure(self, what: str) -> ResourceError:
        said = "\n".join(self.log().splitlines()[-_LOG_LINES:])
        return ResourceError(
            f"{self.recipe.title} {self.program.version} ({self.program.path}) {what}. "
            f"The last lines of its log:\n{said or '(nothing)'}"
        )


def start(recipe: Recipe) -> Running:
    """Start a server, or join the one that another process has started for those who share it.

    Raises:
        ResourceMissingError: there is no such server on this machine.
        ResourceError: it did not start.
    """
    runs.sweep()
    if recipe.share is None:
        return _launch(recipe)
    with locked(recipe.signpost, purpose=f"start or join the shared {recipe.title} server") as signpost:
        running = _join(recipe, os.pread(signpost, 255, 0).decode())
        if running is None:
            running = _launch(recipe)
            os.ftruncate(signpost, 0)
            os.pwrite(signpost, running.run.path.name.encode(), 0)
        else:
            running.bring_back()
        return running


def _join(recipe: Recipe, name: str) -> Running | None:
    """Hold the run of that name; None when it is not there any more."""
    if not name:
        return None
    try:
        run = Run.at(directories.runs_directory() / name)
        known = json.loads((run.path / _KNOWN).read_text(encoding="utf-8"))
        supervision = Supervision(run)
    except OSError:
        return None
    try:
        supervision.command("status")
    except ResourceError:  # it was just ending
        supervision.leave()
        return None
    program = Program(Path(known["program"]), known["version"], known["origin"])
    return Running(recipe, supervision, program, tuple(known["ports"]))


def _launch(recipe: Recipe) -> Running:
    program = recipe.find()
    tries = _ports_to_try(recipe)
    running = _with_supervisor(recipe, program, next(tries))
    try:
        if recipe.starts_at_once:
            started = running.is_ready(ask_from=time.monotonic() + _SUPERVISOR_TAKES)
        else:
            recipe.prepare(program, running.run)  # while the supervisor starts
            started = running.try_to_start()
        if not started:
            running = _on_another_port(running, tries)
        _write_what_is_known(running)
    except BaseException:
        running.supervision.leave()
        raise
    return running


def _on_another_port(running: Running, tries: Iterator[tuple[int, ...]]) -> Running:
    tried = [running.port]
    for ports in tries:
        running.recipe.configure(running.run, ports)
        running = replace(running, ports=ports)
        if running.try_to_start():
            return running
        tried.append(running.port)
    if running.recipe.port is not None:
        raise ResourceError(
            f"{running.recipe.title} cannot have the port {running.port}: {listeners.describe(running.port)}"
        )
    raise ResourceError(
        f"{running.recipe.title} found no free port on {all_ports.LOOPBACK}: tried {', '.join(map(str, tried))}. "
        f"See what listens there (`ss -ltnp`), or end other test runs."
    )


def _with_supervisor(recipe: Recipe, program: Program, ports: tuple[int, ...]) -> Running:
    """Start the supervisor, and with it the server where it can be."""
    user = recipe.user()
    run, lock = runs.create(recipe.kind, storage=recipe.storage, user=user)
    try:
        if recipe.starts_at_once:
            recipe.prepare(program, run)
        recipe.configure(run, ports)
        command = recipe.command(program, run)
    except BaseException:
        runs.discard(run, lock)
        raise
    supervision = Supervision.launch(
        run,
        lock,
        command=command,
        environment=recipe.environment(),
        user=user,
        signals=recipe.signals,
        start=recipe.arguments(ports) if recipe.starts_at_once else None,
    )
    return Running(recipe, supervision, program, ports)


def _ports_to_try(recipe: Recipe) -> Iterator[tuple[int, ...]]:
    free = all_ports.free_ports()
    asked = () if recipe.port is None else (recipe.port,)
    # Where only one port will do, a second try would meet the same neighbour.
    for _ in range(1 if asked and recipe.ports == 1 else _PORT_TRIES):
        ports = (*asked, *itertools.islice(free, recipe.ports - len(asked)))
        if len(ports) < recipe.ports:
            return
        if len(set(ports)) == recipe.ports:
            yield ports


def _write_what_is_known(running: Running) -> None:
    program = running.program
    known = {"program": str(program.path), "version": program.version, "origin": program.origin, "ports": running.ports}
    (running.run.path / _KNOWN).write_text(json.dumps(known), encoding="utf-8")
