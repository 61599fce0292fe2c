"""Options that come in groups: ``--pacticipant A --version 1 --pacticipant B --branch main --ignore C --version 2``.

What follows a participant is about that participant. What Click makes of a command line no longer says what followed
what, so the groups are taken from it before: the first goes on to Click as ordinary options, the rest is put aside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "accord.groups"

_PARTICIPANT = ("--pacticipant", "--participant", "-a")
_IGNORE = ("--ignore",)
_VERSION = ("--version", "-e")
_LATEST = ("--latest", "-l")
_MAIN = ("--main-branch",)
_OF_A_LINE = ("--tag", "--branch", *_LATEST, *_MAIN)
_SHORT = tuple(word for word in (*_PARTICIPANT, *_VERSION, *_LATEST) if not word.startswith("--"))
_VALUES = {"--tag": "tag", "--branch": "branch", **dict.fromkeys(_VERSION, "version")}


@dataclass(slots=True)
class Group:
    """A participant and what was said of it.

    Attributes:
        name: None for what came before any participant.
    """

    name: str | None = None
    version: str | None = None
    tag: str | None = None
    branch: str | None = None
    latest: bool = False
    main_branch: bool = False

    def arguments(self) -> list[str]:
        """As ordinary options."""
        given = (
            ("--pacticipant", self.name),
            ("--version", self.version),
            ("--tag", self.tag),
            ("--branch", self.branch),
        )
        named = [part for option, value in given if value is not None for part in (option, value)]
        return [*named, *(["--latest"] if self.latest else []), *(["--main-branch"] if self.main_branch else [])]


@dataclass(slots=True)
class Groups:
    """A command line in groups.

    Attributes:
        first: the first participant; what came before any is about it too.
        beside: the others.
        ignored: each with its version.
        rest: what belongs to nobody.
    """

    first: Group = field(default_factory=Group)
    beside: list[Group] = field(default_factory=list)
    ignored: list[Group] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def grouped(arguments: list[str], with_value: frozenset[str]) -> Groups:
    """Take the groups from a command line.

    Args:
        arguments: the command line.
        with_value: the other options whose next argument is their value.

    Raises:
        UsageError: an option lacks its value.
    """
    groups = Groups()
    current = groups.first
    words = _Words(arguments)
    for word, given in words:
        if word in _OF_A_LINE and any(current is each for each in groups.ignored):
            raise UsageError(
                f"{word} says nothing of the ignored {current.name}: of a participant that is ignored --version "
                "alone can be said. What is about a --pacticipant stands behind it, before any --ignore"
            )
        if word in _PARTICIPANT:
            name = _value(word, given, words)
            if groups.first.name is None:
                current = groups.first
                current.name = name
            else:
                current = Group(name)
                groups.beside.append(current)
        elif word in _IGNORE:
            current = Group(_value(word, given, words))
            groups.ignored.append(current)
        elif word in _VALUES:
            setattr(current, _VALUES[word], _value(word, given, words))
        elif word in _LATEST:
            current.latest = True
            tag = given if given is not None else words.optional()
            current.tag = tag or current.tag
        elif word in _MAIN:
            current.main_branch = True
        else:
            groups.rest.append(word if given is None else f"{word}={given}")
            if word in with_value and given is None:
                groups.rest += words.following()
    return groups


class _Words:
    """The words of a command line, ``--name=value`` and ``-nvalue`` taken apart."""

    def __init__(self, arguments: list[str]) -> None:
        self._left = list(reversed(arguments))

    def __iter__(self) -> Iterator[tuple[str, str | None]]:
        while self._left:
            word = self._left.pop()
            if word.startswith(_SHORT) and word not in _SHORT:
                yield word[:2], word[2:]
                continue
            name, equals, value = word.partition("=")
            yield (name, value) if equals and name.startswith("--") else (word, None)

    def following(self) -> list[str]:
        """The next word, whatever it looks like."""
        return [self._left.pop()] if self._left else []

    def optional(self) -> str | None:
        """The next word, unless it is an option."""
        return self._left.pop() if self._left and not self._left[-1].startswith("-") else None


def _value(word: str, given: str | None, words: _Words) -> str:
    value = [given] if given is not None else words.following()
    if not any(value):
        raise UsageError(f"{word} needs a value")
    return value[0]


class GroupedCommand(TyperCommand):
    """A command whose options come in groups; they are in ``context.meta[KEY]``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """See Click."""
        with_value = frozenset(
            name
            for option in self.get_params(ctx)
            if not getattr(option, "is_flag", False) and not getattr(option, "count", False)
            for name in option.opts
        )
        groups = grouped(args, with_value)
        ctx.meta[KEY] = groups
        ignored = [part for each in groups.ignored for part in ("--ignore", each.name or "")]
        return super().parse_args(ctx, [*groups.rest, *groups.first.arguments(), *ignored])
