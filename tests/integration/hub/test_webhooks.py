"""Webhooks against a target that keeps what it is sent."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from accord import poll_until
from tests.behaviours.hub import HubProcess, running_hub, start_hub
from tests.behaviours.hub_seed import publication

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from accord.infra import Database


@dataclass
class Target:
    """Where webhooks go.

    Attributes:
        received: path, headers and body of each request.
        statuses: what is answered next, by path; 200 when there is none left.
    """

    url: str = ""
    received: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    statuses: dict[str, list[int]] = field(default_factory=dict)

    def bodies(self, path: str) -> list[Any]:
        """What came to a path."""
        return [body for at, _, body in self.received if at == path]


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    kept = Target()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.received.append((self.path, headers, json.loads(body) if body else None))
            waiting = kept.statuses.get(self.path)
            self.send_response(waiting.pop(0) if waiting else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _webhooks_of_its_own(client: httpx.Client) -> Iterator[None]:
    """A test meets no webhook of another: they would be told of its pacts, too."""
    yield
    for hook in client.get("/webhooks").json()["_links"]["pb:webhooks"]:
        client.delete(hook["href"])


def webhook(url: str, *events: str, **more: Any) -> dict[str, Any]:
    """A webhook's document."""
    names = (
        "consumerName", "providerName", "consumerVersionNumber", "providerVersionNumber", "consumerVersionTags",
        "providerVersionTags", "consumerVersionBranch", "providerVersionBranch", "consumerLabels", "providerLabels",
        "pactUrl", "verificationResultUrl", "githubVerificationStatus", "bitbucketVerificationStatus",
        "azureDevOpsVerificationStatus", "gitlabVerificationStatus", "eventName", "buildUrl",
        "providerVersionDescriptions", "providerMainBranchGithubVerificationStatus",
    )  # fmt: skip
    body = {name: f"${{pactbroker.{name}}}" for name in names}
    request = {"method": "POST", "url": url, "body": body, "headers": {"X-Who": "${pactbroker.consumerName}"}}
    return {"events": [{"name": name} for name in events], "request": {**request, **more}}


def publish(client: httpx.Client, consumer: str, provider: str, version: str, edition: int = 1) -> Any:
    answer = client.post("/contracts/publish", json=publication(consumer, [provider], version, edition))
    assert answer.status_code == 200, answer.text
    return answer.json()


def results_url(client: httpx.Client, consumer: str, provider: str) -> str:
    pact = client.get(f"/pacts/provider/{provider}/consumer/{consumer}/latest").json()
    url: str = pact["_links"]["pb:publish-verification-results"]["href"]
    return url


def test_a_changed_contract_is_told_with_every_variable_filled_in(client: httpx.Client, target: Target) -> None:
    hook = webhook(
        f"{target.url}/changed?who=${{pactbroker.consumerName}}",
        "contract_content_changed",
        username="u",
        password="p w",
    )
    made = client.post("/webhooks", json=hook)
    assert made.status_code == 201
    assert made.json()["request"]["password"] == "**********"
    published = publish(client, "Käufer & Co", "Prov", "1.0")
    notices = [each["text"] for each in published["notices"]]
    assert any("triggered for event contract_content_changed" in text for text in notices)
    path = "/changed?who=K%C3%A4ufer%20%26%20Co"
    poll_until(lambda: target.bodies(path), description="the webhook came")
    (body,) = target.bodies(path)
    assert body["consumerName"] == "Käufer & Co"
    assert (body["consumerVersionNumber"], body["consumerVersionBranch"]) == ("1.0", "main")
    assert body["githubVerificationStatus"] == "pending"
    assert client.get(body["pactUrl"]).json()["provider"] == {"name": "Prov"}
    assert not any("${" in str(value) for value in body.values())
    headers = next(headers for at, headers, _ in target.received if at == path)
    assert headers["authorization"].startswith("Basic ")


