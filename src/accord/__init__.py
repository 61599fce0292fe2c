"""Accord: the testing platform for microservices. Everything public is importable from here, and loads when used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accord.contract import matchers as match
    from accord.contract.consumer import Pact
    from accord.contract.findings import PactFailed, VerificationFailed
    from accord.contract.provider import Verifier
    from accord.core.errors import AccordError
    from accord.core.polling import PollTimeout, poll_until

__all__ = [
    "AccordError",
    "Pact",
    "PactFailed",
    "PollTimeout",
    "VerificationFailed",
    "Verifier",
    "__version__",
    "match",
    "poll_until",
]

_HOMES = {
    "AccordError": "accord.core.errors",
    "Pact": "accord.contract.consumer",
    "PactFailed": "accord.contract.findings",
    "PollTimeout": "accord.core.polling",
    "VerificationFailed": "accord.contract.findings",
    "Verifier": "accord.contract.provider",
    "poll_until": "accord.core.polling",
}


def __getattr__(name: str) -> object:
    from importlib import import_module  # noqa: PLC0415 - this module must cost nothing until a name is used

    if name == "match":
        return import_module("accord.contract.matchers")
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - as above

        return version("accord")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'accord' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
