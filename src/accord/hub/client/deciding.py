"""May it be deployed, may it be merged? The question, asked again while results are missing, and the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from accord.contract.deployability import MatrixRow, render_row
from accord.hub.client.environments import environment_names
from accord.hub.client.errors import HubError, HubNotFoundError
from accord.hub.client.exchange import Pause
from accord.hub.wire.decisions import Reason

if TYPE_CHECKING:
    from accord.hub.client.conversation import Conversation
    from accord.hub.client.exchange import Steps
    from accord.hub.client.question import Question

_BAD_QUESTION = 400


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, with its evidence.

    Attributes:
        question: what was asked.
        deployable: None where a result is missing, so that asking again later may help.
        why: the hub's summary in words.
        rows: the contracts that count.
        reasons: every cause of a no, with the command that settles it; none from a broker that gives none.
        notes: what a reader should know beside it.
        document: as the hub gave it.
    """

    question: Question
    deployable: bool | None
    why: str
    rows: tuple[MatrixRow, ...] = ()
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()
    document: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As JSON: in the form that folders of pacts give, with the hub's reasons."""
        question = self.question
        return {
            "deployable": self.deployable is True,
            "participant": question.participant,
            "version": question.version,
            "environment": question.environment,
            "beside": [{"participant": each.participant, "version": each.version} for each in question.beside],
            "matrix": [row.to_json() for row in self.rows],
            "notes": list(self.notes),
            "reason": self.why,
            "reasons": [each.to_json() for each in self.reasons],
        }


def decide(hub: Conversation, question: Question, *, tries: int = 0, interval: float = 10.0) -> Steps[Verdict]:
    """Ask.

    Args:
        hub: whom.
        question: what.
        tries: how often to ask again while results are missing and none failed.
        interval: seconds between two times.

    Raises:
        HubError: the hub cannot be used.
    """
    verdict = yield from _ask(hub, question)
    for _ in range(tries):
        if not is_unknown(verdict):
            break
        yield Pause(interval)
        verdict = yield from _ask(hub, question)
    return verdict


def is_unknown(verdict: Verdict) -> bool:
    """Whether results are missing, and none failed: a verification may be under way."""
    summary = verdict.document.get("summary") or {}
    return verdict.deployable is not True and bool(summary.get("unknown")) and not summary.get("failed")


def settle_target(hub: Conversation, name: str) -> Steps[tuple[Literal["environment", "tag"], str | None]]:
    """Whether a name is an environment's; else it is a tag's, with a note for people.

    Raises:
        HubError: the hub cannot be used.
    """
    known = yield from environment_names(hub)
    if name in known:
        return "environment", None
    others = f"there are {', '.join(known)}" if known else "it has none: accord environment create"
    return "tag", f"{name} is no environment of the hub ({others}), so it is taken as a tag"


def _ask(hub: Conversation, question: Question) -> Steps[Verdict]:
    query = question.query()
    try:
        document = yield from hub.get(f"{hub.base}/matrix/explained?{query}")
    except HubNotFoundError:  # a Pact Broker gives no reasons
        try:
            document = yield from hub.get(f"{hub.base}/matrix?{query}")
        except HubError as error:
            if error.status != _BAD_QUESTION:
                raise
            # So it says that a participant or an environment is not known.
            return Verdict(question, deployable=False, why=str(error))
    if not isinstance(document, dict) or not isinstance(document.get("summary"), dict):
        raise HubError(f"{hub.base} gives no summary for the matrix; is it a Pact Broker of the last years?")
    return read_verdict(question, document)


def read_verdict(question: Question, document: dict[str, Any]) -> Verdict:
    """The answer from the hub's document.

    Raises:
        HubError: it cannot be read.
    """
    summary = document["summary"]
    try:
        reasons = tuple(Reason.from_json(each) for each in document.get("reasons", ()))
        rows = tuple(_row(each) for each in document.get("matrix", ()) if not each.get("ignored"))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise HubError(
            f"the hub's answer cannot be read ({type(error).__name__}: {error}); bring both up to date"
        ) from None
    notices = [each for each in document.get("notices", ()) if isinstance(each, dict)]
    notes = tuple(str(each.get("text", "")).removeprefix("WARN: ") for each in notices if each.get("type") == "warning")
    return Verdict(
        question, summary.get("deployable"), str(summary.get("reason", "")), rows, reasons, notes, document
    )  # fmt: skip


def _row(each: dict[str, Any]) -> MatrixRow:
    def number(role: str) -> str | None:
        version = each[role].get("version")
        return version["number"] if version else None

    result = each.get("verificationResult")
    outcome = "unknown" if not result or result.get("success") is None else "success" if result["success"] else "failed"
    return MatrixRow(
        each["consumer"]["name"], number("consumer"), each["provider"]["name"], number("provider"), outcome  # type: ignore[arg-type]  # one of the three
    )  # fmt: skip


def render_verdict(verdict: Verdict) -> str:
    """The answer for people: the result, every reason with what settles it, the conclusion."""
    fine = verdict.deployable is True
    lines = [f"RESULT: {'OK' if fine else 'FAILED'}"]
    # Where the answer is no, what stands in its way is enough.
    if fine:
        lines += [line for row in verdict.rows for line in render_row(row)]
        if not verdict.rows:
            lines.append(f"{verdict.why}.")
    elif verdict.reasons:
        lines += [line for each in verdict.reasons for line in _reason(each)]
    else:
        lines += [line for row in verdict.rows if row.outcome != "success" for line in render_row(row)]
        lines += [f"  {line}" for line in verdict.why.splitlines() if line and not line.startswith("WARN:")]
    merge = verdict.question.main_branches
    can = ("Can" if fine else "Cannot") + (" merge" if merge else " deploy")
    where = "together" if verdict.question.together else f"{'into' if merge else 'to'} {verdict.question.target}"
    lines.append(f"{can} {verdict.question.subject} {where}.")
    lines += [f"note: {note}" for note in verdict.notes]
    return "\n".join(lines)


def _reason(reason: Reason) -> list[str]:
    details = [f"  {detail}" for detail in reason.details]
    settle = [f"  to settle it: {reason.command}"] if reason.command else []
    if reason.consumer is None or reason.provider is None or reason.cause == "ignored":
        return [f"{reason.text}.", *details, *settle]
    outcome: Literal["failed", "unknown"] = "failed" if reason.cause == "failed" else "unknown"
    row = MatrixRow(reason.consumer, reason.consumer_version, reason.provider, reason.provider_version, outcome)
    # Of a failure the details say more than the sentence does.
    why = [] if outcome == "failed" and details else [f"  {reason.text}."]
    return [*render_row(row), *why, *details, *settle]
