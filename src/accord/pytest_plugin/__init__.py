"""The pytest plugin: fixtures and hooks. It loads at every pytest start, so it imports late what is heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.pytest_plugin.contracts import (
    begin_recording,
    pact,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_unconfigure,
    verifier,
)
from accord.pytest_plugin.polling import poll_until
from accord.pytest_plugin.postgres import MARKER as _POSTGRES_MARKER
from accord.pytest_plugin.postgres import (
    _postgres_shared,
    postgres,
    postgres_alone,
    postgres_isolation,
    postgres_server,
    postgres_template,
)

if TYPE_CHECKING:
    import pytest

__all__ = [
    "_postgres_shared",
    "pact",
    "poll_until",
    "postgres",
    "postgres_alone",
    "postgres_isolation",
    "postgres_server",
    "postgres_template",
    "pytest_configure",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_unconfigure",
    "verifier",
]


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks and begin the journal of the run."""
    config.addinivalue_line("markers", _POSTGRES_MARKER)
    begin_recording(config)
