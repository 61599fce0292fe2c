"""The one lifecycle of every server: started, disturbed on purpose, brought back, and gone with those who use it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

from accord.core.errors import UsageError
from accord.infra.running import Running

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from accord.infra.addresses import Address
    from accord.infra.held import Held, Source


class Server:
    """A server of this machine (on loopback), in a container, or by its URL.

    What Accord has started ends when the last process that holds it stops it or ends.

    Objects may be used by several threads. As a context manager it is started and stopped.
    """

    alone: ClassVar[str]  # the fixture that gives a test such a server of its own

    def __init__(self, source: Source) -> None:
        self._source = source
        self._mutex = threading.RLock()
        self._running: Held | None = None
        self._last_log = ""

    def start(self) -> Self:
        """Start it, or join the one that is shared; a started one is brought back if it was killed or paused.

        Raises:
            ResourceMissingError: there is no such server on this machine.
            ResourceError: it did not start; the message has the last lines of its log.
        """
        with self._mutex:
            if self._running is None:
                self._running = self._source.start()
                self._begin()
            else:
                self._running.bring_back()
        return self

    def stop(self) -> None:
        """Let go of it. When nobody else holds it, the server and its data are gone on return."""
        with self._mutex:
            if self._running is None:
                return
            self._last_log = self.logs()
            self._end()
            held, self._running = self._running, None
            held.leave()

    def kill(self) -> None:
        """End it at once, as a crash would: connections break. ``start()`` brings it back on the same port."""
        self._ours("kill").disturb("kill")

    def pause(self) -> None:
        """Freeze it: connections stay open and get no answer, until ``resume()``."""
        self._ours("pause").disturb("pause")

    def resume(self) -> None:
        """End a pause."""
        self._ours("resume").disturb("resume")

    def restart(self) -> None:
        """Stop it in good order and start it on the same port with the same data.

        Raises:
            ResourceError: it did not start again.
        """
        held = self._ours("restart")
        held.disturb("stop")
        held.bring_back()

    def logs(self, lines: int | None = None) -> str:
        """What the server has logged; still there after ``stop()``.

        Args:
            lines: only so many of the last lines.
        """
        text = self._running.log() if self._running is not None else self._last_log
        return "\n".join(text.splitlines()[-lines:]) if lines else text

    @property
    def url(self) -> str:
        """Where clients connect."""
        raise NotImplementedError

    @property
    def host(self) -> str:
        """The name or number of the machine it runs on."""
        return self._address.host

    @property
    def port(self) -> int:
        """The TCP port of clients; the same after a restart."""
        return self._address.port

    @property
    def version(self) -> str:
        """The server's version, as it says itself."""
        return self._started().version

    @property
    def origin(self) -> str:
        """Where it comes from: a wheel, PATH, an image, a URL without its password."""
        return self._started().origin

    @property
    def data_in_memory(self) -> bool:
        """Whether its data lie in memory and not on disk."""
        held = self._started()
        return isinstance(held, Running) and not held.run.data.is_relative_to(held.run.path)

    @property
    def is_shared(self) -> bool:
        """Whether other processes may use it too."""
        return self._source.share is not None

    @property
    def is_own(self) -> bool:
        """Whether it is a process of this machine that Accord has started."""
        return isinstance(self._started(), Running)

    @property
    def _address(self) -> Address:
        return self._started().address

    def _native(self) -> Running:
        held = self._started()
        assert isinstance(held, Running)  # noqa: S101 - whoever calls this has asked is_own
        return held

    def _begin(self) -> None:
        """What else to do when it has been started or joined."""

    def _end(self) -> None:
        """What else to do before it is let go."""

    def _started(self) -> Held:
        if self._running is None:
            title = self._source.title
            raise UsageError(f"the {title} server is not started: call start() first, or use it in a with block")
        return self._running

    def _ours(self, action: str) -> Held:
        held = self._started()
        if self.is_shared:
            raise UsageError(
                f"cannot {action} this {self._source.title} server: other processes use it too "
                f"(share={self._source.share!r}), and their tests would fail. Take a server of your own: the fixture "
                f"`{self.alone}`, or {type(self).__name__}() without share."
            )
        return held

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
