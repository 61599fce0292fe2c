"""The generated code of quotes.proto, made once in each test process."""

from __future__ import annotations

import importlib
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import grpc_tools
from grpc_tools import protoc

if TYPE_CHECKING:
    from types import ModuleType

HERE = Path(__file__).parent


class Quotes(NamedTuple):
    """The two generated modules."""

    pb2: ModuleType
    grpc: ModuleType


@cache
def generated() -> Quotes:
    """Compile and import; protobuf keeps one registry in a process, so that once must be enough."""
    with tempfile.TemporaryDirectory() as folder:
        return _compiled(folder)


def _compiled(folder: str) -> Quotes:
    includes = Path(grpc_tools.__file__).parent / "_proto"
    arguments = [f"-I{HERE}", f"-I{includes}", f"--python_out={folder}", f"--grpc_python_out={folder}", "quotes.proto"]
    assert protoc.main(["protoc", *arguments]) == 0
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        return Quotes(importlib.import_module("quotes_pb2"), importlib.import_module("quotes_pb2_grpc"))
    finally:
        sys.path.remove(folder)
