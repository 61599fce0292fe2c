"""What is wrong with a document that came in: where in it, and what was expected instead."""

from __future__ import annotations

import difflib
import logging
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

INVALID = 10
"""WireMock's code for a document that cannot be read."""

DUPLICATE = 109
"""WireMock's code for an identity that is taken."""

STRICT: ContextVar[bool] = ContextVar("accord_stub_strict", default=False)
"""Whether what WireMock passes over in silence is refused too."""

_MOST_NAMED = 12
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a document.

    Attributes:
        pointer: where, as a JSON pointer such as ``/request/headers/X-A``; None where there is no place to name.
        detail: what was expected and what was seen.
        title: the kind of fault.
        code: WireMock's number for it.
    """

    pointer: str | None
    detail: str
    title: str = "Error parsing JSON"
    code: int = INVALID

    def to_json(self) -> dict[str, Any]:
        """As an entry of the admin API's ``errors``."""
        source = {} if self.pointer is None else {"source": {"pointer": self.pointer or "/"}}
        return {"code": self.code, **source, "title": self.title, "detail": self.detail}


class MappingError(UsageError):
    """A stub mapping, request pattern or setting that cannot be used; nothing was changed.

    Attributes:
        problems: what is wrong with it.
    """

    def __init__(self, *problems: Problem, source: str | None = None) -> None:
        lines = [f"{each.pointer or '/'}: {each.detail}" for each in problems]
        head = f"{source}: " if source else ""
        super().__init__(head + ("; ".join(lines)))
        self.problems = problems

    def to_json(self) -> dict[str, Any]:
        """The admin API's body for it."""
        return {"errors": [each.to_json() for each in self.problems]}


def invalid(pointer: str, detail: str) -> MappingError:
    """The error for one place in a document."""
    return MappingError(Problem(pointer, detail))


def refuse_unknown(document: Mapping[str, Any], known: Iterable[str], pointer: str) -> None:
    """Check that a JSON object has only known fields.

    Raises:
        MappingError: a problem for each field that is not known, with the near name.
    """
    names = list(known)
    unknown = [name for name in document if name not in names]
    if unknown:
        raise MappingError(*(Problem(f"{pointer}/{escaped(name)}", _unknown(name, names)) for name in unknown))


def pass_over_unknown(document: Mapping[str, Any], known: Iterable[str], pointer: str) -> None:
    """Warn of fields that are not known, where WireMock passes over them; in strict mode they are refused.

    Raises:
        MappingError: in strict mode.
    """
    if STRICT.get():
        refuse_unknown(document, known, pointer)
        return
    for name in set(document).difference(known):
        _log.warning("%s/%s is not known and has no effect; strict mode refuses it", pointer, escaped(name))


def escaped(name: str) -> str:
    """A name as a step of a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def shown(value: Any, most: int = 120) -> str:
    """A value in a message, cut to a line."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    advice = (
        f"did you mean {near[0]!r}?"
        if near
        else f"known here: {', '.join(known[:_MOST_NAMED])}{' …' * (len(known) > _MOST_NAMED)}"
    )
    return f'Unrecognized field "{name}", not marked as ignorable; {advice}'
