"""Helpers of XML. No entity of the document's own is expanded, nothing is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from accord.core.errors import ResourceMissingError
from accord.stub.templating.errors import HelperError
from accord.stub.templating.helpers.arguments import problem
from accord.stub.templating.helpers.registry import helper
from accord.stub.templating.values import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.stub.templating.calls import Arguments
    from accord.stub.templating.scope import Run

_MOST_CHARACTERS = 1_000_000
_MOST_NODES = 10_000
_SOAP_BODY = "//*[local-name()='Body']/"


class _NotXmlError(Exception):
    """A text that is no XML."""


class Node:
    """A node that an XPath found: ``name``, ``text`` and ``attributes`` of it; its text is its XML."""

    __slots__ = ("_node",)

    def __init__(self, node: Any) -> None:
        self._node = node

    def template_member(self, key: str) -> Any:
        """What a template's path finds."""
        if isinstance(self._node, str):
            return {"text": str(self._node), "name": ""}.get(key)
        if key == "text":
            return "".join(self._node.itertext())
        if key == "name":
            return _name(self._node)
        return {str(name): value for name, value in self._node.attrib.items()} if key == "attributes" else None

    def __str__(self) -> str:
        return str(self._node) if isinstance(self._node, str) else _indented(self._node)


class Nodes(list[Node]):
    """Nodes that an XPath found: the text is that of the first."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(self[0]) if self else ""


def _etree() -> Any:
    try:
        from lxml import etree  # noqa: PLC0415 - an extra, and templates with XML are few
    except ImportError:
        raise ResourceMissingError("templates with XML need the package lxml: pip install 'accord[stub]'") from None
    return etree


def _parsed(run: Run, text: str) -> Any:
    if len(text) > _MOST_CHARACTERS:
        raise _NotXmlError(f"is longer than {_MOST_CHARACTERS} characters")
    key = ("xml", text)
    if key not in run.parsed:
        etree = _etree()
        parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False)
        try:
            root = etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise _NotXmlError(str(error)) from None
        for element in root.iter(etree.Element):
            if element.prefix is None:
                element.tag = etree.QName(element).localname  # WireMock does not heed a default namespace
        run.parsed[key] = root
    return run.parsed[key]


@helper("xPath", "what an XPath finds; several nodes for each, the first one's XML as text",
        "{{xPath '<r><a>1</a></r>' '/r/a/text()'}}", "1")  # fmt: skip
def _x_path(arguments: Arguments) -> Any:
    return _found(arguments, "")


@helper("soapXPath", "an XPath below the body of a SOAP message",
        "{{soapXPath '<e:Envelope xmlns:e=\"e\"><e:Body><m/></e:Body></e:Envelope>' '/m'}}", "<m/>\n")  # fmt: skip
def _soap_x_path(arguments: Arguments) -> Any:
    return _found(arguments, _SOAP_BODY)


def _found(arguments: Arguments, prefix: str) -> Any:
    text = to_text(arguments.context) if arguments.context is not None else "null"
    expression = arguments.parameter(0)
    if expression is None:
        return problem("The XPath expression cannot be empty")
    try:
        root = _parsed(arguments.run, text)
    except _NotXmlError:
        return problem(f"{text} is not valid XML")
    etree = _etree()
    try:
        found = etree.XPath(prefix + to_text(expression), smart_strings=False)(root)
    except etree.XPathError as error:
        if "prefix" in str(error):
            return ""
        return problem(f"{to_text(expression)} is not a valid XPath expression")
    if isinstance(found, list):
        arguments.run.spend(len(found))
        return Nodes(map(Node, found[:_MOST_NODES])) if found else ""
    return int(found) if isinstance(found, float) and found.is_integer() else found


@helper("formatXml", "XML indented, or format='compact'; as a block too",
        "{{formatXml '<a> <b>1</b></a>' format='compact'}}", "<a><b>1</b></a>")  # fmt: skip
def _format_xml(arguments: Arguments) -> str:
    if arguments.is_block:
        text = arguments.body().strip()
    else:
        text = arguments.context.strip() if isinstance(arguments.context, str) else ""
    if not text:
        return problem("formatXml should take a block of XML to format or a single parameter of type String")
    shape = to_text(arguments.hash.get("format", "pretty"))
    if shape not in {"pretty", "compact"}:
        return problem(f"formatXml: format [{shape}] should be one of [pretty, compact]")
    try:
        # Not the shared copy: there the default namespace is left out.
        root = _etree().fromstring(
            text.encode(), _etree().XMLParser(resolve_entities=False, no_network=True, strip_cdata=False)
        )
    except (_etree().XMLSyntaxError, ValueError):
        return problem("Input is not valid XML")
    return "".join(_compact(root)) if shape == "compact" else _indented(root)


def _compact(node: Any) -> Iterator[str]:
    if not isinstance(node.tag, str):
        yield _etree().tostring(node, encoding="unicode", with_tail=False)
        return
    pieces = list(_content(node))
    if not pieces:
        yield f"<{_opening(node)}/>"
        return
    yield f"<{_opening(node)}>"
    for piece in pieces:
        yield from [escape(piece.strip())] if isinstance(piece, str) else _compact(piece)
    yield f"</{_name(node)}>"


def _indented(node: Any) -> str:
    return "\n".join(_lines(node, "")) + "\n"


def _lines(node: Any, margin: str) -> Iterator[str]:
    if not isinstance(node.tag, str):
        yield margin + _etree().tostring(node, encoding="unicode", with_tail=False)
        return
    if len(margin) > 2 * 200:
        raise HelperError("the document nests too deep")
    pieces = list(_content(node))
    if not pieces:
        yield f"{margin}<{_opening(node)}/>"
    elif len(pieces) == 1 and isinstance(pieces[0], str):
        yield f"{margin}<{_opening(node)}>{_text(node, pieces[0])}</{_name(node)}>"
    else:
        yield f"{margin}<{_opening(node)}>"
        for piece in pieces:
            if isinstance(piece, str):
                yield f"{margin}  {escape(piece.lstrip())}"
            else:
                yield from _lines(piece, f"{margin}  ")
        yield f"{margin}</{_name(node)}>"


def _content(node: Any) -> Iterator[Any]:
    """Texts that are more than space, and elements, in order."""
    if node.text and node.text.strip():
        yield node.text
    for child in node:
        yield child
        if child.tail and child.tail.strip():
            yield child.tail


def _text(node: Any, text: str) -> str:
    """A text alone in its element; a section of CDATA stays one."""
    whole = _etree().tostring(node, encoding="unicode", with_tail=False)
    return f"<![CDATA[{text}]]>" if "<![CDATA[" in whole and "]]>" not in text else escape(text)


def _name(node: Any) -> str:
    local = _etree().QName(node).localname
    return f"{node.prefix}:{local}" if node.prefix else str(local)


def _opening(node: Any) -> str:
    parent = node.getparent()
    outer = parent.nsmap if parent is not None else {}
    declared = [
        f"xmlns{':' + prefix if prefix else ''}={quoteattr(uri)}"
        for prefix, uri in node.nsmap.items()
        if outer.get(prefix) != uri and (prefix or node.tag.startswith("{"))
    ]
    by_uri = {uri: prefix for prefix, uri in node.nsmap.items() if prefix}
    attributes = [f"{_attribute(name, by_uri)}={quoteattr(value)}" for name, value in node.attrib.items()]
    return " ".join([_name(node), *declared, *attributes])


def _attribute(name: str, by_uri: dict[str, str]) -> str:
    uri, _, local = name.rpartition("}")
    return f"{by_uri[uri[1:]]}:{local}" if uri and uri[1:] in by_uri else local
