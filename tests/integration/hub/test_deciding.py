"""Selection, pending, WIP, deployments and the answer with its reasons: over HTTP, on both databases."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from accord.infra import PostgresServer
from tests.behaviours.hub import running_hub
from tests.behaviours.hub_seed import publication

if TYPE_CHECKING:
    from collections.abc import Iterator

_names = itertools.count()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("deciding")
    if request.param == "sqlite":
        with running_hub(folder) as hub, httpx.Client(base_url=hub.url, timeout=30) as client:
            yield client
    else:
        with (
            PostgresServer() as server,
            running_hub(folder, database=server.url) as hub,
            httpx.Client(base_url=hub.url, timeout=30) as client,
        ):
            yield client


@dataclass
class World:
    """A consumer, a provider and an environment of a test's own."""

    api: httpx.Client
    consumer: str
    provider: str
    environment: str
    uuid: str

    def publish(self, version: str, edition: int = 1, branch: str = "main", tags: tuple[str, ...] = ()) -> None:
        body = publication(self.consumer, [self.provider], version, edition, branch) | {"tags": list(tags)}
        answer = self.api.post("/contracts/publish", json=body)
        assert answer.status_code == 200, answer.text

    def chosen(self, **asked: Any) -> list[dict[str, Any]]:
        answer = self.api.post(f"/pacts/provider/{self.provider}/for-verification", json=asked)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["_embedded"]["pacts"]
        return found

    def verify(self, version: str, consumer_version: str, *, success: bool = True, branch: str | None = "main") -> None:
        if branch:
            self.api.put(f"/pacticipants/{self.provider}/branches/{branch}/versions/{version}", json={})
        pact = self.api.get(
            f"/pacts/provider/{self.provider}/consumer/{self.consumer}/version/{consumer_version}"
        ).json()
        failed = [
            {
                "interactionId": pact["interactions"][0]["_id"],
                "success": False,
                "mismatches": [{"attribute": "body", "identifier": "$.id", "description": "Expected 1 but was 2"}],
            }
        ]
        body = {"success": success, "providerApplicationVersion": version, "testResults": [] if success else failed}
        url = pact["_links"]["pb:publish-verification-results"]["href"]
        assert self.api.post(url, json=body).status_code == 201

    def deploy(self, participant: str, version: str, **more: str) -> str:
        path = f"/pacticipants/{participant}/versions/{version}/deployed-versions/environment/{self.uuid}"
        answer = self.api.post(path, json=more)
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["uuid"]
        return found

    def explained(self, participant: str, version: str) -> dict[str, Any]:
        query = {"pacticipant": participant, "version": version, "environment": self.environment}
        answer: dict[str, Any] = self.api.get("/matrix/explained", params=query).json()
        plain = self.api.get("/can-i-deploy", params=query)
        if plain.status_code == 200 and "evidence" not in str(answer["reasons"]):
            assert plain.json()["summary"] == answer["summary"]
        return answer


@pytest.fixture
def world(api: httpx.Client) -> World:
    number = next(_names)
    name = f"env-{number}"
    made = api.post("/environments", json={"name": name, "displayName": name, "production": True}).json()
    return World(api, f"Consumer-{number}", f"Provider-{number}", name, made["uuid"])


def versions_of(found: list[dict[str, Any]]) -> list[str]:
    return [each["_links"]["self"]["name"].partition("(")[2].partition(")")[0] for each in found]


def test_every_selector_finds_its_versions(world: World) -> None:
    world.publish("1", 1)
    world.publish("2", 2)
    world.publish("3", 3, branch="feat")
    world.publish("4", 4, branch="other", tags=("beta",))
    world.deploy(world.consumer, "1")
    for selector, expected in [
        ({"mainBranch": True}, ["2"]),
        ({"branch": "feat"}, ["3"]),
        ({"branch": "gone", "fallbackBranch": "feat"}, ["3"]),
        ({"matchingBranch": True}, ["3"]),
        ({"tag": "beta", "latest": True}, ["4"]),
        ({"tag": "gone", "latest": True, "fallbackTag": "beta"}, ["4"]),
        ({"tag": "beta"}, ["4"]),
        ({"latest": True}, ["4"]),
        ({"deployed": True}, ["1"]),
        ({"released": True}, []),
        ({"deployedOrReleased": True}, ["1"]),
        ({"environment": world.environment}, ["1"]),
        ({"mainBranch": True, "consumer": "Nobody"}, []),
    ]:
        found = world.chosen(consumerVersionSelectors=[selector], providerVersionBranch="feat")
        assert versions_of(found) == expected, selector
    assert versions_of(world.chosen()) == ["1", "2"]


