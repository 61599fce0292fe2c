from __future__ import annotations

import pytest

from accord.contract.spec import SpecVersion
from accord.core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", SpecVersion.V1),
        ("1.0.0", SpecVersion.V1),
        ("1.1", SpecVersion.V1_1),
        ("2.0.0", SpecVersion.V2),
        ("V3", SpecVersion.V3),
        ("3.0.0", SpecVersion.V3),
        (" 4.0 ", SpecVersion.V4),
        ("4", SpecVersion.V4),
    ],
)
def test_a_version_is_read_as_people_and_files_write_it(text: str, expected: SpecVersion) -> None:
    assert SpecVersion.parse(text) is expected


@pytest.mark.parametrize("text", ["5", "", "four", "3.x", "0"])
def test_an_unknown_version_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(UsageError, match=r"known: 1\.0, 1\.1, 2\.0, 3\.0, 4\.0"):
        SpecVersion.parse(text)


def test_rules_were_flat_before_v3() -> None:
    assert [version.is_flat for version in SpecVersion] == [True, True, True, False, False]
