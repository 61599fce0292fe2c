"""Path expressions: where a matching rule applies, such as ``$.items[*].price`` (Pact specification V2, "Matching")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class Wildcard(Enum):
    """A token that stands for any field or any index."""

    FIELD = "*"
    INDEX = "[*]"


Token = str | int | Wildcard
"""A field name, an array index or a wildcard; the root ``$`` is implied."""

_IDENTIFIER = re.compile(r"[^\W\d]\w*\Z")
_FIELD_END = re.compile(r"[.\[]")
# A backslash that stands before no quote needs no escape, and other tools read a path with one as another name.
_TO_ESCAPE = re.compile(r"'|\\(?=['\"\\]|\Z)")
_ESCAPED = r"\\\g<0>"


class PathSyntaxError(ValueError):
    """A path expression that cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class PathExpression:
    """A parsed path expression.

    Attributes:
        tokens: what follows the root.
        text: the expression as it was written, so that a pact file survives a round trip unchanged.
    """

    tokens: tuple[Token, ...]
    text: str


@lru_cache(maxsize=4096)
def parse_path(text: str) -> PathExpression:
    """Parse an expression that starts at the root ``$``; a bare field name is taken as ``$.name``.

    Raises:
        PathSyntaxError: with the column at fault.
    """
    if not text:
        raise PathSyntaxError("the path expression is empty; it starts with '$'")
    if text[0] != "$":
        if _IDENTIFIER.match(text):
            return PathExpression((text,), text)
        raise PathSyntaxError(f"path expression {text!r} does not start with '$'")
    tokens: list[Token] = []
    position = 1
    while position < len(text):
        if text[position] == ".":
            token, position = _after_dot(text, position + 1)
        elif text[position] == "[":
            token, position = _in_brackets(text, position + 1)
        else:
            raise PathSyntaxError(f"path expression {text!r}: expected '.' or '[' at column {position + 1}")
        tokens.append(token)
    return PathExpression(tuple(tokens), text)


def _after_dot(text: str, start: int) -> tuple[Token, int]:
    found = _FIELD_END.search(text, start)
    end = found.start() if found else len(text)
    name = text[start:end]
    if not name or name != name.strip():
        raise PathSyntaxError(f"path expression {text!r}: expected a field name at column {start + 1}")
    return (Wildcard.FIELD if name == "*" else name), end


def _in_brackets(text: str, start: int) -> tuple[Token, int]:
    if text[start : start + 1] in ("'", '"'):
        return _quoted(text, start)
    end = text.find("]", start)
    if end < 0:
        raise PathSyntaxError(f"path expression {text!r}: '[' at column {start} is never closed")
    inside = text[start:end]
    if inside == "*":
        return Wildcard.INDEX, end + 1
    if inside.isascii() and inside.isdigit():
        return int(inside), end + 1
    raise PathSyntaxError(
        f"path expression {text!r}: expected an index, '*' or a quoted name in the brackets at column {start}, "
        f"seen {inside!r}"
    )


def _quoted(text: str, start: int) -> tuple[Token, int]:
    quote, position, name = text[start], start + 1, []
    while position < len(text) and text[position] != quote:
        # A backslash escapes only a quote or itself: names written without any escape keep their meaning.
        if text[position] == "\\" and text[position + 1 : position + 2] in ("'", '"', "\\"):
            position += 1
        name.append(text[position])
        position += 1
    if text[position : position + 2] != f"{quote}]":
        raise PathSyntaxError(f"path expression {text!r}: the quoted name at column {start + 1} is never closed")
    return "".join(name), position + 2


def join(path: str, token: str | int) -> str:
    """The path of a child, as it stands in mismatches: ``$.a``, ``$.a[0]``, ``$['odd name']``."""
    if isinstance(token, int):
        return f"{path}[{token}]"
    if _IDENTIFIER.match(token):
        return f"{path}.{token}"
    return f"{path}['{_TO_ESCAPE.sub(_ESCAPED, token)}']"


def format_path(tokens: tuple[Token, ...]) -> str:
    """Write tokens as an expression."""
    path = "$"
    for token in tokens:
        if token is Wildcard.FIELD:
            path += ".*"
        elif token is Wildcard.INDEX:
            path += "[*]"
        else:
            path = join(path, token)
    return path


def weight(token: Token, fragment: str | int) -> int:
    """How well a token fits a step of a real path: 2 exact, 1 by wildcard, 0 not at all (specification V2).

    An index fits a field whose name is that number, as the reference does: both are just steps to it.
    """
    if token is Wildcard.FIELD:
        return 1
    if token is Wildcard.INDEX:
        return 1 if isinstance(fragment, int) or (fragment.isascii() and fragment.isdigit()) else 0
    return 2 if token == fragment or str(token) == str(fragment) else 0
