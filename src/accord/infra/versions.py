"""Versions of servers: the one asked for, those that are here, the one that production runs."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, TypeVar

from accord.core.errors import ResourceMissingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class OtherVersionWarning(UserWarning):
    """A test runs on a newer version of a server than the one it asked for."""


def numbers(version: str) -> tuple[int, ...]:
    """The numbers a version begins with: ``18.6`` is (18, 6), ``2.15.1-beta`` is (2, 15, 1)."""
    found = re.match(r"v?(\d+(?:\.\d+)*)", version.strip())
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def satisfies(asked: str, seen: str) -> bool:
    """Whether a version is the one asked for, as far as was asked: 14.7 is a 14, and 14 is not a 14.7."""
    wanted = numbers(asked)
    return numbers(seen)[: len(wanted)] == wanted


def check(asked: str) -> str:
    """The version as it was asked for.

    Raises:
        UsageError: it does not begin with a number.
    """
    if not numbers(asked):
        raise UsageError(f"{asked!r} is no version; expected numbers with dots between them, such as 14 or 14.7")
    return asked


def nearest(asked: str, candidates: Mapping[str, T]) -> tuple[str, T] | None:
    """The one asked for, else the oldest that is newer; the first given among equals.

    Args:
        asked: the version asked for.
        candidates: what there is, by version.
    """
    for version, each in candidates.items():
        if satisfies(asked, version):
            return version, each
    newer = [version for version in candidates if numbers(version) > numbers(asked)]
    best = min(newer, key=numbers, default=None)
    return (best, candidates[best]) if best is not None else None


def accept(title: str, *, asked: str | None, seen: str, strict: bool) -> None:
    """Take what there is for what was asked for: silently, with a warning, or not at all.

    Args:
        title: which server.
        asked: the version asked for; None where any will do.
        seen: the version there is.
        strict: whether another version than the one asked for is refused.

    Raises:
        ResourceMissingError: it is older, or another one and strict is set.
    """
    if asked is None or satisfies(asked, seen):
        return
    if strict or not numbers(seen) > numbers(asked):
        why = "strict is set" if strict else "an older one may lack what the tests need"
        raise ResourceMissingError(
            f"{title} {asked} was asked for, and here is {title} {seen}; {why}. Install {title} {asked}, ask for "
            f'another version, or run it in a container: provider = "container".'
        )
    warnings.warn(
        f"{title} {asked} was asked for and is not here: the tests run on {title} {seen}", OtherVersionWarning, 2
    )
