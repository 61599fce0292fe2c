"""Provider states: brought about by handlers in this process or by a URL of the provider, and left again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from accord.contract.handlers import explain_signature
from accord.contract.model import ProviderState
from accord.contract.problems import ReplayProblem, named
from accord.contract.steps import Call
from accord.core.errors import AccordError
from accord.core.http.messages import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from accord.contract.handlers import Handler, StateHandler
    from accord.core.http.messages import HttpResponse


_NO_STATE = (ProviderState(""),)


class StateChanges:
    """Brings the provider into states and out of them.

    Args:
        handlers: by name of the state; they go before the URL.
        send: sends a request to the host of the state-change URL, sync or async; None where there is none.
        target: the path and query of that URL.
        close: gives back the connections of ``send``.
        optional: whether a state that nothing can bring about is passed over, and only noted.

    Attributes:
        missing: states without a handler so far, each with its parameters.
    """

    def __init__(
        self,
        handlers: Mapping[str, StateHandler],
        send: Callable[[HttpRequest], Any] | None = None,
        target: str = "/",
        close: Callable[[], None] | None = None,
        *,
        optional: bool = False,
    ) -> None:
        self._handlers = handlers
        self._send = send
        self._target = target
        self._close = close
        self._optional = optional
        self.missing: dict[str, Mapping[str, Any]] = {}

    def of(self, states: Sequence[ProviderState]) -> Sequence[ProviderState]:
        """The states to bring about; where an interaction has none, the one without a name if that can be.

        The reference's verifier calls a state-change URL so too, with which a provider clears what was there before.
        """
        if not states:
            return _NO_STATE if self._send is not None or "" in self._handlers else ()
        passed_over = self.passed_over(states)
        return [state for state in states if state.name not in passed_over]

    def passed_over(self, states: Sequence[ProviderState]) -> tuple[str, ...]:
        """The states that nothing can bring about, where that is allowed."""
        return tuple(state.name for state in self._without_handler(states)) if self._optional else ()

    def _without_handler(self, states: Sequence[ProviderState]) -> list[ProviderState]:
        return [] if self._send is not None else [state for state in states if state.name not in self._handlers]

    def refuse_missing(self, states: Sequence[ProviderState]) -> None:
        """Note the states that nothing can bring about.

        Raises:
            ReplayProblem: there is one, and that is not allowed.
        """
        missing = self._without_handler(states)
        for state in missing:
            self.missing.setdefault(state.name, state.parameters)
        if missing and not self._optional:
            raise ReplayProblem("\n".join(f"no handler for the provider state {state.name!r}" for state in missing))

    def enter(self, state: ProviderState) -> Generator[Call, Any, Mapping[str, Any]]:
        """Bring the provider into a state.

        Returns:
            The values that the handler gave, for requests that are to carry them.

        Raises:
            ReplayProblem: the handler raised, takes other parameters, or the URL did not answer with success.
        """
        handler = self._handlers.get(state.name)
        if handler is None:
            return (yield from self._change_by_url(state, "setup"))
        value = yield from self._handle(handler.setup, state, "state handler")
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise ReplayProblem(
                f"the state handler for {state.name!r} returned {value!r}; expected a dict of values, or None"
            )
        return value

    def leave(self, state: ProviderState) -> Generator[Call, Any, None]:
        """Bring the provider out of a state.

        Raises:
            ReplayProblem: as in enter.
        """
        handler = self._handlers.get(state.name)
        if handler is None:
            yield from self._change_by_url(state, "teardown")
        elif handler.teardown is not None:
            yield from self._handle(handler.teardown, state, "teardown of the state handler")

    def close(self) -> Generator[Call, Any, None]:
        """Give back what reaching the state-change URL took."""
        if self._close is not None:
            yield Call(self._close)

    def _handle(self, handler: Handler, state: ProviderState, what: str) -> Generator[Call, Any, Any]:
        reason = explain_signature(handler, state.parameters)
        if reason is not None:
            raise ReplayProblem(f"provider state {state.name!r}: {reason}")
        try:
            return (yield Call(handler, (), state.parameters))
        except Exception as error:
            raise ReplayProblem(f"the {what} for {state.name!r} raised {named(error)}", error) from error

    def _change_by_url(self, state: ProviderState, action: str) -> Generator[Call, Any, Mapping[str, Any]]:
        """POST {state, params, action}, as the reference's verifier does."""
        assert self._send is not None  # noqa: S101 - refuse_missing stopped before
        document = {"state": state.name, "params": dict(state.parameters), "action": action}
        request = HttpRequest(
            "POST", self._target, (("Content-Type", "application/json"),), json.dumps(document).encode()
        )
        try:
            response: HttpResponse = yield Call(self._send, (request,))
        except AccordError as error:
            raise ReplayProblem(f"the {action} of {state.name!r} by the state-change URL failed: {error}") from error
        if not 200 <= response.status < 300:  # noqa: PLR2004 - HTTP's range of success
            shown = response.body[:200].decode("utf-8", "replace")
            raise ReplayProblem(
                f"the state-change URL answered {response.status} to the {action} of {state.name!r}, "
                f"expected success: {shown}"
            )
        return _values(response.body)


def _values(body: bytes) -> Mapping[str, Any]:
    """A JSON object in the answer gives values; whatever else is there is none of our business."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
