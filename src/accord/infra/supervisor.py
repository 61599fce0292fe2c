"""The small process that stands between the tests and a server, so that nothing outlives the tests.

It is run as a program by an isolated Python (``-I -S``), never imported by what it serves. Every process that uses the
server holds one connection to the supervisor's Unix socket. The kernel closes that connection however the holder ends,
so the count of holders is always right, without process numbers that could be reused. When the last one is gone, the
server is stopped and its directories are removed. Should the supervisor itself be killed, Linux sends the server a
signal (parent-death signal, armed in a process with one thread and after the change of user, because a thread's end
would fire it and a change of user clears it). What is left even so, the next start sweeps: see ``accord.infra.runs``.

Arguments: RUN DATA UID GID SIGNALS PID COMMAND...; UID -1 means "as myself"; SIGNALS are those of
``supervision.Signals``; PID is the server where it has been started already, else 0. Descriptor 3 is the run's lock,
4 the listening socket.
Requests and answers are lines of text: start [ARGUMENT...], stop, kill, pause, resume, status, holders, leave.
"""
# Pathlib would double the start-up time:
# ruff: noqa: PTH100, PTH120, PTH123

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time

TYPE_CHECKING = False  # as typing has it, whose import takes long
if TYPE_CHECKING:
    from typing import Any

    from accord.infra import processes
else:
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))  # last, so that no neighbour hides a standard module
    import processes

LOCK, LISTENER = 3, 4
_PR_SET_PDEATHSIG = 1


class Server:
    """The one child process: started, signalled, and its end collected."""

    def __init__(
        self, run: str, data: str, user: tuple[int, int] | None, command: list[str], *, signals: str, pid: int
    ) -> None:
        self._run, self._data, self._user, self._command = run, data, user, command
        stop, end, orphaned, helpers = signals.split(";")
        self._helpers = helpers == "1"
        self._stop, self._end, self._orphaned = _steps(stop), _steps(end), int(orphaned)
        self._libc: Any = None
        self._paused = False
        self.pid = pid
        self.result = "new"
        if pid:
            self._note()

    @property
    def status(self) -> str:
        self.collect()
        return f"{'paused' if self._paused else 'running'} {self.pid}" if self.pid else self.result

    def collect(self) -> None:
        """Notice that the server has ended, if it has."""
        if not self.pid:
            return
        pid, code = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.result = f"exited {os.waitstatus_to_exitcode(code)}"
            self.pid, self._paused = 0, False
            if self._helpers:  # they are nobody's children now, but work where their server did
                processes.kill(processes.working_in(self._data))

    def start(self, *arguments: str) -> None:
        self.collect()
        if self.pid:
            return
        supervisor = os.getpid()
        self._libc = self._libc or processes.libc()
        self.pid = os.fork()
        if not self.pid:
            self._become([*self._command, *arguments], supervisor)
        self._note()

    def _note(self) -> None:
        """Write down which process it is, for those who sweep."""
        with open(f"{self._run}/server.pid", "w") as file:
            file.write(f"{self.pid} {processes.started_at(self.pid)}\n")

    def _become(self, command: list[str], supervisor: int) -> None:
        """In the child: turn into the server, or say why not and end."""
        try:
            os.setsid()
            for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them; the server wants the defaults
                signal.signal(number, signal.SIG_DFL)
            if self._user:
                os.setgroups([])
                os.setgid(self._user[1])
                os.setuid(self._user[0])
            if self._libc is not None and sys.platform.startswith("linux"):
                self._libc.prctl(_PR_SET_PDEATHSIG, self._orphaned, 0, 0, 0)
            if os.getppid() == supervisor:  # else it died before the signal was armed
                os.umask(0o077)
                os.chdir(self._data)  # where a sweep looks for it; and the user may not be allowed where we are
                os.execv(command[0], command)  # noqa: S606 - a list of arguments, no shell
        except OSError as error:
            os.write(2, f"cannot run {command[0]}: {error}\n".encode())
        finally:
            os._exit(127)

    def stop(self) -> None:
        """Ask the server to end in good order, ever more firmly, and wait for it."""
        self._finish(self._stop)

    def end(self) -> None:
        """End the server, whose data nobody needs any more."""
        self._finish(self._end)

    def _finish(self, steps: list[tuple[signal.Signals, float]]) -> None:
        self.resume()
        helpers = processes.marks(processes.family(self.pid)[1:]) if self.pid and self._helpers else {}
        for number, seconds in steps:
            if not self.pid:
                break
            processes.send(number, [self.pid])
            self._wait(seconds)
        self.kill()
        processes.kill([pid for pid, mark in helpers.items() if processes.started_at(pid) == mark])

    def kill(self) -> None:
        """End the server and its children at once, as a crash would."""
        if not self.pid:
            return
        self.pause()  # nobody can be born while the list is made
        processes.kill([pid for pid in processes.family(self.pid) if pid != self.pid])
        processes.send(signal.SIGKILL, [self.pid])
        self._wait(10.0)

    def pause(self) -> None:
        if self.pid:
            processes.pause(self.pid)
            self._paused = True

    def resume(self) -> None:
        if self.pid and self._paused:
            processes.resume(self.pid)
            self._paused = False

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.pid and time.monotonic() < deadline:
            self.collect()
            if self.pid:
                time.sleep(0.001)

    def clean_up(self) -> None:
        """Remove everything the run has on this machine; the lock last, so that no sweep comes between."""
        processes.release_shared_memory(self._data)
        import shutil  # noqa: PLC0415 - only needed at the end, and slow to load

        for directory in (self._data, self._run):
            shutil.rmtree(directory, ignore_errors=True)


