"""YAML read as text: mappings, lists and texts exactly as written; anchors and merge keys, but never a bomb.

YAML's guesses are not wanted in a compose file: a password of ``0123`` is no number, and ``22:22`` is no 1342.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.core.documents import read_text_file
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from yaml.nodes import MappingNode, Node

MAX_BYTES = 200_000
MAX_VALUES = 20_000  # with all aliases written out; one of a hundred services has some thousand
MAX_DEPTH = 50
_MERGE, _NULL = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:null"
_PLAIN_NULLS = ("", "~", "null", "Null", "NULL")


def read_yaml_texts(path: Path) -> Any:
    """Read a YAML file whose scalars are texts, or None where nothing stands.

    Raises:
        DocumentError: it cannot be opened, is too large or no UTF-8 or YAML, has a key twice, refers to itself, or
            grows beyond MAX_VALUES when its aliases are written out; the line is named.
    """
    return parse_yaml_texts(read_text_file(path, max_bytes=MAX_BYTES), source=str(path))


def parse_yaml_texts(text: str, *, source: str) -> Any:
    """The same of a text.

    Args:
        text: the document.
        source: where it comes from, for messages.
    """
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError:
        raise DocumentError(
            "reading compose files needs an extra: pip install 'accord[compose]'", source=source
        ) from None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise DocumentError(f"is not valid YAML: {' '.join(str(error).split())}", source=source) from None
    except RecursionError:
        raise DocumentError(f"is nested deeper than {MAX_DEPTH} levels", source=source) from None
    if root is None:
        raise DocumentError("is empty; a compose file with `services:` was expected", source=source)
    return _Builder(source).value(root)


class _Builder:
    """Turns the parser's nodes, in which an alias is the very node it stands for, into values."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._values = 0
        self._open: list[int] = []  # the nodes we are in, to notice one that holds itself

    def value(self, node: Any) -> Any:  # a node of any kind: its `id` says which
        self._values += 1
        if self._values > MAX_VALUES:
            raise self._error(node, f"holds more than {MAX_VALUES} values, with its aliases written out")
        if id(node) in self._open:
            raise self._error(node, "holds an alias of what it stands in")
        if len(self._open) >= MAX_DEPTH:
            raise self._error(node, f"is nested deeper than {MAX_DEPTH} levels")
        if node.id == "scalar":
            return None if node.tag == _NULL and node.value in _PLAIN_NULLS else node.value
        self._open.append(id(node))
        try:
            if node.id == "sequence":
                return [self.value(each) for each in node.value]
            return self._mapping(node)
        finally:
            self._open.pop()

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, each in node.value:
            if key.id != "scalar":
                raise self._error(key, "has a key that is no text")
            if key.tag == _MERGE:
                for more in reversed(self._merged(each)):  # of two that are merged the first counts
                    merged.update(more)
            elif key.value in own:
                raise self._error(key, f"has the key {key.value!r} twice; remove one of them")
            else:
                own[key.value] = self.value(each)
        return {**merged, **own}

    def _merged(self, node: Node) -> list[dict[str, Any]]:
        value = self.value(node)
        found = value if isinstance(value, list) else [value]
        if not all(isinstance(each, dict) for each in found):
            raise self._error(node, "merges (<<) something that is no mapping")
        return found

    def _error(self, node: Node, what: str) -> DocumentError:
        return DocumentError(f"{what} (line {node.start_mark.line + 1})", source=self._source)
