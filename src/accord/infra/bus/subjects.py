"""Subjects are words with dots between; a pattern may have ``*`` for one word and ends with ``>`` for one or more."""

from __future__ import annotations

import functools
import hashlib
import re

from accord.core.errors import UsageError

DEAD = "dead."
"""What the subject of a dead letter begins with: ``dead.orders.placed``."""

_LONGEST = 200
_WORD = re.compile(r"[A-Za-z0-9_-]+")


@functools.lru_cache(maxsize=4096)
def check_subject(subject: str) -> None:
    """Refuse what cannot be published on with every broker.

    Raises:
        UsageError: an empty word, a letter that some broker refuses, or too long.
    """
    if len(subject) > _LONGEST or not all(_WORD.fullmatch(word) for word in subject.split(".")):
        raise UsageError(
            f"the subject {subject!r}: expected words of A-Z, a-z, 0-9, _ and - with dots between, such as "
            f"'orders.placed', at most {_LONGEST} letters"
        )


def check_pattern(pattern: str) -> None:
    """Refuse what cannot be subscribed to.

    Raises:
        UsageError: not a subject, also with ``*`` for a word and ``>`` for the last.
    """
    *first, last = pattern.split(".")
    plain = ".".join(["x" if word == "*" else word for word in first] + ["x" if last in ("*", ">") else last])
    try:
        check_subject(plain)
    except UsageError:
        raise UsageError(
            f"the pattern {pattern!r}: expected a subject, with * for one word, or > at its end for one or more: "
            "'orders.*', 'orders.>'"
        ) from None


def is_pattern(subject: str) -> bool:
    """Whether it stands for more than one subject."""
    return "*" in subject or subject.endswith(">")


@functools.lru_cache(maxsize=4096)
def matches(pattern: str, subject: str) -> bool:
    """Whether a subject is one that the pattern stands for."""
    return expression(pattern).fullmatch(subject) is not None


@functools.lru_cache(maxsize=512)
def expression(pattern: str, prefix: str = "") -> re.Pattern[str]:
    """The pattern as a regular expression, with something fixed before it."""
    words = {"*": r"[^.]+", ">": r".+"}
    return re.compile(re.escape(prefix) + r"\.".join(words.get(word, re.escape(word)) for word in pattern.split(".")))


def name_of(group: str, pattern: str) -> str:
    """A name for what a group has read of a pattern, as every broker takes it; the same for the same two."""
    digest = hashlib.sha256(f"{group}\n{pattern}".encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', group)[:60]}-{digest}"
