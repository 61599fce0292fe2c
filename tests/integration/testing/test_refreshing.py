"""``pytest --refresh`` calls the real service, also from a unit test, writes the file; then no service is needed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from accord.core.http.messages import HttpRequest, HttpResponse
from accord.core.http.server import listen
from tests import prefork

if TYPE_CHECKING:
    import pytest

DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Greeter", "version": "1"},
    "paths": {"/hello": {"get": {"responses": {"200": {"description": "", "content": {"application/json": {
        "schema": {"type": "object", "properties": {"hello": {"type": "string"}, "token": {"type": "string"}}},
    }}}}}}},
}  # fmt: skip
TEST = """
import pytest

@pytest.mark.unit
def test_hello(recordings):
    with recordings("greeter", url="{url}", openapi="openapi.json").client() as client:
        assert client.get("/hello", headers={{"Authorization": "Bearer long-secret"}}).json()["hello"] == "you"

@pytest.mark.unit
async def test_hello_async(recordings):
    async with recordings("greeter_async", url="{url}", openapi="openapi.json").async_client() as client:
        assert (await client.get("/hello")).json()["hello"] == "you"
"""


def test_a_refresh_records_and_later_runs_replay(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("openapi.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    came: list[HttpRequest] = []

    def handle(request: HttpRequest) -> HttpResponse:
        came.append(request)
        body = json.dumps({"hello": "you", "token": "dangerous"}).encode()
        return HttpResponse(200, (("Content-Type", "application/json"),), body)

    server = listen(handle)
    try:
        pytester.makepyfile(TEST.format(url=f"http://127.0.0.1:{server.port}"))
        arguments = ("-o", "asyncio_mode=auto")
        missing = prefork.run_pytest(pytester.path, *arguments)
        missing.assert_outcomes(failed=2)
        missing.stdout.fnmatch_lines(["*RecordingMissing: nothing is recorded for GET /hello*"])
        assert came == []
        prefork.run_pytest(pytester.path, *arguments, "--refresh").assert_outcomes(passed=2)
        assert len(came) == 2
    finally:
        server.close()
    prefork.run_pytest(pytester.path, *arguments).assert_outcomes(passed=2)
    text = (pytester.path / "tests" / "recordings" / "greeter.json").read_text(encoding="utf-8")
    assert "long-secret" not in text
    assert "dangerous" not in text
