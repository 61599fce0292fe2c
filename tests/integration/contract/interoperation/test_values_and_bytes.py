"""State values, the mock's own address and binary bodies: our files with the reference's verifier, its files with ours."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from accord import Pact, Verifier, match

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ffi: Any = pytest.importorskip("pact_ffi", reason="pact-python-ffi, the reference, has no wheel for this machine")

PICTURE = bytes.fromhex("ffd8ffe000104a46494600010101004800480000") + bytes(range(256)) + b"\xff\xd9"
ANOTHER = PICTURE[:40] + b"another" + PICTURE[40:]
VERSIONS = ("3.0", "4.0")


class Shop(BaseHTTPRequestHandler):
    """A provider with one order, of which only its state change knows the number, and its picture."""

    def do_POST(self) -> None:
        self._send("application/json", json.dumps({"id": 4711}).encode())

    def do_GET(self) -> None:
        server: Any = self.server
        if self.path == "/orders/4711" and self.headers["X-Order"] == "4711":
            self._send("application/json", json.dumps({"id": 4711, "next": server.link}).encode())
        elif self.path == "/picture":
            self._send("image/jpeg", server.picture)
        else:
            self.send_error(404, self.path)

    def _send(self, content_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.url = f"http://127.0.0.1:{server.server_port}"
    server.link, server.picture = f"{server.url}/orders/9", PICTURE
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def kept_by_the_reference(shop: Any, file: Path) -> bool:
    verifier = ffi.verifier_new_for_application()
    ffi.verifier_set_provider_info(verifier, "shop", "http", "127.0.0.1", shop.server_port, "/")
    ffi.verifier_set_provider_state(verifier, f"{shop.url}/states", teardown=False, body=True)
    ffi.verifier_add_file_source(verifier, str(file))
    try:
        ffi.verifier_execute(verifier)
    except RuntimeError:  # it says no more than that it failed
        return False
    return True


def kept_by_us(shop: Any, file: Path) -> bool:
    return Verifier("shop").url(shop.url).state_url(f"{shop.url}/states").pacts(file).check().success


@pytest.fixture(params=VERSIONS)
def pact(request: pytest.FixtureRequest, tmp_path: Path) -> Pact:
    return Pact("web", "shop", version=request.param, directory=tmp_path)


def test_state_values_and_the_own_address_of_our_file_are_understood(shop: Any, pact: Pact) -> None:
    (
        pact.given("an order")
        .upon_receiving("an order")
        .with_request(
            "GET",
            match.from_provider_state("/orders/${id}", "/orders/1"),
            headers={"X-Order": match.from_provider_state("${id}", "1")},
        )
        .will_respond_with(
            200, body={"id": match.from_provider_state("${id}", 1), "next": match.url("/orders/5", r"/orders/\d+")}
        )
    )
    with pact.serve() as mock:
        answer = httpx.get(f"{mock.url}/orders/1", headers={"X-Order": "1"}, trust_env=False).json()
        assert answer == {"id": 1, "next": f"{mock.url}/orders/5"}
    file = pact.write()
    assert kept_by_the_reference(shop, file)
    assert kept_by_us(shop, file)
    shop.link = "nowhere"
    assert not kept_by_the_reference(shop, file)
    assert not kept_by_us(shop, file)


@pytest.mark.parametrize(("body", "any_picture"), [(PICTURE, False), (match.binary("image/jpeg", PICTURE), True)])
def test_a_picture_of_our_file_is_understood(shop: Any, pact: Pact, body: Any, *, any_picture: bool) -> None:
    headers = {"Content-Type": "image/jpeg"}
    pact.upon_receiving("a picture").with_request("GET", "/picture").will_respond_with(200, headers=headers, body=body)
    with pact.serve() as mock:
        assert httpx.get(f"{mock.url}/picture", trust_env=False).content == PICTURE
    file = pact.write()
    for picture, kept in ((PICTURE, True), (ANOTHER, any_picture), (b"%PDF-1.7 no picture", False)):
        shop.picture = picture
        assert (kept_by_the_reference(shop, file), kept_by_us(shop, file)) == (kept, kept)


@pytest.mark.parametrize("version", ["V1", "V2", "V3", "V4"])
def test_a_picture_of_the_references_file_is_understood(shop: Any, tmp_path: Path, version: str) -> None:
    pact = ffi.new_pact("web", "shop")
    ffi.with_specification(pact, getattr(ffi.PactSpecification, version))
    interaction = ffi.new_interaction(pact, "a picture")
    ffi.with_request(interaction, "GET", "/picture")
    ffi.with_binary_body(interaction, ffi.InteractionPart.RESPONSE, "image/jpeg", PICTURE)
    server = ffi.create_mock_server_for_transport(pact, "127.0.0.1", 0, "http", None)
    assert httpx.get(f"http://127.0.0.1:{server.port}/picture", trust_env=False).content == PICTURE
    ffi.write_pact_file(server, str(tmp_path), overwrite=True)
    del server  # it stops the server
    file = tmp_path / "web-shop.json"
    assert kept_by_us(shop, file)
    shop.picture = ANOTHER
    assert not kept_by_us(shop, file)
