"""The account of a process: which doubles were used, which of them ever failed, and what they found.

A finding that the code under test swallows (``except Exception``) is still here at the end of the test, where the
pytest plugin lets the test fail for it.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, field
from typing import Any, TypeVar

Accounts = dict[str, dict[str, Any]]
"""By double: calls, failures, tests."""

_E = TypeVar("_E", bound=AssertionError)


@dataclass(slots=True)
class Account:
    """What became of all doubles of one class or document.

    Attributes:
        calls: how often they were called.
        failures: how often they failed on purpose: raised, timed out, answered an error.
        tests: the tests that called them.
    """

    calls: int = 0
    failures: int = 0
    tests: set[str] = field(default_factory=set)


_accounts: dict[str, Account] = {}
_findings: deque[AssertionError] = deque(maxlen=1000)  # nobody takes them where there is no pytest


def called(name: str) -> None:
    """Note a call of a double, and the test that made it."""
    account = _accounts.setdefault(name, Account())
    account.calls += 1
    test = os.environ.get("PYTEST_CURRENT_TEST", "")
    account.tests.add(test.rpartition(" ")[0])


def failed(name: str) -> None:
    """Note that a double failed as it was told to."""
    _accounts.setdefault(name, Account()).failures += 1


def found(finding: _E) -> _E:
    """Keep a finding until the end of the test."""
    _findings.append(finding)
    return finding


def take_findings() -> list[AssertionError]:
    """What was found since the last look; a test that provokes a finding on purpose takes it away so."""
    taken = list(_findings)
    _findings.clear()
    return taken


def accounts() -> Accounts:
    """The account as plain values, as workers send it."""
    return {
        name: {"calls": each.calls, "failures": each.failures, "tests": sorted(each.tests - {""})}
        for name, each in _accounts.items()
    }
