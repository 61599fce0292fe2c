"""Replaying contracts against a provider: states in, request, comparison, states out. Steps only; no I/O in here."""

from __future__ import annotations

import json
import traceback
from time import perf_counter
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import Body
from accord.contract.handlers import explain_signature
from accord.contract.matching import match_message, match_response
from accord.contract.model import AsyncMessage, HttpInteraction, MessageContents
from accord.contract.steps import Call
from accord.contract.verification import (
    ContractResult,
    ContractStarted,
    InteractionFinished,
    InteractionResult,
    VerificationFinished,
    VerificationResult,
)
from accord.contract.wire import request_to_wire, response_from_wire
from accord.core.errors import AccordError, AnswerError, ProviderUnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from accord.contract.handlers import Handler, StateHandler
    from accord.contract.mismatches import Mismatch
    from accord.contract.model import Contract, Interaction, ProviderState
    from accord.contract.spec import SpecVersion
    from accord.contract.transports import ProviderTransport
    from accord.contract.verification import Event


_STANDARD_LIBRARY = traceback.__file__.replace("\\", "/").rpartition("/")[0] + "/"
_ACCORD = __file__.replace("\\", "/").rpartition("/contract/")[0] + "/"


class _Problem(Exception):  # noqa: N818 - ends one interaction, never leaves this module
    """An interaction cannot be compared."""

    def __init__(self, message: str, error: BaseException | None = None) -> None:
        super().__init__(message)
        self.trace = None if error is None else _shortened(error)


class Replay:
    """One verification of a provider.

    Args:
        provider: the participant.
        version: its version, or None.
        transport: the way to it; None where all contracts hold messages only.
        states: handlers by name of the state.
        messages: producers by description of the message.
        listeners: called with each event.
    """

    def __init__(
        self,
        provider: str,
        version: str | None,
        *,
        transport: ProviderTransport | None,
        states: Mapping[str, StateHandler],
        messages: Mapping[str, Handler],
        listeners: Sequence[Callable[[Event], None]],
    ) -> None:
        self._provider = provider
        self._version = version
        self._transport = transport
        self._states = states
        self._messages = messages
        self._listeners = listeners
        self._missing_states: dict[str, Mapping[str, Any]] = {}
        self._missing_messages: list[str] = []

    def run(self, contracts: Sequence[Contract]) -> Generator[Call, Any, VerificationResult]:
        """Replay all interactions of all contracts, one after the other.

        Raises:
            ProviderUnreachableError: the provider is down: every further interaction would say the same.
            AccordError: the application's start-up failed.
        """
        if self._transport is not None:
            yield from self._transport.open()
        try:
            results: list[ContractResult] = []
            for contract in contracts:
                result_of_one = yield from self._contract(contract)
                results.append(result_of_one)
        finally:
            if self._transport is not None:
                yield from self._transport.close()
        result = VerificationResult(
            self._provider, self._version, tuple(results), self._missing_states, tuple(self._missing_messages)
        )
        self._tell(VerificationFinished(result))
        return result

    def _contract(self, contract: Contract) -> Generator[Call, Any, ContractResult]:
        self._tell(ContractStarted(contract))
        results = []
        for interaction in contract.interactions:
            result = yield from self._interaction(interaction, contract.version)
            results.append(result)
            self._tell(InteractionFinished(contract, result))
        return ContractResult(contract, tuple(results))

    def _interaction(self, interaction: Interaction, spec: SpecVersion) -> Generator[Call, Any, InteractionResult]:
        begin = perf_counter()
        mismatches: Sequence[Mismatch] = ()
        problem: _Problem | None = None
        entered: list[ProviderState] = []
        try:
            self._refuse_missing(interaction.states)
            for state in interaction.states:
                yield from self._set_up(state)
                entered.append(state)
            mismatches = yield from self._compare(interaction, spec)
        except _Problem as seen:
            problem = seen
        except GeneratorExit:
            raise
        except BaseException:  # the provider went down, or the user has had enough: what was set up still goes
            yield from self._leave(entered)
            raise
        left = yield from self._leave(entered)
        problem = problem or left
        return InteractionResult(
            interaction,
            tuple(mismatches),
            str(problem) if problem else None,
            problem.trace if problem else None,
            perf_counter() - begin,
        )

    def _leave(self, entered: Sequence[ProviderState]) -> Generator[Call, Any, _Problem | None]:
        """Tear down every state, the last first; the first thing that went wrong is returned."""
        problem: _Problem | None = None
        for state in reversed(entered):
            try:
                yield from self._tear_down(state)
            except _Problem as seen:
                problem = problem or seen
        return problem

    def _refuse_missing(self, states: Sequence[ProviderState]) -> None:
        missing = [state for state in states if state.name not in self._states]
        for state in missing:
            self._missing_states.setdefault(state.name, state.parameters)
        if missing:
            raise _Problem("\n".join(f"no handler for the provider state {state.name!r}" for state in missing))

    def _set_up(self, state: ProviderState) -> Generator[Call, Any, None]:
        yield from self._handle(self._states[state.name].setup, state, "state handler")

    def _tear_down(self, state: ProviderState) -> Generator[Call, Any, None]:
        teardown = self._states[state.name].teardown
        if teardown is not None:
            yield from self._handle(teardown, state, "teardown of the state handler")

    def _handle(self, handler: Handler, state: ProviderState, what: str) -> Generator[Call, Any, None]:
        reason = explain_signature(handler, state.parameters)
        if reason is not None:
            raise _Problem(f"provider state {state.name!r}: {reason}")
        try:
            yield Call(handler, (), state.parameters)
        except Exception as error:
            raise _Problem(f"the {what} for {state.name!r} raised {_named(error)}", error) from error

    def _compare(self, interaction: Interaction, spec: SpecVersion) -> Generator[Call, Any, Sequence[Mismatch]]:
        if isinstance(interaction, HttpInteraction):
            return (yield from self._compare_http(interaction, spec))
        if isinstance(interaction, AsyncMessage):
            return (yield from self._compare_message(interaction, spec))
        raise _Problem("synchronous messages cannot be verified by this version yet")

    def _compare_http(
        self, interaction: HttpInteraction, spec: SpecVersion
    ) -> Generator[Call, Any, Sequence[Mismatch]]:
        if self._transport is None:
            raise _Problem("an HTTP interaction, but no provider was given; name it with .app(…) or .url(…)")
        try:
            exchange = yield from self._transport.send(request_to_wire(interaction.request))
        except ProviderUnreachableError:
            raise
        except (AnswerError, UsageError) as error:  # a request that HTTP cannot carry is a fault of its interaction
            raise _Problem(str(error)) from error
        if exchange.exception is not None:
            request = interaction.request
            message = f"the provider raised {_named(exchange.exception)} on {request.method} {request.path}"
            raise _Problem(message, exchange.exception)
        return match_response(interaction.response, response_from_wire(exchange.unwrap()), spec=spec)

    def _compare_message(self, message: AsyncMessage, spec: SpecVersion) -> Generator[Call, Any, Sequence[Mismatch]]:
        producer = self._messages.get(message.description)
        if producer is None:
            self._missing_messages.append(message.description)
            raise _Problem(f"no producer for the message {message.description!r}")
        try:
            produced = yield Call(producer)
        except AccordError:
            raise
        except Exception as error:
            raise _Problem(f"the producer of {message.description!r} raised {_named(error)}", error) from error
        return match_message(message.contents, _contents(produced), spec=spec)

    def _tell(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)


