"""How long a response template of five helpers takes, with the model of its request made anew each time.

python benchmarks/templates.py [ROUNDS]

Time of the processor, the best round of several: what else runs on the machine only ever slows it down.
"""

from __future__ import annotations

import sys
import time

from accord.stub.templating import compile_template, request_model

WANTED = 100.0  # microseconds: ten thousand a second, where WireMock answered 6,200 to 12,300 requests with two cores
RENDERINGS = 2000
TEMPLATE = (
    """{"id": "{{randomValue type='UUID'}}", "order": "{{request.path.[1]}}", "who": "{{upper request.query.who}}", """
    """"amount": {{jsonPath request.body '$.order.items[1].price'}}, "tax": {{math 5 '+' 2}}, """
    """"due": "{{now offset='3 days' format='yyyy-MM-dd'}}" }"""
)
HEADERS = [("Host", "shop:8080"), ("Accept", "*/*"), ("Content-Type", "application/json")]
BODY = b'{"order": {"items": [{"price": 1}, {"price": 2.5}], "note": "none"}}'


def main() -> int:
    """Print the figure; 1 where it is more than is wanted."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    template = compile_template(TEMPLATE)
    best = min(measure(template.render) for _ in range(rounds))
    print(f"template of five helpers   {best:6.1f} µs, {1e6 / best:,.0f} a second")
    print(f"wanted: at most {WANTED:.0f} µs; {'reached' if best <= WANTED else 'too slow'}")
    return 0 if best <= WANTED else 1


def measure(render: object) -> float:
    """Microseconds of one rendering."""
    assert callable(render)
    begun = time.process_time()
    for _ in range(RENDERINGS):
        model = request_model(method="POST", url="/orders/42?who=me", headers=HEADERS, body=BODY)
        text = render({"request": model, "parameters": {}})
    assert '"who": "ME", "amount": 2.5, "tax": 7' in text
    return (time.process_time() - begun) / RENDERINGS * 1e6


if __name__ == "__main__":
    sys.exit(main())
