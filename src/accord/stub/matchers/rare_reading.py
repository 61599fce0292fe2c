"""Readers of the matchers that few stubs have: dates, XML, JSON schema and paths; loaded when a stub has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.stub.matchers.dates import After, Before, EqualToDateTime
from accord.stub.matchers.json_path import MatchesJsonPath
from accord.stub.matchers.json_schema import VERSIONS, MatchesJsonSchema
from accord.stub.matchers.reading import as_json, read_matcher, text_of
from accord.stub.matchers.xml import EqualToXml, MatchesXPath, check_xml_is_there

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.stub.matchers.matcher import Matcher


def _date(kind: Callable[[str, dict[str, Any]], Matcher]) -> Any:
    def read(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
        del pointer
        return kind(text_of(kind.operator, operand), dict(document))  # type: ignore[attr-defined]  # a class of Matcher

    return read


def _equal_to_xml(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
    del pointer
    check_xml_is_there()
    return EqualToXml(text_of("equalToXml", operand), document)


def _schema(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
    del pointer
    version = document.get("schemaVersion", "V202012")
    if version not in VERSIONS:
        raise ValueError(f"schemaVersion {version!r} is not known; it is one of {', '.join(VERSIONS)}")
    return MatchesJsonSchema(operand, {**document, "schemaVersion": version}, version)


def _json_path(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
    if isinstance(operand, str):
        return MatchesJsonPath(operand, document)
    expression, inner = _expression("matchesJsonPath", operand, pointer)
    return MatchesJsonPath(expression, document, inner)


def _xpath(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
    check_xml_is_there()
    namespaces = document.get("xPathNamespaces")
    if namespaces is not None and not isinstance(namespaces, dict):
        raise ValueError("xPathNamespaces must be an object of prefixes and namespaces")
    if isinstance(operand, str):
        return MatchesXPath(operand, document, None, namespaces)
    expression, inner = _expression("matchesXPath", operand, pointer)
    return MatchesXPath(expression, document, inner, namespaces)


def _expression(operator: str, operand: Any, pointer: str) -> tuple[str, Matcher]:
    """An expression with a matcher of what it finds."""
    if not isinstance(operand, dict) or not isinstance(operand.get("expression"), str):
        raise ValueError(  # noqa: TRY004 - bad input
            f"{operator} takes a text, or an object with 'expression' and a matcher; seen {as_json(operand)}"
        )
    inner = {name: value for name, value in operand.items() if name != "expression"}
    if not inner:
        raise ValueError(f"{as_json(operand)} is not a valid match operation: a matcher beside 'expression' is missing")
    return operand["expression"], read_matcher(inner, f"{pointer}/{operator}")


READERS: dict[str, Any] = {
    "matchesJsonSchema": _schema,
    "matchesJsonPath": _json_path,
    "equalToXml": _equal_to_xml,
    "matchesXPath": _xpath,
    "before": _date(Before),
    "after": _date(After),
    "equalToDateTime": _date(EqualToDateTime),
}
