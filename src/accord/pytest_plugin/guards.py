"""Around each test: the guards of its level, its frozen clock, and the measuring of its time."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from accord.suite.guards import patches
from accord.suite.guards.audit import install as listen
from accord.suite.guards.determinism import FrozenClock, seed_random
from accord.suite.guards.guard import GUARD
from accord.suite.levels import GUARDS
from accord.suite.measuring import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from accord.pytest_plugin.doubles import Doubles
    from accord.pytest_plugin.levels import Levels
    from accord.suite.guards.breaches import GuardBreach
    from accord.suite.guards.guard import Watch
    from accord.suite.levels import Level

_NOTHING: frozenset[str] = frozenset()
LEVEL, WAITING, EXAMPLES = (
    "level",
    "waiting",
    "examples",
)  # the properties of a test, as its reports and JUnit have them


class LevelGuards:
    """Holds every test to its level."""

    def __init__(self, config: pytest.Config, levels: Levels, allowed_hosts: Iterable[str], doubles: Doubles) -> None:
        self._config = config
        self._levels = levels
        self._doubles = doubles
        self._shortens = False  # whether what Accord says in a sentence comes without its traceback
        self._enforce = config.getoption("accord_budgets") == "enforce"
        self._seeds = not config.pluginmanager.hasplugin("randomly")  # else it seeds every test, and prints the seed
        self._clock = FrozenClock()
        self._item: pytest.Item | None = None  # the one that runs, with what is known of it
        self._level: Level | None = None
        self._forbidden = _NOTHING
        self._unknown: list[str] = []
        self._watch: Watch | None = None
        self._parents: dict[object, bool] = {}  # whether they are marked: allow
        listen()
        patches.install()
        GUARD.allowed_hosts.update(host.lower() for host in allowed_hosts)

    def close(self) -> None:
        """Take out what can be taken out."""
        self._clock.thaw()
        patches.uninstall()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """What was imported and collected stays to the end: the collector of garbage need not look at it again."""
        gc.freeze()

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Leave the process as it was; after pytest's own collections at the end, which need not see it either."""
        gc.unfreeze()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Guard the set-up of the test's own fixtures; from here on its clock stands."""
        level, forbidden = self._of(item)
        if level is not None:
            self._begin(item, level, forbidden)
        try:
            result = yield
        except BaseException:
            self._shorten()
            raise
        finally:
            if level is not None:
                _take_down()
        self._doubles.after_setup()
        return result

    def _begin(self, item: pytest.Item, level: Level, forbidden: frozenset[str]) -> None:
        if self._unknown:
            raise pytest.UsageError(
                f"@pytest.mark.allow({self._unknown[0]!r}): there is no such guard; known: {', '.join(GUARDS)}"
            )
        item.user_properties.append((LEVEL, level.name))
        if "random" in forbidden and self._seeds:
            seed_random()
        if "clock" in forbidden:
            self._clock.freeze()
        self._watch = GUARD.put_up(level.name, forbidden, item.nodeid)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        """Let the clock go on after the last tear-down; between tests whose clocks stand it need not."""
        try:
            result = yield
            self._doubles.after_teardown(item)
        except BaseException:
            self._shorten()
            raise
        finally:
            if nextitem is None or "clock" not in self._of(nextitem)[1]:
                self._clock.thaw()
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Let the clock go on after a run that ended before its last test."""
        self._clock.thaw()

    def _shorten(self) -> None:
        """From the first failure on; runs in which all is well do not pay for it."""
        if not self._shortens:
            self._shortens = True
            from accord.pytest_plugin import tracebacks  # noqa: PLC0415 - see above

            self._config.pluginmanager.register(tracebacks, "accord-tracebacks")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        """What is set up for many tests is no single test's deed."""
        if GUARD.forbidden is None or fixturedef.scope == "function":
            return (yield)
        frozen = self._clock.is_frozen
        if frozen:
            self._clock.thaw()
        try:
            with GUARD.suspended():
                return (yield)
        finally:
            if frozen:
                self._clock.freeze()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Guard the test itself, and measure it."""
        level = self._level  # the set-up of the same test found it
        guarded = None if level is None else self._watch
        if guarded is not None:
            GUARD.put_up_again(guarded)
        watch = Stopwatch()
        try:
            result = yield
        except BaseException:
            self._shorten()
            raise
        finally:
            took, waiting = watch.read()
            if guarded is not None:
                examples = _examples(item)
                item.user_properties.append((WAITING, round(waiting, 6) if waiting else 0.0))
                if examples > 1:
                    item.user_properties.append((EXAMPLES, examples))
                _take_down()
        if level is None or guarded is None:
            return result
        if took > level.test_budget and self._enforce and level.on_over_budget == "fail":
            from accord.suite.records import TestRecord, explain, over_budget  # noqa: PLC0415 - few tests come here

            record = TestRecord(item.nodeid, level.name, call=took, waiting=waiting, examples=_examples(item))
            if over_budget(record, level):
                pytest.fail(f"{item.nodeid} {explain(record, level)}", pytrace=False)
        return result

    def _of(self, item: pytest.Item) -> tuple[Level | None, frozenset[str]]:
        """The level of the test that runs, and what is forbidden to it: the level's guards but those it may pass."""
        if item is not self._item:
            self._item, self._level = item, self._levels.of_item(item)
            self._forbidden = _NOTHING
            if self._level is not None:
                self._forbidden = self._level.guards
                self._unknown = []
                if self._may_be_allowed(item):
                    allowed = {str(word) for marker in item.iter_markers("allow") for word in marker.args}
                    self._forbidden = self._level.guards - allowed
                    self._unknown = sorted(allowed - set(GUARDS))
        return self._level, self._forbidden

    def _may_be_allowed(self, item: pytest.Item) -> bool:
        """Whether the test, or what it stands in, is marked; pytest's own look goes up to the root every time."""
        parent = item.parent
        if parent is None or (item.own_markers and any(marker.name == "allow" for marker in item.own_markers)):
            return True
        if parent not in self._parents:
            self._parents[parent] = "allow" in parent.keywords
        return self._parents[parent]


def _examples(item: pytest.Item) -> int:
    """How many examples a property of Hypothesis tries at most; 1 for any other test."""
    if "hypothesis" not in sys.modules:
        return 1
    test = getattr(item, "obj", None)
    if not getattr(test, "is_hypothesis_test", False):
        return 1
    from hypothesis import settings  # noqa: PLC0415 - it is loaded already, for the test uses it

    chosen: Any = getattr(test, "_hypothesis_internal_use_settings", None) or settings.default
    return int(chosen.max_examples)


def _take_down() -> None:
    """Fail the test for what it breached, also when the code under test caught it."""
    breaches = GUARD.take_down()
    if breaches:
        _fail(breaches)


def _fail(breaches: list[GuardBreach]) -> NoReturn:
    texts = dict.fromkeys(str(breach) for breach in breaches)
    raise pytest.fail.Exception("\n\n".join(texts), pytrace=False) from None
