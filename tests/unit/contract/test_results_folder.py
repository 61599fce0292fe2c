from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from accord.contract import results_folder
from accord.contract.bodies import Body
from accord.contract.deployability import can_i_deploy, render_decision
from accord.contract.mismatches import Mismatch
from accord.contract.model import Contract, HttpInteraction, Request, Response
from accord.contract.results_folder import ResultsFolder, content_id
from accord.contract.verification import ContractResult, InteractionResult, VerificationResult
from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from accord.contract.model import Interaction

DETAILS = HttpInteraction(
    "a request for order details",
    request=Request(path="/1"),
    response=Response(200, body=Body.of_json({"totalAmount": 1})),
)
MISSING = HttpInteraction("a request for a missing order", request=Request(path="/2"), response=Response(404))
CONTRACT = Contract("PaymentService", "OrderService", (DETAILS, MISSING))
WRONG = Mismatch(
    "body", "$.totalAmount", 1, None, "expected a number such as 1, seen nothing; is it now called 'total'?"
)


def result(version: str | None, *, success: bool = True, contract: Contract = CONTRACT) -> VerificationResult:
    def one(interaction: Interaction) -> InteractionResult:
        return InteractionResult(interaction, () if success or interaction is not DETAILS else (WRONG,))

    results = tuple(one(each) for each in contract.interactions)
    return VerificationResult(contract.provider, version, (ContractResult(contract, results),))


@pytest.fixture
def folder(tmp_path: Path) -> ResultsFolder:
    CONTRACT.write(tmp_path / "PaymentService-OrderService.json")
    return ResultsFolder(tmp_path)


def answer(folder: ResultsFolder, participant: str, version: str, environment: str = "production") -> list[str]:
    return render_decision(can_i_deploy(folder, participant, version, environment)).splitlines()


def test_a_verified_provider_can_be_deployed(folder: ResultsFolder, tmp_path: Path) -> None:
    folder.record(result("2.3.1"))
    assert answer(folder, "OrderService", "2.3.1") == [
        "RESULT: OK",
        "PaymentService has a contract that OrderService (v2.3.1) has verified.",
        "Can deploy OrderService v2.3.1 to production.",
        (
            "note: nothing is recorded as deployed to production (accord record-deployment does), "
            f"so every contract in {tmp_path} counts"
        ),
    ]


def test_a_provider_that_breaks_a_contract_cannot_and_it_is_said_why(folder: ResultsFolder) -> None:
    folder.record(result("2.3.0"))
    folder.record(result("2.3.1", success=False))
    assert answer(folder, "OrderService", "2.3.1")[:4] == [
        "RESULT: FAILED",
        "PaymentService has a contract that OrderService (v2.3.1) has NOT verified.",
        f"  a request for order details: {WRONG}",
        "Cannot deploy OrderService v2.3.1 to production.",
    ]
    assert answer(folder, "OrderService", "2.3.0")[0] == "RESULT: OK"


def test_a_version_that_was_never_verified_cannot_be_deployed(folder: ResultsFolder) -> None:
    assert answer(folder, "OrderService", "1")[:3] == [
        "RESULT: FAILED",
        "PaymentService has a contract that OrderService (v1) has NOT verified.",
        "  no verification is recorded; run accord verify for that version",
    ]


def test_a_result_counts_only_for_the_contract_it_was_about(folder: ResultsFolder, tmp_path: Path) -> None:
    folder.record(result("1"))
    replace(CONTRACT, interactions=(MISSING,)).write(tmp_path / "PaymentService-OrderService.json")
    assert answer(folder, "OrderService", "1")[0] == "RESULT: FAILED"


def test_what_a_contract_says_does_not_depend_on_the_order_of_its_interactions() -> None:
    assert content_id(CONTRACT) == content_id(replace(CONTRACT, interactions=(MISSING, DETAILS)))
    assert content_id(CONTRACT) != content_id(replace(CONTRACT, interactions=(MISSING,)))


