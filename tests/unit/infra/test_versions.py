from __future__ import annotations

import pytest

from accord.core.errors import ResourceMissingError, UsageError
from accord.infra import versions


@pytest.mark.parametrize(
    ("asked", "seen", "fits"),
    [
        ("14", "14.7", True),
        ("14.7", "14.7", True),
        ("14.7", "14", False),
        ("2.1", "2.15", False),
        ("v2", "2.15.1", True),
    ],
)
def test_a_version_is_asked_for_as_far_as_it_is_written(asked: str, seen: str, *, fits: bool) -> None:
    assert versions.satisfies(asked, seen) is fits


@pytest.mark.parametrize(
    ("asked", "here", "taken"),
    [
        ("14", ["18.6", "14.2", "16.1"], "14.2"),
        ("14", ["18.6", "16.1", "9.6"], "16.1"),
        ("14", ["9.6", "13"], None),
        ("2.9", ["2.10.1", "2.11"], "2.10.1"),
    ],
)
def test_else_the_nearest_newer_one_is_taken(asked: str, here: list[str], taken: str | None) -> None:
    found = versions.nearest(asked, dict.fromkeys(here, 0))
    assert (found[0] if found else None) == taken


def test_the_substitute_is_named_in_a_warning() -> None:
    with pytest.warns(versions.OtherVersionWarning, match=r"NATS 2\.11 was asked for .* run on NATS 2\.15"):
        versions.accept("NATS", asked="2.11", seen="2.15", strict=False)
    versions.accept("NATS", asked="2.15", seen="2.15.1", strict=True)
    versions.accept("NATS", asked=None, seen="1", strict=True)


@pytest.mark.parametrize(("seen", "strict", "why"), [("2.15", True, "strict is set"), ("2.9", False, "an older one")])
def test_an_older_one_and_with_strict_any_other_is_refused(seen: str, why: str, *, strict: bool) -> None:
    with pytest.raises(ResourceMissingError, match=rf"NATS 2\.11 was asked for, and here is NATS {seen}; {why}"):
        versions.accept("NATS", asked="2.11", seen=seen, strict=strict)


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(UsageError, match="'latest' is no version"):
        versions.check("latest")
