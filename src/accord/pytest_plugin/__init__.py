"""The pytest plugin: fixtures and hooks. It loads at every pytest start, so it imports late what is heavy."""

from __future__ import annotations

from accord.pytest_plugin.postgres import postgres, postgres_alone, postgres_server, postgres_template

__all__ = ["postgres", "postgres_alone", "postgres_server", "postgres_template"]
