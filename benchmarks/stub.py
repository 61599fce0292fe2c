"""StubServer beside WireMock's jar, under wrk: python benchmarks/stub.py [--quick].

Medians of three runs in turn, 64 connections. Our journal keeps 10,000 requests. The jar runs without a journal, which
is its fastest, and once more with a journal of the same bound. Without Java or wrk what needs them is left out.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from accord.core.errors import ProviderUnreachableError
from accord.core.http.client import HttpCaller
from accord.core.http.messages import HttpRequest

ROOT = Path(__file__).parents[1]
JAR = ROOT / ".tools/node_modules/wiremock/build/wiremock-standalone-3.13.2.jar"
BOUND = "10000"
SECONDS = 2 if "--quick" in sys.argv else 4
ROUNDS = 1 if "--quick" in sys.argv else 3
LUA = 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = [[%s]]\n'

ORDER = {
    "id": 7,
    "items": [{"sku": f"s-{n}", "count": n, "price": n + 0.5} for n in range(10)],
    "address": {"city": "Kyiv", "zip": "01001"},
}
TEMPLATE = (
    "{{request.path}} {{upper request.query.name}} {{jsonPath request.body '$.id'}} "
    "{{#if request.headers.Host}}yes{{/if}} {{trim ' x '}} {{now format='yyyy-MM-dd'}}"
)  # fmt: skip


class Peer:
    """A server under load: ours or the jar."""

    def __init__(self, name: str, command: list[str]) -> None:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
        self.name = name
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = tempfile.TemporaryDirectory()
        self._command = [*command, "--port", str(self.port), "--root-dir", self._folder.name]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        mappings = Path(self._folder.name) / "mappings"
        mappings.mkdir()
        (mappings / "first.json").write_text('{"request": {"url": "/first"}, "response": {"body": "hi"}}')
        # Bytecode is kept, as where the package is installed: compiling it at each start would be measured else.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "accord-bench-bytecode")}
        self._process = subprocess.Popen(
            self._command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:  # not poll_until: its pauses grow, and this time is what is measured
            try:
                assert self.call("GET", "/first", admin="") == 200
            except ProviderUnreachableError:
                time.sleep(0.002)
            else:
                return self
        raise TimeoutError(f"{self.name} did not answer")

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(20)
        self._folder.cleanup()

    def call(self, method: str, path: str, body: Any = None, admin: str = "/__admin/") -> int:
        data = b"" if body is None else json.dumps(body).encode()
        headers = (("Host", f"127.0.0.1:{self.port}"), ("Content-Length", str(len(data))))
        with HttpCaller(self.url, timeout=120) as caller:
            return caller.call(HttpRequest(method, f"{admin}{path}", headers, data)).status

    def stub(self, *mappings: dict[str, Any]) -> None:
        self.call("DELETE", "mappings")
        # The first of an import is asked first: so the last of these is the oldest.
        assert self.call("POST", "mappings/import", {"mappings": list(mappings)}) == 200

    def megabytes(self) -> float:
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status")
        if not status.exists():
            return float("nan")
        return int(re.findall(r"VmRSS:\s+(\d+)", status.read_text())[0]) / 1000


def ours() -> Peer:
    return Peer("accord", [sys.executable, "-m", "accord.cli", "stub", "serve", "--max-request-journal-entries", BOUND])


def jar(*journal: str) -> Peer:
    return Peer("WireMock", ["java", "-jar", str(JAR), "--disable-banner", *journal])


def loaded(peer: Peer, path: str, body: str | None = None) -> tuple[float, float]:
    """Requests a second, and milliseconds that 99 of 100 stay below."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        command = ["wrk", "-t1", "-c64", f"-d{SECONDS}s", "--latency", peer.url + path]
        if body is not None:
            script.write(LUA % body)
            script.flush()
            command += ["-s", script.name]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])
    figure, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s|m)", said)[0]
    return rate, float(figure) * {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}[unit]


CASES: tuple[tuple[str, str, str | None, tuple[dict[str, Any], ...]], ...] = (
    ("1 stub", "/x", None, ({"request": {"method": "GET", "url": "/x"}, "response": {"body": "hi"}},)),
    (
        "10,000 stubs, the oldest", "/9999", None,
        tuple({"request": {"method": "GET", "url": f"/{n}"}, "response": {"body": "hi"}} for n in range(10_000)),
    ),
    (
        "JSON body equality", "/j", json.dumps(ORDER),
        (
            {
                "request": {"method": "POST", "url": "/j", "bodyPatterns": [{"equalToJson": json.dumps(ORDER)}]},
                "response": {"body": "hi"},
            },
        ),
    ),
    (
        "template of 5 helpers", "/t?name=ann", '{"id": 7}',
        (
            {
                "request": {"method": "POST", "urlPath": "/t"},
                "response": {"body": TEMPLATE, "transformers": ["response-template"]},
            },
        ),
    ),
)  # fmt: skip


def bench_start(make: Any) -> float:
    times = []
    with make():  # once for the bytecode, and for the files to be in memory
        pass
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with make():
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def bench_load(peers: list[Peer]) -> None:
    for title, path, body, mappings in CASES:
        for peer in peers:
            peer.stub(*mappings)
            loaded(peer, path, body)  # warm: the jar compiles what it runs often
        runs: dict[str, list[tuple[float, float]]] = {peer.name: [] for peer in peers}
        for _ in range(ROUNDS):
            for peer in peers:
                runs[peer.name].append(loaded(peer, path, body))
        print(title)
        for peer in peers:
            rate, late = (statistics.median(each) for each in zip(*runs[peer.name], strict=True))
            print(f"  {peer.name:28} {rate:9,.0f}/s   p99 {late:8.2f} ms   {peer.megabytes():7.0f} MB")


def main() -> None:
    has_jar = JAR.is_file() and shutil.which("java") is not None
    if not has_jar:
        print("WireMock's jar is not here (make tools; Java): ours alone")
    print(f"Start to first answer\n  accord                       {bench_start(ours):9.0f} ms")
    if has_jar:
        print(f"  WireMock                     {bench_start(lambda: jar('--no-request-journal')):9.0f} ms")
    if shutil.which("wrk") is None:
        print("wrk is not installed (apt-get install wrk): no figures under load")
        return
    with ours() as own:
        if not has_jar:
            bench_load([own])
            return
        with jar("--no-request-journal") as fast, jar("--max-request-journal-entries", BOUND) as bound:
            fast.name, bound.name = "WireMock without a journal", "WireMock, journal as ours"
            bench_load([own, fast, bound])


if __name__ == "__main__":
    main()
