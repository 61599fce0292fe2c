"""The pytest plugin: fixtures and hooks. It loads at every pytest start, so it imports late what is heavy."""

from accord.pytest_plugin.contracts import (
    pact,
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_unconfigure,
    verifier,
)
from accord.pytest_plugin.polling import poll_until
from accord.pytest_plugin.postgres import postgres, postgres_alone, postgres_server, postgres_template

__all__ = [
    "pact",
    "poll_until",
    "postgres",
    "postgres_alone",
    "postgres_server",
    "postgres_template",
    "pytest_configure",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_unconfigure",
    "verifier",
]
