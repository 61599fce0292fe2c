"""The consumer's side: define what is expected, let the consumer's own client call the mock, keep what was proved.

What is needed only once a pact is used is imported there: importing Pact must stay cheap, as every test run does it.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from accord.contract.findings import PactFailed
from accord.contract.participant_names import check_names
from accord.contract.spec import SpecVersion
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from accord.contract.interactions import HttpBuilder
    from accord.contract.journal import Entry
    from accord.contract.messages import MessageBuilder, SyncMessageBuilder
    from accord.contract.mock import MockSession
    from accord.contract.mock_shells import Finish, InProcessMock, MockServer, Session
    from accord.contract.model import HttpInteraction, Interaction, ProviderState, Response

_AFTER_GIVEN = ".upon_receiving(…), .expects_to_receive(…) or .upon_calling(…) on what it returns"

I = TypeVar("I", bound="Interaction")  # noqa: E741 - the letter of the thing


class Pact:
    """The pact between a consumer, whose test this is, and a provider.

    Args:
        consumer: the participant under test.
        provider: the participant that it calls, or whose messages it handles.
        version: specification version of the file: ``4.0``, ``3.0``, ``2.0`` or ``1.1``.
        directory: folder of the pact file, relative to the working directory.

    Raises:
        UsageError: an unknown version, or a participant without a name.
    """

    def __init__(self, consumer: str, provider: str, *, version: str = "4.0", directory: str | Path = "pacts") -> None:
        check_names(consumer, provider)
        self.consumer = consumer
        self.provider = provider
        self.version = SpecVersion.parse(str(version))
        # Not with pathlib: it would cost 4 ms of every test run's start.
        self._file = os.path.join(os.path.abspath(directory), f"{consumer}-{provider}.json")  # noqa: PTH100, PTH118
        self._expected: list[tuple[Interaction, Entry]] = []
        self._begun: dict[object, tuple[str, str]] = {}
        self._proved: list[Entry] = []
        self._last_proved: list[HttpInteraction] = []

    @property
    def path(self) -> Path:
        """The pact file."""
        from pathlib import Path  # noqa: PLC0415 - as above

        return Path(self._file)

    def given(self, state: str, /, **parameters: Any) -> Given:
        """Name a provider state, with its parameters, under which what follows is expected."""
        return Given(self, ()).given(state, **parameters)

    def upon_receiving(self, description: str) -> HttpBuilder:
        """Begin an HTTP interaction without a provider state."""
        return Given(self, ()).upon_receiving(description)

    def expects_to_receive(self, description: str) -> MessageBuilder:
        """Begin a message, such as an event, without a provider state."""
        return Given(self, ()).expects_to_receive(description)

    def upon_calling(self, description: str) -> SyncMessageBuilder:
        """Begin a message with an answer, without a provider state."""
        return Given(self, ()).upon_calling(description)

    def serve(self, *, port: int = 0) -> MockServer:
        """Answer on a real socket on loopback while the block is open.

        Args:
            port: the port; a free one by default.

        Raises:
            PactFailed: when the block is left: something came that was not expected, or the reverse.
            UsageError: nothing is expected, or the port is taken.
        """
        from accord.contract.mock_shells import MockServer  # noqa: PLC0415 - messages need no mock

        return MockServer(*self._session(), port=port)

    def in_process(self) -> InProcessMock:
        """Answer without a socket: the block gives a transport for httpx.Client and httpx.AsyncClient.

        Raises:
            PactFailed: when the block is left: something came that was not expected, or the reverse.
            UsageError: nothing is expected.
        """
        from accord.contract.mock_shells import InProcessMock  # noqa: PLC0415 - messages need no mock

        return InProcessMock(*self._session())

    def try_every_response(
        self,
        call: Callable[..., Any],
        *,
        examples: int = 200,
        seed: int = 0,
        allowed: tuple[type[Exception], ...] = (),
    ) -> None:
        """Let the consumer's client take everything that the contract permits, not the example alone.

        Made by Hypothesis (extra ``hypothesis``): other values within each rule, more items or none, further fields,
        keys in any order, header names in any case, any instant. Of the interactions that the last block proved, or
        that are expected now.

        Args:
            call: ``call(transport)`` or ``call(transport, sent)``, sync or async; ``sent`` is the JSON that is
                answered, for asserting what the client made of it.
            examples: how many answers are tried.
            seed: the same seed tries the same answers.
            allowed: exceptions that are a right answer of the client.

        Raises:
            PactFailed: an answer broke the client; the smallest that does is in the message.
            UsageError: Hypothesis is missing, or there is no interaction.
        """
        from accord.contract.model import HttpInteraction  # noqa: PLC0415 - as above

        expected = [interaction for interaction, _ in self._expected]
        interactions = [each for each in expected if isinstance(each, HttpInteraction)] or self._last_proved
        if not interactions:
            raise UsageError("no interaction to try: define one, or use it after the block that proved one")
        try:
            from accord.contract.generative import try_every_response  # noqa: PLC0415 - an extra
        except ImportError:
            raise UsageError("trying every response needs an extra: pip install 'accord[hypothesis]'") from None
        broken = try_every_response(interactions, call, examples=examples, seed=seed, allowed=allowed)
        if broken is not None:
            answers, error = broken
            raise PactFailed(self._title, [_broken_by(answers, error)]) from error

    def write(self) -> Path:
        """Write the pact file now, merged with what is already in it; else it is written at the end of the run.

        Returns:
            The file.

        Raises:
            UsageError: nothing was proved yet, an interaction was begun and not finished, or the same one was defined
                differently twice.
        """
        from accord.contract import journal  # noqa: PLC0415 - as above

        self._refuse_unfinished(lambda _: True)
        entries = journal.take_from_memory(self._file) or list(self._proved)
        if not entries:
            raise UsageError(f"nothing to write for {self.consumer} and {self.provider}: {self._not_called()}")
        journal.assemble(entries)
        return self.path

    def begin(self, builder: object, description: str, missing: str) -> None:
        """Note that a builder was begun, and how to end it; one that is never finished is told when it is missed."""
        self._begun[builder] = (description, missing)

    def end(self, builder: object) -> None:
        """Note that a builder is finished."""
        self._begun.pop(builder, None)

    def expect(self, builder: object, interaction: Interaction, *, plugins: Sequence[Mapping[str, Any]] = ()) -> Pact:
        """Add a finished interaction to what the next mock of its kind expects.

        Args:
            builder: what it was begun with.
            interaction: it.
            plugins: what it needs to stand in the file's ``metadata.plugins``.
        """
        self.end(builder)
        # As it will stand in the file: what the version cannot express is told here, where it is said.
        self._expected.append((interaction, self._entry(interaction, plugins)))
        return self

    def take_expected(self, kind: type[I], missing: str) -> tuple[list[I], Finish]:
        """What is expected of one kind, for a mock, and what judges the mock when its block is left.

        Raises:
            UsageError: nothing is, with what to do about it.
        """
        # A message may still be given to its handler later.
        self._refuse_unfinished(lambda missing: missing.endswith((".will_respond_with(…)", _AFTER_GIVEN)))
        taken = [(each, entry) for each, entry in self._expected if isinstance(each, kind)]
        if not taken:
            raise UsageError(f"nothing is expected: {missing}")
        self._expected = [(each, entry) for each, entry in self._expected if not isinstance(each, kind)]
        return [each for each, _ in taken], partial(self._finish, taken)

    def _refuse_unfinished(self, counts: Callable[[str], bool]) -> None:
        """Refuse to go on where something was begun and never finished; it is told once."""
        unfinished = [(name, missing) for name, missing in self._begun.values() if counts(missing)]
        if unfinished:
            self._begun.clear()
            raise UsageError(
                "begun and never finished: "
                + "; ".join(f"{description!r}, end it with {missing}" for description, missing in unfinished)
            )

    def _not_called(self) -> str:
        names = ", ".join(repr(interaction.description) for interaction, _ in self._expected)
        expected = f"{names} {'is' if len(self._expected) == 1 else 'are'} expected, but" if names else "so far"
        return (
            f"{expected} no interaction was proved yet. Call your client inside `with pact.serve():` or "
            "`with pact.in_process():`, or give a message to your handler with .verify(handler)"
        )

    def prove(self, interaction: Interaction) -> None:
        """Keep an interaction that the consumer handled as it says.

        Raises:
            UsageError: a state was named, and nothing was expected under it.
        """
        self._refuse_unfinished(lambda missing: missing == _AFTER_GIVEN)
        self._record([self._entry(interaction)])

    def _record(self, entries: Sequence[Entry]) -> None:
        from accord.contract import journal  # noqa: PLC0415 - as above

        self._proved.extend(entries)
        journal.record(entries)

    def _entry(self, interaction: Interaction, plugins: Sequence[Mapping[str, Any]] = ()) -> Entry:
        from accord.contract.journal import entry_for  # noqa: PLC0415 - as above

        return entry_for(self._file, self.consumer, self.provider, self.version, interaction, plugins=plugins)

    def _session(self) -> tuple[MockSession, Finish]:
        from accord.contract.mock import MockSession  # noqa: PLC0415 - messages need no mock
        from accord.contract.model import HttpInteraction  # noqa: PLC0415 - as above

        interactions, finish = self.take_expected(
            HttpInteraction,
            "define an interaction first, with .upon_receiving(…).with_request(…).will_respond_with(…)",
        )
        return MockSession(interactions, self.version), finish

    def _finish(
        self, taken: Sequence[tuple[Interaction, Entry]], session: Session, error: BaseException | None
    ) -> None:
        from accord.contract.model import HttpInteraction  # noqa: PLC0415 - as above

        problems = session.problems()
        title = self._title
        if error is not None:
            # The test failed by itself; what the mock saw often tells why.
            if problems:
                error.add_note("\n\n".join([title, *problems]))
            return
        if problems:
            raise PactFailed(title, problems)
        self._last_proved = [each for each, _ in taken if isinstance(each, HttpInteraction)]
        self._record([entry for _, entry in taken])

    @property
    def _title(self) -> str:
        return f"The pact between {self.consumer} and {self.provider} failed:"


def _broken_by(answers: Sequence[Response], error: Exception) -> str:
    """The answers that broke a client, and how."""
    lines = ["The contract permits this answer, and the client breaks on it:"]
    for answer in answers:
        lines.append(f"  {answer.status}")
        lines += [f"  {name}: {', '.join(values)}" for name, values in answer.headers.items()]
        lines.append(f"  {answer.body.text()}")
    return "\n".join([*lines, f"  {type(error).__name__}: {error}"])


class Given:
    """Provider states, and what is expected under them."""

    _is_followed = True  # also where making one fails

    def __init__(self, pact: Pact, states: tuple[ProviderState, ...]) -> None:
        self._pact = pact
        self._states = states
        self._is_followed = not states

    def __del__(self) -> None:
        """Note that nobody has it any more: a line that is no more than pact.given(…) looks as if it did something."""
        if not self._is_followed:
            self._pact.begin(object(), f"given({self._states[-1].name!r})", _AFTER_GIVEN)

    def given(self, state: str, /, **parameters: Any) -> Given:
        """Name a further provider state."""
        from accord.contract.model import ProviderState  # noqa: PLC0415 - as above

        self._is_followed = True
        return Given(self._pact, (*self._states, ProviderState(state, parameters)))

    def and_given(self, state: str, /, **parameters: Any) -> Given:
        """The same as given, where it reads better."""
        return self.given(state, **parameters)

    def upon_receiving(self, description: str) -> HttpBuilder:
        """Begin an HTTP interaction."""
        from accord.contract.interactions import HttpBuilder  # noqa: PLC0415 - as above

        self._is_followed = True
        return HttpBuilder(self._pact, _described(description), self._states)

    def expects_to_receive(self, description: str) -> MessageBuilder:
        """Begin a message, such as an event."""
        from accord.contract.messages import MessageBuilder  # noqa: PLC0415 - as above

        self._is_followed = True
        return MessageBuilder(self._pact, _described(description), self._states)

    def upon_calling(self, description: str) -> SyncMessageBuilder:
        """Begin a message with an answer."""
        from accord.contract.messages import SyncMessageBuilder  # noqa: PLC0415 - as above

        self._is_followed = True
        return SyncMessageBuilder(self._pact, _described(description), self._states)


def _described(description: str) -> str:
    if not isinstance(description, str) or not description.strip():
        raise UsageError(f"an interaction needs a description, seen {description!r}")
    return description
