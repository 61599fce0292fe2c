"""Replaying a part of what there is: by consumer, by description, by provider state."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.contract.model import Contract, Interaction


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be replayed; None takes all.

    Attributes:
        consumer: the consumer's name.
        description: a regular expression found in the description.
        state: a regular expression found in the name of a provider state; empty takes those without a state.
    """

    consumer: str | None = None
    description: str | None = None
    state: str | None = None

    def __post_init__(self) -> None:
        for name, pattern in (("description", self.description), ("state", self.state)):
            try:
                re.compile(pattern or "")
            except re.error as error:
                raise UsageError(f"{name}: {pattern!r} is not a valid regular expression: {error}") from None

    def __bool__(self) -> bool:
        return any(part is not None for part in (self.consumer, self.description, self.state))

    def select(self, contracts: Sequence[Contract]) -> Sequence[Contract]:
        """The contracts with the interactions that fit.

        Raises:
            UsageError: nothing fits; says what there is.
        """
        if not self:
            return contracts
        selected = [
            replace(contract, interactions=tuple(filter(self._fits, contract.interactions)))
            for contract in contracts
            if self.consumer in (None, contract.consumer)
        ]
        selected = [contract for contract in selected if contract.interactions]
        if not selected:
            raise UsageError(f"no interaction fits {self._described()}; there are: {_listed(contracts)}")
        return selected

    def _fits(self, interaction: Interaction) -> bool:
        if self.description is not None and not re.search(self.description, interaction.description):
            return False
        if self.state is None:
            return True
        if self.state == "":
            return not interaction.states
        return any(re.search(self.state, state.name) for state in interaction.states)

    def _described(self) -> str:
        parts = (("consumer", self.consumer), ("description", self.description), ("state", self.state))
        return ", ".join(f"{name} {value!r}" for name, value in parts if value is not None)


def _listed(contracts: Sequence[Contract], most: int = 10) -> str:
    titles = [f"{contract.consumer}: {each.title}" for contract in contracts for each in contract.interactions]
    more = f" and {len(titles) - most} more" if len(titles) > most else ""
    return "; ".join(titles[:most]) + more