def test_a_consumer_is_judged_by_the_provider_that_runs_there(folder: ResultsFolder) -> None:
    folder.record(result("5"))
    folder.record(result("6", success=False))
    folder.record_deployment("OrderService", "5", "production")
    folder.record_deployment("OrderService", "6", "staging")
    assert answer(folder, "PaymentService", "1") == [
        "RESULT: OK",
        "PaymentService (v1) has a contract that OrderService (v5) has verified.",
        "Can deploy PaymentService v1 to production.",
    ]
    assert answer(folder, "PaymentService", "1", "staging")[0] == "RESULT: FAILED"


def test_a_consumer_whose_provider_is_not_there_cannot_be_deployed(folder: ResultsFolder) -> None:
    folder.record_deployment("PaymentService", "1", "production")
    lines = answer(folder, "PaymentService", "2")
    assert lines[:3] == [
        "RESULT: FAILED",
        "PaymentService (v2) has a contract that OrderService has NOT verified.",
        "  OrderService is not deployed to production; deploy it first",
    ]


def test_a_provider_is_judged_by_the_contracts_of_the_consumers_that_run_there(
    folder: ResultsFolder, tmp_path: Path
) -> None:
    folder.record(result("5"))
    folder.record_deployment("PaymentService", "1", "production")
    replace(CONTRACT, interactions=(MISSING,)).write(tmp_path / "PaymentService-OrderService.json")
    assert answer(folder, "OrderService", "5")[:2] == [
        "RESULT: OK",
        "PaymentService (v1) has a contract that OrderService (v5) has verified.",
    ]


def test_a_consumer_that_does_not_run_there_does_not_count(folder: ResultsFolder, tmp_path: Path) -> None:
    replace(CONTRACT, consumer="Web").write(tmp_path / "web.json")
    folder.record(result("5"))
    folder.record_deployment("PaymentService", "1", "production")
    assert answer(folder, "OrderService", "5")[0] == "RESULT: OK"


def test_verifying_a_version_again_replaces_its_result(folder: ResultsFolder) -> None:
    folder.record(result("1", success=False))
    folder.record(result("1"))
    assert answer(folder, "OrderService", "1")[0] == "RESULT: OK"


def test_only_the_newest_results_of_a_consumer_are_kept(
    folder: ResultsFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results_folder, "KEPT_VERSIONS", 2)
    for version in "123":
        folder.record(result(version))
    kept = json.loads((tmp_path / "results" / "OrderService.json").read_text())
    assert [record["providerVersion"] for record in kept] == ["2", "3"]


def test_an_unknown_participant_names_those_there_are(folder: ResultsFolder) -> None:
    with pytest.raises(UsageError, match="known: OrderService, PaymentService"):
        can_i_deploy(folder, "OrdersService", "1", "production")
    with pytest.raises(UsageError, match="names the participant 'X'"):
        folder.record_deployment("X", "1", "production")


@pytest.mark.parametrize("name", ["../../evil", "deployments", "a/b", "..", "C:\\x"])
def test_the_name_of_a_provider_never_leads_out_of_its_folder(tmp_path: Path, name: str) -> None:
    contract = replace(CONTRACT, provider=name)
    contract.write(tmp_path / "pacts" / "p.json")
    folder = ResultsFolder(tmp_path / "pacts")
    folder.record(result("1", contract=contract))
    folder.record_deployment("PaymentService", "1", "production")
    assert len(list((tmp_path / "pacts" / "results").iterdir())) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["pacts"]
    assert answer(folder, name, "1")[0] == "RESULT: OK"


@pytest.mark.parametrize("text", ["{}", "[", "5"])
def test_a_results_file_that_is_not_ours_is_named(folder: ResultsFolder, tmp_path: Path, text: str) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "OrderService.json").write_text(text)
    with pytest.raises(DocumentError, match=r"OrderService\.json"):
        folder.record(result("1"))


def test_the_answer_is_json_too(folder: ResultsFolder) -> None:
    document = json.loads(json.dumps(can_i_deploy(folder, "OrderService", "1", "production").to_json()))
    assert document["deployable"] is False
    assert document["matrix"][0]["provider"] == {"name": "OrderService", "version": "1"}


def test_without_a_contract_that_counts_there_is_nothing_against_it(folder: ResultsFolder) -> None:
    folder.record_deployment("OrderService", "1", "production")
    assert answer(folder, "OrderService", "2")[:2] == ["RESULT: OK", "No contract involves OrderService there."]
