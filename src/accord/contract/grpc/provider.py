"""Replaying gRPC calls against a provider: a servicer in this process, or a server by its address."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import grpc

from accord.contract.generators.parts import prepare_message
from accord.contract.grpc.contents import (
    Answer,
    as_json_body,
    compare_answer,
    decoded,
    method_called,
    said,
    without_own,
)
from accord.contract.grpc.contexts import Aborted, AioContext, SyncContext
from accord.contract.grpc.json_form import from_json, to_json
from accord.contract.model import has_generators
from accord.contract.problems import ReplayProblem, named
from accord.contract.steps import Call
from accord.contract.transports import CallTransport
from accord.core.errors import AccordError, ProviderUnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from accord.contract.grpc.descriptors import Method
    from accord.contract.mismatches import Mismatch
    from accord.contract.model import Contract, SyncMessage

    Pairs = tuple[tuple[str, str | bytes], ...]


class GrpcTransport(CallTransport):
    """What both ways to a provider have in common: a call is made of the contract, and its answer compared."""

    def replay(
        self, message: SyncMessage, contract: Contract, values: Mapping[str, Any]
    ) -> Generator[Call, Any, Sequence[Mismatch]]:
        """See CallTransport."""
        if len(message.responses) != 1:
            raise ReplayProblem(f"expected one answer to a unary call, the contract has {len(message.responses)}")
        try:
            method = method_called(message, contract)
            data, metadata = _request(message, method, values)
        except AccordError as error:
            raise ReplayProblem(str(error)) from error
        answer = yield from self._call(method, data, metadata)
        try:
            return compare_answer(message.responses[0], method.answer, answer, said(message, "response"))
        except AccordError as error:
            raise ReplayProblem(f"the answer cannot be read: {error}") from error

    @abstractmethod
    def _call(self, method: Method, data: bytes, metadata: Pairs) -> Generator[Call, Any, Answer]:
        """Make one call.

        Raises:
            ReplayProblem: it cannot be made.
            ProviderUnreachableError: no server answers.
        """


class ServicerTransport(GrpcTransport):
    """Calls servicers in this process, without a socket.

    Args:
        registered: each servicer with the generated function that adds it to a server.

    Raises:
        UsageError: a function that adds nothing.
    """

    def __init__(self, registered: Sequence[tuple[Any, Callable[[Any, Any], Any]]]) -> None:
        self._handlers: list[Any] = []
        for servicer, add in registered:
            before = len(self._handlers)
            try:
                add(servicer, self)
            except AttributeError as error:
                raise UsageError(f"{servicer!r} is no servicer for {add!r}: {error}") from error
            if len(self._handlers) == before:
                raise UsageError(f"{add!r} added nothing; expected a generated function add_…Servicer_to_server")

    def add_generic_rpc_handlers(self, handlers: Sequence[Any]) -> None:
        """What generated code calls on a server."""
        self._handlers += handlers

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        """What newer generated code calls besides, with the same handlers."""

    def _call(self, method: Method, data: bytes, metadata: Pairs) -> Generator[Call, Any, Answer]:
        details = _Details(method.route, metadata)
        handler = next((found for each in self._handlers if (found := each.service(details)) is not None), None)
        if handler is None or handler.unary_unary is None:
            raise ReplayProblem(f"the provider has no unary method {method.route}; give its servicer with .grpc(…) too")
        behaviour = handler.unary_unary
        context = (AioContext if is_coroutine_function(behaviour) else SyncContext)(metadata)
        try:
            answer = yield Call(behaviour, (handler.request_deserializer(data), context))
            serialized = b"" if answer is None else handler.response_serializer(answer)
        except Aborted:
            return context.answer(b"")
        except Exception as error:
            raise ReplayProblem(f"the provider raised {named(error)} on {method.route}", error) from error
        if answer is None and context.status == "OK":
            raise ReplayProblem(f"the provider returned None on {method.route}; expected a message")
        return context.answer(serialized)


class TargetTransport(GrpcTransport):
    """Calls a server by its address, without TLS.

    Args:
        target: such as ``127.0.0.1:50051``.
        time_limit: seconds that one call may take.
        blocking: use blocking calls, as fits sync code.
    """

    def __init__(self, target: str, *, time_limit: float, blocking: bool) -> None:
        self._target = target
        self._time_limit = time_limit
        self._blocking = blocking
        self._channel: Any = None

    def open(self) -> Generator[Call, Any, None]:
        """Make the channel, in async code on the running loop."""
        make = grpc.insecure_channel if self._blocking else grpc.aio.insecure_channel
        # No retries behind our back, and no proxy between a test and its provider.
        self._channel = make(self._target, options=(("grpc.enable_retries", 0), ("grpc.enable_http_proxy", 0)))
        yield from ()

    def close(self) -> Generator[Call, Any, None]:
        """Close the channel."""
        if self._channel is not None:
            yield Call(self._channel.close)

    def _call(self, method: Method, data: bytes, metadata: Pairs) -> Generator[Call, Any, Answer]:
        call = self._made if self._blocking else self._amade
        try:
            answer: Answer = yield Call(call, (method.route, data, metadata))
        except grpc.RpcError as error:
            failed: Any = error
            status, details = failed.code().name, failed.details() or ""
            if status == "UNAVAILABLE" and "connect" in details.lower():
                raise ProviderUnreachableError(f"no gRPC server answers at {self._target}: {details}") from error
            beside = _pairs(failed.initial_metadata()) + _pairs(failed.trailing_metadata())
            return Answer(status, details, b"", beside)
        return answer

    def _made(self, route: str, data: bytes, metadata: Pairs) -> Answer:
        answer, call = self._channel.unary_unary(route).with_call(data, self._time_limit, metadata)
        return Answer("OK", "", answer, _pairs(call.initial_metadata()) + _pairs(call.trailing_metadata()))

    async def _amade(self, route: str, data: bytes, metadata: Pairs) -> Answer:
        call = self._channel.unary_unary(route)(data, timeout=self._time_limit, metadata=metadata)
        answer = await call
        return Answer("OK", "", answer, _pairs(await call.initial_metadata()) + _pairs(await call.trailing_metadata()))


def transport_for(
    target: str | None, registered: Sequence[tuple[Any, Any]], *, time_limit: float, blocking: bool
) -> CallTransport:
    """The way to a provider: by its address, or to its servicers in this process."""
    if target is not None:
        return TargetTransport(target, time_limit=time_limit, blocking=blocking)
    return ServicerTransport(registered)


def is_coroutine_function(function: Any) -> bool:
    """Whether calling a servicer's method gives something to await."""
    import inspect  # noqa: PLC0415 - only servicers in process need it

    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def _request(message: SyncMessage, method: Method, values: Mapping[str, Any]) -> tuple[bytes, Pairs]:
    """The bytes and metadata to send; what state handlers returned is filled in."""
    request, data = message.request, message.request.body.data
    if has_generators(request):
        request = prepare_message(as_json_body(request, to_json(decoded(data, method.request))), values)
        data = from_json(request.body.json(), method.request).SerializeToString()
    # gRPC takes names in small letters only
    return data, tuple((name.lower(), str(value)) for name, value in without_own(request).metadata.items())


def _pairs(metadata: Any) -> Pairs:
    return tuple((pair[0], pair[1]) for pair in metadata or ())


class _Details(grpc.HandlerCallDetails):  # type: ignore[misc]  # grpc has no types
    def __init__(self, method: str, metadata: Pairs) -> None:
        self.method = method
        self.invocation_metadata = metadata
