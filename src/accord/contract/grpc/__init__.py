"""gRPC in contracts: unary calls with protobuf messages, by the extra ``accord[grpc]``.

Nothing else of Accord imports grpc or protobuf; this package is imported by whoever has gRPC to test.
"""

from __future__ import annotations

from accord.core.errors import UsageError

try:
    import google.protobuf  # noqa: F401 - whether it is there
    import grpc  # noqa: F401 - the same
except ImportError as missing:
    raise UsageError(
        f"gRPC in contracts needs an extra: pip install 'accord[grpc]' (cannot be imported: {missing.name})"
    ) from missing

from accord.contract.grpc.calls import grpc_call
from accord.contract.grpc.mock_shells import in_process, served

__all__ = ["grpc_call", "in_process", "served"]
