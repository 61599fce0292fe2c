"""The story of the demo as an engine: it works on a copy of the example shop and tells what happens as events."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from accord.cli.demo_hub import demo_hub
from accord.cli.demo_runs import WORKERS, Runs
from accord.cli.demo_shop import rename_total
from accord.core.configuration import load_configuration
from accord.core.errors import AccordError
from accord.suite.level_settings import read_levels
from accord.suite.runner import choose
from accord.suite.summary import as_json, as_text, summarize

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Callable, Iterator, Sequence

    from accord.cli.demo_runs import Outcome

ENVIRONMENT = "production"
GOOD, BROKEN = "2.3.0", "2.3.1"
FIRST = "1.0.0"
"""Of a consumer whose deployment has no part in the story."""

RUNNING = {"InventoryService": "1.2.0", "UserService": "1.4.0", "CartService": "1.0.3", "PaymentService": "1.5.0"}
"""What runs in production while OrderService is changed."""

FOLDERS = {
    "CartService": "cart",
    "InventoryService": "inventory",
    "OrderService": "orders",
    "PaymentService": "payments",
    "UserService": "identity",
}
PROVIDER_TEST = "test_provider.py"
WHERE = ("--to", ENVIRONMENT)


@dataclass(frozen=True, slots=True)
class Step:
    """Something was done.

    Attributes:
        chapter: which part of the story.
        title: what was done, one line.
        seconds: how long it took, or None.
        ok: whether it came out as a team would wish.
        lines: what there is to show of it.
        data: the same for programs.
    """

    chapter: str
    title: str
    seconds: float | None = None
    ok: bool = True
    lines: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The step as JSON."""
        return {
            "chapter": self.chapter,
            "title": self.title,
            "seconds": None if self.seconds is None else round(self.seconds, 3),
            "ok": self.ok,
            "lines": list(self.lines),
            **self.data,
        }


@dataclass(frozen=True, slots=True)
class Begun:
    """Something takes a moment."""

    chapter: str
    title: str


