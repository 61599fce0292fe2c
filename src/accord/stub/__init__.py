"""StubServer: answers like the services a test does not start; WireMock-compatible, without a JVM.

Names are loaded when they are used: a test that names none of them pays nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accord.stub.building import Received, Stub
    from accord.stub.options import Limits, Options
    from accord.stub.problems import MappingError
    from accord.stub.server import Namespace, StubServer
    from accord.stub.stubbing import StubVerificationFailed
    from accord.stub.words import (
        Match,
        absent,
        all_of,
        any_of,
        anything,
        contains,
        equal_to,
        equal_to_json,
        equal_to_xml,
        json_path,
        json_schema,
        matches,
        not_,
        xpath,
    )

__all__ = [
    "Limits",
    "MappingError",
    "Match",
    "Namespace",
    "Options",
    "Received",
    "Stub",
    "StubServer",
    "StubVerificationFailed",
    "absent",
    "all_of",
    "any_of",
    "anything",
    "contains",
    "equal_to",
    "equal_to_json",
    "equal_to_xml",
    "json_path",
    "json_schema",
    "matches",
    "not_",
    "xpath",
]

_PLACES = {
    "Limits": "options",
    "MappingError": "problems",
    "Namespace": "server",
    "Options": "options",
    "Received": "building",
    "Stub": "building",
    "StubServer": "server",
    "StubVerificationFailed": "stubbing",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'accord.stub' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"accord.stub.{_PLACES.get(name, 'words')}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
