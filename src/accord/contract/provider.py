"""The provider's side: replay contracts against the real provider and say where it does not keep them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

from accord.contract.findings import VerificationFailed
from accord.contract.handlers import StateHandler, check_callable
from accord.contract.model import AsyncMessage, HttpInteraction, SyncMessage
from accord.contract.ports import NoContractsError, ResultSink, sink_of, source_of
from accord.contract.replay import Replay, ReplayOptions
from accord.contract.report import render_failure, render_templates
from accord.contract.selection import Selection
from accord.contract.states import StateChanges
from accord.contract.steps import Call, adrive, drive
from accord.contract.verification import VerificationResult
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    from accord.contract.handlers import Handler
    from accord.contract.model import Contract
    from accord.contract.ports import PactSource
    from accord.contract.steps import Gather
    from accord.contract.transports import CallTransport, ProviderTransport
    from accord.contract.verification import Event
    from accord.core.http.messages import HttpRequest


class Verifier:
    """Verifies a provider against the contracts of its consumers.

    Args:
        provider: the participant, as the contracts name it.
        version: its version, for the record, or None.
        time_limit: seconds that one request may take.
    """

    def __init__(self, provider: str, *, version: str | None = None, time_limit: float = 30.0) -> None:
        if not isinstance(provider, str) or not provider.strip():
            raise UsageError(f"the provider needs a name, seen {provider!r}")
        self.provider = provider
        self.version = version
        self._time_limit = time_limit
        self._app: tuple[Any, Literal["asgi", "wsgi"]] | None = None
        self._url: str | None = None
        self._grpc_target: str | None = None
        self._servicers: list[tuple[Any, Handler]] = []
        self._states: dict[str, StateHandler] = {}
        self._messages: dict[str, Handler] = {}
        self._sources: list[PactSource] = []
        self._opened: dict[str, PactSource] = {}
        self._sinks: list[ResultSink] = []
        self._listeners: list[Callable[[Event], None]] = []
        self._state_url: str | None = None
        self._states_optional = False
        self._selection = Selection()
        self._options = ReplayOptions()

    def app(self, app: Any, *, kind: Literal["asgi", "wsgi"] | None = None) -> Self:
        """Verify an application in this process, without a socket; an ASGI application's lifespan is run.

        Args:
            app: the ASGI or WSGI application.
            kind: which of the two, where it cannot be seen from its signature.

        Raises:
            UsageError: neither, or not to be told apart.
        """
        from accord.core.apps import app_kind  # noqa: PLC0415 - only applications in process need it

        self._only_one("app")
        self._app = (app, kind or app_kind(app))
        return self

    def url(self, url: str) -> Self:
        """Verify a provider that runs at a URL.

        Raises:
            UsageError: not an http or https URL.
        """
        self._only_one("url")
        self._url = _checked_url(url)
        return self

    def grpc(self, provider: Any, add: Handler | None = None) -> Self:
        """Verify gRPC calls (extra ``grpc``), beside an application or without one.

        Args:
            provider: a servicer in this process, sync or of grpc.aio; again for a further one. Or the address of a
                server, such as ``127.0.0.1:50051``.
            add: for a servicer, the generated function ``add_…Servicer_to_server``.

        Raises:
            UsageError: neither, or both an address and a servicer.
        """
        is_target = isinstance(provider, str)
        if is_target == (add is not None) or self._grpc_target or (is_target and self._servicers):
            raise UsageError(
                f".grpc({provider!r}, …): expected one address such as '127.0.0.1:50051', "
                "or servicers with their functions: .grpc(Quotes(), add_QuotesServicer_to_server)"
            )
        if add is None:
            self._grpc_target = provider
        else:
            check_callable(type(provider).__name__, add, "second argument of .grpc")
            self._servicers.append((provider, add))
        return self

    def state(self, name: str, setup: Handler, teardown: Handler | None = None) -> Self:
        """Give the handler of a provider state.

        Args:
            name: the state, word for word as the contracts say it.
            setup: ``setup(**parameters)``, sync or async; brings the provider into the state.
            teardown: the same, after the interaction, whatever came of it.

        Raises:
            UsageError: not a function, or the state has a handler already.
        """
        check_callable(name, setup, "state handler")
        if teardown is not None:
            check_callable(name, teardown, "teardown")
        if name in self._states:
            raise UsageError(f"the provider state {name!r} has a handler already: {self._states[name].setup!r}")
        self._states[name] = StateHandler(setup, teardown)
        return self

    def state_url(self, url: str) -> Self:
        """Bring about states without a handler by a POST to a URL of the provider's test build.

        The body is ``{"state": name, "params": {…}, "action": "setup" | "teardown"}``; a JSON object in the answer to
        a setup gives values, as a handler's return value does.

        Raises:
            UsageError: not an http or https URL.
        """
        self._state_url = _checked_url(url)
        return self

    def ignore_missing_states(self) -> Self:
        """Replay an interaction also where nothing brings about its provider state; that is a warning then.

        So it is anyway where no state handler is given at all. What passes so passed by luck of the data.
        """
        self._states_optional = True
        return self

    def filter_requests(self, change: Callable[[HttpRequest], Any]) -> Self:
        """Change each request before it is sent, for what a contract cannot know, such as a fresh token.

        Args:
            change: ``change(request) -> request``, sync or async; see HttpRequest.with_header.

        >>> Verifier("Orders").filter_requests(lambda request: request.with_header("Authorization", "Bearer fresh"))
        Verifier('Orders')
        """
        check_callable("requests", change, "filter")
        self._options = replace(self._options, filters=(*self._options.filters, change))
        return self

    def only(self, *, consumer: str | None = None, description: str | None = None, state: str | None = None) -> Self:
        """Replay a part: one consumer's, or what fits regular expressions. The result of a part is not recorded.

        Raises:
            UsageError: not a regular expression.
        """
        self._selection = Selection(consumer, description, state)
        return self

    def fail_fast(self) -> Self:
        """Stop at the first interaction that fails."""
        self._options = replace(self._options, fail_fast=True)
        return self

    def together(self, count: int) -> Self:
        """Let that many interactions without provider states be under way at once, where the provider is async.

        Raises:
            UsageError: less than 1.
        """
        if count < 1:
            raise UsageError(f".together({count}): expected 1 or more")
        self._options = replace(self._options, together=count)
        return self

    def states(self, module: ModuleType) -> Self:
        """Take the handlers and producers of a module: its dictionaries ``STATES`` and ``MESSAGES``.

        ``STATES`` maps a state to its setup function or to (setup, teardown); ``MESSAGES`` maps a message's
        description to its producer.

        Raises:
            UsageError: the module has neither.
        """
        states, messages = getattr(module, "STATES", None), getattr(module, "MESSAGES", None)
        if states is None and messages is None:
            raise UsageError(
                f"the module {module.__name__} has neither STATES nor MESSAGES; "
                "write STATES = {'the state': function}"
            )
        for name, handler in (states or {}).items():
            if isinstance(handler, tuple):
                self.state(name, *handler)
            else:
                self.state(name, handler)
        for description, producer in (messages or {}).items():
            self.message(description, producer)
        return self

    def message(self, description: str, producer: Handler) -> Self:
        """Give the producer of a message.

        Args:
            description: the message, word for word as the contracts say it.
            producer: called without arguments, sync or async; returns the content, or (content, metadata).

        Raises:
            UsageError: not a function, or the message has a producer already.
        """
        check_callable(description, producer, "producer")
        if description in self._messages:
            raise UsageError(f"the message {description!r} has a producer already: {self._messages[description]!r}")
        self._messages[description] = producer
        return self

    def pacts(self, *places: str | Path | PactSource) -> Self:
        """Say where the contracts are: files, folders, the URL of a hub or Pact Broker, or sources."""
        for place in places:
            source = source_of(place)
            self._sources.append(source)
            if isinstance(place, str):
                self._opened[place] = source
        return self

    def record_to(self, place: str | Path | ResultSink) -> Self:
        """Keep the result of the verification, whatever it is, by the provider's version.

        Args:
            place: the folder of the pacts (the results go beside them), a hub's URL (in CI alone the result is
                published), the object that was given to ``pacts``, or another sink.

        Raises:
            UsageError: the verifier was made without a version.
        """
        if self.version is None:
            raise UsageError("a result is kept by the provider's version: Verifier(name, version='…')")
        # A hub's URL given to both is one hub: only what came from it can be told to it.
        same = self._opened.get(place) if isinstance(place, str) else None
        self._sinks.append(same if isinstance(same, ResultSink) else sink_of(place))
        return self

    def listen(self, listener: Callable[[Event], None]) -> Self:
        """Be told of each event as it happens."""
        self._listeners.append(listener)
        return self

    def templates(self) -> str:
        """The functions to write for every provider state and message that has none yet; empty where all have.

        Raises:
            AccordError: no contract was found.
        """
        states: dict[str, Mapping[str, Any]] = {}
        messages: list[str] = []
        answers: set[str] = set()
        for contract in self._selection.select(self._contracts()):
            for interaction in contract.interactions:
                for state in interaction.states:
                    if state.name not in self._states and self._state_url is None:
                        states.setdefault(state.name, state.parameters)
                is_message = isinstance(interaction, (AsyncMessage, SyncMessage))
                if is_message and interaction.description not in self._messages:
                    messages.append(interaction.description)
                    if isinstance(interaction, SyncMessage):
                        answers.add(interaction.description)
        missing = tuple(dict.fromkeys(messages))
        return render_templates(
            VerificationResult(self.provider, self.version, (), states, missing, frozenset(answers))
        )

    def verify(self) -> VerificationResult:
        """Replay all contracts.

        Raises:
            VerificationFailed: a contract is not kept; carries the result.
            AccordError: no contract was found, or the provider is down.
        """
        result = self.check()
        if not result.success:
            raise VerificationFailed(render_failure(result), result)
        return result

    async def averify(self) -> VerificationResult:
        """The same as verify, in async code."""
        result = await self.acheck()
        if not result.success:
            raise VerificationFailed(render_failure(result), result)
        return result

    def check(self) -> VerificationResult:
        """The same as verify, but return the result also when a contract is not kept."""
        _refuse_running_loop()
        return drive(self._steps(blocking=True))

    async def acheck(self) -> VerificationResult:
        """The same as check, in async code."""
        return await adrive(self._steps(blocking=False))

    def _steps(self, *, blocking: bool) -> Generator[Call | Gather, Any, VerificationResult]:
        found: list[Contract] = []
        for source in self._sources:
            found += yield Call(source.contracts_for if blocking else source.acontracts_for, (self.provider,))
        contracts = self._selection.select(self._checked(found))
        replay = Replay(
            self.provider,
            self.version,
            transport=self._transport(contracts, blocking=blocking),
            calls=self._calls(blocking=blocking),
            states=self._state_changes(blocking=blocking),
            messages=self._messages,
            listeners=self._listeners,
            options=self._options,
        )
        result = yield from replay.run(contracts)
        for sink in () if self._selection else self._sinks:
            yield Call(sink.record if blocking else sink.arecord, (result,))
        return result

    def _state_changes(self, *, blocking: bool) -> StateChanges:
        if self._state_url is None:
            # Who gives no handler at all may have no states to bring about, as with other Pact tools; who gives some
            # has forgotten the others.
            return StateChanges(self._states, optional=self._states_optional or not self._states)
        from accord.core.http.client import HttpCaller  # noqa: PLC0415 - only remote providers need it

        parts = urlsplit(self._state_url)
        caller = HttpCaller(f"{parts.scheme}://{parts.netloc}", timeout=self._time_limit)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return StateChanges(self._states, caller.call if blocking else caller.acall, target, caller.close)

    def _contracts(self) -> Sequence[Contract]:
        return self._checked([each for source in self._sources for each in source.contracts_for(self.provider)])

    def _checked(self, contracts: Sequence[Contract]) -> Sequence[Contract]:
        if not self._sources:
            raise UsageError("no contracts were given; say where they are with .pacts('pacts/')")
        if not contracts:
            places = ", ".join(source.describe() for source in self._sources)
            raise NoContractsError(f"no contract with the provider {self.provider} in {places}{self._others()}")
        return contracts

    def _others(self) -> str:
        from accord.contract.ports import PactFiles  # noqa: PLC0415 - for this message only

        providers = {
            contract.provider
            for source in self._sources
            if isinstance(source, PactFiles)
            for contract in source.all_contracts()
        }
        if providers:
            return f"; the providers there are: {', '.join(sorted(providers))}"
        only_files = all(isinstance(source, PactFiles) for source in self._sources)
        return (
            ", which hold none at all" if only_files else " for what is selected; are its consumers' pacts published?"
        )

    def _transport(self, contracts: Sequence[Contract], *, blocking: bool) -> ProviderTransport | None:
        from accord.contract import transports  # noqa: PLC0415 - brings the callers, which only this needs

        if self._app is not None:
            return transports.app_transport(*self._app, time_limit=self._time_limit)
        if self._url is not None:
            return transports.UrlTransport(self._url, time_limit=self._time_limit, blocking=blocking)
        if any(isinstance(each, HttpInteraction) for contract in contracts for each in contract.interactions):
            raise UsageError(
                "the contracts hold HTTP interactions; name the provider with .app(…) or .url(…), "
                "on the command line with --app or --provider-url"
            )
        return None

    def _calls(self, *, blocking: bool) -> CallTransport | None:
        if self._grpc_target is None and not self._servicers:
            return None
        from accord.contract.grpc.provider import transport_for  # noqa: PLC0415 - an extra

        return transport_for(self._grpc_target, self._servicers, time_limit=self._time_limit, blocking=blocking)

    def __repr__(self) -> str:
        return f"Verifier({self.provider!r})"

    def _only_one(self, adding: str) -> None:
        if self._app is not None or self._url is not None:
            raise UsageError(f".{adding}(…): the provider is named already; give one .app(…) or one .url(…)")


def _checked_url(url: str) -> str:
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise UsageError(f"expected a URL such as http://127.0.0.1:8000, seen {url!r}")
    return url


def _refuse_running_loop() -> None:
    import asyncio  # noqa: PLC0415 - not needed to build a verifier

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise UsageError("verify() inside a running event loop: use `await verifier.averify()`")
