"""Our files and the reference's, each read and verified by the other.

The reference runs in processes of its own: its native library prints to the terminal itself, and keeps threads.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from accord import Pact, VerificationFailed, Verifier, match

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pact") is None or importlib.util.find_spec("pact_ffi") is None,
    reason="pact-python is not installed: there is no wheel of it for this platform",
)

BODY = {"id": 7, "total": 12.5, "lines": [{"sku": "a"}, {"sku": "b"}], "note": None, "größe": "ä"}

APP = """
import json
from fastapi import FastAPI, Request, Response
BODY = json.loads('''@BODY@''')
app = FastAPI()

@app.get("/orders/{id}")
def order(id: int, response: Response, full: str = "no", tag: str = ""):
    if id == 404 or full != "yes":
        response.status_code = 404
        return {"detail": "unknown"}
    response.headers["X-Trace"] = "abc123"
    return BODY
""".replace("@BODY@", json.dumps(BODY).replace("\\", "\\\\"))

# Verifies every pact of a folder by the reference: HTTP against the app on uvicorn, messages by a producer.
VERIFY = """
import socket, sys, threading, time
from pathlib import Path
import uvicorn
from pact import Verifier
from provider import BODY, app

folder, broken = Path(sys.argv[1]), sys.argv[2] == "broken"
taken = socket.socket(); taken.bind(("127.0.0.1", 0)); taken.listen(64)
server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True).start()

def produce(*, name, metadata):
    import json
    content = {"id": "seven"} if broken else {"id": 99, "lines": [{"sku": "z"}]}
    return {"contents": json.dumps(content).encode(), "metadata": {"key": "order-99"}, "content_type": "application/json"}

for path in sorted(folder.glob("*.json")):
    verifier = Verifier("orders", host="127.0.0.1").add_source(path)
    if "message" in path.name:
        verifier.message_handler(produce)
    else:
        verifier.add_transport(url=f"http://127.0.0.1:{taken.getsockname()[1]}")
    verifier.state_handler({"an order exists": lambda parameters=None: None}, teardown=False)
    verifier.verify()
    print("VERIFIED", path.name, flush=True)
"""

# Writes a pact with the reference: one HTTP, one with messages.
WRITE = """
import sys
import httpx
from pact import Pact, match

folder, version = sys.argv[1:]
http = Pact("web", "orders").with_specification(version)
(
    http.upon_receiving("a request for an order")
    .given("an order exists", id=7)
    .with_request("GET", "/orders/7")
    .with_query_parameters({"full": "yes", "tag": "a b"})
    .with_header("Accept", "application/json")
    .will_respond_with(200)
    .with_header("X-Trace", match.regex("abc123", regex="[a-f0-9]+"))
    .with_body({"id": match.int(1), "total": match.float(1.5), "lines": match.each_like({"sku": match.str("x")}, min=1)})
)
(
    http.upon_receiving("a request for an order that is not there").with_request("GET", "/orders/404").will_respond_with(404)
)
with http.serve() as mock:
    httpx.get(f"{mock.url}/orders/7", params={"full": "yes", "tag": "a b"}, headers={"Accept": "application/json"}).raise_for_status()
    httpx.get(f"{mock.url}/orders/404")
http.write_file(folder)

messages = Pact("mailer", "orders").with_specification(version)
(
    messages.upon_receiving("an order.placed event", "Async")
    .given("an order exists", id=7)
    .with_body({"id": match.int(1), "lines": match.each_like({"sku": match.str("x")}, min=1)}, "application/json")
    .with_metadata({"key": match.regex("order-1", regex="order-[0-9]+")})
)
messages.verify(lambda body, metadata: None, "Async")
messages.write_file(folder)
"""


def run_reference(program: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "provider.py").write_text(APP, encoding="utf-8")
    (folder / "program.py").write_text(program, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "program.py", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def write_ours(folder: Path, version: str) -> None:
    """One pact for HTTP and one for messages, with every kind of rule that both know."""
    pact = Pact("web", "orders", version=version, directory=folder)
    (
        pact.given("an order exists", id=7)
        .upon_receiving("a request for an order")
        .with_request(
            "GET",
            match.regex(r"/orders/\d+", "/orders/7"),
            query={"full": "yes", "tag": match.regex("[a-z ]+", "a b")},
            headers={"Accept": "application/json"},
        )
        .will_respond_with(
            200,
            headers={"X-Trace": match.regex("[a-f0-9]+", "f00")},
            body={
                "id": match.integer(1),
                "total": match.decimal(1.5),
                "lines": match.each_like({"sku": match.string("x")}),
                "note": match.null(),
                "größe": match.like("ä"),
            },
        )
    )
    pact.upon_receiving("an order that is not there").with_request("GET", "/orders/404").will_respond_with(404)
    with pact.in_process() as transport, httpx.Client(transport=transport, base_url="http://orders") as client:
        client.get("/orders/7", params={"full": "yes", "tag": "a b"}, headers={"Accept": "application/json"})
        client.get("/orders/404")
    pact.write()
    messages = Pact("message", "orders", version=version, directory=folder)
    (
        messages.given("an order exists", id=7)
        .expects_to_receive("an order.placed event")
        .with_content({"id": match.integer(1), "lines": match.each_like({"sku": match.like("x")})})
        .with_metadata({"key": match.regex("order-[0-9]+", "order-1"), "contentType": "application/json"})
        .verify(lambda content, metadata: None)
    )
    messages.write()


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_the_reference_verifies_what_we_write(tmp_path: Path, version: str) -> None:
    write_ours(tmp_path / "pacts", version)
    done = run_reference(VERIFY, tmp_path, "pacts", "fine")
    assert "VERIFIED message-orders.json" in done.stdout, done.stdout + done.stderr
    assert "VERIFIED web-orders.json" in done.stdout
    assert done.returncode == 0


def test_the_reference_sees_our_rules_and_not_only_our_examples(tmp_path: Path) -> None:
    write_ours(tmp_path / "pacts", "4.0")
    done = run_reference(VERIFY, tmp_path, "pacts", "broken")
    assert done.returncode != 0
    assert "VERIFIED message-orders.json" not in done.stdout


@pytest.mark.parametrize("version", ["V3", "V4"])
def test_we_verify_what_the_reference_writes(tmp_path: Path, version: str) -> None:
    done = run_reference(WRITE, tmp_path, str(tmp_path / "pacts"), version)
    assert done.returncode == 0, done.stdout + done.stderr
    namespace: dict[str, Any] = {}
    exec(compile(APP, "provider", "exec"), namespace)  # noqa: S102 - the same application as the reference verifies

    def verifier(content: dict[str, Any]) -> Verifier:
        return (
            Verifier("orders")
            .app(namespace["app"])
            .state("an order exists", lambda **_: None)
            .message("an order.placed event", lambda: (content, {"key": "order-99"}))
            .pacts(tmp_path / "pacts")
        )

    result = verifier({"id": 99, "lines": [{"sku": "z"}]}).verify()
    assert [each.status for each in result.interactions] == ["passed"] * 3
    with pytest.raises(VerificationFailed, match=r"body \$\.id: expected an integer such as 1, seen a string"):
        verifier({"id": "99", "lines": [{"sku": "z"}]}).verify()
