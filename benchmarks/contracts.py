"""Consumer tests and verifications, beside pact-python in the same run: python benchmarks/contracts.py [--quick].

Prints medians and the ratio pact-python / Accord. Both sides do the same work: build the interaction, call the mock
with the same kind of client, write what was proved; replay 200 interactions with Python state handlers against the
same FastAPI application, over HTTP and, where the tool can, in process.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pact as pact_python
import uvicorn
from fastapi import FastAPI

import accord
from accord import Pact, match

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logging.disable(logging.WARNING)
BLOCK = 10
BODY = {"id": 1, "name": "widget", "price": 9.5, "tags": ["a", "b"]}


def provider_app() -> FastAPI:
    """The provider that both verify."""
    app = FastAPI()

    @app.get("/items/{number}")
    async def item(number: int) -> dict[str, Any]:
        return {**BODY, "id": number}

    return app


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def accord_in_process(folder: Path) -> Iterator[float]:
    """One consumer test after the other, without a socket."""
    pact = Pact("Consumer", "Provider", directory=folder)
    transport = SwappableTransport()
    client = httpx.Client(transport=transport, base_url="http://provider")
    index = 0

    def consumer_test() -> None:
        define(pact, index)
        with pact.in_process() as inner:
            transport.inner = inner
            client.get(f"/items/{index}").json()

    while True:
        yield timed(consumer_test)
        index += 1


class SwappableTransport(httpx.BaseTransport):
    """Lets one client be reused for many mocks, as the socket's one is."""

    inner: httpx.BaseTransport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.inner.handle_request(request)


def accord_over_socket(folder: Path) -> Iterator[float]:
    """One consumer test after the other, over HTTP."""
    pact = Pact("Consumer", "Provider", directory=folder)
    client = httpx.Client()
    index = 0

    def consumer_test() -> None:
        define(pact, index)
        with pact.serve() as mock:
            client.get(f"{mock.url}/items/{index}").json()

    while True:
        yield timed(consumer_test)
        index += 1


def define(pact: Pact, index: int) -> None:
    """The interaction of both sides, Accord's words."""
    (
        pact.given("item exists", number=index)
        .upon_receiving(f"a request for item {index}")
        .with_request("GET", f"/items/{index}")
        .will_respond_with(200, body={"id": match.integer(index), "name": match.like("widget")})
    )


def pact_python_over_socket(folder: Path) -> Iterator[float]:
    """One consumer test after the other with pact-python; a new Pact each, as its documentation shows."""
    client = httpx.Client()
    index = 0

    def consumer_test() -> None:
        pact = pact_python.Pact("Consumer", "Provider").with_specification("V4")
        (
            pact.upon_receiving(f"a request for item {index}")
            .given("item exists", number=str(index))
            .with_request("GET", f"/items/{index}")
            .will_respond_with(200)
            .with_body({"id": pact_python.match.int(index), "name": pact_python.match.like("widget")})
        )
        with pact.serve() as mock:
            client.get(f"{mock.url}/items/{index}").json()
        pact.write_file(folder)

    while True:
        yield timed(consumer_test)
        index += 1


