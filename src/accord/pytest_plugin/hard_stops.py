"""Ending tests that do not end: for runs with tests of a level that has a hard stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accord.suite.hard_stop import hard_stop, timer_stopped
from accord.suite.records import duration

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from accord.pytest_plugin.levels import Levels


class HardStops:
    """Gives each phase of a test what its level allows at most."""

    def __init__(self, levels: Levels) -> None:
        self._levels = levels

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """End a set-up that hangs."""
        return (yield from self._stopped(item))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """End a test that hangs."""
        return (yield from self._stopped(item))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """End a tear-down that hangs."""
        return (yield from self._stopped(item))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        """What is set up for many tests takes its own time."""
        if fixturedef.scope == "function":
            return (yield)
        with timer_stopped():
            return (yield)

    def _stopped(self, item: pytest.Item) -> Iterator[None]:
        level = self._levels.of_item(item)
        if level is None or level.hard_stop is None:
            return (yield)
        limit = level.hard_stop

        def end(line: str) -> None:
            raise pytest.fail.Exception(
                f"{item.nodeid} was ended after {duration(limit)}, the hard stop of the level {level.name!r}. "
                f"It was at {line or 'a library, called by a fixture'}. Find what it waits for; a step that must wait "
                "polls with poll_until and a time-out, so that it says what did not come.",
                pytrace=False,
            )

        with hard_stop(limit, end):
            return (yield)
