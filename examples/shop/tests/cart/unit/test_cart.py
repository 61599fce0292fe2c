import pytest
from shop_doubles.cart import FakeCartRepository
from shop_doubles.properties import given, st

from shop.cart.domain.cart import MOST_LINES, MOST_PIECES, Cart
from shop.cart.domain.errors import CartChangedError, InvalidCartError, NotInCartError
from shop.cart.service.carts import CartService


def cart(**lines: int) -> Cart:
    return Cart("customer-1", dict(lines), version=3)


def test_a_product_twice_is_one_line() -> None:
    filled = cart(pen=1)
    filled.add("ink", 2)
    filled.add("pen", 4)
    assert list(filled.lines.items()) == [("pen", 5), ("ink", 2)]


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_cannot_be_added(quantity: int) -> None:
    with pytest.raises(InvalidCartError, match="Quantity must be at least 1"):
        cart().add("pen", quantity)


def test_a_quantity_is_set_or_the_product_taken_out() -> None:
    filled = cart(pen=1, ink=2)
    filled.set("pen", 7)
    filled.set("ink", 0)
    assert filled.lines == {"pen": 7}


def test_a_negative_quantity_is_refused() -> None:
    with pytest.raises(InvalidCartError, match="must not be negative"):
        cart(pen=1).set("pen", -1)


@pytest.mark.parametrize("change", [lambda c: c.remove("ink"), lambda c: c.set("ink", 0)])
def test_what_is_not_in_cannot_be_taken_out(change: object) -> None:
    with pytest.raises(NotInCartError, match="Not in the cart"):
        change(cart(pen=1))  # type: ignore[operator]


def test_a_cart_has_an_end() -> None:
    full = Cart("customer-1", {str(number): 1 for number in range(MOST_LINES)})
    full.add("0", 1)
    with pytest.raises(InvalidCartError, match="cannot hold more than 50 products"):
        full.add("one more", 1)
    with pytest.raises(InvalidCartError, match="cannot hold more than 1000000 of one product"):
        full.add("0", MOST_PIECES)


def test_only_the_cart_that_was_seen_is_emptied() -> None:
    filled = cart(pen=1)
    with pytest.raises(CartChangedError):
        filled.empty(seen_version=2)
    filled.empty(seen_version=3)
    assert (filled.lines, filled.version) == ({}, 4)


def test_an_empty_cart_stays_as_it_is() -> None:
    empty = cart()
    empty.empty()
    assert empty.version == 3


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 100))))
def test_what_was_put_in_is_in(puts: list[tuple[str, int]]) -> None:
    filled = Cart("customer-1")
    for product_id, quantity in puts:
        filled.add(product_id, quantity)
    assert sum(filled.lines.values()) == sum(quantity for _, quantity in puts)
    assert filled.version == len(puts)


async def test_every_customer_has_a_cart_of_their_own() -> None:
    service = CartService(FakeCartRepository())
    await service.add("ada", "pen", 1)
    assert (await service.cart("bob")).lines == {}
    assert (await service.cart("ada")).lines == {"pen": 1}
