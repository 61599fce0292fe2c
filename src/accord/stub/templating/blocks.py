"""Blocks that are not called by a helper's name: ``{{#items}}…{{/items}}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from accord.stub.templating.values import is_falsy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from accord.stub.templating.scope import Scope

    Program = Callable[[Scope], str]


def section(
    value: Callable[[Scope], Any],
    body: Program,
    inverse: Program | None,
    block_parameters: Sequence[str],
    scope: Scope,
) -> str:
    """Render a section: for each of a list, once for another value, the inverse for nothing."""
    model = value(scope)
    if is_falsy(model):
        return inverse(scope) if inverse else ""
    if model is True:
        return body(scope)
    if isinstance(model, list):
        return "".join(body(inner) for inner in rounds(scope, model, block_parameters))
    return body(scope.inner(model, names=named(block_parameters, model)))


def rounds(scope: Scope, items: Sequence[Any] | Mapping[str, Any], block_parameters: Sequence[str]) -> Iterator[Scope]:
    """The scopes of the rounds over a list or an object."""
    pairs = items.items() if isinstance(items, Mapping) else enumerate(items)
    last = len(items) - 1
    for index, (key, item) in enumerate(pairs):
        scope.run.spend()
        data = {
            "index": index,
            "key": key,
            "first": "first" if index == 0 else "",
            "last": "last" if index == last else "",
            "odd": "odd" if index % 2 else "",
            "even": "" if index % 2 else "even",
        }
        yield scope.inner(item, data, named(block_parameters, item, key))


def named(names: Sequence[str], *values: Any) -> Mapping[str, Any] | None:
    """Block parameters and their values."""
    return dict(zip(names, values, strict=False)) if names else None
