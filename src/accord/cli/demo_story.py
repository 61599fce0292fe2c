"""The story of the demo as an engine: it works on a copy of the example shop and tells what happens as events."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from accord.cli.demo_hub import demo_hub
from accord.core.errors import AccordError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEVELS = ("unit", "integration", "contract")
SERVICES = ("cart", "gateway", "identity", "inventory", "notifications", "orders", "payments")
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

TIME_LIMIT = 300
"""Seconds one command may take; the whole demo takes a fraction of it."""


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command printed and returned."""

    code: int
    output: str
    seconds: float


class Story:
    """Tells the demo.

    Args:
        shop: the example shop in the checkout; only read.
        tell: called with each step, and before one that takes a moment.
        keep: called with the hub's URL at the end, while it is still there; returns when it may go.
    """

    def __init__(
        self, shop: Path, tell: Callable[[Step | Begun], None], keep: Callable[[str], None] = lambda _: None
    ) -> None:
        self._shop = shop
        self._tell = tell
        self._keep = keep
        self._hub = ""

    def run(self) -> None:
        """Tell all chapters.

        Raises:
            AccordError: a step went wrong in a way that is no part of the story.
        """
        from accord.infra import PostgresServer  # noqa: PLC0415 - psycopg and all only when the demo runs

        with tempfile.TemporaryDirectory(prefix="accord-demo-") as name:
            copy = Path(name, "shop")
            shutil.copytree(self._shop, copy, ignore=shutil.ignore_patterns("__pycache__", ".accord", ".pytest_cache"))
            shutil.rmtree(copy / "contracts", ignore_errors=True)
            begin = perf_counter()
            with PostgresServer() as server:
                seconds = perf_counter() - begin
                title = f"PostgreSQL {server.version} is up, without Docker"
                self._tell(Step("database", title, seconds, data={"version": str(server.version)}))
            with demo_hub(Path(name)) as self._hub:
                self._safe_change(copy)
                self._breaking_change(copy)
                self._keep(self._hub)

    def _safe_change(self, shop: Path) -> None:
        for level in LEVELS:
            self._level("levels", shop, level, SERVICES)
        self._pacts(shop)
        self._accord(shop, "environment", "create", "--name", ENVIRONMENT, "--production")
        for provider, version in RUNNING.items():
            self._verify("verification", shop, provider, version)
            self._accord(shop, "record-deployment", "--pacticipant", provider, "--version", version, *WHERE)
        self._verify("verification", shop, "OrderService", GOOD)
        self._can_i_deploy("answer", shop, GOOD)

    def _breaking_change(self, shop: Path) -> None:
        lines = tuple(str(path.relative_to(shop)) for path in rename_total(shop))
        title = "OrderService renames totalAmount to total, in its code and in its own tests"
        self._tell(Step("break", title, lines=lines))
        self._publish(shop, BROKEN, "OrderService")
        for level in ("unit", "integration"):
            self._level("break", shop, level, ("orders",))
        self._verify("break", shop, "OrderService", BROKEN, broken=True)
        self._can_i_deploy("break", shop, BROKEN, broken=True)

    def _begin(self, chapter: str, title: str) -> None:
        self._tell(Begun(chapter, title))

    def _level(self, chapter: str, shop: Path, level: str, services: tuple[str, ...]) -> None:
        """Run one level; of the contract tests the consumers' only, the providers' are a chapter of their own."""
        folders = [shop / "tests" / service / level for service in services]
        files = [path for folder in folders for path in sorted(folder.glob("test_*.py")) if path.name != PROVIDER_TEST]
        self._begin(chapter, f"{level} tests")
        outcome, suite = self._pytest(shop, files, workers=2 if level == "integration" else 0)
        if outcome.code != 0:
            raise AccordError(f"the shop's {level} tests failed, which is no part of the demo:\n{outcome.output}")
        whose = "OrderService's own tests" if services == ("orders",) else f"of {', '.join(services)}"
        tests = int(suite.get("tests", "0"))
        data = {"level": level, "tests": tests, "services": list(services)}
        self._tell(Step(chapter, f"{level}: {tests} tests pass, {whose}", outcome.seconds, data=data))

    def _pacts(self, shop: Path) -> None:
        files = sorted((shop / "contracts").glob("*.json"))
        if not files:
            raise AccordError("the shop's contract tests recorded no pact, which is no part of the demo")
        self._begin("pacts", "the pacts are published")
        for consumer in dict.fromkeys(path.name.partition("-")[0] for path in files):
            self._publish(shop, {**RUNNING, "OrderService": GOOD}.get(consumer, FIRST), consumer)
        names = tuple(path.name for path in files)
        title = f"{len(files)} pacts recorded by the consumers' tests, published to the hub at {self._hub}"
        self._tell(Step("pacts", title, lines=names, data={"pacts": list(names), "hub": self._hub}))

    def _publish(self, shop: Path, version: str, consumer: str) -> None:
        files = sorted(str(path.relative_to(shop)) for path in (shop / "contracts").glob(f"{consumer}-*.json"))
        self._accord(shop, "publish", *files, "--consumer-app-version", version, "--branch", "main")

    def _verify(self, chapter: str, shop: Path, provider: str, version: str, *, broken: bool = False) -> None:
        self._begin(chapter, f"{provider} is verified")
        test = shop / "tests" / FOLDERS[provider] / "contract" / PROVIDER_TEST
        outcome, suite = self._pytest(shop, [test], {"GIT_COMMIT": version})
        if outcome.code != int(broken):
            raise AccordError(f"verifying {provider} went otherwise than the demo expects:\n{outcome.output}")
        kept = "does NOT keep" if broken else "keeps"
        title = f"{provider} v{version} {kept} its consumers' contracts, on its real database"
        data = {"provider": provider, "version": version, "success": not broken}
        self._tell(Step(chapter, title, outcome.seconds, not broken, tuple(_failure(suite)), data))

    def _can_i_deploy(self, chapter: str, shop: Path, version: str, *, broken: bool = False) -> None:
        outcome = self._accord(
            shop, "can-i-deploy", "--pacticipant", "OrderService", "--version", version, *WHERE, expected=int(broken)
        )
        answer = "no" if broken else "yes"
        data = {"version": version, "deployable": not broken}
        title = f"May OrderService v{version} be deployed to {ENVIRONMENT}? {answer}"
        lines = tuple(outcome.output.strip().splitlines())
        self._tell(Step(chapter, title, outcome.seconds, not broken, lines, data))

    def _accord(self, shop: Path, *arguments: str, expected: int = 0) -> Outcome:
        outcome = self._command(shop, [sys.executable, "-m", "accord", *arguments])
        if outcome.code != expected:
            raise AccordError(f"accord {arguments[0]} went otherwise than the demo expects:\n{outcome.output}")
        return outcome

    def _pytest(
        self, shop: Path, files: list[Path], variables: dict[str, str] | None = None, *, workers: int = 0
    ) -> tuple[Outcome, ET.Element]:
        """Run tests; gives what pytest says of them in JUnit's form too."""
        report = shop / "report.xml"
        report.unlink(missing_ok=True)
        names = [str(path.relative_to(shop)) for path in files]
        options = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}", f"-n{workers}"]
        command = [sys.executable, "-m", "pytest", *options, *names]
        outcome = self._command(shop, command, variables)
        suite = ET.parse(report).getroot().find("testsuite") if report.exists() else None  # noqa: S314 - ours
        return outcome, ET.Element("testsuite") if suite is None else suite

    def _command(self, shop: Path, command: list[str], variables: dict[str, str] | None = None) -> Outcome:
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "ACCORD_JOURNAL"))
        }
        paths = os.pathsep.join(str(shop / folder) for folder in ("src", "tests/support"))
        # Whatever hub or CI this machine knows has no part in the story.
        environment = {
            key: value
            for key, value in environment.items()
            if not key.startswith(("PACT_BROKER_", "ACCORD_HUB_", "CI"))
        }
        environment |= {"PYTHONPATH": paths, "NO_COLOR": "1", "ACCORD_HUB_URL": self._hub, "GIT_BRANCH": "main"}
        environment |= variables or {}
        begin = perf_counter()
        try:
            done = subprocess.run(
                command, cwd=shop, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                check=False, timeout=TIME_LIMIT,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise AccordError(f"{' '.join(command)} was still running after {TIME_LIMIT} s") from error
        return Outcome(done.returncode, done.stdout, perf_counter() - begin)


_NAMED_HERE = re.compile(r'^(TOTAL\w*(?:: Final)? = )"totalAmount"', re.MULTILINE)
"""The one place in the code, and the one in the tests, that names the field of the current form."""


def rename_total(shop: Path) -> list[Path]:
    """Make the break: rename the field where OrderService names it, in its code and in its own tests."""
    changed = []
    for name in ("src/shop/orders/http/schemas.py", "tests/orders/integration/test_api.py"):
        path = shop / name
        text = path.read_text(encoding="utf-8")
        renamed = _NAMED_HERE.sub(r'\1"total"', text)
        if renamed == text:
            raise AccordError(f"{name} does not name totalAmount any more; the demo's break must follow it")
        path.write_text(renamed, encoding="utf-8")
        changed.append(path)
    return changed


def find_shop(start: Path) -> Path:
    """The example shop of the checkout that a folder is in.

    Raises:
        UsageError: not inside a checkout.
    """
    for folder in (start, *start.parents):
        shop = folder / "examples" / "shop"
        if (shop / "src" / "shop").is_dir():
            return shop
    raise UsageError(
        f"{start} is not inside a checkout of Accord: the demo runs on its examples/shop. "
        "Clone the repository and run `make demo` there"
    )


def _failure(suite: ET.Element) -> Iterator[str]:
    """The report of a verification that failed, as its test raised it."""
    for failure in suite.iter("failure"):
        _, _, report = failure.get("message", "").partition(": ")
        yield from filter(None, report.splitlines())
