"""XML bodies read into elements: namespaces resolved, no document type, no entities of its own, bounded in depth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from accord.core.documents import MAX_DEPTH
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEPARATOR = "\n"  # expat joins a namespace and a name with it; it can be part of neither


@dataclass(slots=True)
class XmlElement:
    """One element.

    Attributes:
        name: the local name, preceded by its namespace and a colon where it has one.
        attributes: name to value; names as above.
        children: the elements below, in order.
        texts: the texts directly in it, each without surrounding white space.
    """

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[XmlElement] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All texts directly in the element, joined."""
        return "".join(part.strip() for part in self.texts)


def parse_xml(data: bytes) -> XmlElement:
    """Read a document and give its root element.

    Raises:
        DocumentError: it is not well-formed, brings a document type, or is nested too deep.
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    # A document type may define entities that grow without bound or read files: no body needs one.
    parser.StartDoctypeDeclHandler = builder.refuse_document_type
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, str(error))
        raise DocumentError(f"is not XML: {reason} at line {error.lineno}, column {error.offset + 1}") from None
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.root = XmlElement("")
        self._open: list[XmlElement] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise DocumentError(f"is nested deeper than {MAX_DEPTH} levels")
        element = XmlElement(_plain(name), {_plain(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, name: str) -> None:
        del name
        self._open.pop()

    def characters(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def refuse_document_type(self, *declaration: object) -> None:
        del declaration
        raise DocumentError("brings a document type (<!DOCTYPE …>), which is refused: it may define entities")


def _plain(name: str) -> str:
    return name.replace(_SEPARATOR, ":")
