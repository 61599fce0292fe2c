"""Why not: every cause with what it is about and the command that settles it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.hub.domain.decisions import absence, described_side
from accord.hub.wire.decisions import Cause, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.hub.domain.matrix import MatrixResult, MatrixRow, Resolved

MOST_DETAILS = 20


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beside the rows.

    Attributes:
        hub: the hub's URL, for commands.
        failures: by verification's id, what failed; a line each.
        verified: by content's id, the provider versions that verified it successfully, newest first.
        evidence: by version, what an environment demands and is missing or failed.
    """

    hub: str
    failures: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    verified: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def explain(result: MatrixResult, facts: Facts) -> list[Reason]:
    """Every reason, those that stand in the way first."""
    reasons = [_unknown_version(each, facts) for each in result.selectors if each.specified and not each.exists]
    for row in result.rows:
        if row.ignored:
            continue
        if row.success is False:
            reasons.append(_failed(result, row, facts))
        elif row.success is None:
            reasons.append(_unverified(result, row, facts))
    reasons += [_ignored(result, row) for row in result.ignored]
    return list(dict.fromkeys(reasons))


def unknown_participant(message: str) -> Reason:
    """That a name in the question is not known."""
    return Reason(Cause.UNKNOWN, f"{message}. Is a name misspelt?")


def evidence_command(hub: str, kind: str, participant: str, version: str | None) -> str:
    """The command that attaches a check that passed."""
    about = ("--pacticipant", participant, "--version", version or "VERSION", "--ok")
    return _command("evidence", "add", kind, *about, "--hub", hub)


def failure_lines(test_results: Sequence[Any] | None, descriptions: Mapping[str, str]) -> tuple[str, ...]:
    """What failed, from a verifier's results: the interaction and each mismatch; a line each.

    Args:
        test_results: as clients publish them.
        descriptions: of interactions, by their id.
    """
    lines: list[str] = []
    for each in test_results or ():
        if not isinstance(each, dict) or each.get("success") is not False:
            continue
        known = descriptions.get(str(each.get("interactionId")))
        title = known or each.get("interactionDescription") or each.get("testDescription") or "an interaction"
        found = [*map(_mismatch, _maps(each.get("mismatches"))), *map(_exception, _maps(each.get("exceptions")))]
        lines += [f"{title}: {line}" for line in found] or [f"{title}: failed, the verifier did not say why"]
    return tuple(lines[:MOST_DETAILS])


def _maps(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _mismatch(each: dict[str, Any]) -> str:
    where = each.get("identifier") or each.get("path") or each.get("attribute")
    text = each.get("description") or each.get("mismatch") or "does not match"
    return f"{where}: {text}" if where and str(where) not in str(text) else str(text)


def _exception(each: dict[str, Any]) -> str:
    return str(each.get("message") or each.get("exceptionClass") or "an exception")


def _unknown_version(selector: Resolved, facts: Facts) -> Reason:
    name, number = selector.participant, selector.criteria.version
    command = None
    if number:
        command = _command("publish", "pacts", "--version", number, "--hub", facts.hub)
    elif selector.criteria.environment:
        where = selector.criteria.environment
        command = _record_deployment(name, "VERSION", where, facts)
    return Reason(Cause.UNKNOWN, absence(selector), consumer=name, consumer_version=number, command=command)


def _failed(result: MatrixResult, row: MatrixRow, facts: Facts) -> Reason:
    consumer, provider = described_side(result, row, "consumer"), described_side(result, row, "provider")
    text = f"{provider} was verified against the contract of {consumer} and failed"
    return _about(
        row,
        Cause.FAILED,
        text[0].upper() + text[1:],
        details=facts.failures.get(row.verification_id or 0, ()),
        command=_verify(row, row.provider_version, facts),
    )


def _unverified(result: MatrixResult, row: MatrixRow, facts: Facts) -> Reason:
    consumer, provider = described_side(result, row, "consumer"), described_side(result, row, "provider")
    wanted = _wanted(result, row)
    verified = facts.verified.get(row.content_id, ())
    if wanted is not None and not wanted.exists and wanted.criteria.environment:
        where = wanted.criteria.environment
        version = verified[0] if verified else "VERSION"
        details = (f"verified by: {', '.join(verified[:5])}",) if verified else ("no version has verified it yet",)
        return _about(
            row,
            Cause.NOT_IN_ENVIRONMENT,
            f"{row.consumer} needs {row.provider}, of which no version is in {where}",
            details=details,
            command=_record_deployment(row.provider, version, where, facts),
        )
    number = wanted.number if wanted is not None and wanted.exists else None
    if verified:
        return _about(
            row,
            Cause.OTHER_VERSION,
            f"The contract of {consumer} was verified, but not by {provider}",
            details=(f"verified by: {', '.join(verified[:5])}",),
            command=_verify(row, number, facts),
            provider_version=number,
        )
    return _about(
        row,
        Cause.NEVER_VERIFIED,
        f"The contract of {consumer} was never verified by {row.provider}",
        command=_verify(row, number, facts),
        provider_version=number,
    )


def _wanted(result: MatrixResult, row: MatrixRow) -> Resolved | None:
    mine = [each for each in result.selectors if each.participant == row.provider]
    exact = [each for each in mine if row.missing_version_id is not None and each.version_id == row.missing_version_id]
    return next(iter(exact or mine), None)


def _ignored(result: MatrixResult, row: MatrixRow) -> Reason:
    outcome = {True: "successful", False: "failed", None: "missing"}[row.success]
    text = (
        f"Ignored, as asked: the verification between {described_side(result, row, 'consumer')} and "
        f"{described_side(result, row, 'provider')}, which is {outcome}"
    )
    return _about(row, Cause.IGNORED, text)


def _about(
    row: MatrixRow,
    cause: Cause,
    text: str,
    *,
    details: tuple[str, ...] = (),
    command: str | None = None,
    provider_version: str | None = None,
) -> Reason:
    return Reason(
        cause=cause,
        text=text,
        consumer=row.consumer,
        consumer_version=row.consumer_version,
        provider=row.provider,
        provider_version=row.provider_version or provider_version,
        details=details,
        command=command,
    )


def _verify(row: MatrixRow, version: str | None, facts: Facts) -> str:
    which = ("--version", version) if version else ()
    return _command("verify", row.provider, *which, "--hub", facts.hub)


def _record_deployment(participant: str, version: str, environment: str, facts: Facts) -> str:
    return _command(
        "record-deployment", "--pacticipant", participant, "--version", version,
        "--environment", environment, "--hub", facts.hub,
    )  # fmt: skip


def _command(*words: str) -> str:
    return shlex.join(["accord", *words])