def test_pending_ends_with_the_branch_s_first_success(world: World) -> None:
    world.publish("1")
    asked = {
        "consumerVersionSelectors": [{"mainBranch": True}],
        "includePendingStatus": True,
        "providerVersionBranch": "main",
    }
    assert world.chosen(**asked)[0]["verificationProperties"]["pending"] is True
    world.verify("p1", "1", success=False)
    assert world.chosen(**asked)[0]["verificationProperties"]["pending"] is True
    world.verify("p2", "1")
    assert world.chosen(**asked)[0]["verificationProperties"]["pending"] is False
    assert world.chosen(**{**asked, "providerVersionBranch": "feat"})[0]["verificationProperties"]["pending"] is True


def test_work_in_progress_is_added_until_it_is_verified(world: World) -> None:
    world.publish("1")
    world.verify("p1", "1")
    world.publish("2", 2, branch="feat")
    asked = {
        "consumerVersionSelectors": [{"mainBranch": True}], "includePendingStatus": True,
        "providerVersionBranch": "main", "includeWipPactsSince": "2020-01-01",
    }  # fmt: skip
    found = world.chosen(**asked)
    assert [each["verificationProperties"].get("wip", False) for each in found] == [False, True]
    assert versions_of(found) == ["1", "2"]
    world.verify("p2", "2")
    assert versions_of(world.chosen(**asked)) == ["1"]
    assert versions_of(world.chosen(**{**asked, "includeWipPactsSince": "2999-01-01"})) == ["1"]


def test_the_six_causes_of_a_no_are_named(world: World) -> None:
    world.publish("1")

    def causes(participant: str = world.consumer, version: str = "1") -> list[str]:
        answer = world.explained(participant, version)
        assert answer["summary"]["deployable"] is not True
        return [each["cause"] for each in answer["reasons"]]

    assert causes() == ["no-version-in-environment"]
    world.api.put(f"/pacticipants/{world.provider}/versions/p0", json={})
    world.deploy(world.provider, "p0")
    assert causes() == ["never-verified"]
    world.verify("p1", "1")
    assert causes() == ["verified-for-another-version"]
    world.verify("p0", "1", success=False)
    answer = world.explained(world.consumer, "1")
    (reason,) = answer["reasons"]
    assert (reason["cause"], reason["provider"]) == ("failed", {"name": world.provider, "version": "p0"})
    assert reason["details"] == ["request 0, edition 1: $.id: Expected 1 but was 2"]
    assert reason["command"].startswith(f"accord verify {world.provider} --version p0 --hub http://")
    assert causes(version="9") == ["unknown-participant-or-version"]
    assert causes("Nobody", "1") == ["unknown-participant-or-version"]
    query = f"q[][pacticipant]={world.consumer}&q[][version]=1&environment={world.environment}&ignore[][pacticipant]={world.provider}"
    ignored = world.api.get(f"/matrix/explained?{query}").json()
    assert (ignored["summary"]["deployable"], ignored["reasons"][0]["cause"]) == (True, "ignored")
    world.deploy(world.provider, "p1")
    assert world.explained(world.consumer, "1")["summary"]["deployable"] is True


def test_a_provider_must_fit_every_consumer_that_runs(world: World) -> None:
    world.publish("1", 1)
    world.publish("2", 2)
    world.verify("p1", "1")
    assert world.explained(world.provider, "p1")["summary"]["deployable"] is True
    world.deploy(world.consumer, "1", applicationInstance="blue")
    second = world.deploy(world.consumer, "2", applicationInstance="green")
    answer = world.explained(world.provider, "p1")
    assert (answer["summary"]["deployable"], answer["summary"]["success"], answer["summary"]["unknown"]) == (None, 1, 1)
    world.api.patch(f"/deployed-versions/{second}", json={"currentlyDeployed": False})
    assert world.explained(world.provider, "p1")["summary"]["deployable"] is True


def test_a_consumer_must_be_verified_by_every_version_of_the_provider_that_runs(world: World) -> None:
    world.publish("1")
    world.verify("p1", "1")
    world.api.put(f"/pacticipants/{world.provider}/versions/p2", json={})
    world.deploy(world.provider, "p1", applicationInstance="blue")
    world.deploy(world.provider, "p2", applicationInstance="green")
    answer = world.explained(world.consumer, "1")
    assert answer["summary"]["deployable"] is None
    assert [each["provider"]["version"] for each in answer["reasons"]] == ["p2"]


