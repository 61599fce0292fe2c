"""May it be deployed? Judged from the matrix, in the reference's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from accord.hub.domain.matrix import NO_VERSION, MatrixResult, MatrixRow, Resolved

SUCCESSFUL = "All required verification results are published and successful"
NOTHING_MISSING = "There are no missing dependencies"
NO_NUMBER = (
    "WARN: It is recommended to specify the version number (rather than the tag or branch) of the pacticipant "
    "you wish to deploy to avoid race conditions. Without a version number, this result will not be reliable."
)
NO_ENVIRONMENT = (
    "WARN: For production use of can-i-deploy, it is recommended to specify the environment into which you are "
    "deploying. Without the environment, this result will not be reliable."
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for people, and how grave it is."""

    type: Literal["error", "warning", "success", "info", "debug", "prompt"]
    text: str

    def to_json(self) -> dict[str, str]:
        """As the wire has it."""
        return {"type": self.type, "text": self.text}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer.

    Attributes:
        deployable: None where a result is missing, so that asking again later may help.
        ignored: None where nothing was to be ignored.
    """

    deployable: bool | None
    notices: tuple[Notice, ...]
    success: int
    failed: int
    unknown: int
    ignored: int | None = None

    @property
    def reason(self) -> str:
        """All notices, a line each."""
        return "\n".join(notice.text for notice in self.notices)

    def summary(self) -> dict[str, Any]:
        """As ``/matrix`` gives it."""
        counts: dict[str, Any] = {"success": self.success, "failed": self.failed, "unknown": self.unknown}
        if self.ignored is not None:
            counts["ignored"] = self.ignored
        return {"deployable": self.deployable, "reason": self.reason, **counts}


def judge(result: MatrixResult) -> Verdict:
    """The answer that the rows give."""
    rows = result.considered
    absent = [each for each in result.selectors if each.specified and not each.exists]
    missing = _required_without_row(result)
    unknown = [row for row in rows if row.success is None]
    failed = [row for row in rows if row.success is False]
    errors = _errors(result, absent, missing, failed, unknown)
    return Verdict(
        deployable=_deployable(result, absent=absent, missing=missing, unknown=unknown, failed=failed),
        notices=(*_warnings(result), *(errors or [_fine(rows)])),
        success=sum(row.success is True for row in rows),
        failed=len(failed),
        unknown=len(missing) + len(unknown),
        ignored=len(result.ignored) if result.ignore else None,
    )


def _deployable(
    result: MatrixResult,
    *,
    absent: list[Resolved],
    missing: list[tuple[str, str]],
    unknown: list[MatrixRow],
    failed: list[MatrixRow],
) -> bool | None:
    if any(not each.ignored for each in absent):
        return False
    if unknown or missing:
        return None
    del result
    return not failed


def _required_without_row(result: MatrixResult) -> list[tuple[str, str]]:
    present = {(row.consumer_id, row.provider_id) for row in result.rows}
    return [
        (each.consumer, each.provider)
        for each in result.integrations
        if each.required and (each.consumer_id, each.provider_id) not in present
    ]


def _errors(
    result: MatrixResult,
    absent: list[Resolved],
    missing: list[tuple[str, str]],
    failed: list[MatrixRow],
    unknown: list[MatrixRow],
) -> list[Notice]:
    texts = [absence(each) for each in absent if not each.ignored]
    if not texts:
        texts += [
            f"There is no verified pact between {_described(result, consumer)} and {_described(result, provider)}"
            for consumer, provider in missing
        ]
        texts += [
            f"The verification for the pact between {described_side(result, row, 'consumer')} and "
            f"{described_side(result, row, 'provider')} failed"
            for row in failed
        ]
        texts += [
            f"There is no verified pact between {described_side(result, row, 'consumer')} and "
            f"{described_side(result, row, 'provider')}"
            for row in unknown
        ]
    return [Notice("error", text) for text in dict.fromkeys(texts)]


def _warnings(result: MatrixResult) -> list[Notice]:
    texts = [
        f"WARN: Cannot ignore {description(each)}"
        for each in result.ignore
        if not each.exists or not each.participant_id
    ]
    others = result.options.others
    if others.latest and not (others.tag or others.branch or others.main_branch or others.environment):
        texts.append(NO_ENVIRONMENT)
    if any(each.specified and each.criteria and not each.criteria.version for each in result.selectors):
        texts.append(NO_NUMBER)
    return [Notice("warning", text) for text in texts]


def _fine(rows: tuple[MatrixRow, ...]) -> Notice:
    return Notice("success", SUCCESSFUL if rows else NOTHING_MISSING)


def described_side(result: MatrixResult, row: MatrixRow, side: Literal["consumer", "provider"]) -> str:
    """A row's consumer or provider as the question named it."""
    name = row.consumer if side == "consumer" else row.provider
    version_id = row.consumer_version_id if side == "consumer" else row.provider_version_id or row.missing_version_id
    return _described(result, name, version_id)


def _described(result: MatrixResult, name: str, version_id: int | None = None) -> str:
    mine = [each for each in result.selectors if each.participant == name]
    exact = [each for each in mine if version_id is not None and each.version_id == version_id]
    chosen = next(iter(exact or mine), None)
    return description(chosen) if chosen is not None else f"any version of {name}"


def description(selector: Resolved) -> str:
    """A selector in words, with the version that was found for it."""
    name, criteria, number = selector.participant, selector.criteria, selector.number
    found = selector.exists and number is not None
    if criteria.tag:
        which = "the latest version" if criteria.latest else "a version"
        return f"{which} of {name} with tag {criteria.tag} ({number if found else 'no such version exists'})"
    if criteria.main_branch and not found:
        return f"a version of {name} from the main branch (no such version exists)"
    if criteria.branch or criteria.main_branch:
        return _branch_description(selector, found=found)
    if criteria.environment:
        if not found:
            return (
                f"a version of {name} currently in {criteria.environment} "
                "(no version is currently recorded as deployed/released in this environment)"
            )
        which = "one of the versions" if selector.one_of_many else "the version"
        return f"{which} of {name} currently in {criteria.environment} ({number})"
    if criteria.latest:
        return f"the latest version of {name} ({number if found else 'no such version exists'})"
    if criteria.version or number:
        missing = "" if selector.exists else " (no such version exists)"
        return f"version {criteria.version or number} of {name}{missing}"
    return f"any version of {name}" + ("" if selector.participant_id else " (no such pacticipant exists)")


def _branch_description(selector: Resolved, *, found: bool) -> str:
    name, branch = selector.participant, selector.criteria.branch
    if selector.criteria.latest:
        which = "the latest version"
    elif found:
        which = "one of the versions" if selector.one_of_many else "the version"
    else:
        which = "a version"
    return f"{which} of {name} from branch {branch} ({selector.number if found else 'no such version exists'})"


def absence(selector: Resolved) -> str:
    """That there is no version for a selector, in words."""
    name, criteria = selector.participant, selector.criteria
    if criteria.tag:
        return f"No version with tag {criteria.tag} exists for {name}"
    if criteria.branch:
        return f"No version of {name} from branch {criteria.branch} exists"
    if criteria.main_branch:
        return f"No version of {name} from the main branch exists"
    if criteria.environment:
        return (
            f"No version of {name} is currently recorded as deployed or released in environment {criteria.environment}"
        )
    if criteria.version:
        return f"No pacts or verifications have been published for version {criteria.version} of {name}"
    return f"No pacts or verifications have been published for {name}"


__all__ = ["NO_VERSION", "Notice", "Verdict", "absence", "described_side", "description", "judge"]
