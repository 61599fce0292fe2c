"""Participants' names that can stand in the name of a pact file."""

from __future__ import annotations

from accord.core.errors import UsageError


def check_names(consumer: object, provider: object) -> None:
    """Look whether ``CONSUMER-PROVIDER.json`` is a file, and one in the folder that it is meant for.

    Raises:
        UsageError: a name is empty, or leads elsewhere.
    """
    for role, name in (("consumer", consumer), ("provider", provider)):
        if not isinstance(name, str) or not name.strip():
            raise UsageError(f"the {role} needs a name, seen {name!r}")
        if set(name) & set('/\\\0<>:"|?*') or name.startswith("."):
            raise UsageError(f"the {role}'s name {name!r} cannot stand in a file name; use letters, digits, - and _")
