"""Which level each test belongs to, and running the tests of some levels only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accord.suite.levels import DEFAULT_LEVELS, Level, level_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DEFAULT_LEVELS", "Levels", "add_markers", "add_options"]


class Levels:
    """The project's levels, and the level of each of its tests."""

    def __init__(self, root: Path, levels: tuple[Level, ...], wanted: frozenset[str]) -> None:
        self.all = levels
        self.wanted = wanted
        self._root = root
        self._by_name = {level.name: level for level in levels}
        self._names = frozenset(self._by_name)
        self._of_folder: dict[Path, Level | None] = {}
        self._of_parent: dict[object, Level | None] = {}

    @classmethod
    def of(cls, config: pytest.Config, levels: tuple[Level, ...]) -> Levels:
        """Those of a run.

        Raises:
            UsageError: the option ``--accord-level`` names a level that does not exist.
        """
        wanted = frozenset(config.getoption("accord_level"))
        unknown = sorted(wanted - {level.name for level in levels})
        if unknown:
            raise pytest.UsageError(
                f"--accord-level {unknown[0]}: there is no such level; "
                f"known: {', '.join(level.name for level in levels)}"
            )
        return cls(config.rootpath, levels, wanted)

    def of_item(self, item: pytest.Item) -> Level | None:
        """The level of a test; None if it has none."""
        for marker in item.own_markers:
            if marker.name in self._names:
                return self._by_name[marker.name]
        parent = item.parent
        if parent not in self._of_parent:
            self._of_parent[parent] = self._find(item)
        return self._of_parent[parent]

    def of_path(self, path: Path) -> Level | None:
        """The level that the folders above a file name."""
        folder = path.parent
        if folder not in self._of_folder:
            parts = folder.relative_to(self._root).parts if folder.is_relative_to(self._root) else folder.parts
            self._of_folder[folder] = self._by_name.get(level_of(parts, (), self._names) or "")
        return self._of_folder[folder]

    def _find(self, item: pytest.Item) -> Level | None:
        for marker in item.iter_markers():
            if marker.name in self._names:
                return self._by_name[marker.name]
        return self.of_path(item.path)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out the tests of other levels, and be ready to end those that may hang."""
        if any(level is not None and level.hard_stop for level in map(self.of_item, items)):
            from accord.pytest_plugin.hard_stops import HardStops  # noqa: PLC0415 - most runs have no such level

            config.pluginmanager.register(HardStops(self), "accord-hard-stops")
        if not self.wanted:
            return
        kept: list[pytest.Item] = []
        left: list[pytest.Item] = []
        for item in items:
            level = self.of_item(item)
            (kept if level is not None and level.name in self.wanted else left).append(item)
        if left:
            items[:] = kept
            config.hook.pytest_deselected(items=left)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Do not even import the files of other levels, unless a marker in them names a level that is wanted.

        A folder in which that is so of every file is left out, and with it its conftest.py.
        """
        if not self.wanted:
            return None
        if collection_path.is_dir():
            is_passed_over = self._is_foreign(collection_path / "any") and not any(
                self._may_hold(path) for path in collection_path.rglob("*.py")
            )
        else:
            is_test = collection_path.suffix == ".py" and collection_path.name != "conftest.py"
            is_passed_over = is_test and not self._may_hold(collection_path)
        return is_passed_over or None

    def _may_hold(self, path: Path) -> bool:
        """Whether tests of a wanted level may stand in a file; not in an editor's dangling link, nor in a folder."""
        if not path.is_file():
            return False
        if not self._is_foreign(path):
            return True
        text = path.read_bytes()
        return any(f"mark.{name}".encode() in text for name in self.wanted)

    def _is_foreign(self, path: Path) -> bool:
        level = self.of_path(path)
        return level is not None and level.name not in self.wanted


def add_options(parser: pytest.Parser) -> None:
    """The options of levels, beside pytest's own."""
    group = parser.getgroup("accord", "levels of tests (accord)")
    group.addoption(
        "--accord-level",
        action="append",
        default=[],
        metavar="NAME",
        help="run only the tests of this level (unit, integration, contract, component, e2e or your own); repeatable",
    )
    group.addoption(
        "--accord-budgets",
        choices=("report", "enforce"),
        default="report",
        help="what to do with a test over its level's budget: name it at the end (default), or let it fail",
    )
    group.addoption("--accord-report", metavar="FILE", help="write the table of levels and every test's times as JSON")


def add_markers(config: pytest.Config, levels: Levels) -> None:
    """Make the markers known, so that ``--strict-markers`` accepts them."""
    for level in levels.all:
        config.addinivalue_line("markers", f"{level.name}: a test of the level {level.name!r} (accord)")
    config.addinivalue_line(
        "markers",
        "allow(guard, ...): let this test do what its level forbids: hosts, network, subprocess, database, sleep; or "
        "let the real clock and random numbers in: clock, random (accord)",
    )
