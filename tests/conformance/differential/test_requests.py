"""Our match_request judges generated requests as the reference's mock server does."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.conformance.differential import reference
from tests.conformance.differential.http_cases import RequestCase, request_verdicts
from tests.conformance.differential.http_disagreements import known_http
from tests.conformance.differential.http_strategies import request_cases

SLOW = [HealthCheck.too_slow]  # each example starts a server


@pytest.fixture(autouse=True, scope="module")
def _engine() -> None:
    reference.engine()


def agree(case: RequestCase) -> None:
    assume(known_http(case) is None)
    said = request_verdicts(case)
    assert said is None, said


@given(request_cases())
@settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
def test_a_request_is_judged_as_the_mock_server_of_the_reference_does(case: RequestCase) -> None:
    agree(case)


@pytest.mark.soak
@given(request_cases())
@settings(max_examples=20_000, deadline=None, database=None, print_blob=True, suppress_health_check=SLOW)
def test_twenty_thousand_requests_are_judged_as_the_mock_server_does(case: RequestCase) -> None:
    agree(case)