def bench_consumer(count: int) -> None:
    """Alternate the three in blocks, so that a machine that drifts drifts for all."""
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name, part) for part in ("a", "b", "c")]
        for folder in folders:
            folder.mkdir()
        runs = {
            "accord, in process": accord_in_process(folders[0]),
            "accord, socket": accord_over_socket(folders[1]),
            "pact-python, socket": pact_python_over_socket(folders[2]),
        }
        times: dict[str, list[float]] = {key: [] for key in runs}
        for _ in range(count // BLOCK):
            for key, run in runs.items():
                next(run)  # warms up, and lets the other's threads come to their end
                times[key] += [next(run) for _ in range(BLOCK)]
    reference = statistics.median(times["pact-python, socket"])
    print(f"One consumer test (build, call, write), median of {count}")
    for key, values in times.items():
        median = statistics.median(values)
        print(f"  {key:<22}{median * 1000:8.2f} ms   {reference / median:6.1f} x")


def write_pact(folder: Path, count: int) -> Path:
    """A pact with that many interactions, each with a provider state."""
    interactions = [
        {
            "description": f"a request for item {number}",
            "providerStates": [{"name": "item exists", "params": {"number": number}}],
            "request": {"method": "GET", "path": f"/items/{number}"},
            "response": {
                "status": 200,
                "headers": {"Content-Type": "application/json"},
                "body": {**BODY, "id": number},
                "matchingRules": {
                    "body": {
                        "$.id": {"matchers": [{"match": "integer"}]},
                        "$.price": {"matchers": [{"match": "decimal"}]},
                    }
                },
            },
        }
        for number in range(count)
    ]
    document = {
        "consumer": {"name": "Consumer"},
        "provider": {"name": "Provider"},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }
    path = folder / "Consumer-Provider.json"
    path.write_text(json.dumps(document))
    return path


def serve_app() -> tuple[str, Callable[[], None]]:
    """The provider on uvicorn, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, __file__, "--serve", str(port)])
    url = f"http://127.0.0.1:{port}"
    accord.poll_until(lambda: answers(url), description="the provider to listen", timeout=15)
    return url, process.kill


def answers(url: str) -> bool:
    """Whether something answers there."""
    try:
        httpx.get(f"{url}/items/1")
    except httpx.TransportError:
        return False
    return True


def verify_with_pact_python(url: str, path: Path) -> None:
    """The reference, with a state handler in Python."""

    def handler(action: str, parameters: dict[str, Any] | None) -> None:
        del action, parameters

    (
        pact_python.Verifier("Provider", host="127.0.0.1")
        .add_source(str(path))
        .add_transport(url=url)
        .state_handler({"item exists": handler}, teardown=False)
        .verify()
    )


def bench_verification(counts: list[int], rounds: int) -> None:
    """Verify the same pacts with both."""
    app = provider_app()
    url, stop = serve_app()
    try:
        for count in counts:
            folder = Path(tempfile.mkdtemp())
            path = write_pact(folder, count)
            runs: dict[str, Callable[[], object]] = {
                "accord, in process": lambda path=path: accord_verifier(path).app(app).verify(),
                "accord, over HTTP": lambda path=path: accord_verifier(path).url(url).verify(),
                "pact-python, over HTTP": lambda path=path: verify_with_pact_python(url, path),
            }
            times: dict[str, list[float]] = {key: [] for key in runs}
            for index in range(rounds + 1):
                for key, run in runs.items():
                    with quiet():
                        seconds = timed(run)
                    if index:
                        times[key].append(seconds)
            reference = statistics.median(times["pact-python, over HTTP"])
            print(f"Verification of {count} interactions with state handlers, median of {rounds}")
            for key, values in times.items():
                median = statistics.median(values)
                print(f"  {key:<24}{median * 1000:9.1f} ms   {reference / median:6.1f} x")
            shutil.rmtree(folder)
    finally:
        stop()


def accord_verifier(path: Path) -> accord.Verifier:
    """Accord's, with the same handler."""
    return accord.Verifier("Provider").state("item exists", _nothing).pacts(path)


def _nothing(number: int) -> None:
    del number


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The reference writes a report of its own from native code; both sides run with nowhere to write to."""
    sys.stdout.flush()
    kept = [os.dup(descriptor) for descriptor in (1, 2)]
    with Path(os.devnull).open("w") as nowhere:
        for descriptor in (1, 2):
            os.dup2(nowhere.fileno(), descriptor)
    try:
        yield
    finally:
        sys.stdout.flush()
        for descriptor, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, descriptor)
            os.close(copy)


def bench_import(rounds: int) -> None:
    """Start-up: bare Python, and with Accord's names."""
    for label, code in (
        ("python, nothing imported", "pass"),
        ("from accord import Pact, match", "from accord import Pact, match"),
    ):
        times = [
            timed(lambda code=code: subprocess.run([sys.executable, "-c", code], check=True)) for _ in range(rounds)
        ]
        print(f"  {label:<34}{statistics.median(times) * 1000:7.1f} ms")


def main() -> None:
    """Run all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few rounds only")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        uvicorn.run(provider_app(), host="127.0.0.1", port=options.serve, log_level="error")
        return
    print("Import, bare Python's start-up in it")
    bench_import(5 if options.quick else 15)
    bench_consumer(20 if options.quick else 100)
    bench_verification([20] if options.quick else [1, 20, 200], 1 if options.quick else 3)


if __name__ == "__main__":
    main()
