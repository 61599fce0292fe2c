"""Recordings under pytest: the fixture ``recordings`` and the option ``--refresh``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accord.testing.doubles.recordings import Recordings


def add_options(parser: pytest.Parser) -> None:
    """The option, beside pytest's own."""
    parser.getgroup("accord").addoption(
        "--refresh",
        action="store_true",
        help="call the real services and record their answers anew, in tests that use the fixture recordings (accord)",
    )


@pytest.fixture
def recordings(request: pytest.FixtureRequest) -> Recordings:
    """Real answers, recorded: ``recordings("orders/one", url="https://…", openapi="openapi.json").client()``.

    The files are in ``tests/recordings``.
    """
    from accord.testing.doubles.recordings import Recordings  # noqa: PLC0415 - only tests that use it pay

    folder = request.config.rootpath / "tests" / "recordings"
    return Recordings(folder, refresh=request.config.getoption("refresh"))
