"""The helpers, a file for each kind; importing them registers them."""

from accord.stub.templating.helpers import (  # noqa: F401 - imported to register their helpers
    arrays,
    conditions,
    dates,
    encodings,
    json_documents,
    numbers,
    random_values,
    texts,
    variables,
    xml_documents,
)
from accord.stub.templating.helpers.registry import HELPERS, REFUSED, Helper

__all__ = ["HELPERS", "REFUSED", "Helper", "describe_helpers", "working_helpers"]


def working_helpers() -> list[Helper]:
    """The helpers that work, by name: what the table in the documentation is made of."""
    return [HELPERS[name] for name in sorted(HELPERS, key=str.lower)]


def describe_helpers() -> str:
    """The table of the helpers in Markdown, for the documentation."""
    lines = ["| helper | what it gives | example | gives |", "|---|---|---|---|"]
    for each in working_helpers():
        own = " (Accord's own)" if each.is_own else ""
        gives = "-" if each.gives is None else f"`{each.gives}`"
        cells = [f"`{each.name}`", each.summary + own, f"`{each.example}`", gives]
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", "⏎") for cell in cells) + " |")
    return "\n".join(lines)
