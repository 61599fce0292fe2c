"""What a pact's URL names."""

from __future__ import annotations

import pytest

from accord.cli.verify_hub import Named, named_in
from accord.core.errors import UsageError


def test_names_the_hub_and_the_provider() -> None:
    url = "https://hub.example.org/base/pacts/provider/Order%20Service/consumer/Web/latest"
    assert named_in(url) == Named("https://hub.example.org/base", "Order Service")


@pytest.mark.parametrize(
    "url",
    [
        "junk",
        "",
        "https://hub.example.org/pacts/provider/",
        "https://hub.example.org/pacts/provider/Orders",
        "https://hub.example.org/pacts/provider//consumer/Web/latest",
        "https://hub.example.org/pacts/provider/%FF/consumer/Web/latest",
    ],
)
def test_what_is_no_pacts_is_misuse(url: str) -> None:
    with pytest.raises(UsageError, match="expected a pact of a hub"):
        named_in(url)
