"""Which paths are one operation."""

import pytest

from accord.contract.coverage.path_templates import PathTemplates


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/orders/order-123", "/api/orders/{id}"),
        ("/api/orders/8f14e45f-ceea-467f-a0f6-1b2c3d4e5f60/pay", "/api/orders/{id}/pay"),
        ("/api/v1/orders", "/api/v1/orders"),
        ("/v2.1/users/ada@example.com", "/v2.1/users/{id}"),
        ("/users/me", "/users/me"),
        ("/files/a%2Fb", "/files/{id}"),
        ("/", "/"),
    ],
)
def test_a_segment_with_a_digit_is_an_identifier(path: str, template: str) -> None:
    assert PathTemplates().template_of(path) == template


def test_a_given_template_tells_what_names_alone_do_not() -> None:
    paths = PathTemplates(["/customers/{name}/cart", "/customers/me/cart"])
    assert paths.same("/customers/ada/cart", "/customers/bob/cart")
    assert not paths.same("/customers/ada/cart", "/customers/me/cart")
    assert not PathTemplates().same("/customers/ada/cart", "/customers/bob/cart")
