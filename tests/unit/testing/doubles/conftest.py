"""Tests of doubles provoke findings on purpose: they take them away, or the plugin would let them fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accord.testing.doubles import ledger

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterator


@pytest.fixture
def found() -> Iterator[deque[AssertionError]]:
    """What doubles found so far in this test; taken away at its end."""
    yield ledger._findings
    ledger.take_findings()
