"""`accord stub serve` as people and starters of the jar start it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from accord import poll_until
from accord.cli import stub_serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx


def test_it_serves_a_folder_with_the_flags_of_the_jar(
    serve: Callable[..., str], tmp_path: Path, client: httpx.Client
) -> None:
    (tmp_path / "mappings").mkdir()
    mapping = {"request": {"url": "/x"}, "response": {"body": "{{request.path}}"}}
    (tmp_path / "mappings" / "x.json").write_text(json.dumps(mapping))
    url = serve(
        "--root-dir", str(tmp_path), "--global-response-templating", "--disable-banner", "--container-threads", "10",
        "--max-request-journal-entries", "5", "--bind-address", "127.0.0.1", "--jetty-acceptor-threads=4",
    )  # fmt: skip
    assert [client.get(f"{url}/x").text for _ in range(9)] == ["/x"] * 9
    assert client.get(f"{url}/__admin/requests").json()["meta"]["total"] == 5
    assert client.post(f"{url}/__admin/shutdown").status_code == 200
    poll_until(lambda: is_down(client, url), description="the server to end")


def test_it_serves_pacts_and_documents(serve: Callable[..., str], tmp_path: Path, client: httpx.Client) -> None:
    interaction = {
        "description": "an order", "request": {"method": "GET", "path": "/orders/1"},
        "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"id": 1}},
    }  # fmt: skip
    pact = {
        "consumer": {"name": "web"},
        "provider": {"name": "orders"},
        "interactions": [interaction],
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }
    (tmp_path / "pact.json").write_text(json.dumps(pact))
    url = serve("--pact", str(tmp_path / "pact.json"))
    assert client.get(f"{url}/orders/1").json() == {"id": 1}
    refused = client.post(
        f"{url}/__admin/mappings",
        json={
            "request": {"method": "GET", "url": "/orders/1"},
            "response": {"jsonBody": {"id": "one"}, "headers": {"Content-Type": "application/json"}},
        },
    )
    assert refused.status_code == 422
    assert "$.id" in refused.text


@pytest.mark.parametrize(
    ("flag", "said"), [("--https-keystore", "--tls-cert"), ("--extensions=a.B", "Java classes"), ("--port=x", "--port")]
)
def test_a_flag_that_would_be_a_lie_is_refused(flag: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        assert stub_serve.main([flag]) == 2
    except SystemExit as stop:
        assert stop.code == 2  # noqa: PT017 - argparse ends by itself
    assert said in capsys.readouterr().err


def test_a_flag_that_is_not_known_is_misuse_with_the_near_name() -> None:
    command = [sys.executable, "-m", "accord.cli", "stub", "serve", "--disable-baner"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "did you mean --disable-banner?" in done.stderr) == (2, True)


def is_down(client: httpx.Client, url: str) -> bool:
    try:
        client.get(f"{url}/x")
    except Exception:  # noqa: BLE001 - whatever it is, nobody answers
        return True
    return False
