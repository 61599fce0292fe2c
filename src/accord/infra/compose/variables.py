"""Variables in compose files, ``${NAME:-default}`` and its kin, and the files that set them (``.env``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)", re.DOTALL)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_SINGLE = re.compile(r"'([^']*)'\s*(?:#.*)?")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_LONGEST = 10_000  # characters of one text with variables


@dataclass(frozen=True)
class Variables:
    """Values for variables, and how texts are filled with them.

    Attributes:
        values: what is set.
        lenient: whether a variable that is not set and has no default is empty, as Docker has it; else it is an error.
    """

    values: Mapping[str, str]
    lenient: bool = False

    def fill(self, value: Any, where: str) -> Any:
        """The value with all variables in its texts replaced; keys of mappings stay as they are.

        Args:
            value: mappings, lists, texts and None.
            where: what it is, for messages: ``services.db.image``.

        Raises:
            UsageError: a variable is not set and has no default, or is not written as it should be.
        """
        if isinstance(value, dict):
            return {key: self.fill(each, f"{where}.{key}") for key, each in value.items()}
        if isinstance(value, list):
            return [self.fill(each, f"{where}[{number}]") for number, each in enumerate(value)]
        if not isinstance(value, str) or "$" not in value:
            return value
        if len(value) > _LONGEST:
            raise UsageError(f"{where}: a text of {len(value)} characters; at most {_LONGEST} are read")
        try:
            return self._text(value, where)
        except RecursionError:
            raise UsageError(f"{where}: variables within variables too deep to be read") from None

    def _text(self, text: str, where: str) -> str:
        parts = []
        at = 0
        while (dollar := text.find("$", at)) >= 0:
            parts.append(text[at:dollar])
            if text.startswith("$$", dollar):
                parts.append("$")
                at = dollar + 2
            elif text.startswith("${", dollar):
                end = _closing(text, dollar, where)
                parts.append(self._braces(text[dollar + 2 : end], where))
                at = end + 1
            elif match := _NAME.match(text, dollar + 1):
                parts.append(self._plain(match[0], where))
                at = match.end()
            else:
                raise UsageError(f"{where}: a single $ in {text!r}; write $$ for the sign itself, or ${{NAME}}")
        return "".join([*parts, text[at:]])

    def _plain(self, name: str, where: str) -> str:
        if name in self.values:
            return self.values[name]
        if self.lenient:
            return ""
        raise UsageError(
            f"{where}: the variable {name} is not set and has no default. Set it in the environment or in .env beside "
            f"the file, or write ${{{name}:-}} where an empty text is meant."
        )

    def _braces(self, inside: str, where: str) -> str:
        match = _NAME.match(inside)
        if match is None:
            raise UsageError(f"{where}: ${{{inside}}} names no variable; expected ${{NAME}} or ${{NAME:-default}}")
        name, rest = match[0], inside[match.end() :]
        if not rest:
            return self._plain(name, where)
        colon = rest.startswith(":")
        sign, word = rest[colon : colon + 1], rest[colon + 1 :]
        value = self.values.get(name)
        given = bool(value) if colon else value is not None
        if sign == "-":
            return value or "" if given else self._text(word, where)
        if sign == "+":
            return self._text(word, where) if given else ""
        if sign == "?":
            if given:
                return value or ""
            said = self._text(word, where) or "the file says that it must be set"
            raise UsageError(f"{where}: the variable {name} is not set: {said}")
        raise UsageError(
            f"{where}: ${{{inside}}} is not understood; expected ${{{name}}}, or :- - :? ? :+ + after the name"
        )


def _closing(text: str, dollar: int, where: str) -> int:
    depth = 0
    for at in range(dollar, len(text)):
        if text.startswith("${", at):
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
    raise UsageError(f"{where}: ${{ without its }} in {text!r}")


def read_assignments(text: str, *, source: str) -> dict[str, str]:
    """The variables of a file such as ``.env``: a ``NAME=value`` on each line, with or without quotes.

    Raises:
        UsageError: a line is something else; its number is named.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()  # noqa: PLW2901 - the line as it counts
        if not line or line.startswith("#"):
            continue
        match = _ASSIGNMENT.fullmatch(line)
        if match is None:
            raise UsageError(f"{source}, line {number}: expected NAME=value, or a comment with #")  # may be a secret
        found[match[1]] = _unquoted(match[2])
    return found


def _unquoted(value: str) -> str:
    if match := _DOUBLE.fullmatch(value):
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), match[1])
    if match := _SINGLE.fullmatch(value):
        return match[1]
    return re.split(r"\s#", value, maxsplit=1)[0].strip()
