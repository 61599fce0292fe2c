"""The buses on real brokers: the suite of all buses. A broker that is not here is skipped with the reason."""

from __future__ import annotations

import pytest

from accord.core.errors import ResourceMissingError
from accord.infra.kafka.tansu import TansuRecipe
from accord.infra.nats.recipe import NatsRecipe
from accord.infra.rabbitmq.recipe import RabbitRecipe
from tests.behaviours.bus import BusBehaviours


def needs(recipe: NatsRecipe | TansuRecipe | RabbitRecipe) -> pytest.MarkDecorator:
    try:
        recipe.find()
    except ResourceMissingError as missing:
        return pytest.mark.skip(reason=str(missing))
    return pytest.mark.skipif(False, reason="")


@needs(NatsRecipe())
@pytest.mark.bus("nats")
class TestNatsBus(BusBehaviours):
    pass


@needs(TansuRecipe())
@pytest.mark.bus("kafka")
class TestKafkaBus(BusBehaviours):
    pass


@needs(RabbitRecipe())
@pytest.mark.bus("rabbitmq")
class TestRabbitBus(BusBehaviours):
    pass
