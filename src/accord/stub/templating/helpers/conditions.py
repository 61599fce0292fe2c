"""Comparisons, and what decides which block is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from accord.contract.patterns import PatternError, PatternTimeoutError, fullmatch
from accord.stub.templating.blocks import named, rounds
from accord.stub.templating.errors import HelperError
from accord.stub.templating.helpers.arguments import problem
from accord.stub.templating.helpers.registry import helper
from accord.stub.templating.request_model import RequestModel
from accord.stub.templating.values import has_own_text, is_falsy, is_number, member, to_text

if TYPE_CHECKING:
    from accord.stub.templating.calls import Arguments


def _decided(arguments: Arguments, *, holds: bool) -> Any:
    if arguments.is_block:
        return arguments.body() if holds else arguments.inverse()
    return arguments.hash.get("yes", True) if holds else arguments.hash.get("no", False)


def _equal(left: Any, right: Any) -> bool:
    if is_number(left) and is_number(right):
        return bool(left == right)
    return type(left) is type(right) and left == right


def _order(arguments: Arguments) -> int:
    left, right = arguments.context, arguments.parameter(0)
    if (is_number(left) and is_number(right)) or (type(left) is type(right) and isinstance(left, str)):
        return int(left > right) - int(left < right)
    raise HelperError(f"{to_text(left)!r} and {to_text(right)!r} cannot be compared: two numbers or two texts can")


@helper("eq", "whether two values are equal; a number is equal to no text", "{{eq 1 1.0}} {{eq 1 '1'}}", "true false")
def _eq(arguments: Arguments) -> Any:
    return _decided(arguments, holds=_equal(arguments.context, arguments.parameter(0)))


@helper("neq", "whether they are not", "{{#neq 1 2}}differ{{else}}equal{{/neq}}", "differ")
def _neq(arguments: Arguments) -> Any:
    return _decided(arguments, holds=not _equal(arguments.context, arguments.parameter(0)))


@helper("gt", "greater than", "{{gt 2 1}}", "true")
def _gt(arguments: Arguments) -> Any:
    return _decided(arguments, holds=_order(arguments) > 0)


@helper("gte", "greater than or equal to", "{{gte 2 2}}", "true")
def _gte(arguments: Arguments) -> Any:
    return _decided(arguments, holds=_order(arguments) >= 0)


@helper("lt", "less than", "{{lt 'a' 'b' yes='before' no='after'}}", "before")
def _lt(arguments: Arguments) -> Any:
    return _decided(arguments, holds=_order(arguments) < 0)


@helper("lte", "less than or equal to", "{{lte 3 2}}", "false")
def _lte(arguments: Arguments) -> Any:
    return _decided(arguments, holds=_order(arguments) <= 0)


@helper("and", "whether all are something", "{{and 'a' 1 ''}}", "false")
def _and(arguments: Arguments) -> Any:
    return _decided(arguments, holds=not any(map(is_falsy, (arguments.context, *arguments.parameters))))


@helper("or", "whether any is something", "{{or '' 'b'}}", "true")
def _or(arguments: Arguments) -> Any:
    return _decided(arguments, holds=not all(map(is_falsy, (arguments.context, *arguments.parameters))))


@helper("not", "whether it is nothing: missing, empty, false or 0", "{{not ''}}", "true")
def _not(arguments: Arguments) -> Any:
    return _decided(arguments, holds=is_falsy(arguments.context))


@helper("if", "a block where a value is something", "{{#if 'x'}}yes{{else}}no{{/if}}", "yes")
def _if(arguments: Arguments) -> Any:
    return arguments.inverse() if is_falsy(arguments.context) else arguments.body()


@helper("unless", "a block where a value is nothing", "{{#unless missing}}none{{/unless}}", "none")
def _unless(arguments: Arguments) -> Any:
    return arguments.body() if is_falsy(arguments.context) else arguments.inverse()


@helper("with", "a block inside a value", '{{#with (parseJson \'{"a":{"b":1}}\')}}{{a.b}}{{/with}}', "1")
def _with(arguments: Arguments) -> Any:
    if is_falsy(arguments.context):
        return arguments.inverse()
    names = named(arguments.block_parameters, arguments.context)
    return arguments.body(arguments.scope.inner(arguments.context, names=names))


@helper(
    "each",
    "a block for each item; @index, @key, @first, @last, @odd, @even, and `as |item index|`",
    "{{#each (array 'a' 'b')}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}",
    "0a,1b",
)
def _each(arguments: Arguments) -> Any:
    items = arguments.context
    if isinstance(items, RequestModel):
        items = items.template_items()
    if not isinstance(items, list | Mapping) or not items:
        return arguments.inverse()
    return "".join(arguments.body(inner) for inner in rounds(arguments.scope, items, arguments.block_parameters))


@helper("lookup", "a member whose name is a value", "{{lookup (array 'a' 'b') 1}}", "b")
def _lookup(arguments: Arguments) -> Any:
    if not arguments.parameters:
        return arguments.context
    found = member(arguments.context, to_text(arguments.parameters[0]))
    return arguments.context if found is None else found


@helper("contains", "whether a text or an array contains a value", "{{contains 'abc' 'b'}}", "true")
def _contains(arguments: Arguments) -> Any:
    if not arguments.parameters:
        return problem("You must specify the string or array to be matched and the regular expression")
    sought = arguments.parameters[0]
    if isinstance(arguments.context, list) and not has_own_text(type(arguments.context)):
        holds = any(_equal(each, sought) for each in arguments.context)
    else:
        holds = arguments.context is not None and to_text(sought) in to_text(arguments.context)
    return _block_without_else(arguments, holds=holds)


@helper("matches", "whether a whole text matches a pattern", "{{matches 'abc' '[a-c]+'}}", "true")
def _matches(arguments: Arguments) -> Any:
    if not arguments.parameters:
        return problem("You must specify the string to match and the regular expression")
    pattern = to_text(arguments.parameters[0])
    try:
        holds = fullmatch(pattern, to_text(arguments.context)) is not None
    except PatternError as error:
        raise HelperError(str(error)) from None
    except PatternTimeoutError:
        raise HelperError(f"the pattern {pattern!r} takes too long") from None
    return _block_without_else(arguments, holds=holds)


def _block_without_else(arguments: Arguments, *, holds: bool) -> Any:
    """WireMock renders nothing for these two where they do not hold, not even what follows ``{{else}}``."""
    if arguments.is_block:
        return arguments.body() if holds else ""
    return holds
