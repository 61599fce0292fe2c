"""What all our own tests share: ``--soak``, for tests that take minutes."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the tests marked 'soak' too: they take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--soak"):
        return
    skip = pytest.mark.skip(reason="takes minutes; `make soak` runs it (pytest -m soak --soak)")
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(skip)
