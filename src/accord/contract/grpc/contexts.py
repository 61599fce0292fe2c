"""What a servicer in this process is given beside the request: grpc's context, sync and async, and what it was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import grpc

from accord.contract.grpc.contents import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable


class Aborted(Exception):  # noqa: N818 - as grpc's own, the way out of a servicer and no error
    """The servicer ended the call with a status; the context has it."""


class Metadatum(NamedTuple):
    """One item of metadata, which grpc reads by name or by position."""

    key: str
    value: Any


class CallContext:
    """What both contexts note down; see grpc.ServicerContext for its methods."""

    def __init__(self, metadata: Iterable[tuple[str, Any]]) -> None:
        self._invocation = tuple(Metadatum(*pair) for pair in metadata)
        self._code: Any = None
        self._details = ""
        self._initial: tuple[Any, ...] = ()
        self._trailing: tuple[Any, ...] = ()

    @property
    def status(self) -> str:
        """Name of the status that was set."""
        return "OK" if self._code is None else _named(self._code)

    def answer(self, data: bytes) -> Answer:
        """The call's end; with an error the answer does not go out."""
        metadata = tuple((pair[0], pair[1]) for pair in (*self._initial, *self._trailing))
        return Answer(self.status, self._details, data if self.status == "OK" else b"", metadata)

    def invocation_metadata(self) -> tuple[Metadatum, ...]:
        return self._invocation

    def set_code(self, code: Any) -> None:
        self._code = code

    def set_details(self, details: str) -> None:
        self._details = details

    def set_trailing_metadata(self, trailing_metadata: Iterable[Any]) -> None:
        self._trailing = tuple(trailing_metadata)

    def code(self) -> Any:
        return self._code

    def details(self) -> str:
        return self._details

    def trailing_metadata(self) -> tuple[Any, ...]:
        return self._trailing

    def peer(self) -> str:
        return "in-process:accord"

    def peer_identities(self) -> None:
        return None

    def peer_identity_key(self) -> None:
        return None

    def auth_context(self) -> dict[str, Any]:
        return {}

    def set_compression(self, compression: Any) -> None:
        """Nothing is sent, so nothing is compressed."""

    def disable_next_message_compression(self) -> None:
        """As above."""

    def is_active(self) -> bool:
        return True

    def time_remaining(self) -> None:
        return None

    def cancel(self) -> None:
        self._code, self._details = grpc.StatusCode.CANCELLED, self._details or "cancelled by the servicer"

    def cancelled(self) -> bool:
        return bool(self._code is grpc.StatusCode.CANCELLED)

    def done(self) -> bool:
        return False

    def add_callback(self, callback: Any) -> bool:
        """The call is over before anything could call it."""
        del callback
        return True

    add_done_callback = add_callback

    def _abort(self, code: Any, details: str, trailing: Iterable[Any]) -> NoReturn:
        self._code, self._details = code, details
        self._trailing = tuple(trailing) or self._trailing
        raise Aborted


class SyncContext(CallContext, grpc.ServicerContext):  # type: ignore[misc]  # grpc has no types
    """For servicers of ``grpc.server``."""

    def send_initial_metadata(self, initial_metadata: Iterable[Any]) -> None:
        self._initial = tuple(initial_metadata)

    def abort(self, code: Any, details: str) -> NoReturn:
        self._abort(code, details, ())

    def abort_with_status(self, status: Any) -> NoReturn:
        self._abort(status.code, status.details, status.trailing_metadata or ())


class AioContext(CallContext):
    """For servicers of ``grpc.aio.server``."""

    async def send_initial_metadata(self, initial_metadata: Iterable[Any]) -> None:
        self._initial = tuple(initial_metadata)

    async def abort(self, code: Any, details: str = "", trailing_metadata: Iterable[Any] = ()) -> NoReturn:
        self._abort(code, details, trailing_metadata)

    async def abort_with_status(self, status: Any) -> NoReturn:
        self._abort(status.code, status.details, status.trailing_metadata or ())


def _named(code: Any) -> str:
    """The name of a status, which may be given as grpc's enum or as its number."""
    if isinstance(code, grpc.StatusCode):
        return str(code.name)
    return next((each.name for each in grpc.StatusCode if each.value[0] == code), "UNKNOWN")
