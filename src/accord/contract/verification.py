"""The result of a verification as values, and the events by which its progress is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.contract.mismatches import Mismatch
    from accord.contract.model import Contract, Interaction


Status = Literal["passed", "failed", "pending"]


@dataclass(frozen=True, slots=True)
class InteractionResult:
    """What came of one interaction.

    Attributes:
        interaction: the interaction that was replayed.
        mismatches: how the answer differs; empty when it fits.
        problem: why it could not be compared, in a sentence or more: a state handler is missing or raised, the
            provider raised, no producer; None when it was compared.
        traceback: where the provider or a handler raised, or None.
        seconds: how long it took, state handlers included.
        tolerated: the interaction or its whole contract is pending: a failure is reported and does not count.
        missing_values: of one that failed, the state values that no state handler returned: examples were sent instead.
        without_states: the provider states that nothing brought about, where that was allowed.
    """

    interaction: Interaction
    mismatches: tuple[Mismatch, ...] = ()
    problem: str | None = None
    traceback: str | None = None
    seconds: float = 0.0
    tolerated: bool = False
    missing_values: tuple[str, ...] = ()
    without_states: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """``passed``, ``failed``, or ``pending``: failed, but the contract says it may."""
        if not self.mismatches and self.problem is None:
            return "passed"
        return "pending" if self.tolerated else "failed"

    @property
    def hint(self) -> str | None:
        """What may be why it failed: state values that nobody gave."""
        if not self.missing_values:
            return None
        names = ", ".join(map(repr, self.missing_values))
        return (
            f"no state handler returned the state value {names}, so the example was sent in its place; "
            f"let the handler return {{{self.missing_values[0]!r}: …}}"
        )

    def to_json(self) -> dict[str, Any]:
        """The result as JSON."""
        document: dict[str, Any] = {
            "description": self.interaction.description,
            "providerStates": [
                {"name": state.name, "params": dict(state.parameters)} for state in self.interaction.states
            ],
            "status": self.status,
            "seconds": round(self.seconds, 6),
            "mismatches": [mismatch.to_json() for mismatch in self.mismatches],
        }
        if self.problem is not None:
            document["problem"] = self.problem
        if self.traceback is not None:
            document["traceback"] = self.traceback
        if self.missing_values:
            document["missingStateValues"] = list(self.missing_values)
        if self.without_states:
            document["withoutStates"] = list(self.without_states)
        return document


@dataclass(frozen=True, slots=True)
class ContractResult:
    """What came of all interactions of one contract."""

    contract: Contract
    interactions: tuple[InteractionResult, ...]

    @property
    def success(self) -> bool:
        """Whether no interaction failed; pending ones do not count."""
        return all(result.status != "failed" for result in self.interactions)

    def to_json(self) -> dict[str, Any]:
        """The result as JSON."""
        return {
            "consumer": self.contract.consumer,
            "provider": self.contract.provider,
            "source": self.contract.source,
            "success": self.success,
            "interactions": [result.to_json() for result in self.interactions],
        }


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """What came of a whole verification.

    Attributes:
        provider: the participant that was verified.
        version: its version, or None where none was given.
        contracts: a result for each contract.
        missing_states: provider states without a handler, each with its parameters.
        missing_messages: messages without a producer.
        missing_answers: those of them that answer a question.
    """

    provider: str
    version: str | None
    contracts: tuple[ContractResult, ...]
    missing_states: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    missing_messages: tuple[str, ...] = ()
    missing_answers: frozenset[str] = frozenset()

    @property
    def success(self) -> bool:
        """Whether every contract is kept."""
        return all(contract.success for contract in self.contracts)

    @property
    def interactions(self) -> tuple[InteractionResult, ...]:
        """The results of all contracts in one."""
        return tuple(result for contract in self.contracts for result in contract.interactions)

    def to_json(self) -> dict[str, Any]:
        """The result as JSON."""
        return {
            "provider": self.provider,
            "version": self.version,
            "success": self.success,
            "contracts": [contract.to_json() for contract in self.contracts],
        }


@dataclass(frozen=True, slots=True)
class ContractStarted:
    """A contract's interactions are about to be replayed."""

    contract: Contract


@dataclass(frozen=True, slots=True)
class InteractionFinished:
    """One interaction was replayed and compared."""

    contract: Contract
    result: InteractionResult


@dataclass(frozen=True, slots=True)
class VerificationFinished:
    """All is done."""

    result: VerificationResult


Event = ContractStarted | InteractionFinished | VerificationFinished
