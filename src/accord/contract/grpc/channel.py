"""A gRPC channel that needs no socket: generated stubs call through it into this process. Unary calls only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Self

import grpc

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accord.contract.grpc.contents import Answer

    Handle = Callable[[str, bytes, Mapping[str, Any]], Answer]


class InProcessChannel(grpc.Channel):  # type: ignore[misc]  # grpc has no types
    """Hands each call's bytes to a handler.

    Args:
        handle: takes the path, the serialized request and its metadata.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def unary_unary(
        self,
        method: str,
        request_serializer: Any = None,
        response_deserializer: Any = None,
        _registered_method: bool = False,  # noqa: FBT001, FBT002 - grpc's signature
    ) -> grpc.UnaryUnaryMultiCallable:
        """See grpc.Channel."""
        return _Callable(self._handle, method, request_serializer, response_deserializer)

    def unary_stream(self, method: str, *_: Any, **__: Any) -> _Refusal:
        """Refused, but only when it is called: stubs make all their methods at once."""
        return _Refusal(method)

    stream_unary = unary_stream
    stream_stream = unary_stream

    def subscribe(self, callback: Any, try_to_connect: bool = False) -> None:  # noqa: FBT001, FBT002 - grpc's signature
        """See grpc.Channel: it is ready at once and stays so."""
        del try_to_connect
        callback(grpc.ChannelConnectivity.READY)

    def unsubscribe(self, callback: Any) -> None:
        """See grpc.Channel."""

    def close(self) -> None:
        """See grpc.Channel."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Refusal:
    def __init__(self, method: str) -> None:
        self._method = method

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        raise UsageError(f"{self._method} streams; contracts hold unary calls only")


class _Callable(grpc.UnaryUnaryMultiCallable):  # type: ignore[misc]  # as above
    def __init__(self, handle: Handle, method: str, serialize: Any, deserialize: Any) -> None:
        self._handle = handle
        self._method = method
        self._serialize = serialize or bytes
        self._deserialize = deserialize or bytes

    def __call__(self, request: Any, *arguments: Any, **options: Any) -> Any:
        return self.with_call(request, *arguments, **options)[0]

    def with_call(self, request: Any, timeout: float | None = None, metadata: Any = None, *_: Any, **__: Any) -> Any:
        """See grpc.UnaryUnaryMultiCallable; the answer is there at once, so no time-out is ever reached."""
        del timeout
        call = self._call(request, metadata)
        return call.result(), call

    def future(self, request: Any, timeout: float | None = None, metadata: Any = None, *_: Any, **__: Any) -> Any:
        """See grpc.UnaryUnaryMultiCallable."""
        del timeout
        return self._call(request, metadata)

    def _call(self, request: Any, metadata: Any) -> InProcessCall:
        answer = self._handle(self._method, self._serialize(request), dict(metadata or ()))
        return InProcessCall(answer, self._deserialize)


class InProcessCall(grpc.RpcError, grpc.Call, grpc.Future):  # type: ignore[misc]  # as above
    """A call that is over, and the error it ended with where it did."""

    def __init__(self, answer: Answer, deserialize: Any) -> None:
        super().__init__(f"{answer.status}: {answer.message}")
        self._answer = answer
        self._deserialize = deserialize

    def code(self) -> grpc.StatusCode:
        """See grpc.Call."""
        return grpc.StatusCode[self._answer.status]

    def details(self) -> str:
        """See grpc.Call."""
        return self._answer.message

    def initial_metadata(self) -> Any:
        """See grpc.Call."""
        return self._answer.metadata

    def trailing_metadata(self) -> Any:
        """See grpc.Call."""
        return ()

    def result(self, timeout: float | None = None) -> Any:
        """See grpc.Future."""
        del timeout
        if self._answer.status != "OK":
            raise self
        return self._deserialize(self._answer.data)

    def exception(self, timeout: float | None = None) -> InProcessCall | None:
        """See grpc.Future."""
        del timeout
        return None if self._answer.status == "OK" else self

    def traceback(self, timeout: float | None = None) -> None:
        """See grpc.Future."""

    def add_done_callback(self, fn: Any) -> None:
        """See grpc.Future."""
        fn(self)

    def add_callback(self, callback: Any) -> bool:
        """See grpc.RpcContext: it is over, so the callback is not kept."""
        del callback
        return False

    def done(self) -> bool:
        """See grpc.Future."""
        return True

    def running(self) -> bool:
        """See grpc.Future."""
        return False

    def is_active(self) -> bool:
        """See grpc.RpcContext."""
        return False

    def time_remaining(self) -> None:
        """See grpc.RpcContext."""

    def cancel(self) -> bool:
        """See grpc.Future: too late."""
        return False

    def cancelled(self) -> bool:
        """See grpc.Future."""
        return False
