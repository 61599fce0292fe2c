"""A hub in tests: the verifier by URL and by HubPacts, in sync and in async code; pacts published by pytest in CI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from accord import VerificationFailed, Verifier
from accord.hub.client import Build, HubPacts
from accord.hub.client.errors import HubError
from tests.integration.hub.client.conftest import write_pact

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from typing import Any

    from tests.behaviours.hub import HubProcess
    from tests.integration.hub.client.conftest import Run


async def app(scope: dict[str, Any], receive: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"id": 1}'})


def newest_result(hub: HubProcess, provider: str, consumer: str) -> httpx.Response:
    return httpx.get(f"{hub.url}/pacts/provider/{provider}/consumer/{consumer}/latest/verification-results/latest")


def test_a_url_is_enough_and_in_ci_the_result_goes_back(
    accord: Run, project: Path, hub: HubProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pact(project / "pacts", "UrlWeb", "UrlOrders", id=1)
    accord("publish", "-a", "1", "--branch", "main")
    verifier = Verifier("UrlOrders", version="1").app(app).pacts(hub.url).record_to(hub.url)
    monkeypatch.delenv("CI", raising=False)
    assert verifier.verify().success
    assert newest_result(hub, "UrlOrders", "UrlWeb").status_code == 404
    monkeypatch.setenv("CI", "true")
    Verifier("UrlOrders", version="2").app(app).pacts(hub.url).record_to(hub.url).verify()
    assert newest_result(hub, "UrlOrders", "UrlWeb").json()["providerApplicationVersion"] == "2"
    with pytest.raises(HubError, match="did not come from a hub"):
        Verifier("UrlOrders", version="3").app(app).pacts(project / "pacts").record_to(hub.url).verify()


async def test_async_code_does_the_same_and_a_finding_is_published_too(
    accord: Run, project: Path, hub: HubProcess
) -> None:
    write_pact(project / "pacts", "AsyncWeb", "AsyncOrders", name="x")
    accord("publish", "-a", "1", "--branch", "main")
    pacts = HubPacts(hub.url, branch="main", publish=True, build=Build(url="https://ci/9"))
    with pytest.raises(VerificationFailed, match=r"body \$\.name"):
        await Verifier("AsyncOrders", version="5").app(app).pacts(pacts).record_to(pacts).averify()
    found = newest_result(hub, "AsyncOrders", "AsyncWeb").json()
    assert (found["success"], found["buildUrl"]) == (False, "https://ci/9")
    assert pacts.published == [found["_links"]["self"]["href"]]


CONSUMER = """
import httpx

def test_web_needs_orders(pact):
    orders = pact("RunWeb", "RunOrders")
    orders.upon_receiving("a ping").with_request("GET", "/ping").will_respond_with(204)
    with orders.in_process() as transport:
        httpx.Client(transport=transport, base_url="http://orders").get("/ping")
"""


def test_a_green_run_in_ci_publishes_what_it_wrote_and_others_do_not(
    pytester: pytest.Pytester, hub: HubProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "GIT_COMMIT", "GIT_BRANCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(pytester.path.parent))
    options = ("-p", "no:randomly", "-p", "no:xdist", "--override-ini=filterwarnings=")
    pytester.makepyfile(test_consumer=CONSUMER)
    configuration = pytester.path / "accord.toml"

    def published(version: str) -> bool:
        url = f"{hub.url}/pacts/provider/RunOrders/consumer/RunWeb/version/{version}"
        return httpx.get(url).status_code == 200

    def run(version: str, **variables: str) -> pytest.RunResult:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {"GIT_COMMIT": version, "GIT_BRANCH": "main", **variables}.items():
                patch.setenv(name, value)
            return pytester.runpytest_subprocess(*options)

    run("none", CI="true", PACT_BROKER_BASE_URL=hub.url)
    configuration.write_text(f'[hub]\nurl = "{hub.url}"\n')
    run("local")
    assert [published(version) for version in ("none", "local")] == [False, False]
    done = run("green", CI="true")
    done.stdout.fnmatch_lines([f"pacts published: 1 to {hub.url}, version green, branch main"])
    assert published("green")
    configuration.write_text('[hub]\nurl = "http://127.0.0.1:9"\n')
    away = run("away", CI="true")
    assert away.ret == pytest.ExitCode.TESTS_FAILED
    away.stdout.fnmatch_lines(["pacts not published: no hub answers at http://127.0.0.1:9*"])
