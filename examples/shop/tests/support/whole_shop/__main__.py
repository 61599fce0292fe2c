"""`make shop`: the whole shop on this machine, until Ctrl-C."""

import argparse
import json
import signal
import sys
import threading
from time import perf_counter

from accord.core.errors import AccordError
from whole_shop import WholeShop
from whole_shop.seeding import customer, put_on_shelf


def main() -> int:
    """Bring the shop up, say where everything is, and wait for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make shop", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the addresses as one JSON document")
    parser.add_argument("--kafka", action="store_true", help="Apache Kafka for the bus, in place of NATS")
    options = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    began = perf_counter()
    print("Starting PostgreSQL, the bus and seven services ...", file=sys.stderr)
    try:
        with WholeShop(usual_ports=True, kafka=options.kafka) as shop:
            put_on_shelf(shop.gateway, "prod-1", 100)
            ada = customer(shop.gateway, "ada@example.com", "correct horse", pays_by="tok_visa")
            print_addresses(shop, perf_counter() - began, ada.token, as_json=options.json)
            over.wait()
            print("Stopping ...", file=sys.stderr)
    except (AccordError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def print_addresses(shop: WholeShop, seconds: float, token: str, *, as_json: bool) -> None:
    """Where everything is; for people with a first order to place."""
    rows = [(each.service.participant, name, each.url, each.pid) for name, each in shop.services.items()]
    if as_json:
        services = {name: {"participant": who, "url": url, "pid": pid} for who, name, url, pid in rows}
        document = {"services": services, "database": shop.database.url, "bus": shop.bus.url, "token": token}
        print(json.dumps(document), flush=True)
        return
    print(f"The shop is ready after {seconds:.1f} s:\n")
    for who, name, url, pid in [*rows, ("PostgreSQL", "", shop.database.url, ""), ("the bus", "", shop.bus.url, "")]:
        print(f"  {who:20} {url:32} {f'process {pid}, python -m shop.{name}' if name else ''}")
    print(
        f"""
An order, as Ada, who has a card on file:

  curl -s {shop.gateway}/api/orders -H 'Content-Type: application/json' \\
    -H 'Authorization: Bearer {token}' -d '{{"items": [{{"productId": "prod-1", "quantity": 2}}]}}'

Ctrl-C ends it all.""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
