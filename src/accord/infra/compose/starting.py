"""Starting a keeper and listening to it until all is up; whatever goes wrong meanwhile, nothing is left."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from accord.core.errors import ResourceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from accord.infra.compose.state import Home

_KEEPER = "accord.infra.compose.keeper"
_TICK = 0.25  # seconds between two calls of on_wait
_TIMEOUT = 900.0  # seconds; a server has 60, a script for PostgreSQL 600
_END_TIMEOUT = 60.0
_LOG_SHOWN = 2000  # characters


class Starting:
    """A keeper that starts its servers. Leaving the block before all is up ends it, and with it what it has started."""

    def __init__(self, home: Home, services: list[str]) -> None:
        """Of :func:`accord.infra.compose.environments.bring_up`.

        Args:
            home: the environment's folder, with the order written.
            services: those that are to be started.
        """
        self._home = home
        self._left = list(services)
        self._is_up = False
        with home.keeper_log.open("wb") as log:
            self._process = subprocess.Popen(
                # -P: what lies in its folder hides no module.
                [sys.executable, "-P", "-m", _KEEPER, str(home.path)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd="/",
                start_new_session=True,  # Ctrl-C in the terminal is for the command, which tells the keeper
            )  # fmt: skip

    def wait(self, on_wait: Callable[[list[str], float], None]) -> None:
        """Wait until all is up.

        Raises:
            ResourceError: a server did not start, or the keeper ended.
        """
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        output = self._process.stdout.fileno()
        began = time.monotonic()
        rest = b""
        while not self._is_up:
            ready, _, _ = select.select([output], [], [], _TICK)
            seconds = time.monotonic() - began
            if seconds > _TIMEOUT:
                raise ResourceError(f"not ready after {_TIMEOUT:g} s: {', '.join(self._left)}")
            if not ready:
                on_wait(self._left, seconds)
                continue
            received = os.read(output, 65536)
            if not received:
                raise ResourceError(f"the environment was ended while it started. {self._said()}")
            *lines, rest = (rest + received).split(b"\n")
            for line in lines:
                self._hear(json.loads(line))

    def _hear(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "ready":
                self._left.remove(event["service"])
            case "up":
                self._is_up = True
            case "failed":
                name = f"{event['service']}: " if event["service"] else ""
                raise ResourceError(f"{name}{event['message'].removeprefix(name)}")

    def _said(self) -> str:
        said = self._home.keeper_log.read_text(encoding="utf-8", errors="replace") if self._home.path.exists() else ""
        return f"Its keeper said:\n{said[-_LOG_SHOWN:]}" if said else "Somebody took it down."

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()  # the keeper notices
        if self._is_up:
            self._process.returncode = 0  # it lives on: nobody is to wait for it, and Popen is not to complain
            return
        try:
            self._process.wait(_END_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its servers end with it
            self._process.wait()
        if not self._home.has_keeper:
            self._home.remove()
