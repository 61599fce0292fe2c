"""Verifiers of other languages take their pacts from a hub, by selectors, and publish what came of it.

npm's package cannot publish pacts by itself: what its consumer wrote is published with the reference's command line.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.behaviours.providers import JsonProvider, provided
from tests.integration.contract.interoperation import tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.behaviours.hub import HubProcess

HERE = Path(__file__).parent


class Provider(JsonProvider):
    """The provider; ``name`` is what it answers."""

    name: Any = "bob"

    def document(self) -> object:
        return {"name": self.name}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with provided(Provider) as port:
        yield f"http://127.0.0.1:{port}"


def publish(hub: HubProcess, folder: Path, version: str) -> None:
    command = [tools.pact_command(), "broker", "publish", folder, "--consumer-app-version", version, "--branch", "main"]
    done = tools.run([*command, "--broker-base-url", hub.url])
    assert done.returncode == 0, done.stdout + done.stderr


def result_of(client: httpx.Client, provider: str, consumer: str) -> tuple[str, bool]:
    """The provider's version and its success."""
    path = f"/pacts/provider/{provider}/consumer/{consumer}/latest/verification-results/latest"
    found = client.get(path).json()
    return found["providerApplicationVersion"], found["success"]


def test_npm_s_pact_is_published_verified_and_its_results_are_kept(
    hub: HubProcess, client: httpx.Client, provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tools.node_with_pact()
    script = shutil.copy(HERE / "write_and_verify.js", tmp_path)
    pacts = tmp_path / "pacts"
    wrote = tools.run([node, script, tools.NODE_MODULES, "write", pacts], cwd=tmp_path)
    assert wrote.returncode == 0, wrote.stdout + wrote.stderr
    publish(hub, pacts, "1.0.0")
    verify = [node, script, tools.NODE_MODULES, "verify", hub.url, provider]
    fine = tools.run([*verify, "7.0.0"], cwd=tmp_path)
    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert result_of(client, "js-api", "js-web") == ("7.0.0", True)
    monkeypatch.setattr(Provider, "name", 5)
    broken = tools.run([*verify, "7.0.1"], cwd=tmp_path)
    assert broken.returncode == 1
    assert result_of(client, "js-api", "js-web") == ("7.0.1", False)
    page = client.get("/pacts/provider/js-api/consumer/js-web/latest", headers={"accept": "text/html"}).text
    assert "a request for bob: " in page


def test_pact_python_s_verifier_takes_what_selectors_choose_and_publishes(
    hub: HubProcess, client: httpx.Client, provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tools.pact_python()
    for consumer, expected in (("py-web", "alice"), ("py-app", "carol")):
        interaction = {
            "description": "a request for bob",
            "providerStates": [{"name": "bob is there"}],
            "request": {"method": "GET", "path": "/bob"},
            "response": {
                "status": 200,
                "body": {"name": expected},
                "matchingRules": {"body": {"$.name": {"combine": "AND", "matchers": [{"match": "type"}]}}},
            },
        }
        pact = {
            "consumer": {"name": consumer}, "provider": {"name": "py-api"}, "interactions": [interaction],
            "metadata": {"pactSpecification": {"version": "3.0.0"}},
        }  # fmt: skip
        folder = tmp_path / consumer
        folder.mkdir()
        (folder / "pact.json").write_text(json.dumps(pact), encoding="utf-8")
        publish(hub, folder, "1.0.0")
    verify = [*python, HERE / "verify_with_pact_python.py", hub.url, "py-api", provider]
    fine = tools.run([*verify, "8.0.0"])
    assert fine.returncode == 0, fine.stdout + fine.stderr
    for consumer in ("py-web", "py-app"):
        assert result_of(client, "py-api", consumer) == ("8.0.0", True)
    # What the main branch verified once is not pending any more: a failure counts.
    monkeypatch.setattr(Provider, "name", 5)
    assert tools.run([*verify, "8.0.1"]).returncode == 1
    assert result_of(client, "py-api", "py-web") == ("8.0.1", False)
