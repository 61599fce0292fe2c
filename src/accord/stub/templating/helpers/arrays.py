"""Helpers of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from accord.stub.templating.blocks import named
from accord.stub.templating.errors import HelperError
from accord.stub.templating.helpers.arguments import problem
from accord.stub.templating.helpers.registry import helper
from accord.stub.templating.values import to_text

if TYPE_CHECKING:
    from accord.stub.templating.calls import Arguments

_OUTSIDE = "position must be greater than or equal to 0 and less than or equal to the size of the list"
_NO_POSITION = "position must be 'start', 'end' or an integer"


@helper("array", "an array of its parameters", "{{array 1 'a' true}}", "[1, a, true]")
def _array(arguments: Arguments) -> list[Any]:
    return [arguments.context, *arguments.parameters] if arguments.has_context else []


@helper("range", "the whole numbers from one to another", "{{range 1 4}}", "[1, 2, 3, 4]")
def _range(arguments: Arguments) -> Any:
    if not arguments.has_context or not arguments.parameters:
        return problem("The range helper requires both lower and upper bounds as integer parameters")
    lower, upper = _bound(arguments.context), _bound(arguments.parameters[0])
    if upper < lower:
        raise HelperError(f"the upper bound {upper} is below the lower one {lower}")
    arguments.run.spend(upper - lower + 1)
    return list(range(lower, upper + 1))


def _bound(value: Any) -> int:
    text = to_text(value)
    try:
        return int(text)
    except ValueError:
        raise HelperError(f"{text[:50]!r} is no whole number") from None


@helper("arrayAdd", "an array with one more item; position='start', 'end' or an index",
        "{{arrayAdd (array 1 2) 3 position='start'}}", "[3, 1, 2]")  # fmt: skip
def _array_add(arguments: Arguments) -> Any:
    if arguments.context is None:
        return []
    items = _items(arguments)
    if not arguments.parameters:
        return problem("Missing required parameter: additional value to add to list")
    arguments.run.spend(len(items))
    position = _position(arguments, len(items), at_end=len(items))
    if isinstance(position, str):
        return position
    return [*items[:position], arguments.parameters[0], *items[position:]]


@helper("arrayRemove", "an array without one item, the last where no position is given",
        "{{arrayRemove (array 1 2 3) position=1}}", "[1, 3]")  # fmt: skip
def _array_remove(arguments: Arguments) -> Any:
    items = _items(arguments)
    arguments.run.spend(len(items))
    position = _position(arguments, len(items), at_end=len(items) - 1)
    if isinstance(position, str):
        return position
    return [item for index, item in enumerate(items) if index != position]


def _items(arguments: Arguments) -> list[Any]:
    items = arguments.context if arguments.has_context else None
    if items is None:
        return []
    if not isinstance(items, list):
        raise HelperError(f"{to_text(items)[:50]!r} is no array")
    return items


def _position(arguments: Arguments, size: int, *, at_end: int) -> int | str:
    """An index, or the problem that stands in the answer."""
    asked = arguments.hash.get("position", "end")
    if asked in {"start", "end"}:
        return 0 if asked == "start" else at_end
    text = to_text(asked)
    if not text.lstrip("-").isdecimal():
        return problem(_NO_POSITION)
    return int(text) if 0 <= int(text) <= size else problem(_OUTSIDE)


@helper("arrayJoin", "items with a text between; as a block, each item rendered",
        "{{#arrayJoin ',' (array 1 2) as |x|}}<{{x}}>{{/arrayJoin}}", "<1>,<2>")  # fmt: skip
def _array_join(arguments: Arguments) -> str:
    separator, items = arguments.context, arguments.parameter(0)
    if not isinstance(separator, str):
        return problem("Separator parameter must be a String")
    if not isinstance(items, list):
        return to_text(items) if items is not None else problem("The parameter must be list")
    if arguments.is_block:
        scopes = (arguments.scope.inner(item, names=named(arguments.block_parameters, item)) for item in items)
        texts = [arguments.body(scope) for scope in scopes]
    else:
        texts = [to_text(item) for item in items]
    arguments.run.check_length(sum(map(len, texts)) + len(separator) * len(texts))
    prefix, suffix = (to_text(arguments.hash.get(name, "")) for name in ("prefix", "suffix"))
    return f"{prefix}{separator.join(texts)}{suffix}"


@helper("size", "how many characters, items or members", "{{size 'abc'}} {{size (array 1 2)}}", "3 2")
def _size(arguments: Arguments) -> Any:
    return len(arguments.context) if isinstance(arguments.context, str | list | Mapping) else ""
