"""XML read safely: no entities, no network, bounded; compared as WireMock's XML library does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.core.errors import ResourceMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES = 10 * 1024 * 1024

COMPARISONS = (
    "ATTR_NAME_LOOKUP", "ATTR_VALUE", "ATTR_VALUE_EXPLICITLY_SPECIFIED", "CHILD_LOOKUP", "CHILD_NODELIST_LENGTH",
    "CHILD_NODELIST_SEQUENCE", "ELEMENT_NUM_ATTRIBUTES", "ELEMENT_TAG_NAME", "HAS_DOCTYPE_DECLARATION",
    "NAMESPACE_PREFIX", "NAMESPACE_URI", "NODE_TYPE", "NO_NAMESPACE_SCHEMA_LOCATION", "PROCESSING_INSTRUCTION_DATA",
    "PROCESSING_INSTRUCTION_TARGET", "SCHEMA_LOCATION", "TEXT_VALUE", "XML_ENCODING", "XML_STANDALONE", "XML_VERSION",
)  # fmt: skip


class XmlError(ValueError):
    """A text that is no XML document, or not one that is read here."""


def parse(text: str | bytes) -> Any:
    """The root element of a document.

    Raises:
        XmlError: not well-formed, with a document type, or too large.
        ResourceMissingError: the package lxml is not installed.
    """
    try:
        from lxml import etree  # noqa: PLC0415 - an extra; XML is rare
    except ImportError:
        raise ResourceMissingError("matching XML needs the package lxml: pip install 'accord[stub]'") from None
    data = text.encode() if isinstance(text, str) else text
    if len(data) > _MOST_BYTES:
        raise XmlError(f"is {len(data)} bytes of XML; the limit is {_MOST_BYTES}")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_blank_text=False,
        encoding="utf-8" if isinstance(text, str) else None,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlError(f"is not XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlError("brings a document type (<!DOCTYPE …>), which is refused: it may define entities")
    return root


def parse_or_none(text: str | None) -> Any:
    """The root element of a document, or None."""
    if not text:
        return None
    try:
        return parse(text)
    except XmlError:
        return None


def name_of(node: Any) -> tuple[str, str]:
    """Namespace and local name of an element or attribute name."""
    tag = node if isinstance(node, str) else node.tag
    if not isinstance(tag, str):
        return "", "?"
    if tag.startswith("{"):
        namespace, _, local = tag[1:].partition("}")
        return namespace, local
    return "", tag


def texts_of(node: Any) -> str:
    """The text directly in an element, white space at its ends away."""
    pieces = [node.text or "", *(child.tail or "" for child in node)]
    return "".join(piece.strip() for piece in pieces)


def elements_of(node: Any) -> Iterator[Any]:
    """The elements directly below one."""
    return (child for child in node if isinstance(child.tag, str))
