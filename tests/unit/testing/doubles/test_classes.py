"""Doubles of classes and functions: like the class in all they offer, and never with an answer that nobody set."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence  # noqa: TC003 - the doubles read the annotations
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, NewType, Protocol, Self, TypedDict, runtime_checkable

import pytest

from accord.core.errors import UsageError
from accord.testing import (
    DoubleLies,
    NoAnswerSet,
    NotInSpec,
    WrongCall,
    calls,
    double,
    function_double,
    in_order,
    when,
)

Cents = NewType("Cents", int)


@dataclass
class Receipt:
    id: str
    amount: int = 5


class Line(TypedDict):
    sku: str
    quantity: int


class DeclinedError(Exception):
    pass


class Payments:
    CURRENCY: ClassVar[str] = "EUR"
    retries: int = 3

    def __init__(self, url: str) -> None:
        self.base_url = url
        raise RuntimeError("never run")

    async def charge(self, customer: str, *, amount: int = 1) -> Receipt:
        raise NotImplementedError

    def find(self, customer: str, limit: int = 10) -> list[Receipt]:
        raise NotImplementedError

    def last(self) -> Receipt | None:
        raise NotImplementedError

    def state(self) -> Literal["open", "closed"]:
        raise NotImplementedError

    def lines(self) -> Sequence[Line]:
        raise NotImplementedError

    def rates(self) -> dict[str, float]:
        raise NotImplementedError

    def worth(self) -> Cents:
        raise NotImplementedError

    def pair(self) -> tuple[str, int]:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def untyped(self, value):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - that is the subject
        raise NotImplementedError

    @property
    def limit(self) -> int:
        raise NotImplementedError

    @cached_property
    def cached(self) -> str:
        raise NotImplementedError

    @staticmethod
    def parse(text: str) -> int:
        raise NotImplementedError

    @classmethod
    def create(cls, url: str) -> Self:
        raise NotImplementedError

    async def stream(self) -> AsyncIterator[int]:
        yield 1

    def pages(self) -> Iterator[int]:
        yield 1

    @contextmanager
    def transaction(self) -> Iterator[int]:
        yield 1

    @asynccontextmanager
    async def session(self) -> AsyncIterator[str]:
        yield ""

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(self, *_: object) -> None:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


class Stock(ABC):
    @abstractmethod
    def release(self, sku: str) -> None: ...


@runtime_checkable
class Clock(Protocol):
    zone: str

    def now(self) -> float: ...


async def fetch(path: str, *, limit: int = 5) -> bytes:
    return b""


async def test_an_async_method_stays_async() -> None:
    payments = double(Payments)
    when(payments.charge).returns(Receipt("r-1"))
    assert inspect.iscoroutinefunction(payments.charge)
    assert await payments.charge("c-1", amount=3) == Receipt("r-1")
    assert calls(payments.charge)[0].arguments == {"customer": "c-1", "amount": 3}


def test_it_passes_for_an_instance_and_its_constructor_is_not_run() -> None:
    assert isinstance(double(Payments), Payments)
    assert isinstance(double(Clock, zone="UTC"), Clock)
    assert isinstance(double(Stock), Stock)
    assert "double of" in repr(double(Payments))


def test_an_unknown_attribute_is_refused_with_the_nearest_name() -> None:
    payments: Any = double(Payments)
    with pytest.raises(NotInSpec, match=r"Payments has no attribute 'charg'; did you mean 'charge'\?"):
        payments.charg("c-1")
    with pytest.raises(NotInSpec, match=r"did you mean 'limit'\?"):
        payments.limits = 3
    assert not hasattr(payments, "refund")


async def test_wrong_arguments_are_refused_with_the_signature(found: list[AssertionError]) -> None:
    payments: Any = double(Payments)
    when(payments.charge).returns(Receipt("r"))
    with pytest.raises(WrongCall, match=r"'amont': did you mean 'amount'\?\n.*charge\(customer: .*amount: .*= 1\)"):
        await payments.charge("c-1", amont=3)
    with pytest.raises(WrongCall, match="too many positional"):
        payments.find("c", 1, 2)
    assert len(found) == 2
    assert calls(payments.charge) == []


async def test_an_answer_that_nobody_set_is_refused(found: list[AssertionError]) -> None:
    payments = double(Payments)
    with pytest.raises(NoAnswerSet, match=r"charge\(customer='c-1', amount=1\) was called, and nobody said"):
        await payments.charge("c-1")
    with pytest.raises(NoAnswerSet, match="limit was read, and nobody said"):
        _ = payments.limit
    when(payments.find, "c-1").returns([])
    with pytest.raises(NoAnswerSet, match="answers are set for customer='c-1'"):
        payments.find("c-2")
    assert len(found) == 3


def test_what_returns_none_needs_no_answer() -> None:
    payments = double(Payments)
    payments.close()
    assert len(calls(payments.close)) == 1


@pytest.mark.parametrize(
    ("method", "good", "bad", "said"),
    [
        ("find", [Receipt("a")], [Receipt("a"), "b"], r"expected Receipt at \[1\], seen str"),
        ("last", None, "r-1", "expected Receipt or None, seen str"),
        ("state", "open", "opened", "one of 'open', 'closed'"),
        ("lines", [{"sku": "a", "quantity": 1}], [{"sku": "a"}], "lacks the key 'quantity' of Line"),
        ("lines", (), [{"sku": "a", "quantity": "1"}], r"expected int at \[0\]\['quantity'\]"),
        ("lines", [], [{"sku": "a", "quantity": 1, "x": 1}], "has the key 'x', which Line has not"),
        ("rates", {"a": 1}, {"a": "1"}, r"expected float at \['a'\]"),
        ("worth", 5, "5", "expected int, seen str"),
        ("pair", ("a", 1), ("a", "b"), r"expected int at \[1\]"),
        ("pair", ("a", 1), ("a",), "expected 2 items"),
        ("close", None, 1, "expected None"),
        ("__len__", 3, True, "expected int, seen bool"),
    ],
)
def test_an_answer_that_the_annotation_does_not_allow_is_refused(method: str, good: Any, bad: Any, said: str) -> None:
    payments = double(Payments)
    when(getattr(payments, method)).returns(good)
    assert getattr(payments, method)() == good if method != "find" else payments.find("c") == good
    with pytest.raises(DoubleLies, match=said):
        when(getattr(payments, method)).returns(bad)


def test_what_has_no_annotation_may_answer_anything() -> None:
    payments = double(Payments)
    when(payments.untyped).returns(object)
    assert payments.untyped(1) is object


def test_answers_for_given_arguments_go_first_if_set_later() -> None:
    payments = double(Payments)
    when(payments.find).returns([])
    when(payments.find, "c-1", limit=5).returns([Receipt("r")])
    assert payments.find("c-1", 5) == [Receipt("r")]
    assert payments.find("c-1") == []
    with pytest.raises(WrongCall, match="its signature"):
        when(payments.find, wrong=1)


def test_answers_one_after_the_other_end(found: list[AssertionError]) -> None:
    payments = double(Payments)
    when(payments.state).returns_each("open", "closed")
    assert [payments.state(), payments.state()] == ["open", "closed"]
    with pytest.raises(NoAnswerSet, match="returns_each\\(\\) has 2 answers"):
        payments.state()
    assert len(found) == 1


def test_an_error_so_many_times_then_what_was_set_before() -> None:
    payments = double(Payments)
    when(payments.last).returns(None)
    when(payments.last).raises(DeclinedError("no"), times=1)
    with pytest.raises(DeclinedError):
        payments.last()
    assert payments.last() is None
    with pytest.raises(UsageError, match="times=0"):
        when(payments.last).raises(DeclinedError(), times=0)


async def test_a_function_does_it_async_or_not() -> None:
    payments = double(Payments)

    async def charge(customer: str, *, amount: int = 1) -> Receipt:
        return Receipt(customer, amount)

    when(payments.charge).does(charge)
    assert await payments.charge("c", amount=2) == Receipt("c", 2)
    when(payments.charge).does(lambda customer, amount=1: Receipt(customer))
    assert await payments.charge("d") == Receipt("d")


async def test_a_function_with_another_signature_or_answer_is_refused() -> None:
    payments = double(Payments)
    with pytest.raises(DoubleLies, match=r"cannot be done by .*unexpected keyword argument 'amount'"):
        when(payments.charge).does(lambda customer: Receipt("r"))
    with pytest.raises(DoubleLies, match="missing a required argument: 'who'"):
        when(payments.find).does(lambda who, limit=10: [])
    when(payments.charge).does(lambda customer, amount=1: "r")
    with pytest.raises(DoubleLies, match="expected Receipt"):
        await payments.charge("c")


async def test_iterators_context_managers_and_blocks() -> None:
    payments = double(Payments)
    when(payments.stream).yields(1, 2)
    when(payments.pages).yields(3)
    when(payments.transaction).enters(7)
    when(payments.session).enters("s")
    assert [item async for item in payments.stream()] == [1, 2]
    assert list(payments.pages()) == [3]
    with payments.transaction() as inside:
        assert inside == 7
    async with payments.session() as session, payments as same:
        assert (session, same) == ("s", payments)
    when(payments.__len__).returns(2)
    assert len(payments) == 2


def test_attributes_properties_and_constants() -> None:
    payments = double(Payments, limit=5, base_url="https://pay", cached="c")
    assert (payments.limit, payments.base_url, payments.cached, payments.CURRENCY, payments.retries) == (
        5, "https://pay", "c", "EUR", 3,
    )  # fmt: skip
    payments.retries = 4
    assert payments.retries == 4
    with pytest.raises(AttributeError, match="a property without a setter"):
        payments.limit = 6  # type: ignore[misc]  # that it is refused is the subject
    with pytest.raises(DoubleLies, match="annotated int: expected int, seen str"):
        double(Payments, limit="many")
    with pytest.raises(NotInSpec, match="is a method"):
        double(Payments, find=3)
    assert double(Clock, zone="UTC").zone == "UTC"


def test_static_and_class_methods() -> None:
    payments = double(Payments)
    when(payments.parse).returns(1)
    assert payments.parse("1") == 1
    when(payments.create).returns(payments)
    assert payments.create("u") is payments
    with pytest.raises(DoubleLies, match="expected Payments"):
        when(payments.create).returns("p")  # type: ignore[arg-type]  # that is the subject


async def test_a_function_has_a_double_too(found: list[AssertionError]) -> None:
    fake = function_double(fetch)
    when(fake, "/a").returns(b"a")
    assert await fake("/a") == b"a"
    with pytest.raises(NoAnswerSet, match=r"fetch\(path='/b', limit=5\)"):
        await fake("/b")
    with pytest.raises(UsageError, match="function_double"):
        double(fetch)
    with pytest.raises(UsageError, match="double"):
        function_double(Payments)
    assert len(found) == 1


async def test_the_order_over_several_doubles() -> None:
    payments, stock = double(Payments), double(Stock)
    when(payments.charge).returns(Receipt("r"))
    await payments.charge("c-1")
    await payments.charge("c-1")
    stock.release("a")
    in_order(payments.charge, stock.release)
    with pytest.raises(
        AssertionError, match=r"(?s)the real order:\n  1\. .*charge.*\n  2\. .*charge.*\n  3\. .*release\(sku='a'\)"
    ):
        in_order(stock.release, payments.charge)
    with pytest.raises(AssertionError, match="none of them was called"):
        in_order(payments.find)


def test_only_methods_of_doubles_can_be_asked_about() -> None:
    with pytest.raises(UsageError, match="expected a method of a double"):
        when(len)
    with pytest.raises(UsageError, match="expected a method of a double"):
        calls(print)
