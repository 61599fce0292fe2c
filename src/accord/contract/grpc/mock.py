"""The mock of a gRPC service: answers what a contract expects and keeps account of everything else. No I/O in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.contract.account import Account
from accord.contract.grpc.contents import (
    MESSAGE,
    Answer,
    as_json_body,
    compare_request,
    decoded,
    said,
    status_of,
    without_own,
)
from accord.contract.grpc.descriptors import Method, method_of
from accord.contract.grpc.json_form import from_json, said_in, to_json
from accord.contract.mismatches import Mismatch, shown
from accord.contract.model import has_generators
from accord.contract.plugin_data import called_service
from accord.core.errors import AccordError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.contract.model import MessageContents, SyncMessage


class GrpcSession:
    """One run of a mock.

    Args:
        calls: what is expected; made by grpc_call.
    """

    def __init__(self, calls: Sequence[SyncMessage]) -> None:
        self._account = Account(calls, _line, "called")
        self._methods = {route: method_of(route) for route in map(_route, calls)}
        self._unexpected: list[str] = []

    def handle(self, route: str, data: bytes, metadata: Mapping[str, Any]) -> Answer:
        """Answer a call: as its interaction says, else with a status that says why not."""
        method = self._methods.get(route)
        with self._account.lock:
            if method is None:
                return self._refuse(route, "UNIMPLEMENTED", [f"  expected are: {', '.join(self._methods)}"])
            try:
                seen = to_json(decoded(data, method.request))
                found, mismatches = self._account.find(lambda expected: self._compare(expected, method, data, metadata))
                if found is None or mismatches:
                    lines = [f"  seen: {shown(seen, 400)}"]
                    lines += [f"  nearest: {found.title!r}"] if found else []
                    return self._refuse(route, "INTERNAL", [*lines, *(f"    {each}" for each in mismatches)])
                return _answer(found, method)
            except AccordError as error:
                return self._refuse(route, "INTERNAL", [f"  {error}"])

    def problems(self) -> list[str]:
        """What was called and not expected, expected and not called, or called twice."""
        with self._account.lock:
            return [*self._unexpected, *self._account.problems()]

    def _compare(
        self, expected: SyncMessage, method: Method, data: bytes, metadata: Mapping[str, Any]
    ) -> list[Mismatch]:
        wanted = _route(expected)
        if wanted != method.route:
            return [Mismatch("path", "path", wanted, method.route, f"expected {wanted}, seen {method.route}")]
        return compare_request(expected.request, method.request, data, metadata)

    def _refuse(self, route: str, status: str, lines: Sequence[str]) -> Answer:
        problem = "\n".join([f"Not expected: {route}", *lines])
        self._unexpected.append(problem)
        return Answer(status, problem)


def _route(call: SyncMessage) -> str:
    return f"/{(called_service(call) or '').lstrip('.')}"


def _line(call: SyncMessage) -> str:
    return f"{call.title!r}, {_route(call)}"


def _answer(call: SyncMessage, method: Method) -> Answer:
    answered = call.responses[0]
    status = status_of(answered)
    data = answered.body.data
    if has_generators(answered):
        answered, data = _generated(answered, method, said(call, "response"))
    metadata = tuple((name.lower(), str(value)) for name, value in without_own(answered).metadata.items())
    return Answer(status, str(answered.metadata.get(MESSAGE, "")), data, metadata)


def _generated(answered: MessageContents, method: Method, written: Any) -> tuple[MessageContents, bytes]:
    from accord.contract.generators import prepare_answer  # noqa: PLC0415 - few answers have generators

    if answered.body.state == "missing":
        return prepare_answer(answered), b""
    value = said_in(decoded(answered.body.data, method.answer), written, answered.rules.category("body"))
    made = prepare_answer(as_json_body(answered, value))
    return made, from_json(made.body.json(), method.answer).SerializeToString()
