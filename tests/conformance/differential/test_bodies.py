"""Both engines judge generated JSON bodies under generated rules alike; see disagreements.py for what is passed over."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.conformance.differential import reference
from tests.conformance.differential.cases import BodyCase, verdicts
from tests.conformance.differential.disagreements import known
from tests.conformance.differential.strategies import body_cases

SLOW = [HealthCheck.too_slow]  # the reference loads on the first call


@pytest.fixture(autouse=True, scope="module")
def _engine() -> None:
    reference.engine()


def agree(case: BodyCase) -> None:
    assume(known(case) is None)
    said = verdicts(case)
    assert said is None, said


@given(body_cases())
@settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
def test_both_engines_judge_a_body_alike(case: BodyCase) -> None:
    agree(case)


@pytest.mark.soak
@given(body_cases())
@settings(max_examples=20_000, deadline=None, database=None, print_blob=True, suppress_health_check=SLOW)
def test_both_engines_judge_twenty_thousand_bodies_alike(case: BodyCase) -> None:
    agree(case)
