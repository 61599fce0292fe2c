"""StubServer: answers like the services a test does not start; WireMock-compatible, without a JVM.

Names are loaded when they are used: a test that names none of them pays nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.core.lazy import lazy_names

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

_HOMES = {
    **dict.fromkeys(__all__, "accord.stub.words"),
    "Limits": "accord.stub.options",
    "MappingError": "accord.stub.problems",
    "Namespace": "accord.stub.server",
    "Options": "accord.stub.options",
    "Received": "accord.stub.building",
    "Stub": "accord.stub.building",
    "StubServer": "accord.stub.server",
    "StubVerificationFailed": "accord.stub.stubbing",
}

__getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
