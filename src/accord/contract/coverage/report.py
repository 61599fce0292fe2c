"""An audit's result for people: what is not covered, where it was seen, what is nearest to it, where its draft is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accord.contract.coverage.findings import Coverage, FindingGroup

_MISMATCHES_SHOWN = 5
_TESTS_SHOWN = 3
_UNEXERCISED_SHOWN = 20


def render(coverage: Coverage, draft_of: Callable[[FindingGroup], str | None], *, verbose: bool = False) -> list[str]:
    """The lines of a report.

    Args:
        coverage: the result.
        draft_of: where a group's draft is; None where there is none.
        verbose: whether to list the interactions that nothing exercised.
    """
    groups = coverage.groups()
    unexercised = list(coverage.unexercised_pairs())
    lines = [
        f"{counted(coverage.calls, 'call')} and {counted(coverage.messages, 'message')} of "
        f"{counted(len(coverage.pairs), 'pair')} of services; "
        + (
            f"{counted(len(groups), 'kind')} of them not covered by a contract"
            if groups
            else "contracts cover what was noted"
            if coverage.lost
            else "contracts cover them all"
            if coverage.pairs
            else "nothing to hold against contracts"
        )
    ]
    lines += [
        f"✗ {each.consumer} -> {each.provider}: {counted(each.times, 'note')} lost, so that of "
        f"these calls or messages nothing is known: {each.why}"
        for each in coverage.lost
    ]
    for group in groups:
        lines += _group(group, draft_of(group))
    if groups:
        lines += [
            "",
            "Write the consumer's test of each (a draft says what was seen), and verify it on the provider.",
        ]
    if unexercised:
        lines += [f"{counted(len(unexercised), 'interaction')} of these pairs exercised by nothing here"]
        shown = unexercised[:_UNEXERCISED_SHOWN] if verbose else []
        lines += [f"  ○ {consumer} -> {provider}: {each.title}" for consumer, provider, each in shown]
        if len(unexercised) > len(shown) and shown:
            lines.append(f"  … and {len(unexercised) - len(shown)} more; --json has them")
    return lines


def _group(group: FindingGroup, draft: str | None) -> Iterator[str]:
    times = counted(len(group.findings), "time")
    yield f"✗ {group.consumer} -> {group.provider}: {group.what}, {times}: {_why(group)}"
    for mismatch in group.uncovered.mismatches[:_MISMATCHES_SHOWN]:
        yield f"    {mismatch}"
    if len(group.uncovered.mismatches) > _MISMATCHES_SHOWN:
        yield f"    … and {len(group.uncovered.mismatches) - _MISMATCHES_SHOWN} more"
    tests = group.tests
    if tests:
        more = f" and {len(tests) - _TESTS_SHOWN} more" if len(tests) > _TESTS_SHOWN else ""
        yield f"    in {', '.join(tests[:_TESTS_SHOWN])}{more}"
    if draft or not group.is_draftable:
        yield f"    draft: {draft}" if draft else "    no draft: nothing was answered"


def _why(group: FindingGroup) -> str:
    uncovered = group.uncovered
    if uncovered.nearest is None:
        return f"no contract of {group.consumer} with {group.provider} has this {_thing(group)}"
    if uncovered.has("status"):
        return f"no contract has this status; nearest: {uncovered.nearest.title!r}"
    return f"not as in any contract; nearest: {uncovered.nearest.title!r}"


def _thing(group: FindingGroup) -> str:
    return "message" if group.is_message else "call"


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
