"""May it be deployed: verdicts and reasons from rows alone."""

# ruff: noqa: FBT001 - three answers, not switches

from __future__ import annotations

import pytest

from accord.hub.domain.decisions import NO_NUMBER, judge
from accord.hub.domain.explanations import Facts, explain, failure_lines
from accord.hub.domain.matrix import (
    NO_VERSION,
    Criteria,
    Integration,
    MatrixOptions,
    MatrixQueryError,
    MatrixResult,
    MatrixRow,
    MatrixSelector,
    Resolved,
    arranged,
    mark_ignored,
    read_query,
)
from accord.hub.wire.decisions import Cause

FOO = Resolved("Foo", 1, Criteria(version="1.0"), 10, "1.0")
BAR = Resolved("Bar", 2, Criteria(environment="prod"), 20, "5.0", specified=False)
NO_BAR = Resolved("Bar", 2, Criteria(environment="prod"), NO_VERSION, None, specified=False)
NEEDED = Integration(1, "Foo", 2, "Bar", required=True)


def row(success: bool | None = None, **changes: object) -> MatrixRow:
    verified = {"provider_version_id": 20, "provider_version": "5.0", "verification_id": 3, "verified_at": 7}
    values = {
        "pact_id": 5, "consumer_id": 1, "consumer": "Foo", "consumer_version_id": 10, "consumer_version": "1.0",
        "provider_id": 2, "provider": "Bar", "content_id": 9, "sha": "abc", "published_at": 1, "success": success,
    } | (verified if success is not None else {})  # fmt: skip
    return MatrixRow(**{**values, **changes})  # type: ignore[arg-type]  # a table of values


def result(*rows: MatrixRow, selectors: tuple[Resolved, ...] = (FOO, BAR), **more: object) -> MatrixResult:
    return MatrixResult(rows, selectors, integrations=(NEEDED,), **more)  # type: ignore[arg-type]  # a table of values


CASES = [
    (result(row(True)), True, "All required verification results are published and successful"),
    (
        result(row(False)), False,
        "The verification for the pact between version 1.0 of Foo and the version of Bar currently in prod (5.0) failed",
    ),
    (
        result(row(None), selectors=(FOO, NO_BAR)), None,
        ("There is no verified pact between version 1.0 of Foo and a version of Bar currently in prod "
         "(no version is currently recorded as deployed/released in this environment)"),
    ),
    (
        result(), None,
        "There is no verified pact between version 1.0 of Foo and the version of Bar currently in prod (5.0)",
    ),
    (
        MatrixResult((), (Resolved("Foo", 1, Criteria(version="9"), NO_VERSION, "9"),)), False,
        "No pacts or verifications have been published for version 9 of Foo",
    ),
    (MatrixResult((), (FOO,)), True, "There are no missing dependencies"),
    (
        result(row(True), selectors=(Resolved("Foo", 1, Criteria(tag="dev", latest=True), 10, "1.0"), BAR)), True,
        f"{NO_NUMBER}\nAll required verification results are published and successful",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "deployable", "reason"), CASES)
def test_the_verdict_follows_from_the_rows(given: MatrixResult, deployable: bool | None, reason: str) -> None:
    verdict = judge(given)
    assert (verdict.deployable, verdict.reason) == (deployable, reason)


def test_what_is_ignored_does_not_count_and_is_counted() -> None:
    ignore = (Resolved("Bar", 2, Criteria()),)
    rows = mark_ignored([row(False)], ignore)
    verdict = judge(result(*rows, ignore=ignore))
    assert verdict.summary() == {
        "deployable": True, "reason": "There are no missing dependencies",
        "success": 0, "failed": 0, "unknown": 0, "ignored": 1,
    }  # fmt: skip


FACTS = Facts("http://hub", {3: ("a user: $.name: expected text",)}, {})


@pytest.mark.parametrize(
    ("given", "facts", "cause", "command"),
    [
        (result(row(None)), FACTS, Cause.NEVER_VERIFIED, "accord verify Bar --version 5.0 --hub http://hub"),
        (result(row(False)), FACTS, Cause.FAILED, "accord verify Bar --version 5.0 --hub http://hub"),
        (
            result(row(None)), Facts("http://hub", verified={9: ("4.9",)}), Cause.OTHER_VERSION,
            "accord verify Bar --version 5.0 --hub http://hub",
        ),
        (
            result(row(None), selectors=(FOO, NO_BAR)), Facts("http://hub", verified={9: ("4.9",)}),
            Cause.NOT_IN_ENVIRONMENT,
            "accord record-deployment --pacticipant Bar --version 4.9 --environment prod --hub http://hub",
        ),
        (
            MatrixResult((), (Resolved("Foo", 1, Criteria(version="9"), NO_VERSION, "9"),)), FACTS, Cause.UNKNOWN,
            "accord publish pacts --version 9 --hub http://hub",
        ),
        (result(row(None, ignored=True)), FACTS, Cause.IGNORED, None),
    ],
)  # fmt: skip
def test_each_cause_is_named_with_the_command_that_settles_it(
    given: MatrixResult, facts: Facts, cause: Cause, command: str | None
) -> None:
    (reason,) = explain(given, facts)
    assert (reason.cause, reason.command) == (cause, command)


def test_a_failure_tells_the_interaction_and_the_mismatch() -> None:
    (reason,) = explain(result(row(False)), FACTS)
    assert reason.details == ("a user: $.name: expected text",)
    results = [
        {
            "interactionId": "i1",
            "success": False,
            "mismatches": [{"attribute": "body", "identifier": "$.a", "description": "Expected 1"}],
        },
        {"interactionId": "i2", "success": True},
        {"interactionId": "i3", "success": False, "exceptions": [{"message": "refused"}]},
    ]
    assert failure_lines(results, {"i1": "a user"}) == ("a user: $.a: Expected 1", "an interaction: refused")


def test_a_name_with_blanks_stays_one_word_of_the_command() -> None:
    spaced = row(None, provider="Bar; rm -rf /")
    (reason,) = explain(result(spaced, selectors=(FOO,)), FACTS)
    assert reason.command == "accord verify 'Bar; rm -rf /' --hub http://hub"


def test_only_the_newest_row_of_each_kind_stays() -> None:
    older = row(False, verification_id=2, provider_version_id=19, verified_at=5)
    newer = row(True)
    assert arranged([older, newer], MatrixOptions(latest_by="cvp")) == [newer]
    assert arranged([older, newer], MatrixOptions(latest_by="cvpv")) == [newer, older]
    assert arranged([older, newer], MatrixOptions(success=(False,))) == [older]
    assert arranged([older, newer], MatrixOptions(limit=1)) == [newer]


def test_a_question_is_read_from_its_query() -> None:
    selectors, options = read_query(
        {
            "q": [{"pacticipant": "A", "branch": "main"}],
            "latestby": "cvpv",
            "environment": "prod",
            "ignore": [{"pacticipant": "B"}],
        }
    )
    assert selectors == [MatrixSelector("A", Criteria(branch="main"))]
    assert (options.others, options.ignore) == (Criteria(environment="prod"), (MatrixSelector("B"),))
    with pytest.raises(MatrixQueryError, match="1 or more version selectors"):
        read_query({})
