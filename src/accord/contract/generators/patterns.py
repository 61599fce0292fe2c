"""Texts that a regular expression matches, made at random."""

from __future__ import annotations

import string
from importlib import import_module
from typing import TYPE_CHECKING, Any

from accord.contract.patterns import PatternError, PatternTimeoutError, matches_pattern

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

MAX_REPEATS = 8
"""How much further than its least number an open repetition goes."""

MAX_LENGTH = 20_000
"""How long a text may become."""

_TRIES = 20
_LETTERS = string.ascii_letters + string.digits
_PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "
_CLASSES = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_WORD": _LETTERS + "_",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_DIGIT": string.ascii_letters,
    "CATEGORY_NOT_WORD": "-.,:;!?",
    "CATEGORY_NOT_SPACE": _LETTERS,
}


def text_matching(pattern: str, random: Random) -> str:
    """A text that a pattern matches as a whole.

    Raises:
        PatternError: not a regular expression, or one no text could be made for.
    """
    for _ in range(_TRIES):
        text = _Writer(random).write(_parsed(pattern))
        try:
            if matches_pattern(pattern, text):
                return text
        except PatternTimeoutError:
            break
    raise PatternError(f"no text could be made that {pattern!r} matches: it looks ahead or behind; give an example")


def _parsed(pattern: str) -> Any:
    # Python's own parser of patterns: its module is private, but alike in 3.11 to 3.13, and Hypothesis stands on it.
    parser = import_module("re._parser")
    try:
        return parser.parse(pattern)
    except (parser.error, RecursionError, OverflowError) as error:
        raise PatternError(f"no text can be made for {pattern!r}: {error}; give an example") from None


class _Writer:
    """Writes one text by the parsed pattern; knows what its groups became."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._groups: dict[int, str] = {}
        self._length = 0

    def write(self, pieces: Any) -> str:
        return "".join(self._piece(str(kind), value) for kind, value in pieces)

    def _piece(self, kind: str, value: Any) -> str:
        writer = _WRITERS.get(kind)
        if writer is None:
            raise PatternError(f"no text can be made for a pattern with {kind.lower().replace('_', ' ')}")
        text = writer(self, value)
        self._length += len(text)
        if self._length > MAX_LENGTH:
            raise PatternError(f"the pattern asks for a text of more than {MAX_LENGTH} characters")
        return text

    def literal(self, code: int) -> str:
        return chr(code)

    def other(self, code: int) -> str:
        return self._random.choice(_LETTERS.replace(chr(code), ""))

    def anything(self, _: Any) -> str:
        return self._random.choice(_LETTERS)

    def nothing(self, _: Any) -> str:
        return ""

    def one_of(self, items: Any) -> str:
        negated = str(items[0][0]) == "NEGATE"
        if not negated:
            kind, value = self._random.choice(items)
            return self._random.choice(_characters(str(kind), value))
        excluded = {char for kind, value in items[1:] for char in _characters(str(kind), value)}
        return self._random.choice([char for char in _PRINTABLE if char not in excluded] or ["\u00e9"])

    def branch(self, value: Any) -> str:
        return self.write(self._random.choice(value[1]))

    def repeat(self, value: Any) -> str:
        low, high, pieces = value
        # Most open repetitions mean a word or so, not thousands.
        count = self._random.randint(low, min(int(high), low + MAX_REPEATS))
        return "".join(self.write(pieces) for _ in range(count))

    def group(self, value: Any) -> str:
        number, _, _, pieces = value
        text = self.write(pieces)
        if number is not None:
            self._groups[number] = text
        return text

    def atomic(self, pieces: Any) -> str:
        return self.write(pieces)

    def reference(self, number: int) -> str:
        return self._groups.get(number, "")

    def conditional(self, value: Any) -> str:
        number, there, absent = value
        return self.write(there if number in self._groups else absent or ())


def _characters(kind: str, value: Any) -> str:
    if kind == "RANGE":
        low, high = value
        return "".join(map(chr, range(low, min(high, low + 255) + 1)))
    return _CLASSES.get(str(value), _LETTERS) if kind == "CATEGORY" else chr(value)


_WRITERS: dict[str, Callable[[_Writer, Any], str]] = {
    "LITERAL": _Writer.literal,
    "NOT_LITERAL": _Writer.other,
    "ANY": _Writer.anything,
    "IN": _Writer.one_of,
    "BRANCH": _Writer.branch,
    "MAX_REPEAT": _Writer.repeat,
    "MIN_REPEAT": _Writer.repeat,
    "POSSESSIVE_REPEAT": _Writer.repeat,
    "SUBPATTERN": _Writer.group,
    "ATOMIC_GROUP": _Writer.atomic,
    "GROUPREF": _Writer.reference,
    "GROUPREF_EXISTS": _Writer.conditional,
    # Assertions write nothing; whether they hold is seen when the text is compared with the pattern.
    **dict.fromkeys(("AT", "ASSERT", "ASSERT_NOT"), _Writer.nothing),
}
