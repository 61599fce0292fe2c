"""Matchers of which the value is made when it is needed: by the provider's state, by the mock, at random."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from accord.contract.matchers.matcher import Matcher, plain_example
from accord.contract.matchers.scalars import like, regex
from accord.core.errors import UsageError

_DATA_TYPES: dict[type, str] = {bool: "BOOLEAN", int: "INTEGER", float: "DECIMAL", str: "STRING"}


def from_provider_state(expression: str, example: Any) -> Matcher:
    """A value that the provider's state handler returns; the consumer's test sees the example.

    Args:
        expression: with the names of state values in ``${…}``, such as ``/orders/${id}``.
        example: a value, or a matcher. In a body, a value stands for all of its type; in a path, a header or a query
            for itself.

    Raises:
        UsageError: an expression without a name, or an example of an object or array.

    >>> from_provider_state("${id}", 1).generator["expression"]
    '${id}'
    """
    if not re.search(r"\$\{[^{}]+\}", expression):
        raise UsageError(f"match.from_provider_state({expression!r}, …): expected the name of a state value in ${{…}}")
    value = plain_example(example)
    if type(value) not in _DATA_TYPES:
        raise UsageError(f"match.from_provider_state({expression!r}, …): expected a single value, seen {value!r}")
    generator = {"type": "ProviderState", "expression": expression, "dataType": _DATA_TYPES[type(value)]}
    return replace(example if isinstance(example, Matcher) else like(example), generator=generator)


def url(path: str, pattern: str | None = None, *, base: str = "http://localhost:8080") -> Matcher:
    r"""A URL of the provider itself, such as a link: the mock answers with its own address, the provider with its.

    Args:
        path: the path of the example, such as ``/orders/5``.
        pattern: a regular expression of the path; the path itself by default.
        base: where the example stands.

    Raises:
        UsageError: the pattern is wrong, or does not match the path.

    >>> url("/orders/5", r"/orders/\d+").example
    'http://localhost:8080/orders/5'
    """
    whole = f".*({re.escape(path) if pattern is None else pattern})$"
    example = base.rstrip("/") + path
    generator = {"type": "MockServerURL", "example": example, "regex": whole}
    return replace(regex(whole, example), generator=generator)


def generated(matcher: Matcher, type: str, **attributes: Any) -> Matcher:  # noqa: A002 - the specification's word
    """A matcher whose example is made anew each time it is needed (specification V3 and V4, "Generators").

    Args:
        matcher: what the value must be like.
        type: the generator: ``RandomInt``, ``RandomDecimal``, ``RandomHexadecimal``, ``RandomString``, ``Regex``,
            ``Uuid``, ``Date``, ``Time``, ``DateTime`` or ``RandomBoolean``.
        attributes: its own, such as ``format`` and ``expression``.

    Raises:
        UsageError: an unknown generator, or an attribute that makes no sense.

    >>> from accord.contract.matchers import date
    >>> generated(date("2025-01-15"), "Date", format="yyyy-MM-dd", expression="+ 1 week").generator["type"]
    'Date'
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - few tests generate
    from random import Random  # noqa: PLC0415 - as above

    from accord.contract.generators import GeneratorContext  # noqa: PLC0415 - as above
    from accord.contract.generators.values import generate  # noqa: PLC0415 - as above
    from accord.core.errors import ContractFormatError  # noqa: PLC0415 - as above

    generator = {"type": type, **attributes}
    try:
        generate(generator, matcher.example, "consumer", GeneratorContext(datetime.now(UTC), Random(0)))  # noqa: S311 - a try
    except ContractFormatError as error:
        raise UsageError(f"match.generated(…): {error.message}") from None
    return replace(matcher, generator=generator)
