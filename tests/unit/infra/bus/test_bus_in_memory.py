"""The buses without a broker, in virtual time: the suite of all buses."""

from __future__ import annotations

import pytest

from tests.behaviours.bus import BusBehaviours


@pytest.mark.bus("mock")
class TestMockBus(BusBehaviours):
    pass


@pytest.mark.bus("memory")
class TestMemoryBus(BusBehaviours):
    pass
