"""What tests import: builders of test data, and factories that write to the test's own session."""

from __future__ import annotations

from accord.testing.builders import Builder
from accord.testing.factories import bound_to

__all__ = ["Builder", "bound_to"]
