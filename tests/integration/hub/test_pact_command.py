"""The real command line `pact` against a hub: every recorded command, with its output and its exit code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.behaviours.providers import JsonProvider, provided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.behaviours.hub import HubProcess

GOLDEN = Path(__file__).parents[4] / "shared" / "pact" / "golden"
PACT = shutil.which("pact", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")

pytestmark = [
    pytest.mark.skipif(not GOLDEN.exists(), reason=f"the recordings are not at {GOLDEN}"),
    pytest.mark.skipif(PACT is None, reason="the program pact (pact-python-cli) is not installed"),
]

HOOK = "11111111-1111-4111-8111-111111111111"
FOO = "--pacticipant Foo --version 1.0.0"
VERIFY = "verifier --provider-name Bar --publish"
COMMANDS = {
    "01-create-environment": "broker create-environment --name prod --display-name Production --production",
    "02-create-environment-test": "broker create-environment --name test --display-name Test",
    "03-list-environments": "broker list-environments",
    "04-create-pacticipant": "broker create-or-update-pacticipant --name Bar --main-branch main --repository-url http://example.org/bar",
    "05-publish": "broker publish PACTS --consumer-app-version 1.0.0 --branch main --tag dev --build-url http://ci/1",
    "06-publish-nochange": "broker publish PACTS --consumer-app-version 1.0.1 --branch main",
    "07-publish-merge": "broker publish PACTS --consumer-app-version 1.0.1 --branch main --merge",
    "08-publish-conflict": "broker publish CHANGED --consumer-app-version 1.0.0 --branch main",
    "09-can-i-deploy-unverified": f"broker can-i-deploy {FOO} --to-environment prod",
    "10-can-i-deploy-unknown-version": "broker can-i-deploy --pacticipant Foo --version 9.9.9 --to-environment prod",
    "11-create-webhook": "broker create-webhook http://127.0.0.1:9/hook --request POST --consumer Foo --provider Bar "
    "--description h --contract-content-changed --provider-verification-published "
    '--data {"v":"${pactbroker.consumerVersionNumber}"}',
    "12-create-webhook-crvp": f"broker create-or-update-webhook http://127.0.0.1:9/hook2 --uuid {HOOK} --request POST "
    "--provider Bar --contract-requiring-verification-published",
    "13-test-webhook": f"broker test-webhook --uuid {HOOK}",
    "14-verify-selectors": f"{VERIFY} --provider-version 2.0.0 --provider-branch main --build-url http://ci/2 "
    '--enable-pending --include-wip-pacts-since 2020-01-01 --consumer-version-selectors {"mainBranch":true} '
    '--consumer-version-selectors {"deployedOrReleased":true}',
    "15-verify-default": f"{VERIFY} --provider-version 2.0.1 --provider-branch main",
    "16-verify-tags": f"{VERIFY} --provider-version 2.0.2 --provider-tags dev --consumer-version-tags dev",
    "17-can-i-deploy-verified-noprod": f"broker can-i-deploy {FOO} --to-environment prod",
    "18-record-deployment": "broker record-deployment --pacticipant Bar --version 2.0.0 --environment prod",
    "19-can-i-deploy-ok": f"broker can-i-deploy {FOO} --to-environment prod",
    "20-can-i-deploy-json": f"broker can-i-deploy {FOO} --to-environment prod --output json",
    "21-can-i-deploy-two": f"broker can-i-deploy {FOO} --pacticipant Bar --version 2.0.0",
    "22-can-i-deploy-latest-tag": "broker can-i-deploy --pacticipant Foo --latest dev --to-environment prod",
    "23-can-i-deploy-branch": "broker can-i-deploy --pacticipant Foo --branch main --to-environment prod",
    "24-can-i-deploy-totag": f"broker can-i-deploy {FOO} --to dev",
    "25-can-i-deploy-ignore": f"broker can-i-deploy {FOO} --to-environment test --ignore Bar",
    "26-can-i-merge": f"broker can-i-merge {FOO}",
    "27-record-deployment-app": f"broker record-deployment {FOO} --environment test --application-instance blue",
    "28-record-undeployment": "broker record-undeployment --pacticipant Foo --environment test --application-instance blue",
    "29-record-release": f"broker record-release {FOO} --environment prod",
    "30-record-support-ended": f"broker record-support-ended {FOO} --environment prod",
    "31-list-latest": "broker list-latest-pact-versions",
    "32-get-pacts": "broker get-pacts --provider Bar",
    "33-list-pacticipants": "broker list-pacticipants",
    "34-describe-pacticipant": "broker describe-pacticipant --name Foo",
    "35-describe-version": f"broker describe-version {FOO}",
    "36-describe-version-latest": "broker describe-version --pacticipant Foo --latest",
    "37-create-version": "broker create-or-update-version --pacticipant Foo --version 1.2.0 --branch feat",
    "38-create-version-tag": "broker create-version-tag --pacticipant Foo --version 1.2.0 --tag t1",
    "39-delete-version-tag": "broker delete-version-tag --pacticipant Foo --version 1.2.0 --tag t1",
    "40-delete-branch": "broker delete-branch --pacticipant Foo --branch feat",
    "41-provider-states": "broker provider-states list --provider Bar",
    "42-describe-environment": "broker describe-environment --uuid TEST",
    "43-update-environment": "broker update-environment --uuid TEST --name test --display-name Test2",
    "44-delete-environment": "broker delete-environment --uuid TEST",
    "45-delete-webhook": f"broker delete-webhook --uuid {HOOK}",
}
TRACKING = re.compile(r"\S*\s+WARN.*?metrics.*?Please note:\n.*?variable to 'true'\.", re.DOTALL)
VOLATILE = [
    (re.compile(r"\x1b\[\d+m"), ""),
    (TRACKING, ""),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)"), "TIME"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"webhooks/[A-Za-z0-9_-]{22}\b|\"uuid\":\"[A-Za-z0-9_-]{22}\""), "HOOK"),
    (re.compile(r"\(\S+ loading, \S+ verification\)"), "(times)"),
    (re.compile(r"[─┄╌═│┌┐└┘├┤┬┴┼╞╡╪╎┆|\s]+"), " "),
    (re.compile(r"Pact Broker v2\.118\.0|Accord hub"), "SENDER"),
    (re.compile(r"Errno::ECONNREFUSED|ConnectError"), "REFUSED"),
]


def plain(text: str, base: str) -> str:
    """An output without what differs from run to run."""
    for address in (base, base.removeprefix("http://")):
        text = text.replace(address, "HUB" if "//" in address else "HUBADDRESS")
    for pattern, replacement in VOLATILE:
        text = pattern.sub(replacement, text)
    return text.strip()


class Provider(JsonProvider):
    """The provider of the recordings, with its states."""

    def document(self) -> object:
        return {"id": 1, "name": "bob"} if self.command == "GET" else {}


@pytest.fixture(scope="module")
def provider() -> Iterator[int]:
    with provided(Provider) as port:
        yield port


def arguments(command: str, hub: HubProcess, provider: int, test_environment: str) -> list[str]:
    """The command line of a recorded command."""
    words = {"PACTS": str(GOLDEN / "pacts"), "CHANGED": str(GOLDEN / "pacts2"), "TEST": test_environment}
    given = [words.get(word, word) for word in command.split()]
    if given[0] == "verifier":
        state = f"http://127.0.0.1:{provider}/_pact/state"
        return [
            *given,
            "--broker-url",
            hub.url,
            "--port",
            str(provider),
            "--hostname",
            "127.0.0.1",
            "--state-change-url",
            state,
        ]
    return [*given, "--broker-base-url", hub.url]


def test_every_recorded_command_says_and_returns_the_same(hub: HubProcess, provider: int) -> None:
    test_environment, problems = "", {}
    for name, command in COMMANDS.items():
        done = subprocess.run(
            [str(PACT), *arguments(command, hub, provider, test_environment)],
            capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "PACT_DO_NOT_TRACK": "true", "COLUMNS": "200"},
        )  # fmt: skip
        if name == "02-create-environment-test":
            test_environment = done.stdout.split()[-1]
        expected = (GOLDEN / "cli-out" / f"{name}.txt").read_text(encoding="utf-8")
        seen = f"{done.stdout}{done.stderr}\nexit={done.returncode}"
        one, other = plain(expected, "http://127.0.0.1:9393"), plain(seen, hub.url)
        if one != other:
            problems[name] = {"recorded": one, "seen": other}
    assert problems == {}
