"""What the guide says of StubServer is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import accord.stub
from accord.stub.templating import working_helpers

GUIDE = (Path(__file__).parents[3] / "docs" / "stubs.md").read_text(encoding="utf-8")


def test_the_guide_names_the_helpers_that_work() -> None:
    said = set(re.findall(r"`(\w+)`", GUIDE.partition("is refused by its name:")[2]))
    assert said == {helper.name for helper in working_helpers()}


def test_the_names_of_the_stub_package_are_there() -> None:
    assert dir(accord.stub) == sorted(accord.stub.__all__)
    assert all(getattr(accord.stub, name) is not None for name in accord.stub.__all__)