def test_nothing_is_told_where_nothing_changed(client: httpx.Client, target: Target) -> None:
    client.post("/webhooks", json=webhook(f"{target.url}/same", "contract_content_changed"))
    publish(client, "Same", "Prov2", "1")
    poll_until(lambda: len(target.bodies("/same")) == 1, description="the first was told")
    publish(client, "Same", "Prov2", "2")
    publish(client, "Same", "Prov2", "3", edition=2)
    poll_until(lambda: len(target.bodies("/same")) == 2, description="the changed one was told")
    assert [each["consumerVersionNumber"] for each in target.bodies("/same")] == ["1", "3"]


def test_results_are_told_by_their_outcome(client: httpx.Client, target: Target) -> None:
    for event in ("published", "succeeded", "failed"):
        client.post("/webhooks", json=webhook(f"{target.url}/{event}", f"provider_verification_{event}"))
    publish(client, "C3", "P3", "1")
    url = results_url(client, "C3", "P3")
    for success, number in ((True, "9.0"), (False, "9.1")):
        client.post(url, json={"success": success, "providerApplicationVersion": number, "buildUrl": "http://ci/7"})
    poll_until(lambda: len(target.bodies("/published")) == 2, description="both results were told")
    poll_until(lambda: target.bodies("/succeeded") and target.bodies("/failed"), description="by outcome too")
    (succeeded,), (failed,) = target.bodies("/succeeded"), target.bodies("/failed")
    assert (succeeded["providerVersionNumber"], succeeded["githubVerificationStatus"]) == ("9.0", "success")
    assert (failed["bitbucketVerificationStatus"], failed["buildUrl"]) == ("FAILED", "http://ci/7")


def test_a_contract_that_requires_verification_is_told_once_for_each_version_that_matters(
    client: httpx.Client, target: Target
) -> None:
    event = "contract_requiring_verification_published"
    client.post("/webhooks", json=webhook(f"{target.url}/required", event))
    client.put("/pacticipants/P4/branches/main/versions/main-1", json={})
    client.put("/pacticipants/P4/branches/old/versions/deployed-1", json={})
    place = client.post("/environments", json={"name": "live", "displayName": "Live", "production": True}).json()
    client.post(f"/pacticipants/P4/versions/deployed-1/deployed-versions/environment/{place['uuid']}", json={})
    publish(client, "C4", "P4", "1")
    poll_until(lambda: len(target.bodies("/required")) == 2, description="both versions were told")
    told = {each["providerVersionNumber"]: each["providerVersionDescriptions"] for each in target.bodies("/required")}
    assert told == {"main-1": "latest from main branch", "deployed-1": "deployed (Live)"}
    client.post(results_url(client, "C4", "P4"), json={"success": True, "providerApplicationVersion": "main-1"})
    publish(client, "C4", "P4", "2")
    poll_until(lambda: len(target.bodies("/required")) == 3, description="only what is missing was told")
    assert target.bodies("/required")[-1]["providerVersionNumber"] == "deployed-1"


def test_a_failure_is_retried_and_logged_and_can_be_sent_again(client: httpx.Client, target: Target) -> None:
    client.post("/webhooks", json=webhook(f"{target.url}/retried", "contract_published"))
    target.statuses["/retried"] = [500]
    publish(client, "C5", "P5", "1")
    status = "/pacts/provider/P5/consumer/C5/webhooks/status"

    def sent() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.get(status).json()["_embedded"]["triggeredWebhooks"]
        return [each for each in found if each["eventName"] == "contract_published"]

    poll_until(lambda: sent() and sent()[0]["status"] == "retrying", description="it failed once")
    (entry,) = sent()
    assert (entry["attemptsMade"], entry["attemptsRemaining"]) == (1, 6)
    log = client.get(entry["_links"]["pb:logs"]["href"])
    assert log.headers["content-type"].startswith("text/plain")
    assert "HTTP/1.1 500" in log.text
    assert "Retrying in 10 seconds" in log.text
    assert client.get(status).json()["_links"]["pb:error-logs"] != []
    assert client.post(entry["_links"]["pb:redeliver"]["href"], json={}).status_code == 202
    poll_until(lambda: sent()[0]["status"] == "success", description="the second try was fine")
    assert len(target.bodies("/retried")) == 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hooks.example.org/x", "scheme must be https"),
        ("https://10.0.0.7/x", "private address 10.0.0.7"),
        ("https://169.254.169.254/latest/meta-data", "private address 169.254.169.254"),
        ("https://[fd00::1]/x", "private address fd00::1"),
        ("https://${pactbroker.consumerName}.example.org/", "cannot have a template parameter in the host"),
        ("not a url", "is not a valid URL"),
        ("ftp://example.org/x", "scheme must be https"),
    ],
)
def test_a_webhook_into_a_private_network_or_without_tls_is_refused(client: httpx.Client, url: str, said: str) -> None:
    answer = client.post("/webhooks", json=webhook(url, "contract_published"))
    assert answer.status_code == 400
    assert said in answer.json()["errors"]["request.url"][0]


