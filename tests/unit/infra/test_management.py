"""Who asks RabbitMQ's management API."""

from __future__ import annotations

import pytest

from accord.infra.addresses import Address
from accord.infra.rabbitmq.management import Management


@pytest.mark.parametrize(
    ("url", "asking"),
    [
        (None, None),
        ("http://broker:15672", None),
        ("http://admin:s3%40cret@broker:15672", ("admin", "s3@cret")),
        ("http://admin@broker:15672/x", ("admin", "")),
    ],
)
def test_the_user_of_its_url_asks_and_that_of_the_broker_gets_the_virtual_host(
    url: str | None, asking: tuple[str, str] | None
) -> None:
    api = Management.of(Address("amqp://app:pw@broker", "broker", 5672, user="app", password="pw"), url)
    assert api.asking == asking
    assert (api.user, api.password) == ("app", "pw")
    assert "s3" not in repr(api)
