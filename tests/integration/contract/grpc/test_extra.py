"""The extra."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


def test_without_the_extra_the_line_to_install_it_is_told() -> None:
    code = """
import sys
sys.modules["grpc"] = None  # as if it were not installed
from accord import AccordError, Verifier
try:
    import accord.contract.grpc
except AccordError as error:
    print(error)
try:
    Verifier("Quotes").grpc("127.0.0.1:1")._calls(blocking=True)
except AccordError as error:
    print(error)
"""
    done = run(code)
    line = "gRPC in contracts needs an extra: pip install 'accord[grpc]' (cannot be imported: grpc)"
    assert done.stdout.splitlines() == [line, line], done.stderr


def test_nothing_else_imports_grpc_or_protobuf() -> None:
    code = """
import sys
import accord.contract.reading, accord.contract.journal, accord.contract.replay, accord.contract.mock
from accord import Pact, Verifier
Pact("a", "b").upon_calling("c"), Verifier("b")
print([name for name in sys.modules if name == "grpc" or name.startswith("google.protobuf")])
"""
    assert run(code).stdout == "[]\n"
