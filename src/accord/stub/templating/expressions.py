"""What stands in a tag: a path, a literal, a call with parameters and hash, nested in parentheses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accord.stub.templating.errors import Place, TemplateError

_SPACE = re.compile(r"\s*")
_TEXT = re.compile(r"'((?:\\'|[^'])*)'|\"((?:\\\"|[^\"])*)\"")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(?![\w.])")
_WORD = re.compile(r"(true|false)(?![\w.\-])")
_HASH = re.compile(r"([\w\-]+)\s*=")
_BLOCK_PARAMETERS = re.compile(r"as\s*\|\s*([\w\-]+(?:\s+[\w\-]+)*)\s*\|\s*$")
_PATH = re.compile(
    r"@?(?:\[[^\]]*\]|\.\.?(?=[/\s)]|$)|[^\s()\[\]./='\"|]+)(?:(?:/|\.)(?:\[[^\]]*\]|\.\.|[^\s()\[\]./='\"|]+))*"
)
_SEGMENT = re.compile(r"\[([^\]]*)\]|\.\.|[^./\[\]]+|\.")
MAX_DIGITS = 300


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, true or false."""

    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    """``../items.[0].name``.

    Attributes:
        up: how many ``../`` it begins with.
        keys: what is looked up, in order; empty is the context itself.
        is_data: begins with ``@``.
        is_here: begins with ``this`` or ``./``: outer contexts are not asked.
    """

    text: str
    up: int
    keys: tuple[str, ...]
    is_data: bool
    is_here: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A name with parameters, of a tag or in parentheses."""

    name: Path
    place: Place
    parameters: tuple[Expression, ...] = ()
    hash: dict[str, Expression] = field(default_factory=dict)
    block_parameters: tuple[str, ...] = ()


Expression = Literal | Path | Call


class ExpressionParser:
    """Reads one tag."""

    def __init__(self, text: str, place: Place, *, nesting: int) -> None:
        self._text = text
        self._place = place
        self._nesting = nesting
        self._position = 0

    def call(self, *, is_block: bool = False) -> Call:
        """Read the whole tag as a name with parameters.

        Raises:
            TemplateError: with the position at fault.
        """
        names: tuple[str, ...] = ()
        if is_block and (match := _BLOCK_PARAMETERS.search(self._text)):
            names = tuple(match.group(1).split())
            self._text = self._text[: match.start()]
        call = self._call(names)
        self._skip()
        if self._position < len(self._text):
            raise self._error(f"{self._text[self._position :].strip()[:30]!r} is not expected here")
        return call

    def _call(self, block_parameters: tuple[str, ...] = ()) -> Call:
        self._skip()
        place = self._here()
        if self._position >= len(self._text):
            raise self._error("the tag is empty: expected a name")
        if self._text[self._position] in "'\"(" or _NUMBER.match(self._text, self._position):
            raise self._error("a tag begins with a name; a text, a number or parentheses can only be a parameter")
        if _WORD.match(self._text, self._position):
            raise self._error("a tag begins with a name; true and false can only be parameters")
        name = self._path()
        parameters: list[Expression] = []
        named: dict[str, Expression] = {}
        while True:
            self._skip()
            if self._position >= len(self._text) or self._text[self._position] == ")":
                return Call(name, place, tuple(parameters), named, block_parameters)
            match = _HASH.match(self._text, self._position)
            if match:
                self._position = match.end()
                named[match.group(1)] = self._value()
            elif named:
                raise self._error("a parameter without a name stands after one with a name: put it before")
            else:
                parameters.append(self._value())

    def _value(self) -> Expression:
        self._skip()
        if self._position >= len(self._text):
            raise self._error("a value is missing here")
        if self._text[self._position] == "(":
            return self._parentheses()
        for pattern, reading in (
            (_TEXT, _text_of),
            (_NUMBER, _number_of),
            (_WORD, lambda match: match.group() == "true"),
        ):
            match = pattern.match(self._text, self._position)
            if match:
                if len(match.group()) > MAX_DIGITS and pattern is _NUMBER:
                    raise self._error(f"a number of more than {MAX_DIGITS} digits")
                self._position = match.end()
                return Literal(reading(match))
        return self._path()

    def _parentheses(self) -> Call:
        opening = self._here()
        self._nesting -= 1
        if self._nesting < 0:
            raise self._error("parentheses nest too deep")
        self._position += 1
        call = self._call()
        if self._position >= len(self._text):
            raise opening.error("'(' is never closed")
        self._position += 1
        self._nesting += 1
        return call

    def _path(self) -> Path:
        match = _PATH.match(self._text, self._position)
        if not match:
            raise self._error(f"{self._text[self._position :][:20]!r} is neither a name nor a value")
        self._position = match.end()
        return path_of(match.group())

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self._position)
        self._position = match.end() if match else self._position

    def _here(self) -> Place:
        return type(self._place)(self._place.text, self._place.offset + self._position)

    def _error(self, reason: str) -> TemplateError:
        return self._here().error(reason)


def path_of(text: str) -> Path:
    """A path's parts."""
    is_data = text.startswith("@")
    up, here, keys = 0, False, []
    for number, match in enumerate(_SEGMENT.finditer(text[is_data:])):
        segment = match.group()
        if segment == "..":
            up += 1
        elif match.group(1) is not None:
            keys.append(match.group(1))
        elif segment == "." or (segment == "this" and not keys):
            here = here or number == 0 or segment == "this"
        else:
            keys.append(segment)
    return Path(text, up, tuple(keys), is_data, here and not up)


def _text_of(match: re.Match[str]) -> str:
    return match.group(1).replace("\\'", "'") if match.group(1) is not None else match.group(2).replace('\\"', '"')


def _number_of(match: re.Match[str]) -> float:
    return float(match.group()) if match.group(1) else int(match.group())
