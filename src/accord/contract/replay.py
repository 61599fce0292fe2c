"""Replaying contracts against a provider: states in, request, comparison, states out. Steps only; no I/O in here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from accord.contract.bodies import Body, is_json
from accord.contract.generators.parts import missing_state_values, prepare_message, prepare_request
from accord.contract.matching import match_message, match_response
from accord.contract.model import AsyncMessage, HttpInteraction, MessageContents, SyncMessage, has_generators
from accord.contract.plugin_data import called_service
from accord.contract.problems import ReplayProblem, named
from accord.contract.steps import Call, Gather
from accord.contract.verification import (
    ContractResult,
    ContractStarted,
    InteractionFinished,
    InteractionResult,
    VerificationFinished,
    VerificationResult,
)
from accord.contract.wire import request_to_wire, response_from_wire
from accord.core.errors import AccordError, AnswerError, ContractFormatError, ProviderUnreachableError
from accord.core.http.messages import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from accord.contract.handlers import Handler
    from accord.contract.mismatches import Mismatch
    from accord.contract.model import Contract, Interaction, ProviderState, Request
    from accord.contract.spec import SpecVersion
    from accord.contract.states import StateChanges
    from accord.contract.transports import CallTransport, ProviderTransport
    from accord.contract.verification import Event


Part = TypeVar("Part", "Request", MessageContents)


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a provider is replayed.

    Attributes:
        filters: applied to each request in turn before it is sent, for what a contract cannot know, such as a token.
        fail_fast: stop at the first interaction that fails.
        together: how many interactions without provider states may be under way at once.
    """

    filters: Sequence[Callable[[HttpRequest], Any]] = ()
    fail_fast: bool = False
    together: int = 1


DEFAULT_OPTIONS = ReplayOptions()


