"""How long until a broker is ready, beside starting the bare program and asking it the same question.

Run: python benchmarks/brokers_ready.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from accord.core.errors import ResourceMissingError
from accord.infra import KafkaBroker, NatsServer, RabbitServer, ValkeyServer, ports
from accord.infra.addresses import Address
from accord.infra.kafka import foreign as kafka
from accord.infra.kafka.apache import ApacheKafkaRecipe
from accord.infra.kafka.tansu import TansuRecipe
from accord.infra.nats import foreign as nats
from accord.infra.nats.recipe import NatsRecipe
from accord.infra.rabbitmq.recipe import RabbitRecipe
from accord.infra.valkey import foreign as valkey
from accord.infra.valkey.recipe import ValkeyRecipe

Command = Callable[[str, int, str], list[str]]
BARE: list[tuple[str, Any, Command, Callable[[Address], str]]] = [
    ("NATS", NatsRecipe, lambda it, port, where: [it, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", where],
     nats.ask_version),
    ("Valkey", ValkeyRecipe, lambda it, port, where: [it, "--port", str(port), "--dir", where, "--save", ""],
     valkey.ask_version),
    ("Tansu", TansuRecipe, lambda it, port, _: [
        it, "broker", "--listener-url", f"tcp://127.0.0.1:{port}",
        "--advertised-listener-url", f"tcp://127.0.0.1:{port}", "--storage-engine", "memory://tansu/"],
     kafka.ask_version),
]  # fmt: skip


def milliseconds_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def show(what: str, figures: list[float]) -> None:
    print(f"{what:<52}{statistics.median(figures):9.1f}{min(figures):9.1f}{max(figures):9.1f}{len(figures):5}")


def start_bare(program: Path, command: Command, ask: Callable[[Address], str]) -> float:
    port = next(ports.free_ports())
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - as Accord does
    with tempfile.TemporaryDirectory(dir=memory) as where:
        start = time.perf_counter()
        line = command(str(program), port, where)
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while True:
                try:
                    ask(Address("", "127.0.0.1", port))
                except OSError:
                    time.sleep(0.001)
                else:
                    return milliseconds_since(start)
        finally:
            process.kill()
            process.wait()


def measure(what: str, make: Callable[[], Any], rounds: int) -> None:
    ready, own, stopped = [], [], []
    for _ in range(rounds):
        server = make()
        start = time.perf_counter()
        server.start()
        ready.append(milliseconds_since(start))
        time.sleep(0.05)  # the supervisor has started beside it and is still loading
        for _ in range(3):
            start = time.perf_counter()
            namespace = server.namespace()
            if hasattr(namespace, "topic"):
                namespace.topic("orders")
            namespace.remove()
            own.append(milliseconds_since(start))
        start = time.perf_counter()
        server.stop()
        stopped.append(milliseconds_since(start))
    show(f"{what}: ready", ready)
    show(f"{what}: names of a test's own, made and removed", own)
    show(f"{what}: stop, nothing left", stopped)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="how many servers to start (default 15)")
    rounds = parser.parse_args().rounds
    print(f"{'milliseconds':<52}{'median':>9}{'min':>9}{'max':>9}{'n':>5}")
    servers = {"NATS": NatsServer, "Valkey": ValkeyServer, "Tansu": KafkaBroker}
    for name, recipe, command, ask in BARE:
        program = recipe().find().path
        servers[name]().start().stop()  # loads what is loaded once
        show(f"{name}: the bare program", [start_bare(program, command, ask) for _ in range(rounds)])
        measure(name, servers[name], rounds)
    try:
        RabbitRecipe().find()
        measure("RabbitMQ", RabbitServer, 3)
    except ResourceMissingError as missing:
        print(f"RabbitMQ left out: {missing}")
    if ApacheKafkaRecipe().look() is None:
        print("Apache Kafka left out: it has not been fetched, see docs/brokers.md")
    else:
        measure("Apache Kafka", lambda: KafkaBroker(provider="apache"), 3)


if __name__ == "__main__":
    main()
