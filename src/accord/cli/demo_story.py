"""The story of the demo as an engine: it works on a copy of the example shop and tells what happens as events."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from accord.core.errors import AccordError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accord.infra import PostgresServer

LEVELS = ("unit", "integration", "contract")
SERVICES = ("inventory", "orders", "payments")
ENVIRONMENT = "production"
GOOD, BROKEN, CONSUMER = "2.3.0", "2.3.1", "1.5.0"

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
class Outcome:
    """What a command printed and returned."""

    code: int
    output: str
    seconds: float


class Story:
    """Tells the demo.

    Args:
        shop: the example shop in the checkout; only read.
        tell: called with each step.
    """

    def __init__(self, shop: Path, tell: Callable[[Step], None]) -> None:
        self._shop = shop
        self._tell = tell

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
                self._safe_change(copy, server)
                self._breaking_change(copy, server)

    def _safe_change(self, shop: Path, server: PostgresServer) -> None:
        for level in LEVELS:
            self._level("levels", shop, level, SERVICES)
        self._pacts(shop)
        self._deployed(shop, server)
        self._verify("verification", shop, server, GOOD)
        self._can_i_deploy("answer", shop, GOOD, expected=0)

    def _breaking_change(self, shop: Path, server: PostgresServer) -> None:
        changed = rename_total(shop)
        lines = tuple(str(path.relative_to(shop)) for path in changed)
        self._tell(
            Step("break", "OrderService renames totalAmount to total, in its code and in its own tests", lines=lines)
        )
        for level in ("unit", "integration"):
            self._level("break", shop, level, ("orders",))
        self._verify("break", shop, server, BROKEN, expected=1)
        self._can_i_deploy("break", shop, BROKEN, expected=1)

    def _level(self, chapter: str, shop: Path, level: str, services: tuple[str, ...]) -> None:
        report = shop / "report.xml"
        folders = [f"tests/{service}/{level}" for service in services if (shop / "tests" / service / level).is_dir()]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *folders]
        outcome = self._command(shop, command)
        counts = _counts(report)
        if outcome.code != 0:
            raise AccordError(f"the shop's {level} tests failed, which is no part of the demo:\n{outcome.output}")
        whose = "OrderService's own" if services == ("orders",) else "all"
        title = f"{level:<12}{counts['tests']:>4} tests pass ({whose} {level} tests)"
        data = {"level": level, "tests": counts["tests"], "services": list(services)}
        self._tell(Step(chapter, title, outcome.seconds, data=data))

    def _pacts(self, shop: Path) -> None:
        files = sorted((shop / "contracts").glob("*.json"))
        if not files:
            raise AccordError("the shop's contract tests recorded no pact, which is no part of the demo")
        names = tuple(path.name for path in files)
        self._tell(
            Step(
                "pacts",
                f"{len(files)} pacts recorded by the consumers' tests",
                lines=names,
                data={"pacts": list(names)},
            )
        )

    def _deployed(self, shop: Path, server: PostgresServer) -> None:
        """PaymentService runs in production: verified by its own contract tests above, and recorded."""
        self._verify_one("verification", shop, server, "PaymentService", CONSUMER)
        outcome = self._accord(
            shop, "record-deployment", "--pacticipant", "PaymentService", "--version", CONSUMER,
            "--environment", ENVIRONMENT, "--pacts", "contracts",
        )  # fmt: skip
        if outcome.code:
            raise AccordError(f"recording the deployment failed:\n{outcome.output}")

    def _verify(self, chapter: str, shop: Path, server: PostgresServer, version: str, *, expected: int = 0) -> None:
        self._verify_one(chapter, shop, server, "OrderService", version, expected=expected)

    def _verify_one(
        self, chapter: str, shop: Path, server: PostgresServer, provider: str, version: str, *, expected: int = 0
    ) -> None:
        service = {"OrderService": "orders", "PaymentService": "payments"}[provider]
        with _database(server, shop, service) as variables:
            outcome = self._accord(
                shop, "verify", provider, "--app", f"shop.{service}.main:create_app", "--states", f"{service}_states",
                "--app-dir", "src", "--pacts", "contracts", "--provider-version", version, variables=variables,
            )  # fmt: skip
        if outcome.code != expected:
            raise AccordError(f"verifying {provider} went otherwise than the demo expects:\n{outcome.output}")
        lines = tuple(outcome.output.strip().splitlines())
        kept = "keeps" if outcome.code == 0 else "does NOT keep"
        data = {"provider": provider, "version": version, "success": outcome.code == 0}
        title = f"{provider} v{version} {kept} its consumers' contracts"
        self._tell(Step(chapter, title, outcome.seconds, outcome.code == 0, lines, data))

    def _can_i_deploy(self, chapter: str, shop: Path, version: str, *, expected: int) -> None:
        arguments = ("--pacticipant", "OrderService", "--version", version, "--to", ENVIRONMENT, "--pacts", "contracts")
        outcome = self._accord(shop, "can-i-deploy", *arguments)
        if outcome.code != expected:
            raise AccordError(f"can-i-deploy went otherwise than the demo expects:\n{outcome.output}")
        answer = "yes" if outcome.code == 0 else "no"
        data = {"version": version, "deployable": outcome.code == 0}
        lines = tuple(outcome.output.strip().splitlines())
        title = f"May OrderService v{version} be deployed to {ENVIRONMENT}? {answer}"
        self._tell(Step(chapter, title, outcome.seconds, outcome.code == 0, lines, data))

    def _accord(self, shop: Path, *arguments: str, variables: dict[str, str] | None = None) -> Outcome:
        return self._command(shop, [sys.executable, "-m", "accord", *arguments], variables)

    def _command(self, shop: Path, command: list[str], variables: dict[str, str] | None = None) -> Outcome:
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "ACCORD_JOURNAL"))
        }
        paths = os.pathsep.join(str(shop / folder) for folder in ("src", "tests/support"))
        environment |= {"PYTHONPATH": paths, "NO_COLOR": "1", "SHOP_STAGE": "test", **(variables or {})}
        begin = perf_counter()
        try:
            done = subprocess.run(
                command, cwd=shop, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                check=False, timeout=TIME_LIMIT,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise AccordError(f"{' '.join(command)} was still running after {TIME_LIMIT} s") from error
        return Outcome(done.returncode, done.stdout, perf_counter() - begin)


def rename_total(shop: Path) -> list[Path]:
    """Make the break: rename the field where OrderService names it, in its code and in its own tests."""
    changed = []
    for name in ("src/shop/orders/http/schemas.py", "tests/orders/integration/test_api.py"):
        path = shop / name
        text = path.read_text(encoding="utf-8")
        renamed = re.sub(r'"totalAmount"', '"total"', text)
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


def _counts(report: Path) -> dict[str, int]:
    try:
        suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 - pytest wrote it a moment ago
    except (OSError, ET.ParseError):
        suite = None
    if suite is None:
        return {"tests": 0}
    return {"tests": int(suite.get("tests", "0"))}


@contextmanager
def _database(server: PostgresServer, shop: Path, service: str) -> Iterator[dict[str, str]]:
    """A migrated database for a service, as the variables that its settings read."""
    with server.database() as database:
        variable = f"{service.upper()}_DATABASE_URL"
        done = subprocess.run(
            [sys.executable, "-c", f"from shop.{service}.adapters.database import upgrade; upgrade({database.url!r})"],
            cwd=shop, env={**os.environ, "PYTHONPATH": str(shop / "src")}, capture_output=True, text=True, check=False,
            timeout=TIME_LIMIT,
        )  # fmt: skip
        if done.returncode:
            raise AccordError(f"{service}'s migrations failed:\n{done.stderr}")
        yield {variable: database.url}