def _contents(produced: Any) -> MessageContents:
    """What a producer returned: the content, or the content and its metadata."""
    metadata: dict[str, Any] = {}
    if isinstance(produced, tuple) and len(produced) == 2 and isinstance(produced[1], dict):  # noqa: PLR2004 - the pair
        produced, metadata = produced
    declared = metadata.get("contentType", metadata.get("content-type"))
    content_type = declared if isinstance(declared, str) else None
    if isinstance(produced, (bytes, bytearray)):
        return MessageContents(Body.of_bytes(bytes(produced), content_type), metadata)
    if isinstance(produced, str) and content_type is not None:
        return MessageContents(Body.of_text(produced, content_type), metadata)
    try:
        value = json.loads(json.dumps(produced))
    except (TypeError, ValueError) as error:
        raise _Problem(f"the producer returned what JSON cannot hold: {error}") from error
    return MessageContents(Body.of_json(value, content_type or "application/json"), metadata)


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _shortened(error: BaseException) -> str:
    """The traceback with the user's own frames: those of libraries, and of Accord, only where all else is missing."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not _is_library(frame.filename)] or frames[-1:]
    left_out = len(frames) - len(own)
    lines = ["Traceback (most recent call last):"]
    if left_out:
        lines.append(f"  … {left_out} frames of libraries left out")
    lines += "".join(traceback.format_list(own)).rstrip().splitlines()
    return "\n".join([*lines, *"".join(traceback.format_exception_only(error)).rstrip().splitlines()])


def _is_library(filename: str) -> bool:
    path = filename.replace("\\", "/")
    return "/site-packages/" in path or path.startswith((_STANDARD_LIBRARY, _ACCORD, "<frozen"))