def _steps(text: str) -> list[tuple[signal.Signals, float]]:
    """``2:10,3:3``: signals, each with the seconds the server gets."""
    pairs = (each.split(":") for each in text.split(",") if each)
    return [(signal.Signals(int(number)), float(seconds)) for number, seconds in pairs]


class Holders:
    """The connections of the processes that use the server."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._open: dict[socket.socket, bytes] = {}
        self._any_came = False
        self._wake, waker = socket.socketpair()
        for end in (self._wake, waker, listener):
            end.setblocking(False)
        self._waker = waker  # kept from being closed
        signal.set_wakeup_fd(waker.fileno())
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)  # wakes the wait below; without a handler nothing is written

    def __len__(self) -> int:
        return len(self._open)

    @property
    def all_left(self) -> bool:
        return self._any_came and not self._open

    def requests(self) -> tuple[list[tuple[socket.socket, str]], bool]:
        """Wait for something to happen.

        Returns:
            The requests that came, and whether the supervisor itself was told to end.
        """
        ready, _, _ = select.select([self._wake, self._listener, *self._open], [], [])
        came: list[tuple[socket.socket, str]] = []
        ended = False
        if self._wake in ready:
            ended = any(number != signal.SIGCHLD for number in self._wake.recv(4096))
        for holder in ready:
            if holder in self._open:
                came.extend((holder, line) for line in self._read(holder))
        if self._listener in ready:
            self._any_came = True
            with contextlib.suppress(OSError):  # it left before it was let in
                self._open[self._listener.accept()[0]] = b""
        return came, ended

    def _read(self, holder: socket.socket) -> list[str]:
        try:
            received = holder.recv(4096)
        except OSError:
            received = b""
        if not received:
            self.drop(holder)
            return []
        *lines, rest = (self._open[holder] + received).split(b"\n")
        self._open[holder] = rest
        return [line.decode() for line in lines]

    def drop(self, holder: socket.socket) -> None:
        self._open.pop(holder, None)
        holder.close()

    def answer(self, holder: socket.socket, text: str) -> None:
        with contextlib.suppress(OSError):  # it ended while it waited
            holder.sendall(text.encode() + b"\n")


def serve(server: Server, holders: Holders) -> None:
    """Answer requests until nobody uses the server any more."""
    actions = {"start": server.start, "stop": server.stop, "kill": server.kill, "pause": server.pause}
    actions["resume"] = server.resume
    last: socket.socket | None = None
    ended = False
    while not ended and not holders.all_left:
        requests, ended = holders.requests()
        for holder, line in requests:
            word, *arguments = line.split()
            if word == "leave" and len(holders) == 1:
                last, ended = holder, True
            elif word == "leave":
                holders.answer(holder, "left")
                holders.drop(holder)
            elif word == "holders":
                holders.answer(holder, f"holders {len(holders)}")
            else:
                actions.get(word, server.collect)(*arguments)
                holders.answer(holder, server.status)
        server.collect()
    server.end()
    server.clean_up()
    if last is not None:
        holders.answer(last, "ended")


def main(arguments: list[str]) -> None:
    run, data, uid, gid, signals, pid, *command = arguments
    os.closerange(5, 4096)  # what the tests' process had open is not ours to keep alive
    os.set_inheritable(LOCK, False)  # the server must not hold it: a sweep would think the supervisor lives
    os.set_inheritable(LISTENER, False)
    if os.getsid(0) != os.getpid():
        os.setsid()
    listener = socket.socket(fileno=LISTENER)
    user = (int(uid), int(gid)) if int(uid) >= 0 else None
    server = Server(run, data, user, command, signals=signals, pid=int(pid))
    serve(server, Holders(listener))


if __name__ == "__main__":
    main(sys.argv[1:])
