from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from accord.core.errors import UsageError
from accord.testing import Builder
from accord.testing.builders import counter


@dataclass(frozen=True)
class Order:
    id: str
    status: str = "pending"
    items: list[str] = field(default_factory=list)


def test_an_object_has_the_defaults_and_what_the_test_says() -> None:
    order = Builder(Order, id="order-1", status="paid")
    assert order.build() == Order("order-1", "paid")
    assert order.build(status="cancelled") == Order("order-1", "cancelled")
    assert order.build() == Order("order-1", "paid")


def test_but_leaves_the_builder_as_it_was() -> None:
    order = Builder(Order, id="order-1")
    paid = order.but(status="paid")
    assert (order.build().status, paid.build().status) == ("pending", "paid")


def test_functions_give_a_value_for_each_object() -> None:
    first, second = Builder(Order, id=counter("order-{}"), items=list).many(2)
    assert [first.id, second.id] == ["order-1", "order-2"]
    assert first.items is not second.items


@pytest.mark.parametrize(
    "use",
    [
        lambda: Builder(Order, statsu="paid"),
        lambda: Builder(Order).but(statsu="paid"),
        lambda: Builder(Order).build(statsu="paid"),
    ],
)
def test_a_name_mistyped_is_answered_with_the_nearest(use: Any) -> None:
    with pytest.raises(UsageError, match="Order takes no 'statsu'; did you mean 'status'"):
        use()


def test_a_function_that_takes_anything_takes_anything() -> None:
    assert Builder(dict, a=1).build(b=2) == {"a": 1, "b": 2}
