"""The answer as the reference's own client prints it: for scripts that read that."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER = ("CONSUMER", "C.VERSION", "PROVIDER", "P.VERSION", "SUCCESS?", "RESULT")
_OUTCOMES = {True: "success", False: "failure", None: "unknown"}


def as_json(document: dict[str, Any]) -> str:
    """The matrix as one line of JSON, its keys in order; without what only this hub says."""
    shown = {name: value for name, value in document.items() if name != "reasons"}
    return json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def as_table(document: dict[str, Any], *, deployable: bool) -> str:
    """The rows in a frame, the results, the notices, and what the computer says."""
    rows = document.get("matrix") or []
    lines: list[str] = []
    if rows:
        lines += _framed([HEADER, *map(_cells, rows)])
        results = [_result(row) for row in rows if _result(row)]
        if results:
            lines += ["", "VERIFICATION RESULTS", "--------------------"]
            lines += [f"{number}. {result}" for number, result in enumerate(results, 1)]
            lines += ["", ""]
    lines += [str(each.get("text", "")) for each in document.get("notices") or ()]
    lines += ["", ""]
    if deployable:
        return "\n".join([*lines, "✅ Computer says yes \\o/"])
    return "\n".join([*lines, "❌ Computer says no ¯\\_(ツ)_/¯", "❌ No deployable version found"])


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    result = row.get("verificationResult")
    success = result.get("success") if result else None
    return (
        row["consumer"]["name"],
        _number(row["consumer"]),
        row["provider"]["name"],
        _number(row["provider"]),
        "unknown" if success is None else str(success).lower(),
        "1" if result else "0",
    )


def _number(side: dict[str, Any]) -> str:
    version = side.get("version")
    return str(version["number"]) if version else "unknown"


def _result(row: dict[str, Any]) -> str | None:
    result = row.get("verificationResult") or {}
    href = result.get("_links", {}).get("self", {}).get("href")
    return f"{href} ({_OUTCOMES[result.get('success')]})" if href else None


def _framed(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(cells: Sequence[str]) -> str:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
        return f"│ {' ┆ '.join(padded)} │"

    def rule(left: str, dash: str, cross: str, right: str) -> str:
        return f"{left}{cross.join(dash * (width + 2) for width in widths)}{right}"

    between = rule("├", "╌", "┼", "┤")
    body = [part for row in rows[1:] for part in (line(row), between)][:-1]
    head = [rule("┌", "─", "┬", "┐"), line(rows[0]), rule("╞", "═", "╪", "╡")]
    return [*head, *body, rule("└", "─", "┴", "┘")]


def _width(text: str) -> int:
    """Columns of a terminal: what is wide takes two, what combines none."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )
