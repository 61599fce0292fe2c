"""A hub with 12 services in 95 versions, three providers each, beside the figures of the reference.

Run: python benchmarks/hub.py [--services 12] [--versions 95] [--database postgresql://…] [--rounds 300]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))
from typing import TYPE_CHECKING

from tests.behaviours.hub import HubProcess, running_hub
from tests.behaviours.hub_seed import PROVIDERS_EACH, providers_of, publication, seed, service

if TYPE_CHECKING:
    from collections.abc import Callable

# Milliseconds (and megabytes) of the reference on SQLite, on the same machine; and what must be reached.
REFERENCE = {
    "can-i-deploy": 38,
    "for-verification": 25,
    "publish 3 contracts": 86,
    "overview": 165,
    "overview page": 165,
    "memory": 280,
}
MUST = {
    "can-i-deploy": 5,
    "for-verification": 8,
    "publish 3 contracts": 12,
    "overview": 25,
    "overview page": 25,
    "memory": 120,
}


def measured(rounds: int, work: Callable[[int], None]) -> list[float]:
    """Milliseconds of each round, sorted."""
    for number in range(10):
        work(-1 - number)
    times = []
    for number in range(rounds):
        began = time.perf_counter()
        work(number)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def megabytes(hub: HubProcess) -> float:
    """What the hub's process holds in memory."""
    status = Path(f"/proc/{hub.process.pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def figures(hub: HubProcess, services: int, versions: int, rounds: int) -> dict[str, list[float]]:
    """Seed, then measure."""
    with httpx.Client(base_url=hub.url, timeout=60) as client:
        began = time.perf_counter()
        seed(client, services, versions)
        print(f"seeded {services} x {versions} in {time.perf_counter() - began:.1f} s")
        last = f"1.0.{versions - 1}"

        def can_i_deploy(number: int) -> None:
            name = service(number % services)
            query = f"q[][pacticipant]={name}&q[][version]={last}&latestby=cvpv&environment=production"
            answer = client.get(f"/matrix?{query}")
            assert len(answer.json()["matrix"]) >= PROVIDERS_EACH

        selectors = [{"mainBranch": True}, {"deployedOrReleased": True}]
        body = {
            "consumerVersionSelectors": selectors, "includePendingStatus": True, "providerVersionBranch": "main",
            "includeWipPactsSince": "2020-01-01",
        }  # fmt: skip

        def for_verification(number: int) -> None:
            answer = client.post(f"/pacts/provider/{service(number % services)}/for-verification", json=body)
            assert answer.json()["_embedded"]["pacts"]

        def publish(number: int) -> None:
            who = number % services
            version = f"2.{time.time_ns()}"
            answer = client.post(
                "/contracts/publish", json=publication(service(who), providers_of(who, services), version, number)
            )
            assert answer.status_code == 200

        def overview(_: int) -> None:
            assert len(client.get("/dashboard").json()["items"]) == services * PROVIDERS_EACH

        def overview_page(_: int) -> None:
            page = client.get("/", headers={"accept": "text/html"}).text
            assert page.count("<tr data-search=") == services * PROVIDERS_EACH

        result = {
            "can-i-deploy": measured(rounds, can_i_deploy),
            "for-verification": measured(rounds, for_verification),
            "publish 3 contracts": measured(max(50, rounds // 3), publish),
            "overview": measured(max(30, rounds // 5), overview),
            "overview page": measured(max(30, rounds // 5), overview_page),
        }
        result["memory"] = [megabytes(hub)]
        return result


def main() -> int:
    """Measure and print; 1 where a figure is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=12)
    parser.add_argument("--versions", type=int, default=95)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--database", help="postgresql://…; a file of SQLite by default")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_hub(Path(folder), "--quiet", database=options.database) as hub,
    ):
        found = figures(hub, options.services, options.versions, options.rounds)
    print(f"{'work':22} {'p50':>8} {'p99':>8} {'must':>6} {'reference':>10}")
    for name, times in found.items():
        p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
        print(f"{name:22} {statistics.median(times):8.2f} {p99:8.2f} {MUST[name]:6} {REFERENCE[name]:10}")
    return int(any(statistics.median(times) > MUST[name] for name, times in found.items()))


if __name__ == "__main__":
    sys.exit(main())
