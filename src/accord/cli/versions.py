"""The version of the code at hand, where none is given."""

from __future__ import annotations

import os
import subprocess


def version_or_commit(given: str | None) -> str | None:
    """The version given, else GIT_COMMIT, else the commit of the working directory, else None."""
    if given:
        return given
    if os.environ.get("GIT_COMMIT"):
        return os.environ["GIT_COMMIT"]
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
