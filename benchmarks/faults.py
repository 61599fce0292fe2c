"""The fault proxy beside none and, where it is on PATH, beside Toxiproxy: requests a second, and a latency's error.

python benchmarks/faults.py [SECONDS]

Each is a process of its own. The load comes from wrk where it is installed, else from a process of ours.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import httptools
import uvloop

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARE_WANTED = 0.45  # of what goes through without a proxy
ERROR_WANTED = 2.0  # milliseconds
ROUNDS = 5  # the ways take turns; the median of the shares counts
CONNECTIONS = 64
LATENCY = 50  # milliseconds
SAMPLES = 100
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\nHello, world!"
QUESTION = b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n"


class Service(asyncio.Protocol):
    """Answers each request, once it has been read as HTTP."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.write = transport.write  # type: ignore[attr-defined]
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.write(ANSWER)


class Client(asyncio.Protocol):
    """Asks again as soon as it has an answer."""

    answers = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.write = transport.write  # type: ignore[attr-defined]
        self.seen = 0
        self.write(QUESTION)

    def data_received(self, data: bytes) -> None:
        self.seen += len(data)
        while self.seen >= len(ANSWER):
            self.seen -= len(ANSWER)
            Client.answers += 1
            self.write(QUESTION)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", port)
    await server.serve_forever()


async def load(port: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(CONNECTIONS):
        await loop.create_connection(Client, "127.0.0.1", port)
    begun, before = time.perf_counter(), Client.answers
    await asyncio.sleep(seconds)
    print((Client.answers - before) / (time.perf_counter() - begun))


def requests_a_second(port: int, seconds: float) -> float:
    wrk = shutil.which("wrk")
    if wrk is None:
        command = [sys.executable, __file__, "load", str(port), str(seconds)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(round(seconds), 1)}", f"http://127.0.0.1:{port}/"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found.group(1))


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(*command: str, port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, f"{command[0]} does not listen"
                time.sleep(0.01)
        yield
    finally:
        process.kill()
        process.wait()


def call(api: int, path: str, document: object) -> dict[str, object]:
    request = urllib.request.Request(f"http://127.0.0.1:{api}{path}", json.dumps(document).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - this machine's own
        return json.loads(answer.read())  # type: ignore[no-any-return]


def latency_errors(api: int, port: int) -> list[float]:
    """Milliseconds by which answers come later than the toxic says, beyond what they take without it."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def once() -> float:
            begun = time.perf_counter()
            connection.sendall(QUESTION)
            got = 0
            while got < len(ANSWER):
                got += len(connection.recv(4096))
            return (time.perf_counter() - begun) * 1000

        plain = statistics.median(once() for _ in range(SAMPLES))
        call(api, "/proxies/bench/toxics", {"type": "latency", "attributes": {"latency": LATENCY}})
        return [once() - plain - LATENCY for _ in range(SAMPLES)]


def main() -> int:
    """Print the table; 1 where a figure is not reached."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    service, api = free_port(), free_port()
    peers = {"Accord": (api, [sys.executable, "-m", "accord", "faults", "serve", "--port", str(api)])}
    if toxiproxy := shutil.which("toxiproxy-server"):
        other = free_port()
        peers["Toxiproxy"] = (other, [toxiproxy, "-port", str(other)])
    with ExitStack() as stack:
        stack.enter_context(running(sys.executable, __file__, "serve", str(service), port=service))
        ports = {}
        for name, (control, command) in peers.items():
            stack.enter_context(running(*command, port=control))
            listen = f"127.0.0.1:{free_port()}"
            document = {"name": "bench", "listen": listen, "upstream": f"127.0.0.1:{service}"}
            ports[name] = int(str(call(control, "/proxies", document)["listen"]).rpartition(":")[2])
        direct, through = measure(service, ports, seconds)
        shares = {
            name: statistics.median(t / d for t, d in zip(rates, direct, strict=True))
            for name, rates in through.items()
        }
        print(f"{'direct':12} {statistics.median(direct):10,.0f} requests a second")
        for name, rates in through.items():
            print(f"{name:12} {statistics.median(rates):10,.0f} requests a second, {shares[name]:.0%} of direct")
        errors = {name: latency_errors(peers[name][0], ports[name]) for name in peers}
    for name, late in errors.items():
        middle, most = statistics.median(late), max(late)
        print(f"{name:12} a latency of {LATENCY} ms is off by {middle:.2f} ms (median), {most:.2f} (most)")
    reached = shares["Accord"] >= SHARE_WANTED and abs(statistics.median(errors["Accord"])) <= ERROR_WANTED
    print(f"wanted: {SHARE_WANTED:.0%} of direct, within {ERROR_WANTED} ms: {'reached' if reached else 'not reached'}")
    return 0 if reached else 1


def measure(service: int, ports: dict[str, int], seconds: float) -> tuple[list[float], dict[str, list[float]]]:
    direct: list[float] = []
    through: dict[str, list[float]] = {name: [] for name in ports}
    for _ in range(ROUNDS):
        direct.append(requests_a_second(service, seconds))
        for name, port in ports.items():
            through[name].append(requests_a_second(port, seconds))
    return direct, through


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        uvloop.run(serve(int(sys.argv[2])))
    elif sys.argv[1:2] == ["load"]:
        uvloop.run(load(int(sys.argv[2]), float(sys.argv[3])))
    else:
        sys.exit(main())
