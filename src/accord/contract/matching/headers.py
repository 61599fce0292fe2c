"""Comparing headers: names without case, values with it, parameters of media types in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.contract.matching.named_values import compare_values, one_or_all, rules_for_name
from accord.contract.mismatches import ABSENT, Mismatch, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.contract.rules import RuleCategory

_PARAMETERISED = ("accept", "content-type")
_NEVER_LISTS = (
    "date",
    "expires",
    "if-modified-since",
    "if-unmodified-since",
    "last-modified",
    "set-cookie",
    "retry-after",
)

_LISTS = (
    "accept", "accept-encoding", "accept-language", "access-control-allow-headers", "access-control-allow-methods",
    "access-control-expose-headers", "access-control-request-headers", "allow", "cache-control", "if-match",
    "if-none-match", "vary",
)  # fmt: skip


def match_headers(
    expected: Mapping[str, tuple[str, ...]], actual: Mapping[str, tuple[str, ...]], rules: RuleCategory
) -> list[Mismatch]:
    """Every expected header must be there with its value; others may be there too."""
    if not expected:
        return []
    received = _by_lower_name(actual)
    mismatches = []
    for name, values in expected.items():
        seen = received.get(name.lower())
        if seen is None:
            message = f"expected {shown(one_or_all(values))}, seen nothing"
            mismatches.append(Mismatch("header", name, one_or_all(values), ABSENT, message))
            continue
        mismatches += [
            Mismatch("header", name, one_or_all(values), one_or_all(seen), message)
            for message in _compare(name, values, seen, rules)
        ]
    return mismatches


def _by_lower_name(headers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for name, values in headers.items():
        key = name.lower()
        merged[key] = (*merged[key], *values) if key in merged else values
    return merged


def _compare(name: str, expected: tuple[str, ...], actual: tuple[str, ...], rules: RuleCategory) -> list[str]:
    lower = name.lower()
    if len(expected) != len(actual) and lower not in _NEVER_LISTS:
        # One line with commas and several lines mean the same (RFC 9110, section 5.3).
        expected, actual = _split(expected), _split(actual)
    by_rule = rules_for_name(name, rules, fold_case=True)
    if by_rule:
        if lower in _LISTS:  # a rule is for each element of a list
            expected, actual = _split(expected), _split(actual)
        return compare_values(tuple(v.strip() for v in expected), tuple(v.strip() for v in actual), by_rule)
    if len(expected) != len(actual):
        return [f"expected {shown(one_or_all(expected))}, seen {shown(one_or_all(actual))}"]
    same = _same_media_types if lower in _PARAMETERISED else _same_text
    return [
        f"expected {shown(wanted)}, seen {shown(seen)}"
        for wanted, seen in zip(expected, actual, strict=True)
        if not same(wanted, seen)
    ]


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(","))


def _same_text(expected: str, actual: str) -> bool:
    return [part.strip() for part in expected.split(",")] == [part.strip() for part in actual.split(",")]


def _same_media_types(expected: str, actual: str) -> bool:
    wanted, seen = expected.split(","), actual.split(",")
    return len(wanted) == len(seen) and all(map(_same_media_type, wanted, seen))


def _same_media_type(expected: str, actual: str) -> bool:
    """The same type, and every expected parameter there; charset values differ only in case."""
    wanted, *wanted_parameters = (part.strip() for part in expected.split(";"))
    seen, *seen_parameters = (part.strip() for part in actual.split(";"))
    return wanted == seen and _parameters(wanted_parameters) <= _parameters(seen_parameters)


def _parameters(parts: list[str]) -> set[tuple[str, str]]:
    pairs = (part.partition("=") for part in parts if part)
    return {(name.strip().lower(), value.strip().lower()) for name, _, value in pairs}
