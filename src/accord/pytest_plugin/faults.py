"""The fixture ``faults``: what happens between services when something goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.faults.between import Faults


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> Iterator[Faults]:
    """Faults between services, gone after the test.

    ``link = faults.link("orders", "payments", url)``, its ``link.url`` for the client, then
    ``with faults.between("orders", "payments").latency(2.0):``. What this machine cannot do is skipped and says why.
    """
    from accord.core.configuration import load_configuration  # noqa: PLC0415 - only tests that use it pay
    from accord.faults.between import Faults  # noqa: PLC0415 - the same: asyncio

    links = load_configuration(request.config.rootpath).links
    with Faults(links=links, unavailable=pytest.skip) as faults:
        yield faults
