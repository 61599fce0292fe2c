"""Our match_response judges generated answers as the reference's verifier does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.conformance.differential import reference
from tests.conformance.differential.canned import CannedProvider
from tests.conformance.differential.http_cases import ResponseCase, request_verdicts, response_verdicts
from tests.conformance.differential.http_disagreements import HTTP_DISAGREEMENTS, HttpDisagreement, known_http
from tests.conformance.differential.http_strategies import response_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SLOW = [HealthCheck.too_slow]  # each example runs a verifier


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[ResponseCase], str | None]]:
    reference.engine()
    folder = tmp_path_factory.mktemp("pacts")
    with CannedProvider() as provider:
        yield lambda case: response_verdicts(case, provider, folder)


def agree(case: ResponseCase, verdicts: Callable[[ResponseCase], str | None]) -> None:
    assume(known_http(case) is None)
    said = verdicts(case)
    assert said is None, said


@given(case=response_cases())
@settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
def test_an_answer_is_judged_as_the_verifier_of_the_reference_does(
    verdicts: Callable[[ResponseCase], str | None], case: ResponseCase
) -> None:
    agree(case, verdicts)


@pytest.mark.soak
@given(case=response_cases())
@settings(max_examples=5_000, deadline=None, database=None, print_blob=True, suppress_health_check=SLOW)
def test_five_thousand_answers_are_judged_as_the_verifier_does(
    verdicts: Callable[[ResponseCase], str | None], case: ResponseCase
) -> None:
    agree(case, verdicts)


@pytest.mark.parametrize("item", HTTP_DISAGREEMENTS, ids=lambda item: item.name)
def test_a_named_disagreement_over_http_is_judged_as_it_says(
    verdicts: Callable[[ResponseCase], str | None], item: HttpDisagreement
) -> None:
    assert item.shape(item.case)
    assert (not item.case.ours()) == item.we_match
    said = verdicts(item.case) if isinstance(item.case, ResponseCase) else request_verdicts(item.case)
    assert said is not None, "the reference agrees now: take the case off the list"


def test_a_rule_on_a_header_that_is_a_list_is_for_each_of_its_elements(
    verdicts: Callable[[ResponseCase], str | None],
) -> None:
    rules = {"header": {"Accept": {"matchers": [{"match": "regex", "regex": "^[a-z]+$"}]}}}
    document = {"status": 200, "headers": {"Accept": "a, b"}, "matchingRules": rules}
    case = ResponseCase(document, version="3.0", headers=(("Accept", "x, y"),))
    assert case.ours() == []
    assert verdicts(case) is None
