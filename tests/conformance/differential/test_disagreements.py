"""Each named disagreement is still one, and its shape tells it."""

from __future__ import annotations

import pytest

from tests.conformance.differential import reference
from tests.conformance.differential.disagreements import (
    DATES_APART,
    DISAGREEMENTS,
    ORS_APART,
    TEXTS_APART,
    Disagreement,
)


@pytest.fixture(autouse=True, scope="module")
def _engine() -> None:
    reference.engine()


@pytest.mark.parametrize("item", DISAGREEMENTS, ids=lambda item: item.name)
def test_a_named_disagreement_is_judged_as_it_says(item: Disagreement) -> None:
    assert (not item.case.ours()) == item.we_match, "\n".join(map(str, item.case.ours()))
    if not item.reference_wavers:
        assert (not item.case.theirs()) != item.we_match, "the reference agrees now: take the case off the list"


@pytest.mark.parametrize("item", DISAGREEMENTS, ids=lambda item: item.name)
def test_the_shape_of_a_disagreement_fits_its_case(item: Disagreement) -> None:
    assert item.shape(item.case)


@pytest.mark.parametrize("name", [*DATES_APART, *TEXTS_APART, *ORS_APART])
def test_a_further_case_is_judged_as_the_specification_says(name: str) -> None:
    case, we_match = (DATES_APART | TEXTS_APART | ORS_APART)[name]
    assert (not case.ours()) == we_match
    assert (not case.theirs()) != we_match, "the reference agrees now: take the case off the list"
