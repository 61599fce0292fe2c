"""The faults of a test: its links by the names of the services, and its processes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from accord.core.errors import UsageError
from accord.faults.errors import FaultUnavailableError
from accord.faults.links import ARROW, Link
from accord.faults.process_faults import ProcessFaults, SmallDisk
from accord.faults.server import BackgroundServer, FaultServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self


class Faults:
    """Links and processes of a test, and the faults on them.

    Args:
        links: links by ``"orders -> payments"``, as the settings have them; made when they are first used.
        seed: what chance decides by, where a fault has no seed of its own.
        unavailable: called with the reason where this machine has no way to make a fault; raises by default.
    """

    def __init__(
        self,
        *,
        links: Mapping[str, str] | None = None,
        seed: int | None = None,
        unavailable: Callable[[str], NoReturn] | None = None,
    ) -> None:
        self._planned = {_pair(name): _text(name, target) for name, target in (links or {}).items()}
        self._links: dict[tuple[str, str], Link] = {}
        self._background: BackgroundServer | None = None
        self._seed = seed
        self._unavailable = unavailable or _raise_unavailable

    def link(self, source: str, target: str, real: str) -> Link:
        """Make a link; give its url to the client in place of the real one.

        Args:
            source: who calls.
            target: who is called.
            real: the URL or ``host:port`` of the target; HTTP, PostgreSQL, NATS, anything over TCP.

        Raises:
            UsageError: there is such a link already, or no host and port in the address.
        """
        if (source, target) in self._links:
            known = self._links[source, target]
            raise UsageError(f"there is a link from {source!r} to {target!r} already: {known.url}")
        if self._background is None:
            self._background = BackgroundServer(FaultServer(seed=self._seed))
            self._background.start()
        link = Link(source, target, real, self._background)
        self._links[source, target] = link
        return link

    def between(self, source: str, target: str) -> Link:
        """The link between two services.

        Raises:
            UsageError: there is none; names those there are.
        """
        if (source, target) in self._links:
            return self._links[source, target]
        if (source, target) in self._planned:
            return self.link(source, target, self._planned[source, target])
        known = [f"{one} {ARROW} {other}" for one, other in {**self._planned, **self._links}]
        there_are = f"there are {', '.join(known)}" if known else "there is none yet"
        raise UsageError(
            f"there is no link from {source!r} to {target!r}; {there_are}. "
            f"Make it: faults.link({source!r}, {target!r}, 'http://127.0.0.1:8001')"
        )

    def process(self, target: Any) -> ProcessFaults:
        """Faults of a process: a server of accord.infra, a subprocess.Popen or a process number."""
        return ProcessFaults(target, self._unavailable)

    @contextmanager
    def small_disk(self, folder: str | Path, *, megabytes: int = 16) -> Iterator[SmallDisk]:
        """A small disk for an empty folder, which ``with disk.full():`` fills. Linux, and the right to mount."""
        disk = SmallDisk(folder, megabytes, self._unavailable)
        disk.mount()
        try:
            yield disk
        finally:
            disk.unmount()

    def close(self) -> None:
        """Remove the links."""
        self._links.clear()
        if self._background is not None:
            self._background.stop()
            self._background = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _pair(name: str) -> tuple[str, str]:
    source, arrow, target = name.partition(ARROW)
    if not arrow or not source.strip() or not target.strip():
        raise UsageError(f"a link is named 'orders -> payments', not {name!r}")
    return source.strip(), target.strip()


def _text(name: str, target: object) -> str:
    if not isinstance(target, str):
        raise UsageError(f"the link {name!r} needs a URL, not {target!r}")
    return target


def _raise_unavailable(reason: str) -> NoReturn:
    raise FaultUnavailableError(reason)
