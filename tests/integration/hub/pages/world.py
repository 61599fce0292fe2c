"""A hub with something of everything that pages show, HTML in its names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.behaviours.hub_seed import publication, seed

if TYPE_CHECKING:
    import httpx

HOSTILE = '<img src=x onerror="document.title=1"> & "Käufer"'
CONSUMER, PROVIDER = "checkout", "payments"


def fill(client: httpx.Client) -> None:
    """Publish, verify, fail, deploy: the page of each kind has something to show."""
    environment = seed(client, services=5, versions=3)
    client.post("/environments", json={"name": "staging", "displayName": "<b>Staging</b>", "production": False})
    _publish(client, CONSUMER, [PROVIDER, HOSTILE], "1.0.0", 1)
    _verify(client, "2.0.0", success=True)
    _publish(client, CONSUMER, [PROVIDER], "1.1.0", 2)
    _verify(client, "2.1.0", success=False)
    _publish(client, HOSTILE, [PROVIDER], "<script>alert(1)</script>", 1, branch="feat/<i>x</i>")
    deployed = f"/pacticipants/{PROVIDER}/versions/2.0.0/deployed-versions/environment/{environment}"
    assert client.post(deployed, json={"applicationInstance": "<u>blue</u>"}).status_code == 201
    named = {"displayName": "<b>Checkout</b>", "repositoryUrl": "javascript:alert(1)", "mainBranch": "main"}
    assert client.patch(f"/pacticipants/{CONSUMER}", json=named).status_code == 200
    assert client.put(f"/pacticipants/{CONSUMER}/versions/1.1.0/tags/%3Cem%3Erc%3C%2Fem%3E", json={}).status_code == 201
    assert client.put(f"/pacticipants/{CONSUMER}/labels/shop", json={}).status_code == 201
    evidence = {"success": False, "url": "https://ci.example.org/1"}
    assert client.put(f"/pacticipants/{CONSUMER}/versions/1.1.0/evidence/scan", json=evidence).status_code == 201


def _publish(
    client: httpx.Client, consumer: str, providers: list[str], version: str, edition: int, *, branch: str = "main"
) -> None:
    body = publication(consumer, providers, version, edition, branch)
    answer = client.post("/contracts/publish", json=body)
    assert answer.status_code == 200, answer.text


def _verify(client: httpx.Client, version: str, *, success: bool) -> None:
    pact = client.get(f"/pacts/provider/{PROVIDER}/consumer/{CONSUMER}/latest").json()
    failed: dict[str, Any] = {"attribute": "body", "identifier": "$.id", "description": "Expected 1 but got <b>2</b>"}
    ids = [each["_id"] for each in pact["interactions"]]
    results = [{"interactionId": ids[0], "success": success, "mismatches": [] if success else [failed]}]
    results += [{"interactionId": each, "success": True} for each in ids[1:]]
    body = {"success": success, "providerApplicationVersion": version, "testResults": {"tests": results}}
    answer = client.post(pact["_links"]["pb:publish-verification-results"]["href"], json=body)
    assert answer.status_code == 201, answer.text
