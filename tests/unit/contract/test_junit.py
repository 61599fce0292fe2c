from __future__ import annotations

from xml.etree import ElementTree as ET

from accord.contract.junit import render_junit
from accord.contract.mismatches import Mismatch
from accord.contract.model import Contract, HttpInteraction
from accord.contract.verification import ContractResult, InteractionResult, VerificationResult

WRONG = Mismatch("body", "$.a", 1, "\x00\ud800", "expected 1, seen \x00\ud800<&>")
RESULTS = (
    InteractionResult(HttpInteraction("fine"), seconds=0.5),
    InteractionResult(HttpInteraction("differs <&>"), (WRONG,), seconds=0.25),
    InteractionResult(HttpInteraction("raised"), problem="the provider raised ValueError", traceback="Traceback"),
    InteractionResult(HttpInteraction("not yet", pending=True), (WRONG,), tolerated=True),
)
CONTRACT = Contract("web", "orders", tuple(each.interaction for each in RESULTS))


def test_a_suite_counts_and_a_case_says_what_is_wrong() -> None:
    root = ET.fromstring(render_junit(VerificationResult("orders", "1", (ContractResult(CONTRACT, RESULTS),))))  # noqa: S314 - our own
    (suite,) = root
    counts = {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped", "time")}
    assert counts == {
        "name": "web -> orders",
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
        "time": "0.750000",
    }
    assert [(case.get("name"), [child.tag for child in case]) for case in suite] == [
        ("fine", []),
        ("differs <&>", ["failure"]),
        ("raised", ["error"]),
        ("not yet", ["skipped"]),
    ]
    assert suite[1][0].get("message") == "body $.a: expected 1, seen \ufffd\ufffd<&>"
    assert suite[2][0].text == "the provider raised ValueError\nTraceback"


def test_no_contracts_make_an_empty_document() -> None:
    assert ET.fromstring(render_junit(VerificationResult("orders", None, ()))).tag == "testsuites"  # noqa: S314 - our own
