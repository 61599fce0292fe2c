"""The commands that ask a hub, as users run them; their names are each test's own, for they share one hub."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.integration.hub.client.conftest import write_pact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.behaviours.hub import HubProcess
    from tests.integration.hub.client.conftest import Done

    Run = Callable[..., Done]


def settled_by(output: str) -> list[str]:
    return re.findall(r"to settle it: accord (.+)", output)


def test_the_gate_says_no_until_what_it_names_is_done(accord: Run, project: Path) -> None:
    """Every command that the answer names is run as it stands; at the end it says yes."""
    write_pact(project / "pacts", "GateWeb", "GateOrders", id=1)
    asked = ("can-i-deploy", "-a", "GateWeb", "--version", "1", "--to", "gate")
    accord("environment", "create", "--name", "gate", "--production", "--require-evidence", "scan")
    no = accord("can-i-deploy", "-a", "GateWeb", "-e", "1", "--to", "gate", code=1).stdout
    assert "RESULT: FAILED" in no
    accord("publish", "-a", "1", "--branch", "main", "--tag", "dev")
    no = accord(*asked, code=1).stdout
    assert "GateWeb (v1) has a contract that GateOrders has NOT verified." in no
    assert "Cannot deploy GateWeb v1 to gate." in no
    verify = ("verify", "GateOrders", "--app", "provider:app", "--provider-branch", "main", "--publish")
    accord(*verify, "--version", "7", "--main-branch", ANSWER='{"id": "text"}', code=1)
    commands = settled_by(accord(*asked, code=1).stdout)
    assert "no version has verified it yet" not in commands
    (record,) = [each for each in commands if each.startswith("record-deployment")]
    accord(*shlex.split(record.replace("VERSION", "7")))
    failed = accord(*asked, code=1).stdout
    assert "GateWeb (v1) has a contract that GateOrders (v7) has NOT verified." in failed
    assert "  a thing: body $.id: " in failed
    (again,) = [each for each in settled_by(failed) if each.startswith("verify")]
    accord(*shlex.split(again), "--app", "provider:app", "--publish")
    (evidence,) = settled_by(accord(*asked, code=1).stdout)
    accord(*shlex.split(evidence))
    yes = accord(*asked).stdout
    assert yes.splitlines() == [
        "RESULT: OK",
        "GateWeb (v1) has a contract that GateOrders (v7) has verified.",
        "Can deploy GateWeb v1 to gate.",
    ]
    assert json.loads(accord(*asked, "--json").stdout)["matrix"][0]["outcome"] == "success"
    assert "Can merge GateWeb v1" in accord("can-i-merge", "-a", "GateWeb", "-e", "1").stdout
    tag = accord("can-i-deploy", "-a", "GateWeb", "--latest", "--branch", "main", "--to", "nowhere", code=1)
    assert "nowhere is no environment of the hub (there are " in tag.stderr


def test_a_dry_run_is_0_and_ignoring_takes_a_contract_out(accord: Run, project: Path) -> None:
    write_pact(project / "pacts", "DryWeb", "DryOrders", id=1)
    accord("publish", "-a", "1", "--branch", "main")
    accord("environment", "create", "--name", "dry")
    asked = ("can-i-deploy", "-a", "DryWeb", "-e", "1", "--to-environment", "dry")
    dry = accord(*asked, "--dry-run", "--retry-while-unknown", "1", "--retry-interval", "0")
    assert ("RESULT: FAILED" in dry.stdout, "this is a dry run" in dry.stderr) == (True, True)
    assert "RESULT: OK" in accord(*asked, "--ignore", "DryOrders").stdout
    assert "environment 'drz'" in accord(*asked[:-1], "drz", code=1).stdout.lower().replace("with name ", "")


def test_a_version_with_other_content_is_a_finding_and_merging_adds(accord: Run, project: Path) -> None:
    write_pact(project / "pacts", "TwiceWeb", "TwiceOrders", id=1)
    published = accord("publish", "-a", "1", "--branch", "main", "--build-url", "https://ci/1", "--json").stdout
    assert json.loads(published)["contracts"] == [{"consumer": "TwiceWeb", "provider": "TwiceOrders"}]
    write_pact(project / "pacts", "TwiceWeb", "TwiceOrders", name="x")
    refused = accord("publish", "-a", "1", "--branch", "main", code=1).stdout
    assert "Cannot change the content of the pact for TwiceWeb version 1" in refused
    assert "or add interactions to this version with --merge" in refused
    assert "no pact in empty" in accord("publish", str(empty(project)), "-a", "2", code=2).stderr
    assert "no such file or folder" in accord("publish", "gone", "-a", "2", code=2).stderr
    assert "which version?" in accord("publish", code=2).stderr


def empty(project: Path) -> Path:
    (project / "empty").mkdir()
    return (project / "empty").relative_to(project)


def test_pending_and_work_in_progress_do_not_fail_and_what_was_kept_once_does(accord: Run, project: Path) -> None:
    verify = (
        "verify", "WipOrders", "--app", "provider:app", "--provider-branch", "main", "--main-branch",
        "--enable-pending", "--include-wip-pacts-since", "2020-01-01", "--publish",
    )  # fmt: skip
    write_pact(project / "pacts", "WipWeb", "WipOrders", name="x")
    accord("publish", "-a", "1", "--branch", "main")
    first = accord(*verify, "--provider-version", "p1").stdout
    assert "WipWeb (http" in first
    assert "pending, does not fail)" in first
    assert "○ a thing" in first
    assert "This pact is still in pending state" in first
    accord(*verify, "--provider-version", "p2", ANSWER='{"name": "n"}')
    broken = accord(*verify, "--provider-version", "p3", code=1).stdout
    assert "✗ a thing" in broken
    write_pact(project / "pacts", "WipWeb", "WipOrders", colour="red")
    accord("publish", "-a", "2", "--branch", "feat")
    wip = accord(*verify, "--provider-version", "p4", ANSWER='{"name": "n"}').stdout
    assert "work in progress, does not fail" in wip
    assert "published: 2 results of WipOrders vp4" in wip


def test_results_are_published_in_ci_alone_unless_asked(accord: Run, project: Path, hub: HubProcess) -> None:
    write_pact(project / "pacts", "CiWeb", "CiOrders", id=1)
    accord("publish", "-a", "1", "--branch", "main")
    verify = ("verify", "CiOrders", "--app", "provider:app")
    url = f"{hub.url}/pacts/provider/CiOrders/consumer/CiWeb/latest/verification-results/latest"
    assert "not published: that is for CI" in accord(*verify, "--version", "a").stdout
    assert httpx.get(url).status_code == 404
    github = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_SHA": "c1", "GITHUB_HEAD_REF": "feat"}
    assert "not published" in accord(*verify, "--no-publish", **github).stdout
    accord(*verify, **github)
    found = httpx.get(url).json()
    assert (found["providerApplicationVersion"], found["success"]) == ("c1", True)
    assert httpx.get(f"{hub.url}/pacticipants/CiOrders/branches/feat/versions/c1").status_code == 200
    part = accord(*verify, "--description", "thing", "--publish", "--version", "b").stdout
    assert "published" not in part
    selectors = '[{"branch": "main"}, {"tag": "x", "latest": true}]'
    accord(*verify, "--consumer-version-selectors", selectors, "--version", "d")
    assert "a selector has no 'x'" in accord(*verify, "--consumer-version-selectors", '{"x": 1}', code=2).stderr
    assert (
        "no contract with the provider Nobody in the hub" in accord("verify", "Nobody", "--version", "1", code=2).stderr
    )


def test_what_runs_and_is_released_is_recorded_and_ended(accord: Run, project: Path) -> None:
    write_pact(project / "pacts", "RecWeb", "RecOrders", id=1)
    accord("publish", "-a", "1", "--branch", "main")
    accord("environment", "create", "--name", "rec", "--display-name", "Rec")
    where = ("-a", "RecWeb", "--environment", "rec")
    recorded = accord("record-deployment", *where, "-e", "1", "--application-instance", "blue").stdout
    assert recorded == "Recorded: RecWeb v1 runs in rec as blue.\n"
    wrong = accord("record-undeployment", *where, code=2).stderr
    assert "it runs as blue: give --application-instance" in wrong
    accord("record-undeployment", *where, "--application-instance", "blue")
    assert "no version of RecWeb is recorded as deployed to rec" in accord("record-undeployment", *where, code=2).stderr
    accord("record-release", *where, "-e", "1")
    accord("record-support-ended", *where, "-e", "1")
    assert (
        "no version of RecWeb is recorded as released"
        in accord("record-support-ended", *where, "-e", "1", code=2).stderr
    )
    assert "does not know RecWeb version 9" in accord("record-deployment", *where, "-e", "9", code=2).stderr
    assert (
        "has no environment 'reck'"
        in accord("record-deployment", "-a", "RecWeb", "-e", "1", "--to", "reck", code=2).stderr
    )


def test_environments_participants_webhooks_and_evidence_are_looked_after(accord: Run, project: Path) -> None:
    write_pact(project / "pacts", "CareWeb", "CareOrders", id=1)
    accord("publish", "-a", "1", "--branch", "main")
    accord("environment", "create", "--name", "care", "--production")
    accord("environment", "update", "--name", "care", "--display-name", "Care", "--require-evidence", "load")
    found = json.loads(accord("environment", "describe", "--name", "care", "--json").stdout)
    assert (found["displayName"], found["production"], found["requiredEvidence"]) == ("Care", True, ["load"])
    assert "care" in accord("environment", "list").stdout
    accord("environment", "delete", "--uuid", found["uuid"])
    assert "has no environment 'care'" in accord("environment", "describe", "--name", "care", code=2).stderr
    assert "Updated" in accord("participant", "create", "--name", "CareWeb", "--repository-url", "https://r").stdout
    assert "Created" in accord("participant", "create", "--name", "CareNew", "--main-branch", "trunk").stdout
    accord("participant", "label", "--name", "CareNew", "--label", "team")
    described = accord("participant", "describe", "--name", "CareNew").stdout
    assert ("main branch: trunk" in described, "labels: team" in described) == (True, True)
    accord("participant", "label", "--name", "CareNew", "--label", "team", "--remove")
    assert "did you mean 'CareNew'?" in accord("participant", "delete", "--name", "CareNow", code=2).stderr
    accord("participant", "delete", "--name", "CareNew")
    assert "CareNew" not in accord("participant", "list").stdout
    made = accord(
        "webhook", "create", "http://127.0.0.1:9/hook", "--event", "contract_published", "--provider", "CareOrders",
        "--header", "X-A: b", "--data", '{"v": "${pactbroker.consumerVersionNumber}"}', "--json",
    ).stdout  # fmt: skip
    uuid = json.loads(made)["uuid"]
    assert uuid in accord("webhook", "list").stdout
    assert f"✗ {uuid}" in accord("webhook", "test", uuid, code=1).stdout
    accord("webhook", "delete", uuid)
    assert "does not have it" in accord("webhook", "delete", uuid, code=2).stderr
    assert (
        "a webhook waits for one or more of" in accord("webhook", "create", "http://a", "--event", "x", code=2).stderr
    )
    about = ("-a", "CareWeb", "-e", "1")
    accord("evidence", "add", "load", *about, "--failed", "--url", "https://ci/1", "--details", '{"p95": 812}')
    assert "load   failed  https://ci/1" in accord("evidence", "list", *about).stdout
    assert "expected a JSON object" in accord("evidence", "add", "x", *about, "--ok", "--details", "5", code=2).stderr


def test_the_program_itself_ends_with_the_code(project: Path, hub: HubProcess) -> None:
    write_pact(project / "pacts", "RealWeb", "RealOrders", id=1)
    command = [sys.executable, "-m", "accord", "can-i-deploy", "-a", "RealWeb", "-e", "1", "--hub", hub.url]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "RESULT: FAILED")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("publish", "--hub", "http://127.0.0.1:9", "-a", "1"), "no hub answers at http://127.0.0.1:9"),
        (("can-i-deploy", "-a", "A", "-e", "1", "--hub", "x", "--pacts", "y"), "give one of them"),
        (("can-i-deploy", "-a", "A", "-e", "1", "--pacts", "pacts", "--latest"), "--latest needs a hub"),
        (("verify", "A", "--pacts", "pacts", "--main-branch"), "--main-branch needs a hub"),
        (("verify", "--version", "1"), "which provider? Name it"),
        (("environment", "list", "--hub", "nowhere"), "expected the hub's URL such as"),
    ],
)
def test_misuse_is_told(accord: Run, project: Path, words: tuple[str, ...], message: str) -> None:
    write_pact(project / "pacts", "A", "B", id=1)
    assert message in accord(*words, code=2).stderr


def test_the_folder_is_asked_where_no_hub_is_named(accord: Run, project: Path) -> None:
    write_pact(project / "pacts", "A", "B", id=1)
    done = accord("can-i-deploy", "-a", "A", "-e", "1", code=1, PACT_BROKER_BASE_URL="")
    assert "note: nothing is recorded as deployed to production" in done.stdout
    assert (
        "can-i-merge needs a hub" in accord("can-i-merge", "-a", "A", "-e", "1", code=2, PACT_BROKER_BASE_URL="").stderr
    )


def test_the_project_s_configuration_names_the_hub(accord: Run, project: Path, hub: HubProcess) -> None:
    (project / "accord.toml").write_text(f'[hub]\nurl = "{hub.url}"\n')
    assert accord("environment", "list", PACT_BROKER_BASE_URL="").returncode == 0
    (project / "accord.toml").write_text('[hub]\ntoken = "abc"\n')
    refused = accord("environment", "list", code=2).stderr
    assert "credentials do not belong in a file" in refused
    assert "abc" not in refused


def test_a_webhook_s_pact_is_verified_by_its_url_and_the_result_goes_back(
    accord: Run, project: Path, hub: HubProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UrlWeb", "UrlApp"):
        write_pact(project / "pacts", name, "Url Orders", id=1)
    accord("publish", "-a", "1", "--branch", "side")
    pair = f"{hub.url}/pacts/provider/Url%20Orders/consumer"
    url = httpx.get(f"{pair}/UrlWeb/latest").json()["_links"]["pb:pact-version"]["href"]
    app = ("--app", "provider:app", "--provider-version", "9", "--publish")
    monkeypatch.delenv("PACT_BROKER_BASE_URL", raising=False)
    done = accord("verify", "--pact-url", url, *app)
    assert f"published: 1 results of Url Orders v9 to {hub.url}" in done.stdout
    found = httpx.get(f"{pair}/UrlWeb/latest/verification-results/latest").json()
    assert (found["success"], found["providerApplicationVersion"]) == (True, "9")
    assert httpx.get(f"{pair}/UrlApp/latest/verification-results/latest").status_code == 404
    other = accord("verify", "Others", "--pact-url", url, *app, code=2)
    assert "is for the provider Url Orders, not for Others" in other.stderr
    assert "expected a pact of a hub" in accord("verify", "--pact-url", f"{hub.url}/x", *app, code=2).stderr


def test_a_provider_without_contracts_is_an_error_unless_that_is_said(accord: Run) -> None:
    verify = ("verify", "NewOrders", "--app", "provider:app", "--provider-version", "1")
    assert "no contract with the provider NewOrders" in accord(*verify, code=2).stderr
    assert "nothing to verify: no contract" in accord(*verify, "--ignore-no-pacts-error").stderr
    machine = accord(*verify, "--ignore-no-pacts-error", "--json", "--junit", "junit.xml")
    assert json.loads(machine.stdout) == {"provider": "NewOrders", "version": "1", "success": True, "contracts": []}
