"""The mock on a loopback socket and in process: two thin shells around MockSession, and what shells share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from accord.contract.mock import MockSession
    from accord.contract.mock_httpx import InProcessTransport
    from accord.core.http.server import Listener

    Finish = Callable[["Session", BaseException | None], None]


class Session(Protocol):
    """One run of a mock, of whatever protocol."""

    def problems(self) -> list[str]:
        """What came and was not expected, and the reverse, in a text each."""


class MockBlock:
    """What all shells do when the block is left: the session is judged, in sync and async code alike."""

    def __init__(self, session: Session, finish: Finish) -> None:
        self._judged = session
        self._finish = finish

    def _open(self) -> None:
        """Start to answer."""

    def _close(self) -> None:
        """Stop to answer."""

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()
        self._finish(self._judged, error)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)


class MockServer(MockBlock):
    """The mock as a real HTTP server on loopback.

    Attributes:
        url: ``http://127.0.0.1:PORT``, while the block is open.
        port: the port.
    """

    def __init__(self, session: MockSession, finish: Finish, *, port: int) -> None:
        super().__init__(session, finish)
        self.session = session
        self._wanted_port = port
        self._listener: Listener | None = None

    @property
    def url(self) -> str:
        """The address to give to the consumer's client."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._listener is None:
            raise UsageError("the mock server is not running; use it inside `with pact.serve() as mock:`")
        return int(self._listener.port)

    def _open(self) -> None:
        from accord.core.http.server import listen  # noqa: PLC0415 - brings asyncio, which in_process() does not need

        self._listener = listen(self.session.handle, port=self._wanted_port)
        self.session.url = self.url

    def _close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None


class InProcessMock(MockBlock):
    """The mock without a socket; the block gives a transport for httpx.Client and httpx.AsyncClient."""

    def __init__(self, session: MockSession, finish: Finish) -> None:
        super().__init__(session, finish)
        self.session = session

    def __enter__(self) -> InProcessTransport:  # type: ignore[override]  # the transport is what the user wants
        from accord.contract.mock_httpx import InProcessTransport  # noqa: PLC0415 - see that module

        return InProcessTransport(self.session.handle)

    async def __aenter__(self) -> InProcessTransport:  # type: ignore[override]  # as above
        return self.__enter__()
