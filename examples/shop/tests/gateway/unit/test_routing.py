import pytest

from shop.gateway.domain.routing import Access, Route, Upstream, find


@pytest.mark.parametrize("form", ["", "/api"])
@pytest.mark.parametrize(
    ("method", "path", "upstream", "access"),
    [
        ("POST", "/auth/login", Upstream.USER, Access.OPEN),
        ("POST", "/users", Upstream.USER, Access.OPEN),
        ("GET", "/users/user-1", Upstream.USER, Access.SELF),
        ("PUT", "/users/user-1/payment-method", Upstream.USER, Access.SELF),
        ("GET", "/cart", Upstream.CART, Access.USER),
        ("POST", "/cart/items", Upstream.CART, Access.USER),
        ("DELETE", "/cart/items/pen", Upstream.CART, Access.USER),
        ("POST", "/orders", Upstream.ORDER, Access.USER),
        ("POST", "/orders/1/pay", Upstream.ORDER, Access.USER),
        ("GET", "/inventory/pen", Upstream.INVENTORY, Access.OPEN),
        ("PUT", "/inventory/pen", Upstream.INVENTORY, Access.STAFF),
    ],
)
def test_where_a_request_goes(form: str, method: str, path: str, upstream: Upstream, access: Access) -> None:
    route = find(method, form + path)
    assert isinstance(route, Route)
    assert (route.upstream, route.access) == (upstream, access)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/payments"),
        ("POST", "/api/reservations"),
        ("GET", "/api/products"),
        ("GET", "/api/notifications"),
        ("GET", "/api/inventory/"),
        ("GET", "/api/inventory/a/b"),
        ("GET", "/api/orders/../payments"),
        ("GET", "/orders//payments"),
        ("GET", "/api"),
        ("GET", "/ordersx"),
        ("GET", "/"),
    ],
)
def test_what_is_not_in_the_table_is_not_there(method: str, path: str) -> None:
    assert find(method, path) == frozenset()


def test_a_known_path_says_its_methods() -> None:
    assert find("DELETE", "/api/inventory/pen") == {"GET", "HEAD", "PUT"}
    assert find("POST", "/api/inventory/availability") == {"GET", "HEAD", "PUT"}