def test_a_name_that_leads_into_a_private_network_is_not_called(client: httpx.Client) -> None:
    hook = webhook("https://localhost.localdomain.invalid/x", "contract_published")
    assert client.post("/webhooks", json=hook).status_code == 201
    tried = client.post("/webhooks/execute", json=hook).json()
    assert tried["success"] is False
    assert "getaddrinfo" in tried["error"]["message"]


def deliveries_after(hubs: list[HubProcess], target: Target, path: str, count: int) -> list[str]:
    with httpx.Client(base_url=hubs[0].url, timeout=30) as client:
        client.post("/webhooks", json=webhook(f"{target.url}{path}", "contract_published"))
        for number in range(count):
            publish(client, "Many", "PMany", str(number), number)
    poll_until(lambda: len(target.bodies(path)) >= count, description="all were sent", timeout=30)
    poll_until(_settled(hubs[0].url), description="none is left", timeout=30)
    return [each["consumerVersionNumber"] for each in target.bodies(path)]


def _settled(url: str) -> Callable[[], bool]:
    def check() -> bool:
        document = httpx.get(f"{url}/pacts/provider/PMany/consumer/Many/webhooks/status").json()
        return {each["status"] for each in document["_embedded"]["triggeredWebhooks"]} == {"success"}

    return check


def test_two_hubs_on_one_database_send_each_once(tmp_path: Path, target: Target, postgres: Database) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    with (
        running_hub(tmp_path / "a", "--quiet", database=postgres.url) as first,
        running_hub(tmp_path / "b", "--quiet", database=postgres.url) as second,
    ):
        sent = deliveries_after([first, second], target, "/once", 30)
    assert sorted(sent, key=int) == [str(number) for number in range(30)]


def test_what_waits_in_the_queue_outlives_a_kill(tmp_path: Path, target: Target) -> None:
    hub = start_hub(tmp_path, "--quiet")
    with httpx.Client(base_url=hub.url, timeout=30) as client:
        client.post("/webhooks", json=webhook(f"{target.url}/later", "contract_published"))
        target.statuses["/later"] = [503] * 3
        for number in range(3):
            publish(client, "Late", "PLate", str(number), number)
        poll_until(lambda: len(target.bodies("/later")) == 3, description="all failed once")
        entries = [
            client.get(f"/pacts/provider/PLate/consumer/Late/version/{number}/triggered-webhooks").json()
            for number in range(3)
        ]
    hub.kill()
    hub.process.close()
    with running_hub(tmp_path, "--quiet") as again:
        for entry in entries:
            (sent,) = entry["_embedded"]["triggeredWebhooks"]
            path = sent["_links"]["pb:redeliver"]["href"].removeprefix(hub.url)
            assert httpx.post(f"{again.url}{path}", json={}).status_code == 202

        def sent_again() -> set[str]:
            return {each["consumerVersionNumber"] for each in target.bodies("/later")[3:]}

        # A busy machine may get to the retry after ten seconds too: what counts is that each came again.
        poll_until(lambda: sent_again() == {"0", "1", "2"}, description="each was sent again", timeout=60)
