"""Puts a hub together and serves it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import signal
import socket
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import uvicorn

from accord.core.errors import UsageError
from accord.core.tasks import end_tasks
from accord.hub.app.guard import OpenGuard, TokenGuard
from accord.hub.app.logs import set_up
from accord.hub.app.measuring import Measures
from accord.hub.app.protocol import BoundedProtocol
from accord.hub.app.queue import QueueWorker
from accord.hub.app.reminder import Reminder
from accord.hub.app.sending import Sender
from accord.hub.storage import access
from accord.hub.storage.database import open_database
from accord.hub.storage.migrate import migrate
from accord.hub.web.application import create_application
from accord.hub.web.hub import Hub, WebSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from types import FrameType

    from accord.hub.app.settings import Settings

GRACE_SECONDS = 10
"""How long requests under way may take when the hub is stopped."""

log = logging.getLogger("accord.hub")


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are finished.

    Args:
        settings: of the hub.
        announce: told its URL when it answers.

    Raises:
        UsageError: the port is taken, the database cannot be used, or a token is missing.
    """
    set_up(settings.log_format)
    listening = listen(settings)
    with contextlib.closing(listening):
        migrate(settings.location)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings, listening, announce))


def _loop_factory() -> Any:
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop


def listen(settings: Settings) -> socket.socket:
    """The socket, bound before anything is made.

    Raises:
        UsageError: it cannot be; says why.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=512)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"{where} is taken by another program; give another with --port, or --port 0 for a free one"
            ) from None
        raise UsageError(f"cannot listen on {where}: {error.strerror or error}") from None
    except OverflowError:
        raise UsageError(f"--port {settings.port} is no port; expected 0 to 65535") from None


async def _serve(settings: Settings, listening: socket.socket, announce: Callable[[str], None]) -> None:
    async with running(settings) as app:
        config = uvicorn.Config(
            app, http=BoundedProtocol, ws="none", lifespan="off", log_config=None, access_log=False,
            server_header=False, date_header=True, timeout_keep_alive=30, timeout_graceful_shutdown=GRACE_SECONDS,
            proxy_headers=False, h11_max_incomplete_event_size=64 * 1024,
        )  # fmt: skip
        server = _Server(config)

        def listens(url: str) -> None:
            app.state.hub.url = (settings.base_url or url).rstrip("/")
            announce(url)

        told = asyncio.create_task(_announce(server, listening, settings, listens))
        # What was loaded stays: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        await server.serve(sockets=[listening])
        told.cancel()
    if server.interrupted:
        raise KeyboardInterrupt


class _Server(uvicorn.Server):
    """Ends gracefully at a signal; uvicorn's own would then die of it, as if it had not been graceful."""

    interrupted = False

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """See uvicorn."""
        before = {number: signal.signal(number, self._end) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.interrupted = self.interrupted or number == signal.SIGINT
        self.handle_exit(number, frame)


async def _announce(
    server: uvicorn.Server, listening: socket.socket, settings: Settings, announce: Callable[[str], None]
) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    announce(f"http://{host}:{port}")


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Any]:
    """The application with its background work, for as long as the block lasts.

    Raises:
        UsageError: the hub is open to others, and there is no token yet.
    """
    database = open_database(settings.location)
    web = WebSettings(
        base_url=settings.base_url.rstrip("/") if settings.base_url else None,
        read_only=settings.read_only,
        rules=settings.rules,
        most_body=settings.most_body,
    )
    hub, sender, measures = Hub(database, web), Sender(settings.rules), Measures()
    hub.send = sender.document
    hub.metrics = measures.text
    worker = measures.worker = QueueWorker(hub, sender)
    guard: Any = OpenGuard()
    try:
        if not settings.open:
            guard = await _token_guard(settings, hub)
    except UsageError:
        await sender.close()
        await database.close()
        raise
    app = create_application(hub, guard=guard, observer=measures, quiet=settings.quiet, version=version("accord"))
    tasks = [] if settings.read_only else [asyncio.create_task(worker.run())]
    if settings.remind_after and not settings.read_only:
        tasks.append(asyncio.create_task(Reminder(hub, settings.remind_after * 3600).run()))
    if isinstance(guard, TokenGuard):
        tasks.append(asyncio.create_task(guard.run()))
    try:
        yield app
    finally:
        await end_tasks(tasks)
        await sender.close()
        await database.close()


async def _token_guard(settings: Settings, hub: Hub) -> TokenGuard:
    if settings.token is None and not await hub.read(access.count):
        raise UsageError(
            f"a hub on {settings.host} can be reached by others, so a token is needed: make the first with "
            f"accord hub token create admin --role admin --database {settings.location.shown}, "
            "or set ACCORD_HUB_TOKEN"
        )
    return TokenGuard(
        hub.database,
        admin=settings.token,
        public_read=settings.public_read,
        per_minute=settings.requests_per_minute,
        clock=hub.clock,
    )
