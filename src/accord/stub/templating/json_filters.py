"""Filters of JSONPath: ``?(@.price > 10 && @.name =~ /a.*/i)``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from accord.contract.patterns import PatternError, PatternTimeoutError, fullmatch

if TYPE_CHECKING:
    from accord.stub.templating.json_path import JsonPath

Test = Callable[[Any, Any], bool]
"""Whether an item, in a document, is taken."""

Operand = Callable[[Any, Any], Any]

_OPERATOR = re.compile(
    r"\s*(==|!=|<=|>=|<|>|=~|(?:in|nin|subsetof|anyof|noneof|contains|size|empty)(?=[\s\[('\"]))\s*", re.IGNORECASE
)
_PATH = re.compile(r"[@$](?:\.\.?[^\s.\[\]()'\"*?@,:=<>!&|~]+(?:\(\))?|\.\.?\*|\[(?:'[^']*'|\"[^\"]*\"|[^\]'\"]*)\])*")
_TEXT = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"")
_REGEX = re.compile(r"/((?:\\.|[^/\\])+)/([a-z]*)")
_WORD = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b")
_MISSING = object()


def read_filter(text: str, position: int, path: Callable[[str], JsonPath]) -> tuple[Test, int]:
    """Read a filter from behind its ``?``; give its test and where it ends.

    Raises:
        JsonPathError: it is none.
    """
    reader = _Reader(text, position, path)
    return reader.alternatives(), reader.position


class _Reader:
    def __init__(self, text: str, position: int, path: Callable[[str], JsonPath]) -> None:
        self._text = text
        self.position = position
        self._path = path

    def alternatives(self) -> Test:
        tests = [self._conjunction()]
        while self._takes("||"):
            tests.append(self._conjunction())
        return tests[0] if len(tests) == 1 else lambda item, root: any(test(item, root) for test in tests)

    def _conjunction(self) -> Test:
        tests = [self._single()]
        while self._takes("&&"):
            tests.append(self._single())
        return tests[0] if len(tests) == 1 else lambda item, root: all(test(item, root) for test in tests)

    def _single(self) -> Test:
        if self._takes("!"):
            inner = self._single()
            return lambda item, root: not inner(item, root)
        if self._takes("("):
            inner = self.alternatives()
            if not self._takes(")"):
                self._refuse("')' is missing")
            return inner
        left = self._operand()
        match = _OPERATOR.match(self._text, self.position)
        if not match:
            return lambda item, root: left(item, root) is not _MISSING
        self.position = match.end()
        operator = match.group(1).lower()
        right = self._regex() if operator == "=~" else self._operand()
        compare = _OPERATORS[operator]
        return lambda item, root: compare(left(item, root), right(item, root))

    def _operand(self) -> Operand:
        self._skip()
        if match := _PATH.match(self._text, self.position):
            self.position = match.end()
            return self._path_operand(match.group())
        if match := _TEXT.match(self._text, self.position):
            self.position = match.end()
            text = match.group(1) if match.group(1) is not None else match.group(2)
            plain = re.sub(r"\\(.)", r"\1", text)
            return lambda item, root: plain  # noqa: ARG005 - the signature of an operand
        if match := _WORD.match(self._text, self.position):
            self.position = match.end()
            value = json.loads(match.group())
            return lambda item, root: value  # noqa: ARG005 - the signature of an operand
        if self._text.startswith("[", self.position):
            return self._list()
        return self._refuse("a path or a value is expected")

    def _path_operand(self, text: str) -> Operand:
        path = self._path(f"${text[1:]}")
        if text[0] == "$":
            return lambda item, root: _found(path, root)  # noqa: ARG005 - the signature of an operand
        return lambda item, root: _found(path, item)  # noqa: ARG005 - the signature of an operand

    def _list(self) -> Operand:
        self.position += 1
        items: list[Operand] = []
        while not self._takes("]"):
            items.append(self._operand())
            if not self._takes(",") and not self._text[self.position :].lstrip().startswith("]"):
                self._refuse("']' is missing")
        return lambda item, root: [each(item, root) for each in items]

    def _regex(self) -> Operand:
        self._skip()
        match = _REGEX.match(self._text, self.position)
        if not match:
            return self._operand()
        self.position = match.end()
        pattern = f"(?{'i' if 'i' in match.group(2) else ''}:{match.group(1)})"
        return lambda item, root: pattern  # noqa: ARG005 - the signature of an operand

    def _takes(self, mark: str) -> bool:
        self._skip()
        if not self._text.startswith(mark, self.position):
            return False
        self.position += len(mark)
        return True

    def _skip(self) -> None:
        while self.position < len(self._text) and self._text[self.position].isspace():
            self.position += 1

    def _refuse(self, reason: str) -> NoReturn:
        from accord.stub.templating.json_path import JsonPathError  # noqa: PLC0415 - json_path reads filters with us

        raise JsonPathError(f"{reason} at {self.position}")


def _found(path: JsonPath, value: Any) -> Any:
    if path.is_root:
        return value
    found = path.find(value) if isinstance(value, dict | list) else None
    if found is None and not path.leads_to_null(value):
        return _MISSING
    return found


def _is_equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        both_numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (left, right))
        both_texts = isinstance(left, str) and isinstance(right, str)
        return (both_numbers or both_texts) and test(left, right)

    return compare


def _is_matched(left: Any, right: Any) -> bool:
    try:
        return isinstance(left, str) and isinstance(right, str) and fullmatch(right, left) is not None
    except (PatternError, PatternTimeoutError):
        return False


def _is_in(left: Any, right: Any) -> bool:
    return isinstance(right, list) and left is not _MISSING and any(_is_equal(left, each) for each in right)


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return _is_in(right, left)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _is_equal,
    "!=": lambda left, right: not _is_equal(left, right),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "=~": _is_matched,
    "in": _is_in,
    "nin": lambda left, right: not _is_in(left, right),
    "subsetof": lambda left, right: isinstance(left, list) and all(_is_in(each, right) for each in left),
    "anyof": lambda left, right: isinstance(left, list) and any(_is_in(each, right) for each in left),
    "noneof": lambda left, right: isinstance(left, list) and not any(_is_in(each, right) for each in left),
    "contains": _contains,
    "size": lambda left, right: isinstance(left, str | list | dict) and len(left) == right,
    "empty": lambda left, right: isinstance(left, str | list | dict) and (not left) is right,
}
