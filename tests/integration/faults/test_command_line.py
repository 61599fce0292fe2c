from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from accord.cli.program import run
from tests.integration.faults.conftest import Api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

ACCORD = [sys.executable, "-m", "accord", "faults", "serve"]


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], Api]]:
    with subprocess.Popen([*ACCORD, "--port", "0", *options], stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            assert said.startswith("accord faults listens on http://127.0.0.1:"), said + process.stderr.read()
            yield process, Api(int(said.rpartition(":")[2]))
        finally:
            process.kill()


def test_it_serves_the_proxies_of_a_file_until_it_is_told_to_stop(tmp_path: Path, echo: str) -> None:
    config = tmp_path / "toxiproxy.json"
    config.write_text(json.dumps([{"name": "echo", "listen": "127.0.0.1:0", "upstream": echo}]))
    with serving("--config", str(config), "--seed", "7") as (process, api):
        assert list(api("GET", "/proxies")[1]) == ["echo"]
        assert api("GET", "/version")[1]["version"].startswith("accord-")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_port_that_is_taken_is_said_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        assert run(["faults", "serve", "--port", port]) == 2
    said = capsys.readouterr().err
    assert f"Port {port} on 127.0.0.1 is taken" in said
    assert "--port" in said


def test_an_empty_host_is_loopback() -> None:
    with serving("--host", "") as (_, api):  # which looks at the address that is said
        assert api("GET", "/version")[0] == 200


def test_misuse_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases: list[tuple[list[str], str]] = [
        (["--host", "0.0.0.0"], "no loopback address"),  # noqa: S104 - what is refused
        (["--host", "192.0.2.1", "--outside"], "Cannot listen on 192.0.2.1"),
        (["--config", str(tmp_path / "missing.json")], "missing.json"),
    ]
    wrong: dict[str, Any] = {"bad.json": "{", "list.json": {}, "name.json": [{"name": "x"}]}
    for name, document in wrong.items():
        (tmp_path / name).write_text(document if isinstance(document, str) else json.dumps(document))
        cases.append((["--config", str(tmp_path / name)], name))
    for options, said in cases:
        assert run(["faults", "serve", "--port", "0", *options]) == 2
        printed = capsys.readouterr().err
        assert said in printed
        assert "Traceback" not in printed
