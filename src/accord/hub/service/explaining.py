"""The matrix with its reasons: reads what the rows alone do not say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.hub.domain.decisions import Verdict, judge
from accord.hub.domain.explanations import Facts, evidence_command, explain, failure_lines
from accord.hub.domain.matrix import NO_VERSION
from accord.hub.service.matrix import find
from accord.hub.storage import deployments, matrix, pacts, verifications
from accord.hub.wire.decisions import Cause, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from accord.hub.domain.matrix import MatrixOptions, MatrixResult, MatrixSelector


@dataclass(frozen=True, slots=True)
class Explained:
    """A question's answer with its reasons."""

    result: MatrixResult
    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def standing(self) -> tuple[Reason, ...]:
        """The reasons that stand in the way."""
        return tuple(each for each in self.reasons if each.cause is not Cause.IGNORED)

    @property
    def overruled(self) -> bool:
        """Whether the contracts say yes and something else says no."""
        return bool(self.verdict.deployable and self.standing)

    @property
    def deployable(self) -> bool | None:
        """The answer; None where a result is missing."""
        return False if self.overruled else self.verdict.deployable


def answered(
    connection: Connection, selectors: Sequence[MatrixSelector], options: MatrixOptions, hub: str
) -> Explained:
    """The answer to a question, and why.

    Args:
        connection: where.
        selectors: who is asked about.
        options: of the question.
        hub: the hub's URL, for commands.

    Raises:
        MatrixQueryError: a participant or an environment is not known.
    """
    result = find(connection, selectors, options)
    return Explained(result, judge(result), tuple(reasons(connection, result, hub)))


def reasons(connection: Connection, result: MatrixResult, hub: str) -> list[Reason]:
    """Every reason why not, and what was ignored."""
    failed = [row for row in result.rows if row.success is False and row.verification_id is not None]
    unknown = [row for row in result.rows if row.success is None]
    facts = Facts(hub, _failures(connection, failed), _verified(connection, {row.content_id for row in unknown}))
    return [*explain(result, facts), *_missing_evidence(connection, result, hub)]


def _failures(connection: Connection, rows: list[Any]) -> dict[int, tuple[str, ...]]:
    found = verifications.by_ids(connection, {row.verification_id for row in rows})
    texts = pacts.documents(connection, {row.content_id for row in rows})
    lines = {}
    for row in rows:
        descriptions = descriptions_of(json.loads(texts[row.content_id]))
        lines[row.verification_id] = failure_lines(found[row.verification_id].test_results, descriptions)
    return lines


def descriptions_of(content: dict[str, Any]) -> dict[str, str]:
    """What a content's interactions are called, by their id."""
    return {
        str(each["_id"]): str(each.get("description"))
        for section in ("interactions", "messages")
        for each in content.get(section) or ()
        if isinstance(each, dict) and "_id" in each
    }


def _verified(connection: Connection, content_ids: set[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[tuple[int, str]]] = {}
    for content_id, _, number, verification_id, success, _ in matrix.latest_results(connection, content_ids):
        if success:
            found.setdefault(content_id, []).append((verification_id, number))
    return {
        content_id: tuple(number for _, number in sorted(versions, reverse=True))
        for content_id, versions in found.items()
    }


def _missing_evidence(connection: Connection, result: MatrixResult, hub: str) -> list[Reason]:
    """What the environment demands of the version beside its contracts."""
    name = result.options.others.environment
    place = deployments.environment(connection, name=name) if name else None
    if place is None or not place.required_evidence:
        return []
    wanted = [each for each in result.selectors if each.specified and each.version_id not in {None, NO_VERSION}]
    have = deployments.evidence_of(connection, [each.version_id for each in wanted if each.version_id is not None])
    found = []
    for each in wanted:
        mine = {item.name: item for item in have.get(each.version_id or 0, ())}
        for kind in place.required_evidence:
            if kind in mine and mine[kind].success:
                continue
            state = "failed" if kind in mine else "is missing"
            text = f"{place.name} demands the evidence {kind!r}, which {state} for {each.participant} {each.number}"
            cause = Cause.FAILED if kind in mine else Cause.NEVER_VERIFIED
            command = evidence_command(hub, kind, each.participant, each.number)
            found.append(Reason(cause, text, consumer=each.participant, consumer_version=each.number, command=command))
    return found
