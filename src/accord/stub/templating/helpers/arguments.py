"""What helpers ask of their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.stub.templating.errors import HelperError
from accord.stub.templating.values import is_falsy, to_text

if TYPE_CHECKING:
    from accord.stub.templating.calls import Arguments


def problem(text: str) -> str:
    """What WireMock writes into the answer in place of a value."""
    return f"[ERROR: {text}]"


def text_or_first(arguments: Arguments) -> str | None:
    """The context as text; None where it is empty, and the first parameter stands in for it, as in Handlebars.java."""
    return None if is_falsy(arguments.context) and arguments.context != 0 else to_text(arguments.context)


def stand_in(arguments: Arguments) -> Any:
    """What stands for an empty context."""
    return arguments.parameter(0, "")


def whole(value: Any, what: str) -> int:
    """A whole number.

    Raises:
        HelperError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise HelperError(f"{what} must be a whole number, not {to_text(value)!r}")
    return value


def size_within(arguments: Arguments, value: Any, what: str) -> int:
    """A length that the limits allow.

    Raises:
        HelperError: it is no whole number, or too large.
    """
    size = whole(value, what)
    arguments.run.check_length(size)
    return size
