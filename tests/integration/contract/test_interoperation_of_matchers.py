"""Every matcher of V4, seen by the reference: it reads our file and judges a provider's answers as we do."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from accord import Pact, match
from accord.contract import Contract, HttpInteraction, match_response
from accord.contract.bodies import Body
from accord.contract.model import Response

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pact") is None or importlib.util.find_spec("pact_ffi") is None,
    reason="pact-python is not installed: there is no wheel of it for this platform",
)

CURRENCY = match.regex("[A-Z]{3}", "EUR")
BODY = {
    "id": match.from_provider_state("${id}", 1),
    "rates": match.map_of(CURRENCY, {"rate": match.decimal(1.08)}),
    "plain": match.map_of(CURRENCY, match.integer(1)),
    "byValue": match.each_value(match.integer(1)),
    "byKey": match.each_key(match.regex("[a-z]+", "a"), {"a": 1}),
    "links": match.array_containing({"rel": "self", "href": match.string("x")}),
    "note": match.optional(match.string("n")),
    "address": match.optional({"city": match.string("c")}),
    "either": match.any_of(match.integer(1), match.null()),
    "both": match.all_of(match.regex("[a-z ]+", "big dog"), match.includes("dog")),
    "next": match.url("/page/2", r"/page/\d+"),
    "version": match.semver(),
    "name": match.not_empty("x"),
    "day": match.generated(match.date("2020-01-01"), "Date", format="yyyy-MM-dd"),
}
ANSWER: dict[str, Any] = {
    "id": 77, "rates": {"GBP": {"rate": 0.5}, "USD": {"rate": 1.5}}, "plain": {"GBP": 3}, "byValue": {"z": 9}, "byKey": {"q": 1},
    "links": [{"rel": "other"}, {"rel": "self", "href": "/"}], "either": None, "both": "a dog", "next": "https://x/page/7",
    "version": "2.0.0", "name": "y", "day": "2024-02-29",
}  # fmt: skip
CHANGES: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"note": "here", "address": {"city": "Graz"}}, True),
    ({"note": None, "address": None}, True),
    ({"id": "77"}, False),
    ({"rates": {"pound": {"rate": 1.5}}}, False),
    ({"rates": {"GBP": {"rate": "1"}}}, False),
    ({"plain": {"GBP": "x"}}, False),
    ({"plain": {"gbp": 1}}, False),
    ({"byValue": {"z": "9"}}, False),
    ({"byKey": {"Q": 1}}, False),
    ({"links": []}, False),
    ({"either": "x"}, False),
    ({"both": "a cat"}, False),
    ({"next": "https://x/page/x"}, False),
    ({"version": "1"}, False),
    ({"name": ""}, False),
    ({"day": "2025-02-29"}, False),
]

# Answers each request with the next of the answers, and prints what the reference says of each, and what it asked for.
VERIFY = """
import json, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pact import Verifier

path, answers = sys.argv[1], json.loads(sys.argv[2])
asked = []

class Provider(BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass
    def do_GET(self):
        asked.append(self.path)
        self.answer(201, json.dumps(answers[0]).encode())
    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(200, b'{"id": 77}')
    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

server = HTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
while answers:
    verifier = Verifier("P", host="127.0.0.1").add_transport(url=url).add_source(path)
    verifier.state_handler(f"{url}/states", body=True)
    try:
        verifier.verify()
        verdict = True
    except RuntimeError:
        verdict = False
    print("VERDICT", verdict, asked.pop(), flush=True)
    answers.pop(0)
"""


def test_the_reference_judges_every_matcher_as_we_do(tmp_path: Path) -> None:
    pact = Pact("C", "P", directory=tmp_path)
    (
        pact.given("an order")
        .upon_receiving("a request for it")
        .with_request("GET", match.from_provider_state("/orders/${id}", "/orders/1"))
        .will_respond_with(match.status_code("success"), body=BODY)
    )
    with pact.serve() as mock:
        httpx.get(f"{mock.url}/orders/1")
    path = pact.write()
    [interaction] = Contract.read(path).interactions
    assert isinstance(interaction, HttpInteraction)
    answers = [ANSWER | change for change, _ in CHANGES]
    ours = [not match_response(interaction.response, Response(201, body=Body.of_json(each))) for each in answers]
    assert ours == [good for _, good in CHANGES]
    program = tmp_path / "verify.py"
    program.write_text(VERIFY)
    done = subprocess.run(
        [sys.executable, program, path, json.dumps(answers)], capture_output=True, text=True, check=False, timeout=120
    )
    verdicts = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("VERDICT")]
    assert verdicts == [[str(good), "/orders/77"] for _, good in CHANGES], done.stdout + done.stderr
