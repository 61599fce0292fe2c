"""Events that came against events that are expected: which is which, which is nearest, and what to say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from accord.contract.matchers.matcher import plain_example
from accord.contract.matching.json_body import match_json
from accord.contract.mismatches import Mismatch, shown
from accord.contract.templates import TemplateParts
from accord.infra.bus.subjects import check_pattern, matches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHOWN = 20
_LONG = 300
_OTHER_SUBJECT = 5  # an event on another subject is as far away as one with so many differences


class Anything(Enum):
    """Marks content of which nothing is expected; JSON's null is something."""

    ANYTHING = "anything"


ANYTHING = Anything.ANYTHING


@dataclass(frozen=True, slots=True)
class Event:
    """An event that came.

    Attributes:
        subject: where it was published; empty where an outbox table has no such column.
        content: the JSON value, or bytes where it is none.
        key: the key by which it is ordered, if any.
        headers: name to value.
    """

    subject: str
    content: Any
    key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        content = f"{len(self.content)} bytes" if isinstance(self.content, bytes) else shown(self.content, _LONG)
        return f"{self.subject or 'event'} {content}"


class Wanted:
    """An event that is expected. :func:`event` makes it."""

    def __init__(self, content: Any, subject: str | None, key: str | None, headers: Mapping[str, Any] | None) -> None:
        if subject is not None:
            check_pattern(subject)
        self.content = content
        self._subject = subject
        self._key = key
        self._template = None if content is ANYTHING or isinstance(content, bytes) else TemplateParts(content)
        self._headers = TemplateParts(dict(headers)) if headers else None

    def mismatches(self, seen: Event) -> list[Mismatch]:
        """What differs; nothing where it is this event. Objects may have more keys than expected."""
        found = []
        if self._subject is not None and not matches(self._subject, seen.subject):
            found.append(_differs("subject", self._subject, seen.subject))
        if self._key is not None and self._key != seen.key:
            found.append(_differs("key", self._key, seen.key))
        if self._headers is not None:
            headers = self._headers
            rules = headers.rules
            found += match_json(headers.example, dict(seen.headers), rules, allow_unexpected=True, kind="metadata")
        return found + self._of_content(seen)

    def _of_content(self, seen: Event) -> list[Mismatch]:
        if self.content is ANYTHING:
            return []
        if self._template is None or isinstance(seen.content, bytes):
            if self.content == seen.content:
                return []
            message = f"expected {_content(self.content)}, seen {_content(seen.content)}"
            return [Mismatch("body", "$", self.content, seen.content, message)]
        return match_json(self._template.example, seen.content, self._template.rules, allow_unexpected=True)

    def distance(self, seen: Event) -> int:
        """How far an event is from this one."""
        return sum(_OTHER_SUBJECT if each.path == "subject" else 1 for each in self.mismatches(seen))

    def __str__(self) -> str:
        content = "" if self.content is ANYTHING else f" {_content(self.content)}"
        beside = [f" with key {self._key!r}"] if self._key is not None else []
        beside += [f" with headers {shown(self._headers.example, _LONG)}"] if self._headers is not None else []
        return f"{self._subject or 'an event'}{content}{''.join(beside)}"


def event(
    content: Any = ANYTHING,
    *,
    subject: str | None = None,
    key: str | None = None,
    headers: Mapping[str, Any] | None = None,
) -> Wanted:
    """An event to be expected.

    Args:
        content: the content, with matchers where only its shape matters; objects may have more keys.
        subject: where it is published, or a pattern: ``orders.*``.
        key: the key by which it is ordered.
        headers: some of its headers; values may be matchers.
    """
    return Wanted(content, subject, key, headers)


class Claims:
    """The events that came, and which of them have been expected."""

    def __init__(self) -> None:
        self._claimed: set[int] = set()

    def others(self, events: Sequence[Event]) -> list[Event]:
        """Those that nobody expected."""
        return [each for index, each in enumerate(events) if index not in self._claimed]

    def in_order(self, wanted: Sequence[Wanted], events: Sequence[Event]) -> list[Event] | Wanted:
        """Claim them if they came in this order, with others between; else the first that is missing."""
        chosen: list[int] = []
        free = iter([index for index in range(len(events)) if index not in self._claimed])
        for each in wanted:
            index = next((index for index in free if not each.mismatches(events[index])), None)
            if index is None:
                return each
            chosen.append(index)
        return self._take(chosen, events)

    def in_any_order(self, wanted: Sequence[Wanted], events: Sequence[Event]) -> list[Event] | Wanted:
        """Claim a different event for each, if there is a way; else one that is missing."""
        free = [index for index in range(len(events)) if index not in self._claimed]
        fitting = [[index for index in free if not each.mismatches(events[index])] for each in wanted]
        owner: dict[int, int] = {}
        for number, each in enumerate(wanted):
            if not _settle(number, fitting, owner, set()):
                return each
        by_wanted = {number: index for index, number in owner.items()}
        return self._take([by_wanted[number] for number in range(len(wanted))], events)

    def _take(self, chosen: list[int], events: Sequence[Event]) -> list[Event]:
        self._claimed.update(chosen)
        return [events[index] for index in chosen]


def _settle(number: int, fitting: list[list[int]], owner: dict[int, int], tried: set[int]) -> bool:
    """Give a wanted event one that fits, moving others to what fits them too where needed (augmenting paths)."""
    for index in fitting[number]:
        if index in tried:
            continue
        tried.add(index)
        if index not in owner or _settle(owner[index], fitting, owner, tried):
            owner[index] = number
            return True
    return False


def listed(events: Sequence[Event]) -> str:
    """The events for people, one a line."""
    lines = [f"  {number}. {each}" for number, each in enumerate(events[:_SHOWN], 1)]
    return "\n".join(lines + ([f"  … and {len(events) - _SHOWN} more"] if len(events) > _SHOWN else []))


def nearest(wanted: Wanted, events: Sequence[Event]) -> Event | None:
    """The event that differs least."""
    return min(events, key=wanted.distance, default=None)


def _differs(name: str, expected: str, actual: str | None) -> Mismatch:
    return Mismatch("metadata", name, expected, actual, f"expected {expected!r}, seen {actual!r}")


def _content(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} bytes {value[:20]!r}"
    return shown(plain_example(value) if not isinstance(value, (dict, list)) else TemplateParts(value).example, _LONG)