class Story:
    """Tells the demo.

    Args:
        shop: the example shop in the checkout; only read.
        tell: called with each step, and before one that takes a moment.
        keep: called with the hub's URL at the end, while it is still there; returns when it may go.
        levels: those whose tests run beside the contract tests, which the story is about; by default all.

    Raises:
        UsageError: there is no such level.
    """

    def __init__(
        self,
        shop: Path,
        tell: Callable[[Step | Begun], None],
        keep: Callable[[str], None] = lambda _: None,
        *,
        levels: Sequence[str] = (),
    ) -> None:
        self._shop = shop
        self._levels = choose(
            read_levels(load_configuration(shop).levels), [*levels, "contract"] if levels else [], None
        )
        self._tell = tell
        self._keep = keep

    def run(self) -> None:
        """Tell all chapters.

        Raises:
            AccordError: a step went wrong in a way that is no part of the story.
        """
        from accord.infra import PostgresServer  # noqa: PLC0415 - psycopg and all only when the demo runs

        with tempfile.TemporaryDirectory(prefix="accord-demo-") as name:
            copy = Path(name, "shop")
            shutil.copytree(self._shop, copy, ignore=shutil.ignore_patterns("__pycache__", ".accord", ".pytest_cache"))
            for pact in pact_files(copy):
                os.utime(pact, (0, 0))  # what the checkout brings along is told from what the tests record here
            begin = perf_counter()
            with PostgresServer() as server:
                seconds = perf_counter() - begin
                title = f"PostgreSQL {server.version} is up, without Docker"
                self._tell(Step("database", title, seconds, data={"version": str(server.version)}))
            with demo_hub(Path(name)) as hub:
                runs = Runs(copy, hub)
                self._safe_change(runs, copy, hub)
                self._breaking_change(runs, copy)
                self._keep(hub)

    def _safe_change(self, runs: Runs, shop: Path, hub: str) -> None:
        self._all_levels(runs)
        self._pacts(runs, shop, hub)
        runs.accord("environment", "create", "--name", ENVIRONMENT, "--production")
        self._verify("verification", runs, shop, {**RUNNING, "OrderService": GOOD})
        for provider, version in RUNNING.items():
            runs.accord("record-deployment", "--pacticipant", provider, "--version", version, *WHERE)
        self._can_i_deploy("answer", runs, GOOD)

    def _breaking_change(self, runs: Runs, shop: Path) -> None:
        lines = tuple(str(path.relative_to(shop)) for path in rename_total(shop))
        title = "OrderService renames totalAmount to total, in its code and in its own tests"
        self._tell(Step("break", title, lines=lines))
        publish(runs, shop, BROKEN, "OrderService")
        for level in ("unit", "integration"):
            self._own_tests(runs, shop, level)
        self._verify("break", runs, shop, {"OrderService": BROKEN}, broken=True)
        self._can_i_deploy("break", runs, BROKEN, broken=True)

    def _begin(self, chapter: str, title: str) -> None:
        self._tell(Begun(chapter, title))

    def _all_levels(self, runs: Runs) -> None:
        """Every level; of the contract tests the consumers' only, for the providers' are a chapter of their own."""
        begin = perf_counter()
        result = runs.levels(
            self._levels,
            f"*/contract/{PROVIDER_TEST}",
            on_start=lambda level: self._begin("levels", f"{level.name} tests"),
        )
        seconds = perf_counter() - begin
        summary = summarize(
            [record for run in result.runs for record in run.records],
            self._levels,
            walls={run.level.name: run.seconds for run in result.runs},
        )
        title = f"{sum(row.tests for row in summary.rows)} tests of seven services pass"
        lines = tuple(
            itertools.takewhile(
                lambda line: not line.startswith("slowest"), as_text(summary, self._levels, slowest=False)
            )
        )
        self._tell(Step("levels", title, seconds, lines=lines, data=as_json(summary, self._levels)))

    def _own_tests(self, runs: Runs, shop: Path, level: str) -> None:
        """Run OrderService's own tests of one level, which know of the break."""
        self._begin("break", f"{level} tests")
        files = sorted((shop / "tests" / "orders" / level).glob("test_*.py"))
        outcome, suite = runs.pytest(files, workers=WORKERS if level == "integration" else "0")
        if outcome.code != 0:
            raise AccordError(f"the shop's {level} tests failed, which is no part of the demo:\n{outcome.output}")
        tests = int(suite.get("tests", "0"))
        title = f"{level}: {tests} tests pass, OrderService's own tests"
        self._tell(Step("break", title, outcome.seconds, data={"level": level, "tests": tests}))

    def _pacts(self, runs: Runs, shop: Path, hub: str) -> None:
        files = [path for path in pact_files(shop) if path.stat().st_mtime > 0]
        if not files:
            raise AccordError("the shop's contract tests recorded no pact, which is no part of the demo")
        self._begin("pacts", "the pacts are published")
        for consumer in dict.fromkeys(path.name.partition("-")[0] for path in files):
            publish(runs, shop, {**RUNNING, "OrderService": GOOD}.get(consumer, FIRST), consumer)
        names = tuple(path.name for path in files)
        title = f"{len(files)} pacts recorded by the consumers' tests, published to the hub at {hub}"
        self._tell(Step("pacts", title, lines=names, data={"pacts": list(names), "hub": hub}))

    def _verify(self, chapter: str, runs: Runs, shop: Path, providers: dict[str, str], *, broken: bool = False) -> None:
        """Two at a time, as the jobs of a team's CI do; told in their order."""

        def verified(provider: str) -> tuple[Outcome, ET.Element]:
            test = shop / "tests" / FOLDERS[provider] / "contract" / PROVIDER_TEST
            return runs.pytest([test], {"GIT_COMMIT": providers[provider]})

        with ThreadPoolExecutor(int(WORKERS)) as pool:
            begun = {provider: pool.submit(verified, provider) for provider in providers}
            for provider, result in begun.items():
                self._begin(chapter, f"{provider} is verified")
                self._tell_verification(chapter, provider, providers[provider], *result.result(), broken=broken)

    def _tell_verification(
        self, chapter: str, provider: str, version: str, outcome: Outcome, suite: ET.Element, *, broken: bool
    ) -> None:
        if outcome.code != int(broken):
            raise AccordError(f"verifying {provider} went otherwise than the demo expects:\n{outcome.output}")
        kept = "does NOT keep" if broken else "keeps"
        title = f"{provider} v{version} {kept} its consumers' contracts, on its real database"
        data = {"provider": provider, "version": version, "success": not broken}
        self._tell(Step(chapter, title, outcome.seconds, not broken, tuple(_failure(suite)), data))

    def _can_i_deploy(self, chapter: str, runs: Runs, version: str, *, broken: bool = False) -> None:
        question = ("--pacticipant", "OrderService", "--version", version, *WHERE)
        outcome = runs.accord("can-i-deploy", *question, expected=int(broken))
        answer = "no" if broken else "yes"
        data = {"version": version, "deployable": not broken}
        title = f"May OrderService v{version} be deployed to {ENVIRONMENT}? {answer}"
        lines = tuple(outcome.output.strip().splitlines())
        self._tell(Step(chapter, title, outcome.seconds, not broken, lines, data))


def pact_files(shop: Path) -> list[Path]:
    """All pact files that lie in the shop, whether tests recorded them just now or the checkout brought them along."""
    return sorted((shop / "contracts").glob("*.json"))


def publish(runs: Runs, shop: Path, version: str, consumer: str) -> None:
    """Publish what a consumer's tests recorded."""
    files = [str(path.relative_to(shop)) for path in pact_files(shop) if path.name.startswith(f"{consumer}-")]
    runs.accord("publish", *files, "--consumer-app-version", version, "--branch", "main")


def _failure(suite: ET.Element) -> Iterator[str]:
    """The report of a verification that failed, as its test raised it."""
    for failure in suite.iter("failure"):
        _, _, report = failure.get("message", "").partition(": ")
        yield from filter(None, report.splitlines())
