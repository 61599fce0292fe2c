"""What commands print: data on stdout, everything else on stderr; colour only on a terminal."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

_STYLES = {"✓": "32", "✗": "31", "○": "33"}


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(document, indent=2, ensure_ascii=False))


def coloured(text: str) -> str:
    """The text with its marks in colour, if stdout is a terminal that wants it."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    for mark, code in _STYLES.items():
        text = text.replace(mark, f"\x1b[{code}m{mark}\x1b[0m")
    return text
