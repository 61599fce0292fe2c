"""State handlers and message producers: found by name, called with their parameters, and written for you if missing."""

from __future__ import annotations

import inspect
import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class StateHandler:
    """What brings a provider into a state, and out of it again."""

    setup: Handler
    teardown: Handler | None = None


def check_callable(name: str, handler: object, what: str) -> None:
    """Refuse what cannot be called, where it is given and not when it is needed.

    Raises:
        UsageError: with what was given.
    """
    if not callable(handler):
        raise UsageError(f"the {what} for {name!r} must be a function, seen {handler!r}")


def explain_signature(handler: Handler, parameters: Mapping[str, Any]) -> str | None:
    """Why a handler cannot be called with these parameters; None when it can."""
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(**parameters)
    except TypeError as error:
        given = ", ".join(parameters) or "none"
        name = getattr(handler, "__name__", repr(handler))
        return f"the handler {name}{signature} cannot take the parameters of the contract ({given}): {error}"
    return None


def state_template(state: str, parameters: Mapping[str, Any]) -> str:
    """The function to write for a missing state handler, and the line that names it, ready to paste."""
    name = function_name(state)
    arguments = ", ".join(f"{key}: {_annotation(value)}" for key, value in parameters.items())
    if not all(key.isidentifier() and not keyword.iskeyword(key) for key in parameters):
        arguments = "**parameters: object"  # a name such as 'user id' reaches a function in no other way
    return (
        f"def {name}({arguments}) -> None:\n"
        f'    """{_docstring(state)}."""\n'
        f"    # put the data into the provider's database here\n"
        f"\n"
        f"verifier.state({state!r}, {name})"
    )


def message_template(description: str, *, answers: bool = False) -> str:
    """The function to write for a missing message producer, and the line that names it, ready to paste.

    Args:
        description: the message.
        answers: whether it answers a question, which it is given with its metadata.
    """
    name = function_name(description)
    arguments = "question: dict, metadata: dict" if answers else ""
    return (
        f"def {name}({arguments}) -> dict:\n"
        f'    """{_docstring(description)}."""\n'
        f"    # let the provider's own code make the message, and return its content or (content, metadata)\n"
        f"\n"
        f"verifier.message({description!r}, {name})"
    )


def function_name(text: str) -> str:
    """A Python name made of a sentence."""
    name = re.sub(r"\W+", "_", text.lower(), flags=re.ASCII).strip("_") or "state"
    if name[0].isdigit():
        name = f"state_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _annotation(value: Any) -> str:
    return "None" if value is None else type(value).__name__


def _docstring(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    cleaned = printable.replace("\\", "\\\\").replace('"', "'")
    return cleaned[:1].upper() + cleaned[1:].rstrip(".")
