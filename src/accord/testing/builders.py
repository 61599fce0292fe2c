"""Builders: test data that say only what matters to the test, made from defaults that make sense."""

from __future__ import annotations

import difflib
import inspect
import itertools
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Builder(Generic[T]):
    """Values for what makes an object: a dataclass, a model, a function.

    Each ``but()`` gives a new builder, so that one may be shared by many tests. A value that can be called is called
    for each object (``id=counter("order-{}")``), so that no two objects share a list.
    """

    def __init__(self, make: Callable[..., T], /, **defaults: Any) -> None:
        """Describe an object.

        Args:
            make: what makes it of keyword arguments.
            defaults: their values, or functions that give one for each object.

        Raises:
            UsageError: ``make`` takes no argument of that name; with the nearest one.
        """
        self._make = make
        self._values = defaults
        _refuse_unknown(make, defaults)

    def but(self, **values: Any) -> Builder[T]:
        """The same, with other values.

        Raises:
            UsageError: what is made has nothing of that name.
        """
        return Builder(self._make, **{**self._values, **values})

    def build(self, **values: Any) -> T:
        """An object.

        Args:
            values: what is different about this one.
        """
        _refuse_unknown(self._make, values)
        chosen = {**self._values, **values}
        return self._make(**{name: value() if callable(value) else value for name, value in chosen.items()})

    def many(self, count: int, **values: Any) -> list[T]:
        """That many objects."""
        return [self.build(**values) for _ in range(count)]


def counter(pattern: str = "{}", *, start: int = 1) -> Callable[[], str]:
    """A value of its own for each object: ``counter("order-{}")`` gives order-1, then order-2."""
    numbers = itertools.count(start)
    return lambda: pattern.format(next(numbers))


def _refuse_unknown(make: Callable[..., Any], values: dict[str, Any]) -> None:
    try:
        parameters = inspect.signature(make).parameters
    except (TypeError, ValueError):  # of a builtin; it will say itself
        return
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return
    for name in values:
        if name not in parameters:
            near = difflib.get_close_matches(name, parameters, 1)
            known = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(parameters)}."
            raise UsageError(f"{getattr(make, '__name__', make)} takes no {name!r}; {known}")
