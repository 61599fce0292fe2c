"""The ways to a provider: an ASGI application, a WSGI application, a URL, which answer with an Exchange; and calls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Literal

from accord.contract.steps import Call
from accord.core.http.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from accord.contract.mismatches import Mismatch
    from accord.contract.model import Contract, SyncMessage
    from accord.core.http.messages import HttpRequest


class ProviderTransport(ABC):
    """A way to a provider; its methods are steps (see accord.contract.steps)."""

    def open(self) -> Generator[Call, Any, None]:
        """Make the provider ready."""
        yield from ()

    @abstractmethod
    def send(self, request: HttpRequest) -> Generator[Call, Any, Exchange]:
        """Send one request.

        Raises:
            AccordError: no usable answer came.
        """

    def close(self) -> Generator[Call, Any, None]:
        """Give back what open took."""
        yield from ()


class CallTransport(ABC):
    """A way to a provider of synchronous messages that compares in its own terms, as gRPC does."""

    def open(self) -> Generator[Call, Any, None]:
        """Make the provider ready."""
        yield from ()

    @abstractmethod
    def replay(
        self, message: SyncMessage, contract: Contract, values: Mapping[str, Any]
    ) -> Generator[Call, Any, Sequence[Mismatch]]:
        """Make one call and say how its answer differs; ``values`` is what state handlers returned.

        Raises:
            ReplayProblem: it cannot be made or compared.
            ProviderUnreachableError: the provider is down.
        """

    def close(self) -> Generator[Call, Any, None]:
        """Give back what open took."""
        yield from ()


class AsgiTransport(ProviderTransport):
    """Calls an ASGI application in process; its lifespan is run."""

    def __init__(self, app: Any, *, time_limit: float) -> None:
        from accord.core.http.asgi import AsgiCaller  # noqa: PLC0415 - only ASGI providers need it

        self._caller = AsgiCaller(app)
        self._time_limit = time_limit

    def open(self) -> Generator[Call, Any, None]:
        """Run the application's start-up."""
        yield Call(self._caller.startup)

    def send(self, request: HttpRequest) -> Generator[Call, Any, Exchange]:
        """See ProviderTransport."""
        return (yield Call(self._caller.exchange, (request,), {"time_limit": self._time_limit}))  # type: ignore[no-any-return]  # what a step gives is untyped

    def close(self) -> Generator[Call, Any, None]:
        """Run the application's shutdown."""
        yield Call(self._caller.shutdown)


class WsgiTransport(ProviderTransport):
    """Calls a WSGI application in process."""

    def __init__(self, app: Any) -> None:
        from accord.core.http.wsgi import WsgiCaller  # noqa: PLC0415 - only WSGI providers need it

        self._caller = WsgiCaller(app)

    def send(self, request: HttpRequest) -> Generator[Call, Any, Exchange]:
        """See ProviderTransport."""
        return (yield Call(self._caller.exchange, (request,)))  # type: ignore[no-any-return]  # as above


class UrlTransport(ProviderTransport):
    """Calls a provider that runs elsewhere.

    Args:
        url: its base URL.
        blocking: use blocking calls, as fits sync code.
    """

    def __init__(self, url: str, *, time_limit: float, blocking: bool) -> None:
        from accord.core.http.client import HttpCaller  # noqa: PLC0415 - only remote providers need it

        self._caller = HttpCaller(url, timeout=time_limit)
        self._call = self._caller.call if blocking else self._caller.acall

    def send(self, request: HttpRequest) -> Generator[Call, Any, Exchange]:
        """See ProviderTransport."""
        return Exchange((yield Call(self._call, (request,))))

    def close(self) -> Generator[Call, Any, None]:
        """Close its connections."""
        yield Call(self._caller.close)


def app_transport(app: Any, kind: Literal["asgi", "wsgi"], *, time_limit: float) -> ProviderTransport:
    """The transport for an application of a kind."""
    return AsgiTransport(app, time_limit=time_limit) if kind == "asgi" else WsgiTransport(app)
