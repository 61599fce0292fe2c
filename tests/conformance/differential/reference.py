"""The reference engine (pact-python-ffi, Rust), asked whether a document matches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

JSON_TYPE = "application/json"


def engine() -> ModuleType:
    """The engine's functions; a test that asks for them where there is no wheel skips."""
    return pytest.importorskip("pact_ffi", reason="pact-python-ffi, the reference engine, has no wheel for this machine")


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