class Replay:
    """One verification of a provider.

    Args:
        provider: the participant.
        version: its version, or None.
        transport: the way to it; None where all contracts hold messages only.
        calls: the way to it for gRPC calls, or None.
        states: brings the provider into states.
        messages: producers by description of the message.
        listeners: called with each event.
        options: how.
    """

    def __init__(
        self,
        provider: str,
        version: str | None,
        *,
        transport: ProviderTransport | None,
        calls: CallTransport | None = None,
        states: StateChanges,
        messages: Mapping[str, Handler],
        listeners: Sequence[Callable[[Event], None]] = (),
        options: ReplayOptions = DEFAULT_OPTIONS,
    ) -> None:
        self._provider = provider
        self._version = version
        self._transports = [each for each in (transport, calls) if each is not None]
        self._transport = transport
        self._calls = calls
        self._states = states
        self._messages = messages
        self._listeners = listeners
        self._options = options
        self._missing_messages: list[str] = []
        self._missing_answers: set[str] = set()
        self._stopped = False

    def run(self, contracts: Sequence[Contract]) -> Generator[Call | Gather, Any, VerificationResult]:
        """Replay all interactions of all contracts.

        Raises:
            ProviderUnreachableError: the provider is down: every further interaction would say the same.
            AccordError: the application's start-up failed.
        """
        for transport in self._transports:
            yield from transport.open()
        try:
            results: list[ContractResult] = []
            for contract in contracts:
                if self._stopped:
                    break
                result_of_one = yield from self._contract(contract)
                results.append(result_of_one)
        finally:
            yield from self._states.close()
            for transport in self._transports:
                yield from transport.close()
        result = VerificationResult(
            self._provider,
            self._version,
            tuple(results),
            self._states.missing,
            tuple(self._missing_messages),
            frozenset(self._missing_answers),
        )
        self._tell(VerificationFinished(result))
        return result

    def _contract(self, contract: Contract) -> Generator[Call | Gather, Any, ContractResult]:
        self._tell(ContractStarted(contract))
        done: dict[int, InteractionResult] = {}
        if self._options.together > 1:
            done = yield from self._replay_together(contract)
        results = []
        for index, interaction in enumerate(contract.interactions):
            result = done.get(index) or (yield from self._interaction(interaction, contract))
            results.append(result)
            self._tell(InteractionFinished(contract, result))
            if self._options.fail_fast and result.status == "failed":
                self._stopped = True
                break
        return ContractResult(contract, tuple(results))

    def _replay_together(self, contract: Contract) -> Generator[Call | Gather, Any, dict[int, InteractionResult]]:
        """Replay HTTP interactions without provider states several at once: nothing they need can be in the way."""
        free = [
            (index, each)
            for index, each in enumerate(contract.interactions)
            if isinstance(each, HttpInteraction) and not self._states.of(each.states)
        ]
        done: dict[int, InteractionResult] = {}
        for start in range(0, len(free), self._options.together):
            batch = free[start : start + self._options.together]
            results = yield Gather(tuple(self._interaction(each, contract) for _, each in batch))
            done |= {index: result for (index, _), result in zip(batch, results, strict=True)}
        return done

    def _interaction(self, interaction: Interaction, contract: Contract) -> Generator[Call, Any, InteractionResult]:
        begin = perf_counter()
        mismatches: Sequence[Mismatch] = ()
        problem: ReplayProblem | None = None
        entered: list[ProviderState] = []
        values: dict[str, Any] = {}
        states = self._states.of(interaction.states)
        try:
            self._states.refuse_missing(interaction.states)
            for state in states:
                given = yield from self._states.enter(state)
                entered.append(state)
                values |= {**state.parameters, **given}
            mismatches = yield from self._compare(interaction, contract, values)
        except ReplayProblem as seen:
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
            tolerated=interaction.pending or contract.pending or contract.wip,
            missing_values=_missing_values(interaction, values) if mismatches or problem else (),
            without_states=self._states.passed_over(interaction.states),
        )

    def _leave(self, entered: Sequence[ProviderState]) -> Generator[Call, Any, ReplayProblem | None]:
        """Tear down every state, the last first; the first thing that went wrong is returned."""
        problem: ReplayProblem | None = None
        for state in reversed(entered):
            try:
                yield from self._states.leave(state)
            except ReplayProblem as seen:
                problem = problem or seen
        return problem

    def _compare(
        self, interaction: Interaction, contract: Contract, values: Mapping[str, Any]
    ) -> Generator[Call, Any, Sequence[Mismatch]]:
        spec = contract.version
        if isinstance(interaction, HttpInteraction):
            return (yield from self._compare_http(interaction, spec, values))
        if isinstance(interaction, AsyncMessage):
            produced = yield from self._produce(interaction, ())
            return match_message(interaction.contents, _contents(produced), spec=spec)
        if isinstance(interaction, SyncMessage) and called_service(interaction):
            if self._calls is not None:
                return (yield from self._calls.replay(interaction, contract, values))
            if interaction.description not in self._messages:
                raise ReplayProblem("a gRPC call, but no provider was given for it; name it with .grpc(…)")
        if isinstance(interaction, SyncMessage):
            return (yield from self._compare_answer(interaction, spec, values))
        raise ReplayProblem(f"this kind of interaction cannot be verified: {type(interaction).__name__}")

    def _compare_http(
        self, interaction: HttpInteraction, spec: SpecVersion, values: Mapping[str, Any]
    ) -> Generator[Call, Any, Sequence[Mismatch]]:
        if self._transport is None:
            raise ReplayProblem("an HTTP interaction, but no provider was given; name it with .app(…) or .url(…)")
        prepared = _prepared(prepare_request, interaction.request, values)
        request = yield from self._filtered(request_to_wire(prepared))
        try:
            exchange = yield from self._transport.send(request)
        except ProviderUnreachableError:
            raise
        except AnswerError as error:
            raise ReplayProblem(str(error)) from error
        if exchange.response is not None:
            mismatches = match_response(interaction.response, response_from_wire(exchange.response), spec=spec)
            # Starlette answers 500 and raises, for the server's log: where 500 is the contract, it is kept.
            if exchange.exception is None or not mismatches:
                return mismatches
        if exchange.exception is not None:
            message = f"the provider raised {named(exchange.exception)} on {request.method} {request.path}"
            raise ReplayProblem(message, exchange.exception)
        raise ReplayProblem(f"the provider neither answered nor raised on {request.method} {request.path}")

    def _filtered(self, request: HttpRequest) -> Generator[Call, Any, HttpRequest]:
        for apply in self._options.filters:
            try:
                changed = yield Call(apply, (request,))
            except Exception as error:
                raise ReplayProblem(f"a request filter raised {named(error)}", error) from error
            if not isinstance(changed, HttpRequest):
                raise ReplayProblem(f"a request filter returned {changed!r}; expected the request, changed or not")
            request = changed
        return request

    def _compare_answer(
        self, message: SyncMessage, spec: SpecVersion, values: Mapping[str, Any]
    ) -> Generator[Call, Any, Sequence[Mismatch]]:
        request = _prepared(prepare_message, message.request, values)
        content = request.body.json() if is_json(request.body.media_type()) else request.body.data
        produced = yield from self._produce(message, (content, dict(request.metadata)))
        answers = produced if isinstance(produced, list) and len(message.responses) > 1 else [produced]
        if len(answers) != len(message.responses):
            raise ReplayProblem(f"expected {len(message.responses)} answers, the producer gave {len(answers)}")
        return [
            mismatch
            for expected, answer in zip(message.responses, answers, strict=True)
            for mismatch in match_message(expected, _contents(answer), spec=spec)
        ]

    def _produce(self, message: Interaction, arguments: tuple[Any, ...]) -> Generator[Call, Any, Any]:
        producer = self._messages.get(message.description)
        if producer is None:
            self._missing_messages.append(message.description)
            if isinstance(message, SyncMessage):
                self._missing_answers.add(message.description)
            raise ReplayProblem(f"no producer for the message {message.description!r}")
        try:
            return (yield Call(producer, arguments))
        except AccordError:
            raise
        except Exception as error:
            raise ReplayProblem(f"the producer of {message.description!r} raised {named(error)}", error) from error

    def _tell(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)


def _missing_values(interaction: Interaction, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The state values that the request was to carry, and that no state handler returned."""
    if not isinstance(interaction, (HttpInteraction, SyncMessage)):
        return ()
    try:
        return tuple(missing_state_values(interaction.request, values))
    except ContractFormatError:  # told already, as the reason why there is no request
        return ()


def _prepared(prepare: Callable[[Part, Mapping[str, Any]], Part], part: Part, values: Mapping[str, Any]) -> Part:
    """The request with its generators applied, which take what the state handlers gave."""
    if not has_generators(part):
        return part
    try:
        return prepare(part, values)
    except ContractFormatError as error:
        raise ReplayProblem(str(error)) from error


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
        raise ReplayProblem(f"the producer returned what JSON cannot hold: {error}") from error
    return MessageContents(Body.of_json(value, content_type or "application/json"), metadata)
