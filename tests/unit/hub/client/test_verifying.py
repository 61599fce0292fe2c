"""What a provider asks for, and what it tells of its result."""

from __future__ import annotations

from typing import Any

import pytest

from accord.contract.mismatches import Mismatch
from accord.contract.reading import contract_from_json
from accord.contract.verification import ContractResult, InteractionResult
from accord.core.errors import UsageError
from accord.hub.client.access import Access
from accord.hub.client.conversation import Conversation
from accord.hub.client.deciding import read_verdict, render_verdict
from accord.hub.client.errors import HubError
from accord.hub.client.question import Question, Subject
from accord.hub.client.verifying import Verified, Wanted, publish_results, read_selectors, result_document
from accord.hub.wire.selectors import VersionSelector


def test_without_selectors_what_counts_for_most_is_asked_for() -> None:
    assert Wanted().to_json()["consumerVersionSelectors"] == [{"mainBranch": True}, {"deployedOrReleased": True}]
    asked = Wanted(branch="feat", tags=("dev",), wip_since="2026-01-01").to_json()
    assert asked == {
        "consumerVersionSelectors": [{"mainBranch": True}, {"deployedOrReleased": True}, {"matchingBranch": True}],
        "includePendingStatus": True,
        "providerVersionBranch": "feat",
        "providerVersionTags": ["dev"],
        "includeWipPactsSince": "2026-01-01",
    }
    assert Wanted((VersionSelector(tag="x", latest=True),)).to_json()["consumerVersionSelectors"] == [
        {"tag": "x", "latest": True}
    ]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"mainbranch": True}, "a selector has no 'mainbranch'; it may have branch, consumer"),
        ({"mainBranch": "yes"}, "mainBranch must be a boolean"),
        ({}, 'expected a selector such as {"mainBranch": true}'),
        ("main", "expected a selector"),
    ],
)
def test_a_selector_that_is_none_is_refused(document: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_selectors([document])


def contract(**links: str) -> Any:
    document = {
        "consumer": {"name": "Web"},
        "provider": {"name": "Orders"},
        "interactions": [
            {"_id": f"id{n}", "description": f"r{n}", "request": {"method": "GET", "path": "/"}, "response": {}}
            for n in range(2)
        ],
        "_links": {name: {"href": href} for name, href in links.items()},
    }
    return contract_from_json(document, source="https://hub/p")


def result(*, tolerated: bool = False) -> ContractResult:
    found = contract(**{"pb:publish-verification-results": "https://hub/results"})
    wrong = Mismatch("body", "$.total", 45.0, "x", "expected a decimal, seen 'x'")
    return ContractResult(
        found,
        (
            InteractionResult(found.interactions[0]),
            InteractionResult(found.interactions[1], (wrong,), "no\nstate", tolerated=tolerated),
        ),
    )


@pytest.mark.parametrize("tolerated", [False, True])
def test_a_result_tells_each_interaction_by_its_id_and_a_pending_failure_is_no_success(*, tolerated: bool) -> None:
    document = result_document(Verified("Orders", "2", build_url="https://ci/1"), result(tolerated=tolerated))
    assert (document["success"], document["providerApplicationVersion"]) == (False, "2")
    assert document["buildUrl"] == "https://ci/1"
    good, bad = document["testResults"]
    assert good == {"interactionId": "id0", "interactionDescription": "r0", "success": True}
    assert bad["mismatches"] == [
        {"attribute": "body", "identifier": "$.total", "description": "body $.total: expected a decimal, seen 'x'"}
    ]
    assert (bad["interactionId"], bad["success"], bad["exceptions"]) == ("id1", False, [{"message": "no state"}])


def test_the_result_of_a_contract_from_elsewhere_is_refused_before_anything_is_sent() -> None:
    steps = publish_results(
        Conversation(Access("https://hub")), Verified("Orders", "2", "main"), [ContractResult(contract(), ())]
    )
    with pytest.raises(HubError, match=r"between Web and Orders \(https://hub/p\) did not come from a hub"):
        next(steps)


@pytest.mark.parametrize(
    ("question", "query"),
    [
        (Question("A", "1", environment="prod"), "q[][pacticipant]=A&q[][version]=1&latestby=cvpv&environment=prod"),
        (
            Question("A", "1 0/b", to_tag="dev", ignore=(("B", None), ("C", "2"))),
            (
                "q[][pacticipant]=A&q[][version]=1+0%2Fb&ignore[][pacticipant]=B&ignore[][pacticipant]=C"
                "&ignore[][version]=2&latestby=cvp&latest=true&tag=dev"
            ),
        ),
        (
            Question("A", branch="main", main_branches=True),
            "q[][pacticipant]=A&q[][latest]=true&q[][branch]=main&latestby=cvp&latest=true&mainBranch=true",
        ),
        (
            Question("A", "1", beside=(Subject("B", main_branch=True), Subject("C", branch="b"))),
            (
                "q[][pacticipant]=A&q[][version]=1&q[][pacticipant]=B&q[][latest]=true&q[][mainBranch]=true"
                "&q[][pacticipant]=C&q[][latest]=true&q[][branch]=b&latestby=cvpv"
            ),
        ),
        (
            Question("A", "1", environment="prod", beside=(Subject("B", "2"),)),
            "q[][pacticipant]=A&q[][version]=1&q[][pacticipant]=B&q[][version]=2&latestby=cvpv&environment=prod",
        ),
        (Question("A", tag="t"), "q[][pacticipant]=A&q[][latest]=true&q[][tag]=t&latestby=cvp&latest=true"),
    ],
)
def test_a_question_is_asked_as_the_reference_s_client_asks_it(question: Question, query: str) -> None:
    assert question.query() == query


def row(success: bool | None) -> dict[str, Any]:  # noqa: FBT001 - three outcomes
    outcome = None if success is None else {"success": success}
    provider = {"name": "Orders", "version": None if success is None else {"number": "2"}}
    return {
        "consumer": {"name": "Web", "version": {"number": "1"}},
        "provider": provider,
        "verificationResult": outcome,
    }


def test_a_pact_broker_s_answer_without_reasons_is_told_by_its_rows_and_its_words() -> None:
    document = {
        "summary": {"deployable": None, "reason": "WARN: w\nThere is no verified pact", "unknown": 1, "failed": 0},
        "notices": [{"type": "warning", "text": "WARN: w"}, {"type": "error", "text": "There is no verified pact"}],
        "matrix": [row(True), row(None), {**row(False), "ignored": True}],
    }
    verdict = read_verdict(Question("Web", "1", environment="prod"), document)
    assert render_verdict(verdict).splitlines() == [
        "RESULT: FAILED",
        "Web (v1) has a contract that Orders has NOT verified.",
        "  There is no verified pact",
        "Cannot deploy Web v1 to prod.",
        "note: w",
    ]
    assert verdict.to_json()["deployable"] is False


def test_an_answer_that_cannot_be_read_is_the_hub_s_fault() -> None:
    with pytest.raises(HubError, match="cannot be read"):
        read_verdict(Question("Web", "1"), {"summary": {}, "matrix": [{"consumer": 5}]})
