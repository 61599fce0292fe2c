"""``when``, ``calls`` and ``in_order``: what a test says to a double and asks of it. Functions keep types right."""

from __future__ import annotations

import inspect
import itertools
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, overload

from accord.core.errors import UsageError
from accord.testing.doubles.findings import DoubleLies
from accord.testing.doubles.methods import Call, Method, Rule, plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
    from contextlib import AbstractAsyncContextManager

R = TypeVar("R")
X = TypeVar("X")
R_co = TypeVar("R_co", covariant=True)


class Setting(Generic[R_co]):
    """What a method of a double is to do; made by ``when``. What is set later goes first."""

    def __init__(self, method: Method, wanted: dict[str, Any]) -> None:
        self._method = method
        self._wanted = wanted

    def returns(self, answer: R_co) -> None:  # type: ignore[misc]  # covariant, so that enters() finds what is inside
        """Answer this at every call.

        Raises:
            DoubleLies: the return annotation does not allow it.
        """
        self._set([_gives(self._method.checked(answer))], None)

    def returns_each(self, *answers: R_co) -> None:  # type: ignore[misc]  # as above
        """Answer these one after the other; a further call is refused.

        Raises:
            DoubleLies: the return annotation does not allow one of them.
            UsageError: no answer.
        """
        if not answers:
            raise UsageError("returns_each() needs at least one answer")
        self._set([_gives(self._method.checked(each)) for each in answers], len(answers), "one call too many: "
                  f"returns_each() has {len(answers)} answers")  # fmt: skip

    def raises(self, error: BaseException, *, times: int | None = None) -> None:
        """Raise this, at every call or so many times; then what was set before counts again."""
        _refuse_no_times(times)

        def fail(*_args: Any, **_kwargs: Any) -> NoReturn:
            raise error

        self._set([fail], times)

    def does(self, function: Callable[..., Any]) -> None:
        """Call this function with the arguments and answer what it answers; an async method takes an async one too.

        Raises:
            DoubleLies: at once where it does not take what the method takes, at the call where its answer does not fit.
        """
        _refuse_other_signature(self._method, function)

        def do(*args: Any, **kwargs: Any) -> Any:
            answer = function(*args, **kwargs)
            if self._method.is_async and inspect.isawaitable(answer):
                return _checked_later(self._method, answer)
            return self._method.checked(answer)

        self._set([do], None)

    def yields(self: Setting[AsyncIterator[X]] | Setting[Iterator[X]], *values: X) -> None:
        """Give an iterator over these at every call: async where the method's annotation says so."""
        self._set([_iterates(self._method, values)], None)

    def enters(
        self: Setting[AbstractContextManager[X, Any]] | Setting[AbstractAsyncContextManager[X, Any]], value: X
    ) -> None:
        """Give a context manager whose block gets this value; ``with`` and ``async with`` both work."""
        self._set([lambda *_args, **_kwargs: _Entered(value)], None)

    def _set(self, steps: list[Callable[..., Any]], times: int | None, exhausted: str = "") -> None:
        going_on = itertools.chain(steps, itertools.repeat(steps[-1]))
        self._method.add(Rule(self._wanted, going_on, times, exhausted))


@overload
def when(method: Callable[..., Coroutine[Any, Any, R]], /, *arguments: Any, **named: Any) -> Setting[R]: ...
@overload
def when(method: Callable[..., R], /, *arguments: Any, **named: Any) -> Setting[R]: ...
def when(method: Callable[..., Any], /, *arguments: Any, **named: Any) -> Setting[Any]:
    """Say what a method of a double does: ``when(payments.charge).returns(receipt)``.

    Args:
        method: of a double, or a function's double.
        arguments: only for calls with these; the others count for what else is set.
        named: the same by name.

    Raises:
        UsageError: not a method of a double.
        WrongCall: the method takes no such arguments.
    """
    found = _method(method, "when")
    return Setting(found, dict(found.bind(arguments, named, partly=True).arguments))


def calls(method: Callable[..., Any], /) -> list[Call]:
    """The calls of a double's method so far, in their order.

    Raises:
        UsageError: not a method of a double.
    """
    return list(_method(method, "calls").calls)


def in_order(*methods: Callable[..., Any]) -> None:
    """Check that these methods were called in this order, over all doubles; calls of other methods do not count.

    Several calls in a row of one method are one.

    Raises:
        AssertionError: they were called in another order, or one was not called; the message has the real order.
        UsageError: not a method of a double.
    """
    found = [_method(each, "in_order") for each in methods]
    made = sorted((call for method in dict.fromkeys(found) for call in method.calls), key=lambda call: call.number)
    names = [name for name, _ in itertools.groupby(call.method for call in made)]
    wanted = [name for name, _ in itertools.groupby(method.name for method in found)]
    if names != wanted:
        real = "\n".join(f"  {at}. {call}" for at, call in enumerate(made, 1)) or "  none of them was called"
        raise AssertionError(f"expected in this order: {', '.join(wanted)}; the real order:\n{real}")


def _method(function: Any, asked: str) -> Method:
    found = getattr(function, "__accord_method__", None)
    if not isinstance(found, Method):
        raise UsageError(f"{asked}({function!r}): expected a method of a double, such as {asked}(payments.charge)")
    return found


def _gives(answer: Any) -> Callable[..., Any]:
    return lambda *_args, **_kwargs: answer


async def _checked_later(method: Method, answer: Any) -> Any:
    return method.checked(await answer)


def _iterates(method: Method, values: tuple[Any, ...]) -> Callable[..., Any]:
    promised = str(method.signature.return_annotation)
    if "Async" in promised or method.name.endswith(".__aiter__"):
        return lambda *_args, **_kwargs: _async_iterator(values)
    return lambda *_args, **_kwargs: iter(values)


async def _async_iterator(values: Iterable[Any]) -> AsyncIterator[Any]:
    for value in values:
        yield value


class _Entered(AbstractContextManager[Any, None]):
    """A block that gets a value, in sync and async code."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __enter__(self) -> Any:
        return self._value

    def __exit__(self, *_: object) -> None:
        return None

    async def __aenter__(self) -> Any:
        return self._value

    async def __aexit__(self, *_: object) -> None:
        return None


def _refuse_no_times(times: int | None) -> None:
    if times is not None and times < 1:
        raise UsageError(f"times={times}: expected 1 or more, or nothing for every call")


def _refuse_other_signature(method: Method, function: Callable[..., Any]) -> None:
    """The function must take every form of call that the method takes: its parameters by place and by name."""
    try:
        taken = inspect.signature(function)
    except (TypeError, ValueError):
        return
    kinds = inspect.Parameter
    parameters = [
        each
        for each in method.signature.parameters.values()
        if each.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
    ]
    for least in (False, True):
        wanted = [each for each in parameters if not least or each.default is kinds.empty]
        for by_name in (False, True):
            named = [
                each.name
                for each in wanted
                if each.kind is kinds.KEYWORD_ONLY or (by_name and each.kind is kinds.POSITIONAL_OR_KEYWORD)
            ]
            places = [each for each in wanted if each.name not in named]
            try:
                taken.bind(*places, **dict.fromkeys(named))
            except TypeError as error:
                name = getattr(function, "__name__", function)
                raise DoubleLies(
                    f"{method.name}{plain(method.signature)} cannot be done by {name}{taken}: {error}"
                ) from None
