"""Mismatches as values: where the actual differs from the expected, in words a person and a program can use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

MismatchKind = Literal["method", "path", "query", "header", "status", "content-type", "body", "metadata"]


class Absent(Enum):
    """Marks a side of a mismatch on which there is nothing; JSON's null is something."""

    ABSENT = "nothing"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One difference.

    Attributes:
        kind: the part of the request, response or message.
        path: where in that part: a path expression in a body, the name of a header, parameter or metadata key.
        expected: the example or value that was expected, or ABSENT.
        actual: the value that was seen, or ABSENT.
        message: one sentence with both.
    """

    kind: MismatchKind
    path: str
    expected: Any
    actual: Any
    message: str

    @property
    def place(self) -> str:
        """Kind and path in one: ``body $.total``, ``header Content-Type``, ``status``."""
        return self.kind if self.kind in ("method", "path", "status") else f"{self.kind} {self.path}"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"

    def to_json(self) -> dict[str, Any]:
        """The mismatch as JSON; a side on which there is nothing is left out."""
        sides = (("expected", self.expected), ("actual", self.actual))
        seen = {name: value for name, value in sides if value is not ABSENT}
        return {"kind": self.kind, "path": self.path, **seen, "message": self.message}


def shown(value: Any, limit: int = 80) -> str:
    """A value on one line, cut when it is long."""
    if value is ABSENT:
        return "nothing"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def kind_of(value: Any) -> str:
    """What a JSON value is, in a word with its article."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    return _KINDS.get(type(value), "a value")


_KINDS: dict[type, str] = {
    int: "an integer",
    float: "a decimal",
    str: "a string",
    list: "an array",
    dict: "an object",
}
