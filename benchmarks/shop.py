"""The example shop whole: seven processes with databases and a bus until they are ready; an order until confirmed."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from time import perf_counter

SHOP = Path(__file__).parents[1] / "examples" / "shop"
sys.path[:0] = [str(SHOP / "src"), str(SHOP / "tests" / "support")]

from whole_shop import WholeShop  # noqa: E402
from whole_shop.journeys import Visit  # noqa: E402
from whole_shop.seeding import customer, put_on_shelf  # noqa: E402

from accord import poll_until  # noqa: E402 - the shop is found by the line above

ORDERS = 40


def main() -> None:
    began = perf_counter()
    with WholeShop() as shop:
        print(f"shop ready: {perf_counter() - began:.1f} s (at most 8)")
        put_on_shelf(shop.gateway, "prod-1", 10 * ORDERS)
        visit = Visit(shop, customer(shop.gateway, pays_by="tok_visa"))
        visit.wait_for(visit.order("prod-1"), "confirmed")
        times = []
        for _ in range(ORDERS):
            began = perf_counter()
            order_id = visit.order("prod-1")
            poll_until(lambda order_id=order_id: visit.status_of(order_id) == "confirmed", timeout=30, interval=0.002)
            times.append((perf_counter() - began) * 1000)
        print(f"an order through the gateway until confirmed: p50 {statistics.median(times):.0f} ms (at most 150)")


if __name__ == "__main__":
    main()
