"""The process that holds the servers of one environment after the command that brought it up has ended.

It starts them (those that do not wait for each other at the same time), tells on its output how it goes, one JSON
document a line, and holds them until it is told to end (SIGTERM). As long as it starts, the command holds the other
end of its input: when that closes, nobody wants the environment any more. Should it be killed, the servers end with
it, because nobody holds them; what its folder still says, the next command sweeps.

    python -m accord.infra.compose.keeper FOLDER
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.core.errors import AccordError
from accord.infra import processes, runs
from accord.infra.compose.serving.filling import fill
from accord.infra.compose.serving.recipes import recipe_of
from accord.infra.compose.state import Home, Record, State
from accord.infra.running import Running, start

if TYPE_CHECKING:
    from accord.infra.compose.plan import Service

_AGAIN = 0.05  # seconds between two signals to what is still starting, and between two tries
_MOST_TO_END = 60.0  # seconds
_PATIENCE = 5.0  # seconds


class Keeper:
    """Starts the servers of a plan and holds them."""

    def __init__(self, home: Home) -> None:
        """Read what is to be started.

        Args:
            home: the environment's folder.
        """
        self._home = home
        self._plan, digest, self._found = home.read_order()
        self._state = State(
            self._plan.name, self._plan.source, digest, os.getpid(), processes.started_at(os.getpid()) or ""
        )
        self._mutex = threading.Lock()
        self._wake = threading.Condition(self._mutex)
        self._done: dict[str, bool] = {}  # by service: whether it is ready, once that is known
        self._running: list[Running] = []
        self._ended = False
        self._threads = [
            threading.Thread(target=self._begin, args=(each,), daemon=True) for each in self._plan.services
        ]

    def run(self) -> None:
        """Start, hold, end."""
        self._home.write(self._state)
        for thread in self._threads:
            thread.start()
        with self._wake:
            self._wake.wait_for(lambda: self._ended or len(self._done) == len(self._threads))
            fine = not self._ended and all(self._done.values())
            if fine:
                self._state = replace(self._state, is_up=True)
                self._home.write(self._state)
        if fine:
            tell(event="up")
            _let_go_of_the_command()
            with self._wake:
                self._wake.wait_for(lambda: self._ended)
        self._end()

    def forsake(self) -> None:
        """The command has ended: nobody waits for what is not up yet."""
        with self._wake:
            self._ended = self._ended or not self._state.is_up
            self._wake.notify_all()

    def end(self) -> None:
        """Tell it to end; from any thread."""
        with self._wake:
            self._ended = True
            self._wake.notify_all()

    def _begin(self, service: Service) -> None:
        """Start one service when those it waits for are ready; in a thread of its own."""
        fine = False
        try:
            if self._may_start(service):
                running = self._start(service)
                fill(service, running)
                self._note(service, running)
                fine = True
        except AccordError as error:
            self._failed(service, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the command must hear of it
            self._failed(service, f"Accord itself failed: {type(error).__name__}: {error}")
        finally:
            with self._wake:
                self._done[service.name] = fine
                self._ended = self._ended or not fine
                self._wake.notify_all()

    def _failed(self, service: Service, message: str) -> None:
        with self._mutex:
            follows = self._ended  # it failed because everything ends
        if not follows:
            tell(event="failed", service=service.name, message=message)

    def _may_start(self, service: Service) -> bool:
        names = {each.name for each in self._plan.services}
        first = [name for name in service.after if name in names]
        with self._wake:
            self._wake.wait_for(lambda: self._ended or all(name in self._done for name in first))
            return not self._ended

    def _start(self, service: Service) -> Running:
        tell(event="starting", service=service.name)
        running = start(recipe_of(service, program=self._found[service.name].path))
        with self._mutex:
            self._running.append(running)
        return running

    def _note(self, service: Service, running: Running) -> None:
        running.supervision.command("status")  # it may have got up after its server, whose number it writes down first
        found = self._found[service.name]
        record = Record(replace(service, port=running.port), found, str(running.run.path), running.ports)
        with self._mutex:
            order = [each.name for each in self._plan.services]
            ready = sorted((*self._state.services, record), key=lambda each: order.index(each.service.name))
            self._state = replace(self._state, services=tuple(ready))
            self._home.write(self._state)
        tell(event="ready", service=service.name)

    def _end(self) -> None:
        """End all servers and remove the folder."""
        aborted = any(thread.is_alive() for thread in self._threads)
        deadline = time.monotonic() + _MOST_TO_END  # then the supervisors end what is left, when this process is gone
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < deadline:
            # What is still starting would take its time: its supervisor ends it at once, and initdb or psql end too.
            processes.send(signal.SIGTERM, processes.children(os.getpid()))
            self._threads[-1].join(_AGAIN)
            self._threads = [thread for thread in self._threads if thread.is_alive()]
        leaving = [threading.Thread(target=each.leave, daemon=True) for each in self._running]
        for thread in leaving:
            thread.start()
        for thread in leaving:
            thread.join(max(0.0, deadline - time.monotonic()))
        if aborted:
            runs.sweep()  # a supervisor that had not yet got to its work could not clean up
        self._home.remove()


def tell(**event: Any) -> None:
    """Tell the command, if it still listens."""
    with contextlib.suppress(OSError):
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


def _let_go_of_the_command() -> None:
    """From now on nothing is told, and the command may end."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)


def _watch(keeper: Keeper) -> None:
    """Notice that the command has ended."""
    while os.read(0, 1):
        pass
    keeper.forsake()


def _take(home: Home) -> int | None:
    """Become the keeper; who looks whether there is one holds the lock for a moment, too."""
    deadline = time.monotonic() + _PATIENCE
    while (lock := home.take()) is None and time.monotonic() < deadline:
        time.sleep(_AGAIN)
    return lock


def main(arguments: list[str]) -> int:
    """Keep the environment whose folder is named."""
    home = Home(Path(arguments[0]))
    lock = _take(home)
    if lock is None:
        tell(event="failed", service="", message=f"another keeper holds {home.path}")
        return 2
    keeper = Keeper(home)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: threading.Thread(target=keeper.end).start())  # its lock may be held just now
    threading.Thread(target=_watch, args=(keeper,), daemon=True).start()
    keeper.run()
    os.close(lock)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
