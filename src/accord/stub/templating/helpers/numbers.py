"""Arithmetic and the writing of numbers."""

from __future__ import annotations

import operator as operators
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from accord.stub.templating.errors import HelperError
from accord.stub.templating.helpers.arguments import problem, stand_in
from accord.stub.templating.helpers.number_formats import format_number
from accord.stub.templating.helpers.registry import helper
from accord.stub.templating.values import double_text, is_number, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.stub.templating.calls import Arguments

_OPERANDS = 2
_DIGITS = 400
"""Digits a calculation may have: more than a double's largest number has."""
_WHOLE: dict[str, Callable[[int, int], int]] = {"+": operators.add, "-": operators.sub}
_EXACT = Context(prec=_DIGITS, Emin=-1000, Emax=1000)


@helper("math", "+ - * / % of two numbers", "{{math 1 '+' 2}} {{math 7 '/' 2}} {{math '1.5' '*' 2}}", "3 4 3.0")
def _math(arguments: Arguments) -> Any:
    if len(arguments.parameters) != _OPERANDS:
        return problem("All maths functions require two operands and an operator as parameters e.g. 3 '+' 2")
    operator = to_text(arguments.parameters[0])
    if type(arguments.context) is int and type(arguments.parameters[1]) is int and operator in _WHOLE:
        return _WHOLE[operator](arguments.context, arguments.parameters[1])
    left, right = _decimal(arguments.context), _decimal(arguments.parameters[1])
    if operator == "+":
        result = _EXACT.add(left, right)
    elif operator == "-":
        result = _EXACT.subtract(left, right)
    elif operator in {"*", "x"}:
        result = _EXACT.multiply(left, right)
    elif operator in {"/", "%"}:
        result = _divided(left, right, operator)
    else:
        return problem(f"{operator} is not a valid mathematical operator")
    return int(result) if result.as_tuple().exponent == 0 else float(result)


def _divided(left: Decimal, right: Decimal, operator: str) -> Decimal:
    """The quotient has as many decimals as the dividend, as in WireMock: 7 / 2 is 4."""
    if right == 0:
        raise HelperError("a division by zero")
    if operator == "%":
        return _EXACT.remainder(left, right)
    scale = Decimal((0, (1,), int(left.as_tuple().exponent)))
    return _EXACT.divide(left, right).quantize(scale, ROUND_HALF_UP, _EXACT)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, float):
        value = double_text(value)
    text = to_text(value).strip()
    if value is None:
        raise HelperError("a number is missing")
    if len(text) > _DIGITS:
        raise HelperError(f"a number of more than {_DIGITS} digits")
    try:
        return _in_range(Decimal(text))
    except InvalidOperation:
        return Decimal(0)


def _in_range(number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        raise HelperError(f"{number} is beyond what can be calculated with")
    return number


@helper("numberFormat", "by a pattern of Java's DecimalFormat, or 'integer', 'percent', 'currency'",
        "{{numberFormat 1234.5 '#,##0.00'}} {{numberFormat 0.256 'percent'}}", "1,234.50 26%")  # fmt: skip
def _number_format(arguments: Arguments) -> Any:
    if not is_number(arguments.context):
        return stand_in(arguments)
    number = arguments.context
    return format_number(
        # A double's exact value: 1234567.8915 lies below what it is written as, and is rounded so.
        _in_range(Decimal(number)) if isinstance(number, float) else _decimal(number),
        arguments.parameter(0, arguments.hash.get("format")),
        to_text(arguments.parameter(1, "en_US")),
        arguments.hash,
    )
