"""A seed for hubs: services that each publish a contract with three others in every version."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

PROVIDERS_EACH = 3
CHANGES_EVERY = 10
"""A contract says something else in every tenth version."""


def service(number: int) -> str:
    """A service's name."""
    return f"service-{number:04d}"


def pact(consumer: str, provider: str, edition: int, interactions: int = 3) -> dict[str, Any]:
    """A contract; another edition says something else."""
    return {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": [
            {
                "description": f"request {number}, edition {edition}",
                "providerStates": [{"name": f"state {number}"}],
                "request": {"method": "GET", "path": f"/things/{number}"},
                "response": {"status": 200, "body": {"id": number, "edition": edition}},
            }
            for number in range(interactions)
        ],
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }


def publication(
    consumer: str, providers: list[str], version: str, edition: int, branch: str = "main"
) -> dict[str, Any]:
    """The body of a publication."""
    return {
        "pacticipantName": consumer,
        "pacticipantVersionNumber": version,
        "branch": branch,
        "contracts": [
            {
                "consumerName": consumer,
                "providerName": provider,
                "specification": "pact",
                "contentType": "application/json",
                "content": base64.b64encode(json.dumps(pact(consumer, provider, edition)).encode()).decode(),
            }
            for provider in providers
        ],
    }


def providers_of(number: int, services: int) -> list[str]:
    """Whom a service calls."""
    return [service((number + step) % services) for step in range(1, PROVIDERS_EACH + 1)]


def seed(client: httpx.Client, services: int, versions: int, environment: str = "production") -> str:
    """Publish, verify and deploy: the last version but one runs everywhere; the environment's UUID."""
    made = client.post("/environments", json={"name": environment, "displayName": "Production", "production": True})
    uuid: str = made.json()["uuid"]
    for version in range(versions):
        for number in range(services):
            body = publication(
                service(number), providers_of(number, services), f"1.0.{version}", version // CHANGES_EVERY
            )
            published = client.post("/contracts/publish", json=body)
            assert published.status_code == 200, published.text
        for number in range(services):
            _verify(client, service(number), f"1.0.{version}")
        if version == max(0, versions - 2):
            for number in range(services):
                path = f"/pacticipants/{service(number)}/versions/1.0.{version}/deployed-versions/environment/{uuid}"
                assert client.post(path, json={}).status_code == 201
    return uuid


def _verify(client: httpx.Client, provider: str, version: str) -> None:
    asked = client.post(
        f"/pacts/provider/{provider}/for-verification",
        json={"consumerVersionSelectors": [{"mainBranch": True}], "providerVersionBranch": "main"},
    )
    assert client.put(f"/pacticipants/{provider}/branches/main/versions/{version}", json={}).status_code in {200, 201}
    for each in asked.json()["_embedded"]["pacts"]:
        href = each["_links"]["self"]["href"]
        result = client.post(
            f"{href}/verification-results", json={"success": True, "providerApplicationVersion": version}
        )
        assert result.status_code == 201, result.text
