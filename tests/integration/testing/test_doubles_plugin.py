"""Doubles under pytest: swallowed findings fail, doubles that never failed are named, also with workers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests import prefork

if TYPE_CHECKING:
    from pathlib import Path

SWALLOWS = """
import pytest
from accord.testing import calls, double, when

class Payments:
    def charge(self, amount: int) -> str: ...

def swallowing(payments):
    try:
        payments.charge(5, "EUR")
    except Exception:
        return "all is well"

def test_swallows():
    assert swallowing(double(Payments)) == "all is well"

def test_asks_for_it():
    with pytest.raises(TypeError, match="too many positional arguments"):
        double(Payments).charge(5, "EUR")

@pytest.fixture
def late():
    yield
    swallowing(double(Payments))

def test_tear_down(late): pass
"""

NEVER = """
import pytest
from accord.testing import double, when

class Payments:
    def charge(self, amount: int) -> str: ...

class Stock(Payments): ...

@pytest.mark.parametrize("n", range(4))
def test_payments(n):
    payments, stock = double(Payments), double(Stock)
    when(payments.charge).returns("r")
    when(stock.charge).returns("r")
    assert payments.charge(1) == stock.charge(1)

def test_stock_fails():
    stock = double(Stock)
    when(stock.charge).raises(OSError("down"))
    with pytest.raises(OSError):
        stock.charge(1)
"""


def test_a_finding_that_the_code_under_test_swallows_fails_its_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SWALLOWS)
    done = prefork.run_pytest(pytester.path)
    done.assert_outcomes(passed=2, failed=1, errors=1)
    done.stdout.fnmatch_lines(["WrongCall: *charge(5, 'EUR'): too many positional arguments", "*its signature is*"])


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_doubles_that_never_failed_are_named_at_the_end(
    workers: tuple[str, ...], pytester: pytest.Pytester, tmp_path: Path
) -> None:
    pytester.makepyfile(test_never=NEVER)
    report = tmp_path / "report.json"
    done = prefork.run_pytest(
        pytester.path, *workers, "--accord-report", str(report), plugins=("accord.pytest_plugin", "xdist")
    )
    done.assert_outcomes(passed=5)
    done.stdout.fnmatch_lines(["*doubles that never failed*", "  test_never.Payments: 4 calls in 4 tests"])
    assert "test_never.Stock" not in done.stdout.str()
    assert json.loads(report.read_text(encoding="utf-8"))["doubles"] == [
        {"double": "test_never.Payments", "calls": 4, "failures": 0, "tests": 4},
        {"double": "test_never.Stock", "calls": 5, "failures": 1, "tests": 5},
    ]


def test_nothing_is_said_of_a_single_test_or_without_doubles(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_never=NEVER, test_none="def test_a(): pass\ndef test_b(): pass")
    for arguments in (("test_never.py::test_payments[0]",), ("test_none.py",)):
        assert "never failed" not in prefork.run_pytest(pytester.path, *arguments).stdout.str()
