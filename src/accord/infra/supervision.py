"""Starting a supervisor and talking to it: see ``accord.infra.supervisor`` for what it does."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
import shutil
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.infra.runs import Run
    from accord.infra.users import ServerUser

_PROGRAM = Path(__file__).with_name("supervisor.py")
_ANSWER_TIMEOUT = 60.0  # seconds; a stop takes up to 30, see Signals
_OUT_OF_THE_WAY = 10  # above every descriptor the supervisor is given
_BACKLOG = 128  # workers that join at the same moment


_INTERPRETER_IGNORES = (signal.SIGPIPE, signal.SIGXFSZ)  # and so would whatever it starts


@dataclass(frozen=True)
class Signals:
    """How a server is ended.

    Attributes:
        stop: in good order: signals, each with the seconds the server gets.
        end: when its data are not needed any more; the same.
        orphaned: what the kernel sends it when its supervisor dies (Linux).
        helpers: whether processes it has started may outlive it, and are to be ended too.
    """

    stop: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 10.0),)
    end: tuple[tuple[signal.Signals, float], ...] = ()  # SIGKILL alone
    orphaned: signal.Signals = signal.SIGKILL
    helpers: bool = False

    def __str__(self) -> str:
        """As the supervisor is told."""
        lists = (",".join(f"{number.value}:{seconds:g}" for number, seconds in each) for each in (self.stop, self.end))
        return ";".join([*lists, str(self.orphaned.value), str(int(self.helpers))])


class Supervision:
    """This process's hold on a supervised server; the server lives as long as anybody holds it."""

    def __init__(self, run: Run, *, child: int | None = None) -> None:
        """Join the supervisor of a run.

        Args:
            run: the run.
            child: the supervisor's process number, when it is this process's child.

        Raises:
            ConnectionError: there is no supervisor (any more).
            FileNotFoundError: there is no such run (any more).
        """
        self.run = run
        self._child = child
        self._mutex = threading.RLock()
        self._process = os.getpid()
        self._connection = _connect(run.control)

    @classmethod
    def launch(
        cls,
        run: Run,
        lock: int,
        *,
        command: Sequence[str],
        environment: Mapping[str, str],
        user: ServerUser | None,
        signals: Signals,
        start: Sequence[str] | None = None,
    ) -> Supervision:
        """Start a supervisor for a run.

        Args:
            run: the run's directories.
            lock: the descriptor of the run's lock; the supervisor keeps it, here it is closed.
            command: the server's program and its first arguments.
            environment: of the server and its supervisor.
            user: whom the server runs as; None for this process's user.
            signals: how the server is ended.
            start: start the server at the same moment, with these arguments; None to start it later.
        """
        if not sys.executable:
            raise ResourceError("Python does not say where its own program is (sys.executable): no server can be kept")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        log = os.open(run.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            listener.bind(str(run.control))
            listener.listen(_BACKLOG)
            held = cls(run)  # before the supervisor lives: it ends when nobody holds it
            ids = (user.uid, user.gid) if user else (-1, -1)
            arguments = [str(run.path), str(run.data), str(ids[0]), str(ids[1]), str(signals)]
            supervisor = [sys.executable, "-I", "-S", str(_PROGRAM), *arguments]  # isolated: it starts sooner
            words = [*supervisor, "0", *command]
            together = None
            if start is not None and user is None:
                together = _together(run, [*command, *start], supervisor, command, signals)
            try:
                held._child = _spawn(together or words, environment, log=log, lock=lock, listener=listener.fileno())
                if start is not None and not together:
                    held.command("start", *start)
            except BaseException:
                held._connection.close()
                raise
        finally:
            listener.close()
            os.close(log)
            os.close(lock)
        return held

    def command(self, *words: str) -> str:
        """Ask the supervisor for something and return its answer: see the list in its module.

        Raises:
            ResourceError: it does not answer, or is gone.
        """
        with self._mutex:
            try:
                if os.getpid() != self._process:  # a forked child has its parent's connection: take one of its own
                    self._connection.close()
                    self._process, self._connection = os.getpid(), _connect(self.run.control)
                self._connection.sendall(" ".join(words).encode() + b"\n")
                answer = b""
                while not answer.endswith(b"\n"):
                    received = self._connection.recv(4096)
                    if not received:
                        raise ConnectionResetError("it closed the connection")
                    answer += received
            except OSError as error:
                raise ResourceError(
                    f"the supervisor of {self.run.path} did not answer {' '.join(words)!r}: {error}. "
                    f"Something ended it, and its server with it; start the server again. Its log: {self.run.log}"
                ) from error
            return answer.decode().strip()

    def leave(self) -> bool:
        """Let go of the server.

        Returns:
            Whether this was the last holder: then the server and its directories are gone.
        """
        with self._mutex:
            try:
                last = os.getpid() == self._process and self.command("leave") == "ended"
            except ResourceError:
                last = True  # the supervisor is gone, and with it the server
            self._connection.close()
            if last and self._child is not None:
                _collect(self._child)
            return last


def _together(
    run: Run, server: Sequence[str], supervisor: Sequence[str], command: Sequence[str], signals: Signals
) -> list[str] | None:
    """A shell that starts the server and becomes its supervisor; None where the shell cannot arm what must be armed.

    The interpreter takes longer to start than some servers, so the two start beside each other. The server is the
    supervisor's child all the same, for the shell's process turns into the supervisor.
    """
    setpriv = shutil.which("setpriv")  # of util-linux; BusyBox has one that knows no --pdeathsig
    if setpriv is None or not sys.platform.startswith("linux") or "busybox" in os.path.realpath(setpriv):
        return None
    armed = shlex.join([setpriv, "--pdeathsig", signals.orphaned.name.removeprefix("SIG"), "--", *server])
    program = (
        f"(umask 077; cd {shlex.quote(str(run.data))} && exec {armed}) 3>&- 4>&- &\n"
        f"exec {shlex.join(supervisor)} $! {shlex.join(command)}"
    )
    return ["/bin/sh", "-c", program]


def _spawn(command: list[str], environment: Mapping[str, str], *, log: int, lock: int, listener: int) -> int:
    """Start the supervisor with the log on descriptors 1 and 2, the lock on 3 and the listener on 4."""
    # Copies out of the way first: one of the originals may have the number another one must get.
    log, lock, listener = (fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY) for each in (log, lock, listener))
    try:
        return os.posix_spawn(
            command[0],
            command,
            dict(environment),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
                (os.POSIX_SPAWN_DUP2, lock, 3),
                (os.POSIX_SPAWN_DUP2, listener, 4),
            ],
            setsigmask=[],
            setsigdef=_INTERPRETER_IGNORES,
            setsid=sys.platform.startswith("linux"),  # Ctrl-C in the terminal is not for it
        )
    finally:
        for copy in (log, lock, listener):
            os.close(copy)


def _connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_ANSWER_TIMEOUT)
        connection.connect(str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def _collect(child: int) -> None:
    """Wait for the supervisor's end, so that no zombie stays."""
    with contextlib.suppress(ChildProcessError):  # something else in this process collects every child
        os.waitpid(child, 0)