def test_a_matrix_without_latestby_has_what_was_replaced_too(world: World) -> None:
    world.publish("1")
    world.verify("5", "1")
    world.verify("5", "1", success=False)
    merged = publication(world.consumer, [world.provider], "1", 2)
    merged["contracts"][0]["onConflict"] = "merge"
    assert world.api.post("/contracts/publish", json=merged).status_code == 200
    query = f"q[][pacticipant]={world.consumer}&q[][pacticipant]={world.provider}"

    def rows(more: str, accept: str = "application/hal+json") -> httpx.Response:
        return world.api.get(f"/matrix?{query}{more}", headers={"accept": accept})

    every = rows("").json()["matrix"]
    results = [each["verificationResult"] for each in every]
    assert [result and result["success"] for result in results] == [None, False, True]
    assert [result and result["success"] for result in (
        each["verificationResult"] for each in rows("&latestby=cvpv").json()["matrix"]
    )] == [None]  # fmt: skip
    lines = [line.split(" | ") for line in rows("", "text/plain").text.splitlines()[2:5]]
    assert [line[2].strip() for line in lines] == ["2", "1", "1"]
    pair = f"/pacts/provider/{world.provider}/consumer/{world.consumer}"
    assert world.api.delete(f"{pair}/versions").status_code == 204
    assert rows("").json()["matrix"] == []


def test_an_environment_can_demand_evidence(world: World) -> None:
    world.publish("1")
    world.verify("p1", "1")
    world.deploy(world.provider, "p1")
    demand = {"name": world.environment, "production": True, "requiredEvidence": ["security-scan"]}
    assert world.api.put(f"/environments/{world.uuid}", json=demand).status_code == 200
    answer = world.explained(world.consumer, "1")
    assert answer["summary"]["deployable"] is False
    assert "demands the evidence 'security-scan'" in answer["summary"]["reason"]
    path = f"/pacticipants/{world.consumer}/versions/1/evidence/security-scan"
    assert world.api.put(path, json={"success": True, "url": "https://ci/1"}).status_code == 201
    assert world.explained(world.consumer, "1")["summary"]["deployable"] is True


def test_a_changed_pact_is_told_apart_from_the_one_before(world: World) -> None:
    world.publish("1", 1)
    world.publish("2", 1)
    world.publish("3", 2)
    base = f"/pacts/provider/{world.provider}/consumer/{world.consumer}"
    assert (
        world.api.get(f"{base}/version/3/previous-distinct")
        .json()["_links"]["self"]["name"]
        .endswith(f"(2) and {world.provider}")
    )
    diff = world.api.get(f"{base}/version/3/diff/previous-distinct").text
    assert '-          "edition": 1' in diff
    assert '+          "edition": 2' in diff
    assert world.api.get(f"{base}/version/1/previous-distinct").status_code == 404


def test_lists_badges_and_the_overview_speak_of_what_there_is(world: World) -> None:
    world.publish("1", tags=("dev",))
    world.verify("p1", "1")
    base = f"/pacts/provider/{world.provider}/consumer/{world.consumer}"
    for path in ("versions", "tag/dev", "branch/main", "branch/versions", "branch/main/latest/versions"):
        assert len(world.api.get(f"{base}/{path}").json()["_embedded"]["pacts"]) == 1, path
    for path in ("latest", "latest/dev", "branch/main/latest", "version/1", "latest/verification-results/latest"):
        assert world.api.get(f"{base}/{path}").status_code == 200, path
    assert ">verified</text>" in world.api.get(f"{base}/latest/badge").text
    items = world.api.get(f"/dashboard/provider/{world.provider}/consumer/{world.consumer}").json()["items"]
    assert [each["verificationStatus"] for each in items] == ["success"]
    text = world.api.get(
        f"/matrix?q[][pacticipant]={world.consumer}&q[][version]=1", headers={"accept": "text/plain"}
    ).text
    assert "Deployable: true" in text
    assert f"{world.consumer}" in world.api.get("/relationships").text
    states = world.api.get(f"/pacts/provider/{world.provider}/provider-states").json()["providerStates"]
    assert [each["name"] for each in states] == ["state 0", "state 1", "state 2"]
