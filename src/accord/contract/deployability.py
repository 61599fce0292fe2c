"""May this version be deployed? Judged from contracts, their verification results and what is deployed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Outcome = Literal["success", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One contract that counts, and what came of its verification.

    Attributes:
        consumer: participant.
        consumer_version: its version, or None where it is not known.
        provider: participant.
        provider_version: its version, or None where none is deployed or known.
        outcome: ``unknown`` when no verification is recorded.
        details: what failed, or what is missing; a line each.
    """

    consumer: str
    consumer_version: str | None
    provider: str
    provider_version: str | None
    outcome: Outcome
    details: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The row as JSON."""
        return {
            "consumer": {"name": self.consumer, "version": self.consumer_version},
            "provider": {"name": self.provider, "version": self.provider_version},
            "outcome": self.outcome,
            "details": list(self.details),
        }


class Matrix(ABC):
    """Knows which contracts count for a deployment and what came of them: a folder of files now, a hub later."""

    @abstractmethod
    def rows(self, participant: str, version: str, environment: str) -> Sequence[MatrixRow]:
        """The contracts that count if a version of a participant is deployed to an environment.

        Raises:
            AccordError: the participant is not known, or the place cannot be read.
        """

    def notes(self, environment: str) -> Sequence[str]:
        """What a reader should know about the answer, such as that nothing is recorded for the environment."""
        del environment
        return ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with its evidence."""

    participant: str
    version: str
    environment: str
    rows: tuple[MatrixRow, ...]
    notes: tuple[str, ...] = ()

    @property
    def deployable(self) -> bool:
        """Whether every contract that counts is verified."""
        return not self.obstacles

    @property
    def obstacles(self) -> tuple[MatrixRow, ...]:
        """The contracts that are not verified."""
        return tuple(row for row in self.rows if row.outcome != "success")

    def to_json(self) -> dict[str, Any]:
        """The answer as JSON."""
        return {
            "deployable": self.deployable,
            "participant": self.participant,
            "version": self.version,
            "environment": self.environment,
            "matrix": [row.to_json() for row in self.rows],
            "notes": list(self.notes),
        }


def can_i_deploy(matrix: Matrix, participant: str, version: str, environment: str) -> Decision:
    """Judge.

    Raises:
        AccordError: the participant is not known, or the matrix cannot be read.
    """
    rows = matrix.rows(participant, version, environment)
    return Decision(participant, version, environment, tuple(rows), tuple(matrix.notes(environment)))


def render_decision(decision: Decision) -> str:
    """The answer for people: the result, every contract that is missing or failed, the conclusion."""
    lines = [f"RESULT: {'OK' if decision.deployable else 'FAILED'}"]
    # Where the answer is no, what stands in its way is enough.
    for row in decision.rows if decision.deployable else decision.obstacles:
        lines += render_row(row)
    if not decision.rows:
        lines.append(f"No contract involves {decision.participant} there.")
    can = "Can" if decision.deployable else "Cannot"
    lines.append(f"{can} deploy {decision.participant} v{decision.version} to {decision.environment}.")
    lines += [f"note: {note}" for note in decision.notes]
    return "\n".join(lines)


def render_row(row: MatrixRow) -> list[str]:
    """One contract that counts: whether it was verified, and its details; a line each."""
    verified = "has verified" if row.outcome == "success" else "has NOT verified"
    consumer = _named(row.consumer, row.consumer_version)
    sentence = f"{consumer} has a contract that {_named(row.provider, row.provider_version)} {verified}."
    return [sentence, *(f"  {detail}" for detail in row.details)]


def _named(participant: str, version: str | None) -> str:
    return f"{participant} (v{version})" if version else participant
