"""The audit in runs of its own: an uncovered call fails the run, its draft says what was seen, and then it passes."""

import json
import os
import shutil
import sys

import pytest

from accord.pytest_plugin.contract_audit import ContractAudit

TESTS = """
import httpx, pytest, subprocess

def answer(request):
    return httpx.Response(404, json={"error": "not_found", "message": "No such order", "token": "very-secret"})

@pytest.fixture(autouse=True)
def watched(traffic):
    with traffic.watch("Payments", {"Orders": "http://orders"}):
        yield

def ask(path):
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.get("http://orders" + path, headers={"Authorization": "Bearer very-secret"})

@pytest.mark.parametrize("number", range(3))
def test_asks(number):
    ask(f"/api/orders/o{number}")

def test_hears(traffic):
    traffic.message({"eventType": "placed", "data": {"orderId": "o1"}}, provider="Orders", readers=["Payments"])
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the others take half a second of every run
    for name in ("ACCORD_TRAFFIC_RUN", "ACCORD_JOURNAL", "PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"):
        monkeypatch.delenv(name, raising=False)
    pytester.makefile(".toml", accord='pact_directory = "contracts"')
    pytester.makepyfile(test_shop=TESTS)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    plugins = ["-p", "accord.pytest_plugin", *(["-p", "xdist"] if "-n" in arguments else [])]
    return project.runpytest_subprocess(*plugins, "-p", "no:cacheprovider", *arguments, timeout=60)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_what_no_contract_covers_fails_the_run_and_its_draft_then_covers_it(
    project: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    found = run(project, *workers)
    assert found.ret == 1
    found.assert_outcomes(passed=4)
    found.stdout.fnmatch_lines(
        [
            "*= contract audit =*",
            "3 calls and 1 message of 1 pair of services; 2 kinds of them not covered by a contract",
            "✗ Payments -> Orders: GET /api/orders/{id} -> 404, 3 times: no contract of Payments with Orders has this call",
            "    in test_shop.py::test_asks*",
            "    draft: .accord/drafts/Payments-Orders.json",
            "✗ Payments -> Orders: message placed, 1 time: no contract of Payments with Orders has this message",
            "    in test_shop.py::test_hears",
            "Write the consumer's test of each (a draft says what was seen), and verify it on the provider.",
        ]
    )
    draft = project.path / ".accord" / "drafts" / "Payments-Orders.json"
    assert "very-secret" not in draft.read_text()
    assert [each["description"] for each in json.loads(draft.read_text())["interactions"]] == [
        "GET /api/orders/{id} answered 404",
        "a message placed",
    ]
    assert not json.loads((project.path / ".accord" / "contract-audit.json").read_text())["covered"]

    shutil.copytree(draft.parent, project.path / "contracts")
    covered = run(project)
    assert covered.ret == 0
    covered.stdout.fnmatch_lines(["3 calls and 1 message of 1 pair of services; contracts cover them all"])
    assert not draft.exists()
    assert list((project.path / ".accord" / "traffic").iterdir()) == []


def test_may_be_told_only_or_left_alone(project: pytest.Pytester) -> None:
    told = run(project, "--contract-audit=report")
    assert told.ret == 0
    told.stdout.fnmatch_lines(["✗ Payments -> Orders: GET /api/orders/{id} -> 404*"])
    silent = run(project, "--contract-audit=off")
    assert silent.ret == 0
    silent.stdout.no_fnmatch_line("*contract audit*")


def test_what_a_killed_run_left_behind_is_no_part_of_this_one(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = pytester.path / ".accord" / "traffic" / "77"  # in a container every run has the same number
    left.mkdir(parents=True)
    (left / "1.jsonl").write_text('{"provider": "A", "readers": ["B"], "content": {}}\n')
    monkeypatch.setattr(os, "getpid", lambda: 77)
    monkeypatch.delenv("ACCORD_TRAFFIC_RUN", raising=False)
    config = pytester.parseconfig("-p", "no:cacheprovider")
    audit = ContractAudit(config)
    try:
        assert audit.folder == left / "main"
        assert not left.exists()
    finally:
        audit.close()


def test_a_wrong_setting_is_named(project: pytest.Pytester) -> None:
    project.makefile(".toml", accord='[contract_audit]\nliterals = "exact"')
    found = run(project)
    assert found.ret == 1
    found.stdout.fnmatch_lines(
        ["the audit cannot be made: contract_audit: literals must be 'type' or 'value', seen 'exact'"]
    )


def test_what_the_same_run_proves_is_covered(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_contract="""
        def test_reads(pact):
            message = pact("Payments", "Orders").expects_to_receive("placed").with_content({"eventType": "placed"})
            message.verify(lambda content, metadata: None)
        """
    )
    found = run(project, "-k", "hears or reads")
    assert found.ret == 0
    found.stdout.fnmatch_lines(["0 calls and 1 message of 1 pair of services; contracts cover them all"])


def test_the_command_judges_notes_of_any_origin(project: pytest.Pytester) -> None:
    note = {"consumer": "Web", "provider": "Orders", "method": "GET", "target": "/orders", "request": {}, "status": 200}
    (project.path / "notes.jsonl").write_text(json.dumps({**note, "response": {"body": [1]}}))
    accord = [sys.executable, "-m", "accord", "contract", "audit"]
    found = project.run(*accord, "notes.jsonl", "--drafts", "contracts")
    assert found.ret == 1
    found.stdout.fnmatch_lines(
        [
            "✗ Web -> Orders: GET /orders -> 200, 1 time: no contract of Web with Orders has this call",
            "    draft: contracts/Web-Orders.json",
        ]
    )
    covered = project.run(*accord, "notes.jsonl", "--json")
    assert (covered.ret, json.loads(str(covered.stdout))["covered"]) == (0, True)
    wrong = {**note, "consumer": "../../Web", "response": {"body": [1]}}
    (project.path / "elsewhere.jsonl").write_text(json.dumps(wrong))
    elsewhere = project.run(*accord, "elsewhere.jsonl", "--drafts", "drafts/of/this")
    assert elsewhere.ret == 2
    elsewhere.stderr.fnmatch_lines(["error: the consumer's name '../../Web' cannot stand in a file name*"])
    assert not (project.path / "drafts").exists()
    (project.path / "empty").mkdir()
    empty = project.run(*accord, "empty")
    assert empty.ret == 2
    empty.stderr.fnmatch_lines(["error: empty: no call and no message in it,*was anything recorded?*"])
    missing = project.run(*accord, "nothing.jsonl")
    assert missing.ret == 2
    missing.stderr.fnmatch_lines(["error: nothing.jsonl: no such file or folder; was anything recorded?"])
