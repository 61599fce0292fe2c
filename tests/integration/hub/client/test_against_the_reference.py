"""The client against what the reference answered to its own client: the recordings, found by request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httpx
import pytest

from accord.hub.client import deciding, environments, participants, publishing, tables, verifying, webhooks
from accord.hub.client.access import Access
from accord.hub.client.errors import HubConflictError
from accord.hub.client.question import Question, Subject
from accord.hub.client.shells import AsyncHubClient, HubClient
from accord.hub.wire.selectors import VersionSelector

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parents[5] / "shared" / "pact" / "golden"
BASE = "http://127.0.0.1:9393"

pytestmark = pytest.mark.skipif(not GOLDEN.exists(), reason=f"the recordings are not at {GOLDEN}")


class Recorded:
    """Answers as it was recorded for one command; what that command did not ask for is 404, as a path unknown is."""

    def __init__(self, *labels: str) -> None:
        lines = (GOLDEN / "rust-cli.jsonl").read_text(encoding="utf-8").splitlines()
        self._exchanges = [each for each in map(json.loads, lines) if each["label"] in labels]
        self.sent: list[tuple[str, str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = unquote(request.url.raw_path.decode()).replace("+", " ")
        body = json.loads(request.content) if request.content else None
        self.sent.append((request.method, path, body))
        for each in self._exchanges:
            if (each["method"], unquote(each["path"])) == (request.method, path):
                headers = {
                    name: value for name, value in each["resp_headers"].items() if name.lower() == "content-type"
                }
                content = b"" if each["resp_body"] is None else json.dumps(each["resp_body"]).encode()
                return httpx.Response(each["status"], headers=headers, content=content)
        return httpx.Response(404, json={"error": "The requested document was not found on this server."})

    def recorded_body(self, method: str, path: str) -> Any:
        """What the reference's client sent there."""
        return next(each["req_body"] for each in self._exchanges if (each["method"], each["path"]) == (method, path))

    def run(self, make: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with HubClient(Access(BASE), transport=httpx.MockTransport(self)) as client:
            return client.run(make, *arguments, **named)


def test_a_publication_is_sent_as_the_reference_s_client_sends_it() -> None:
    broker = Recorded("publish")
    files = publishing.read_pact_files([GOLDEN / "pacts"])
    publication = publishing.Publication("1.0.0", "main", ("dev",), "http://ci/1")
    (published,) = broker.run(publishing.publish, files, publication)
    recorded, mine = broker.recorded_body("POST", "/contracts/publish"), broker.sent[-1][2]
    assert mine.keys() == recorded.keys()
    assert {name: value for name, value in mine.items() if name != "contracts"} == {
        name: value for name, value in recorded.items() if name != "contracts"
    }
    assert mine["contracts"][0].keys() == recorded["contracts"][0].keys()
    assert ("success", "Pact successfully published for Foo version 1.0.0 and provider Bar.") in published.notices


def test_a_conflict_is_told_in_the_broker_s_words() -> None:
    files = publishing.read_pact_files([GOLDEN / "pacts2"])
    with pytest.raises(HubConflictError, match=r"Cannot change the content of the pact for Foo version 1\.0\.0"):
        Recorded("publish-conflict").run(publishing.publish, files, publishing.Publication("1.0.0", "main"))


def wanted() -> verifying.Wanted:
    selectors = (VersionSelector(main_branch=True), VersionSelector(deployed_or_released=True))
    return verifying.Wanted(selectors, "main", pending=True, wip_since="2020-01-01")


def test_pacts_are_chosen_fetched_and_their_results_published_along_its_links() -> None:
    broker = Recorded("verify-selectors")
    (found,) = broker.run(verifying.pacts_to_verify, "Bar", wanted())
    assert (found.pending, found.wip, found.document["consumer"]["name"]) == (True, False, "Foo")
    assert len(found.said("before_verification")) == 2
    chosen = "/pacts/provider/Bar/for-verification"
    assert broker.sent[1] == ("POST", chosen, broker.recorded_body("POST", chosen))


async def test_the_async_shell_takes_the_same_steps() -> None:
    broker = Recorded("verify-selectors")
    async with AsyncHubClient(Access(BASE), transport=httpx.MockTransport(broker)) as client:
        (found,) = await client.run(verifying.pacts_to_verify, "Bar", wanted())
    assert found.url == f"{BASE}/pacts/provider/Bar/consumer/Foo/version/1.0.1"


@pytest.mark.parametrize(
    ("label", "question", "deployable", "last"),
    [
        (
            "can-i-deploy-ok",
            Question("Foo", "1.0.0", environment="prod"),
            True,
            "Can deploy Foo v1.0.0 to prod.",
        ),
        (
            "can-i-deploy-unverified",
            Question("Foo", "1.0.0", environment="prod"),
            False,
            "Cannot deploy Foo v1.0.0 to prod.",
        ),
        (
            "can-i-deploy-unknown-version",
            Question("Foo", "9.9.9", environment="prod"),
            False,
            "Cannot deploy Foo v9.9.9 to prod.",
        ),
    ],
)
def test_the_question_is_answered_without_reasons_too(
    label: str, question: Question, *, deployable: bool, last: str
) -> None:
    broker = Recorded(label)
    verdict = broker.run(deciding.decide, question)
    assert (verdict.deployable is True) is deployable
    assert deciding.render_verdict(verdict).splitlines()[-1] == last


def printed(label: str) -> tuple[str, int]:
    """What the reference's client printed, and its exit code."""
    text, _, code = (GOLDEN / "cli-out" / f"{label}.txt").read_text(encoding="utf-8").rpartition("exit=")
    return text.strip("\n"), int(code)


@pytest.mark.parametrize(
    ("label", "question"),
    [
        ("09-can-i-deploy-unverified", Question("Foo", "1.0.0", environment="prod")),
        ("10-can-i-deploy-unknown-version", Question("Foo", "9.9.9", environment="prod")),
        ("19-can-i-deploy-ok", Question("Foo", "1.0.0", environment="prod")),
        ("20-can-i-deploy-json", Question("Foo", "1.0.0", environment="prod")),
        ("21-can-i-deploy-two", Question("Foo", "1.0.0", beside=(Subject("Bar", "2.0.0"),))),
        ("22-can-i-deploy-latest-tag", Question("Foo", tag="dev", environment="prod")),
        ("25-can-i-deploy-ignore", Question("Foo", "1.0.0", environment="test", ignore=(("Bar", None),))),
        ("26-can-i-merge", Question("Foo", "1.0.0", main_branches=True)),
    ],
)
def test_the_answer_can_be_printed_as_the_reference_s_client_prints_it(label: str, question: Question) -> None:
    wanted, code = printed(label)
    verdict = Recorded(label.partition("-")[2]).run(deciding.decide, question)
    fine = verdict.deployable is True
    if "json" in label:
        assert tables.as_json(verdict.document) == wanted
    else:
        assert tables.as_table(verdict.document, deployable=fine).strip("\n") == wanted
    assert code == int(not fine)


def test_deployments_and_releases_follow_the_links_by_name() -> None:
    broker = Recorded("record-deployment", "record-deployment-app", "record-undeployment", "list-environments")
    document = broker.run(environments.record, "deployment", "Bar", "2.0.0", "prod")
    assert document["currentlyDeployed"] is True
    ended = broker.run(environments.end, "deployment", "Foo", "test", instance="blue")
    assert (ended, broker.sent[-1][2]) == (["1.0.0"], {"currentlyDeployed": False})
    broker = Recorded("record-release", "record-support-ended")
    broker.run(environments.record, "release", "Foo", "1.0.0", "prod")
    assert broker.sent[-1][1].startswith("/pacticipants/Foo/versions/1.0.0/released-versions/environment/")


def test_lists_and_webhooks_are_read() -> None:
    assert [each.name for each in Recorded("list-environments").run(environments.all_environments)] == ["prod", "test"]
    found = Recorded("list-pacticipants").run(participants.all_participants)
    assert [each.name for each in found] == ["Bar", "Foo"]
    broker = Recorded("test-webhook")
    result = broker.run(webhooks.try_webhook, "11111111-1111-4111-8111-111111111111")
    assert (result["success"], "Failed to open TCP connection" in result["error"]["message"]) == (False, True)


def test_credentials_go_to_the_hub_alone() -> None:
    seen = {}

    def answer(request: httpx.Request) -> httpx.Response:
        seen[request.url.host] = request.headers.get("authorization")
        links = {"self": {"href": "http://hub"}, "pb:environments": {"href": "http://elsewhere/environments"}}
        return httpx.Response(200, json={"_links": links, "_embedded": {"environments": []}})

    for access, expected in (
        (Access("http://hub", token="t"), "Bearer t"),
        (Access("http://hub", username="u", password="p"), "Basic dTpw"),
    ):
        with HubClient(access, transport=httpx.MockTransport(answer)) as client:
            client.run(environments.all_environments)
        assert seen == {"hub": expected, "elsewhere": None}
