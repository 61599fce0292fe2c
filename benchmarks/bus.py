"""Messages a second through the bus in memory: published as JSON, delivered, acknowledged; some fail and come again.

python benchmarks/bus.py [MESSAGES]
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time

from accord.infra import MemoryBus, Message, Redelivery

WANTED = 20_000  # messages a second
KEYS = 100
ROUNDS = 5  # the best counts: what else runs on the machine only ever slows it down


async def measure(count: int, *, groups: int, failing: float) -> float:
    """Deliveries that were acknowledged, a second; a part of the messages fails once and is delivered again."""
    bus, taken = MemoryBus(), 0
    every = round(1 / failing) if failing else 0

    def fails(number: int) -> bool:
        return bool(every) and number % every == number // KEYS % every  # of every key some

    async def handle(message: Message) -> None:
        nonlocal taken
        if message.attempt == 1 and fails(message.content["number"]):
            raise ValueError("not yet")
        taken += 1

    async with bus:
        for group in range(groups):
            await bus.subscribe("orders.*", handle, group=f"group-{group}", redelivery=Redelivery(delay=0.001))
        begun = time.perf_counter()
        for number in range(count):
            await bus.publish("orders.placed", {"number": number, "total": "9.99"}, key=f"order-{number % KEYS}")
        await bus.settled(timeout=120)
        seconds = time.perf_counter() - begun
    assert taken == count * groups, f"{taken} of {count * groups} were delivered"
    return taken / seconds


def main() -> int:
    """Print a line for each case; 1 where the first is below what is wanted."""
    logging.disable(logging.WARNING)  # of each delivery that fails
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    cases = {
        "one group, 1 % delivered again": (1, 0.01),
        "one group, none delivered again": (1, 0.0),
        "three groups, 1 % delivered again": (3, 0.01),
        "one group, 10 % delivered again": (1, 0.1),
    }
    results = {}
    for name, (groups, failing) in cases.items():
        results[name] = max(asyncio.run(measure(count, groups=groups, failing=failing)) for _ in range(ROUNDS))
        print(f"{name:36} {results[name]:10,.0f} deliveries a second")
    first = next(iter(results.values()))
    print(f"wanted: {WANTED:,} a second; the first is {'enough' if first >= WANTED else 'too slow'}")
    return 0 if first >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
