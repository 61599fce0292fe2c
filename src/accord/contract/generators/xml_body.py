"""Generators in XML bodies: in texts (``$.order.id.#text``) and attributes (``$.order['@id']``)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.dom import minidom

from accord.contract.bodies import Body
from accord.contract.generators.values import as_text
from accord.contract.matching.xml_document import parse_xml
from accord.contract.paths import Token, Wildcard, weight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from accord.contract.generators.json_body import Entry


def generate_xml(body: Body, entries: Sequence[Entry]) -> Body:
    """A document with what the generators give; prefixes, comments and order stay.

    Raises:
        DocumentError: the body is not XML, or brings a document type.
    """
    parse_xml(body.data)  # refuses entities and depth, which the parser behind minidom would follow
    document = minidom.parseString(body.data)  # noqa: S318 - as said above
    for tokens, replace in entries:
        for element in _elements(document, tokens):
            _replace(element, tokens[-1] if tokens else "", replace)
    declared = body.data.lstrip()[:5] == b"<?xml"
    text = document.toxml() if declared else "".join(node.toxml() for node in document.childNodes)
    return Body.of_text(text, body.content_type)


def _elements(document: Any, tokens: tuple[Token, ...]) -> Iterator[Any]:
    steps = list(tokens[:-1]) if tokens and _is_value(tokens[-1]) else list(tokens)
    found = [document]
    position = 0
    while position < len(steps):
        children = [child for node in found for child in node.childNodes if child.nodeType == child.ELEMENT_NODE]
        named = [child for child in children if _fits(steps[position], child)]
        position += 1
        if position < len(steps) and (isinstance(steps[position], int) or steps[position] is Wildcard.INDEX):
            named = [child for index, child in enumerate(named) if weight(steps[position], index)]
            position += 1
        found = named
    yield from (element for element in found if element is not document)


def _fits(token: Token, element: Any) -> bool:
    full = f"{element.namespaceURI}:{element.localName}" if element.namespaceURI else element.localName
    return token is Wildcard.FIELD or token in (element.nodeName, full)


def _is_value(token: Token) -> bool:
    return isinstance(token, str) and (token == "#text" or token.startswith("@"))  # noqa: S105 - no secret


def _replace(element: Any, token: Token, replace: Callable[[Any], Any]) -> None:
    if isinstance(token, str) and token.startswith("@"):
        name = token[1:]
        if element.hasAttribute(name):
            element.setAttribute(name, as_text(replace(element.getAttribute(name))))
        return
    texts = [node for node in element.childNodes if node.nodeType == node.TEXT_NODE]
    new = as_text(replace("".join(node.data for node in texts)))
    for node in texts:
        element.removeChild(node)
    element.insertBefore(element.ownerDocument.createTextNode(new), element.firstChild)
