"""PostgreSQL in a container, by Testcontainers, where a container engine answers."""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING, Any, Self

from accord.core.errors import ResourceError, ResourceMissingError, UsageError
from accord.infra.containers import engine_problem
from accord.infra.postgres.admin import driver
from accord.infra.postgres.existing import ExistingPostgres

if TYPE_CHECKING:
    from collections.abc import Callable

_IMAGE = "postgres:18-alpine"
_PING_TIMEOUT = 3  # seconds
_READY_TIMEOUT = 60  # seconds, once the image is there
_READY_INTERVAL = 0.01  # seconds between two tries
_QUICK = "postgres -c fsync=off -c full_page_writes=off -c max_connections=200"


def _container_class() -> Any:
    """Testcontainers' class; slow to import, and an extra."""
    try:
        return importlib.import_module("testcontainers.community.postgres").PostgresContainer
    except ImportError:  # before 4.15
        return importlib.import_module("testcontainers.postgres").PostgresContainer


def _connection_problem(url: str) -> str | None:
    try:
        driver().connect(url, connect_timeout=_PING_TIMEOUT).close()
    except driver().OperationalError as error:
        return str(error).strip()
    return None


class ContainerPostgres(ExistingPostgres):
    """A server in a container of the process's own, which it may kill, pause and restart.

    Unproven where no engine runs: our own tests skip it there.
    """

    is_lasting = False

    def __init__(self, image: str | None = None) -> None:
        """Describe it; nothing happens before it is started.

        Args:
            image: the image, such as ``postgres:16``; a recent PostgreSQL by default.
        """
        super().__init__("postgresql://not-started/postgres")
        self._image = image or _IMAGE
        self._container: Any = None
        self._disturbed: Callable[[], None] | None = None

    def start(self) -> Self:
        """Start the container, or bring it back.

        Raises:
            ResourceMissingError: no engine answers.
            ResourceError: the container does not start.
        """
        if self._container is None:
            self._launch()
        elif self._disturbed is not None:
            undo, self._disturbed = self._disturbed, None
            undo()
            self._find()
        return super().start()

    def stop(self) -> None:
        """Remove the container and all that is in it."""
        with self._mutex:
            self._let_go()
            if self._container is not None:
                self._container.stop()
                self._container = None

    def kill(self) -> None:  # type: ignore[override]  # a server of one's own can be killed
        """End it at once, as a crash would; ``start()`` brings it back with its data."""
        self._engine_side().kill()
        self._disturbed = self._engine_side().start

    def pause(self) -> None:  # type: ignore[override]  # the same
        """Freeze it until ``resume()``."""
        self._engine_side().pause()
        self._disturbed = self._engine_side().unpause

    def resume(self) -> None:  # type: ignore[override]  # the same
        """End a pause."""
        self._engine_side().unpause()
        self._disturbed = None

    def restart(self) -> None:  # type: ignore[override]  # the same
        """Stop it in good order and start it with the same data; the port may be another one afterwards."""
        self._engine_side().restart()
        self._find()

    def logs(self, lines: int | None = None) -> str:  # type: ignore[override]  # the same
        text: str = self._engine_side().logs(tail=lines or "all").decode("utf-8", "replace")
        return text

    @property
    def is_shared(self) -> bool:
        return False

    def _launch(self) -> None:
        if problem := engine_problem():
            raise ResourceMissingError(
                f"PostgreSQL cannot run in a container: {problem}. Start Docker or Podman, or leave the provider out: "
                "PostgresServer() needs neither."
            )
        container = _container_class()(self._image, driver=None).with_command(_QUICK)
        try:
            container.start()
        except Exception as error:
            raise ResourceError(f"the container of {self._image} does not start: {error}") from error
        self._container = container
        self._find()

    def _find(self) -> None:
        """Learn the URL, whose port is the engine's choice at every start, and connect anew."""
        self._let_go()
        self._url = self._container.get_connection_url()
        deadline = time.monotonic() + _READY_TIMEOUT
        while (problem := _connection_problem(self._url)) is not None:
            if time.monotonic() > deadline:
                raise ResourceError(
                    f"the container of {self._image} does not answer after {_READY_TIMEOUT} s: {problem}. "
                    f"The last lines of its log:\n{self.logs(20)}"
                )
            time.sleep(_READY_INTERVAL)

    def _let_go(self) -> None:
        for connection in (self._admin, self._holding):
            if connection is not None:
                connection.close()
        self._admin = self._holding = None

    def _engine_side(self) -> Any:
        if self._container is None:
            raise UsageError("the container is not started: call start() first, or use it in a with block")
        return self._container.get_wrapped_container()
