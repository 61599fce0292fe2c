"""Contracts between participants: the Pact file, its matching, the consumer's and the provider's side.

The names load when they are used, so that importing one does not pay for all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accord.contract import matchers as match
    from accord.contract.bodies import Body
    from accord.contract.consumer import Pact
    from accord.contract.findings import PactFailed, VerificationFailed
    from accord.contract.matching import match_message, match_request, match_response
    from accord.contract.mismatches import Mismatch
    from accord.contract.model import (
        AsyncMessage,
        Contract,
        HttpInteraction,
        MessageContents,
        ProviderState,
        Request,
        Response,
    )
    from accord.contract.ports import PactFiles, PactSource, ResultSink
    from accord.contract.provider import Verifier
    from accord.contract.spec import SpecVersion
    from accord.contract.verification import VerificationResult

__all__ = [
    "AsyncMessage",
    "Body",
    "Contract",
    "HttpInteraction",
    "MessageContents",
    "Mismatch",
    "Pact",
    "PactFailed",
    "PactFiles",
    "PactSource",
    "ProviderState",
    "Request",
    "Response",
    "ResultSink",
    "SpecVersion",
    "VerificationFailed",
    "VerificationResult",
    "Verifier",
    "match",
    "match_message",
    "match_request",
    "match_response",
]

_HOMES = {
    **dict.fromkeys(("match_message", "match_request", "match_response"), "matching"),
    **dict.fromkeys(
        ("AsyncMessage", "Contract", "HttpInteraction", "MessageContents", "ProviderState", "Request", "Response"),
        "model",
    ),
    **dict.fromkeys(("PactFiles", "PactSource", "ResultSink"), "ports"),
    **dict.fromkeys(("PactFailed", "VerificationFailed"), "findings"),
    "Body": "bodies",
    "Mismatch": "mismatches",
    "Pact": "consumer",
    "SpecVersion": "spec",
    "VerificationResult": "verification",
    "Verifier": "provider",
}


def __getattr__(name: str) -> object:
    if name == "match":
        return import_module("accord.contract.matchers")
    if name in _HOMES:
        return getattr(import_module(f"accord.contract.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'accord.contract' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
