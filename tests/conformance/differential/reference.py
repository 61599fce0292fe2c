"""The reference engine (pact-python-ffi, Rust), asked whether a document matches."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

JSON_TYPE = "application/json"


def engine() -> ModuleType:
    """The engine's functions; a test that asks for them where there is no wheel skips."""
    return pytest.importorskip(
        "pact_ffi", reason="pact-python-ffi, the reference engine, has no wheel for this machine"
    )


def response_mismatches(
    example: str, actual: str, rules: dict[str, Any], *, content_type: str = JSON_TYPE
) -> list[dict[str, Any]]:
    """What the reference finds when it compares a body as the verifier compares a provider's answer.

    Args:
        example: the expected body, as text.
        actual: the body seen, as text.
        rules: matching rules as they stand in a file, of V2 or of V3 and V4.
        content_type: of both bodies.
    """
    ffi = engine()
    pact = ffi.new_pact("consumer", "provider")
    ffi.with_specification(pact, ffi.PactSpecification.V4)
    message = ffi.new_sync_message_interaction(pact, "a question")
    ffi.with_body(message, ffi.InteractionPart.RESPONSE, content_type, example)
    if rules:
        ffi.with_matching_rules(message, ffi.InteractionPart.RESPONSE, json.dumps(rules))
    found: list[dict[str, Any]] = ffi.sync_message_match_response_contents(message, 0, content_type, actual)
    return found


@contextmanager
def mock_server(request: dict[str, Any]) -> Iterator[int]:
    """The reference's mock server for one expected request; its port while the block is open.

    Args:
        request: as it stands in a file of V3 or V4; its rules may be those of V2 too.
    """
    ffi = engine()
    pact = ffi.new_pact("consumer", "provider")
    ffi.with_specification(pact, ffi.PactSpecification.V4)
    interaction = ffi.new_interaction(pact, "a request")
    ffi.with_request(interaction, request["method"], request["path"])
    for name, values in request.get("query", {}).items():
        for index, value in enumerate(values):
            ffi.with_query_parameter_v2(interaction, name, index, value)
    for name, values in request.get("headers", {}).items():
        for index, value in enumerate(values):
            ffi.with_header_v2(interaction, ffi.InteractionPart.REQUEST, name, index, value)
    if "body" in request:
        ffi.with_body(interaction, ffi.InteractionPart.REQUEST, JSON_TYPE, request["body"])
    if request.get("matchingRules"):
        ffi.with_matching_rules(interaction, ffi.InteractionPart.REQUEST, json.dumps(request["matchingRules"]))
    server = ffi.create_mock_server_for_transport(pact, "127.0.0.1", 0, "http", None)
    yield server.port
    del server  # it stops the server


@contextmanager
def answering(body: str) -> Iterator[str]:
    """The reference's mock server with a JSON body to answer, in its own form with matchers and generators; its URL."""
    ffi = engine()
    pact = ffi.new_pact("consumer", "provider")
    ffi.with_specification(pact, ffi.PactSpecification.V4)
    interaction = ffi.new_interaction(pact, "a request")
    ffi.with_request(interaction, "GET", "/")
    ffi.with_body(interaction, ffi.InteractionPart.RESPONSE, JSON_TYPE, body)
    server = ffi.create_mock_server_for_transport(pact, "127.0.0.1", 0, "http", None)
    yield f"http://127.0.0.1:{server.port}/"
    del server  # it stops the server


def verified(pact: Path, port: int) -> bool:
    """Whether the reference's verifier finds that the provider on a port keeps a pact file."""
    ffi = engine()
    verifier = ffi.verifier_new_for_application()
    ffi.verifier_set_provider_info(verifier, "provider", "http", "127.0.0.1", port, "/")
    ffi.verifier_add_file_source(verifier, str(pact))
    try:
        ffi.verifier_execute(verifier)
    except RuntimeError:  # it says no more than that it failed
        return False
    return True
