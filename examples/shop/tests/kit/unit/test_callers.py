import pytest

from shop.kit.callers import TokenVerifier
from shop.kit.settings import Stage


@pytest.mark.parametrize("token", ["test-token", "valid-token"])
@pytest.mark.parametrize("stage", [Stage.TEST, Stage.DEVELOPMENT])
def test_outside_production_the_test_tokens_are_staff(token: str, stage: Stage) -> None:
    caller = TokenVerifier(stage).verify(token)
    assert caller
    assert caller.is_staff


@pytest.mark.parametrize("token", ["test-token", "valid-token", "", "who-knows"])
def test_in_production_they_are_nobody(token: str) -> None:
    assert TokenVerifier(Stage.PRODUCTION).verify(token) is None
    assert TokenVerifier(Stage.PRODUCTION, "s3cret").verify(token) is None


def test_the_services_own_token_holds_everywhere() -> None:
    for stage in Stage:
        assert TokenVerifier(stage, "s3cret").verify("s3cret")


def test_a_token_of_other_letters_is_nobody() -> None:
    assert TokenVerifier(Stage.TEST, "s3cret").verify("s3crét") is None
