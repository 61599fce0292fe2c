"""The mock as a real gRPC server on loopback, and as a channel in this process: two shells around GrpcSession."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc

from accord.contract.grpc.channel import InProcessChannel
from accord.contract.grpc.mock import GrpcSession
from accord.contract.mock_shells import MockBlock
from accord.contract.model import SyncMessage
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from accord.contract.consumer import Pact
    from accord.contract.mock_shells import Finish

_MISSING = "say so with grpc_call(pact.upon_calling(…), method, request=…, answer=…)"


def served(pact: Pact, *, port: int = 0) -> GrpcMockServer:
    """Answer on a real socket on loopback while the block is open; its ``target`` is for ``grpc.insecure_channel``.

    Args:
        pact: with calls that grpc_call added.
        port: the port; a free one by default.

    Raises:
        PactFailed: when the block is left: something was called that was not expected, or the reverse.
        UsageError: nothing is expected, or the port is taken.
    """
    return GrpcMockServer(*_session(pact), port=port)


def in_process(pact: Pact) -> InProcessMock:
    """Answer without a socket: the block gives a ``grpc.Channel`` for a generated stub.

    Raises:
        PactFailed: when the block is left: something was called that was not expected, or the reverse.
        UsageError: nothing is expected.
    """
    return InProcessMock(*_session(pact))


def _session(pact: Pact) -> tuple[GrpcSession, Finish]:
    calls, finish = pact.take_expected(SyncMessage, _MISSING)
    return GrpcSession(calls), finish


class GrpcMockServer(MockBlock):
    """The mock as a real gRPC server.

    Attributes:
        target: ``127.0.0.1:PORT``, while the block is open.
        port: the port.
    """

    def __init__(self, session: GrpcSession, finish: Finish, *, port: int) -> None:
        super().__init__(session, finish)
        self._session = session
        self._wanted_port = port
        self._server: Any = None
        self._port: int | None = None

    @property
    def target(self) -> str:
        """The address to give to ``grpc.insecure_channel``."""
        return f"127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._port is None:
            raise UsageError("the mock server is not running; use it inside `with served(pact) as mock:`")
        return self._port

    def _open(self) -> None:
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="accord-grpc-mock")
        # A port that another server has is refused, and not shared with it as grpc does by itself.
        self._server = grpc.server(self._pool, options=(("grpc.so_reuseport", 0),))
        self._server.add_generic_rpc_handlers((_Handler(self._session),))
        try:
            self._port = self._server.add_insecure_port(f"127.0.0.1:{self._wanted_port}")
        except RuntimeError as error:
            self._pool.shutdown()
            raise UsageError(f"port {self._wanted_port} cannot be listened on: {error}") from error
        self._server.start()

    def _close(self) -> None:
        self._server.stop(grace=1).wait()  # calls under way may end; there are none as a rule
        self._pool.shutdown()  # its threads end with the block
        self._port = None


class InProcessMock(MockBlock):
    """The mock without a socket; the block gives the channel."""

    def __init__(self, session: GrpcSession, finish: Finish) -> None:
        super().__init__(session, finish)
        self._session = session

    def __enter__(self) -> grpc.Channel:  # the channel is what the user wants
        return InProcessChannel(self._session.handle)

    async def __aenter__(self) -> grpc.Channel:  # as above
        return self.__enter__()


class _Handler(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """Takes every method's calls as bytes."""

    def __init__(self, session: GrpcSession) -> None:
        self._session = session

    def service(self, handler_call_details: Any) -> Any:
        """See grpc.GenericRpcHandler."""

        def behaviour(request: bytes, context: Any) -> bytes:
            metadata = {item.key: item.value for item in context.invocation_metadata()}
            answer = self._session.handle(handler_call_details.method, request, metadata)
            if answer.metadata:
                context.send_initial_metadata(answer.metadata)
            if answer.status != "OK":
                context.set_code(grpc.StatusCode[answer.status])
                context.set_details(answer.message)
            return answer.data

        return grpc.unary_unary_rpc_method_handler(behaviour)
