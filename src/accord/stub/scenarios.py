"""Scenarios: a state for each name, that stubs ask for and change. The space's lock is held around both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.stub.mapping import STARTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accord.stub.mapping import StubMapping


class UnknownScenarioError(UsageError):
    """No stub is part of a scenario of that name."""


class UnknownStateError(UsageError):
    """No stub of the scenario asks for that state, or leads to it."""


class Scenarios:
    """The states of one namespace."""

    def __init__(self) -> None:
        self._states: dict[str, str] = {}

    def allow(self, stub: StubMapping) -> bool:
        """Whether a stub's scenario is in the state that it asks for."""
        if stub.scenario is None or stub.required_state is None:
            return True
        return self._states.get(stub.scenario, STARTED) == stub.required_state

    def served(self, stub: StubMapping) -> None:
        """Go on to the state that a stub leads to."""
        if stub.scenario is not None and stub.new_state is not None and self.allow(stub):
            self._states[stub.scenario] = stub.new_state

    def state(self, name: str) -> str:
        """The state of a scenario."""
        return self._states.get(name, STARTED)

    def set(self, name: str, state: str | None, stubs: Iterable[StubMapping]) -> None:
        """Put a scenario into a state; None is where it starts.

        Raises:
            UnknownScenarioError: no stub is part of it.
            UnknownStateError: it does not have that state.
        """
        own = [each for each in stubs if each.scenario == name]
        if not own:
            raise UnknownScenarioError(f"Scenario {name} does not exist")
        if state is not None and state not in _states(own):
            raise UnknownStateError(f"Scenario {name} does not support state {state}")
        self._states[name] = state or STARTED

    def reset(self) -> None:
        """Put all where they start."""
        self._states.clear()

    def to_json(self, stubs: Iterable[StubMapping]) -> list[dict[str, Any]]:
        """All scenarios as the admin API shows them."""
        grouped: dict[str, list[StubMapping]] = {}
        for each in stubs:
            if each.scenario is not None:
                grouped.setdefault(each.scenario, []).append(each)
        return [
            {
                "id": name,
                "name": name,
                "state": self.state(name),
                "possibleStates": _states(own),
                "mappings": [each.document for each in own],
            }
            for name, own in grouped.items()
        ]


def _states(stubs: Iterable[StubMapping]) -> list[str]:
    found = {STARTED: None}
    for each in stubs:
        found |= dict.fromkeys(state for state in (each.required_state, each.new_state) if state is not None)
    return list(found)
