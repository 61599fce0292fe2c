"""The fixture ``poll_until``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def poll_until() -> Callable[..., Any]:
    """Wait for a condition: ``poll_until(check, description="the order is confirmed", timeout=10.0)``."""
    from accord.core.polling import poll_until  # noqa: PLC0415 - only tests that use it pay

    return poll_until
