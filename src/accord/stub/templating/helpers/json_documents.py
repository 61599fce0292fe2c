"""Helpers of JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from accord.core.documents import MAX_DEPTH
from accord.stub.templating.errors import HelperError
from accord.stub.templating.helpers.arguments import problem
from accord.stub.templating.helpers.registry import helper
from accord.stub.templating.json_path import JsonPath, JsonPathError, compile_json_path
from accord.stub.templating.json_text import JsonArray, JsonObject, compact, indented
from accord.stub.templating.values import Several, to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.stub.templating.calls import Arguments
    from accord.stub.templating.scope import Run


class _NotJsonError(Exception):
    """A text that is no JSON."""


def _parsed(run: Run, text: str, *, exact: bool) -> Any:
    """A document, parsed once for each rendering; exact keeps the digits of decimals.

    Raises:
        _NotJsonError: it is none, or nests too deep.
    """
    key = ("exact" if exact else "json", text)
    if key not in run.parsed:
        try:
            document = json.loads(text, parse_float=Decimal if exact else None)
            _check_depth(document)
        except (ValueError, RecursionError) as error:
            raise _NotJsonError(str(error)) from None
        run.parsed[key] = document
    return run.parsed[key]


def _check_depth(document: Any) -> None:
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [each for value in level if isinstance(value, dict | list)
                 for each in (value.values() if isinstance(value, dict) else value)]  # fmt: skip
        if not level:
            return
    raise ValueError(f"nests deeper than {MAX_DEPTH}")


def _own(run: Run, text: str) -> Any:
    """A document of the caller's own, to change."""
    try:
        return json.loads(text, parse_float=Decimal) if _parsed(run, text, exact=True) is not None else None
    except RecursionError:
        raise _NotJsonError("nests too deep") from None


def _path(expression: str) -> JsonPath:
    return compile_json_path(expression)


@helper("jsonPath", "what a JSONPath finds; default= where there is nothing",
        "{{jsonPath '{\"a\":{\"b\":[1,2]}}' '$.a.b'}}", "[1,2]")  # fmt: skip
def _json_path(arguments: Arguments) -> Any:
    if arguments.context is None:
        return ""
    expression = arguments.parameter(0)
    if expression is None:
        return problem("The JSONPath cannot be empty")
    try:
        document = _document(arguments.run, arguments.context)
        found = _path(to_text(expression)).find(document, arguments.run.spend)
    except _NotJsonError:
        return problem(f"{to_text(arguments.context)} is not valid JSON")
    except JsonPathError:
        return problem(f"{to_text(expression)} is not a valid JSONPath expression")
    if found is None:
        default = arguments.hash.get("default")
        found = "" if default is None else default
    if isinstance(found, dict):
        return JsonObject(found)
    return JsonArray(found) if type(found) is list else found


def _document(run: Run, context: Any) -> Any:
    if not isinstance(context, str):
        return list(context) if isinstance(context, Several) else context
    try:
        return _parsed(run, context, exact=False)
    except _NotJsonError:
        if context.lstrip()[:1] in {"{", "["}:
            raise
        return context  # the parser of WireMock takes a bare word for a text


@helper("parseJson", "a document as a value, given back or kept under a name; as a block too",
        "{{parseJson '{\"a\":[1,2]}' 'doc'}}{{doc.a.[1]}}", "2")  # fmt: skip
def _parse_json(arguments: Arguments) -> Any:
    if arguments.is_block:
        text, name = arguments.body(), arguments.context if arguments.has_context else None
    elif not arguments.has_context:
        return problem("Missing required JSON string parameter")
    else:
        text, name = to_text(arguments.context), arguments.parameter(0)
    text = text.strip()
    if arguments.context is None or not text:
        return {}
    try:
        document = _parsed(arguments.run, text, exact=True)
    except _NotJsonError as error:
        raise HelperError(f"{text[:80]!r} is not JSON: {error}") from None
    if not isinstance(document, dict | list):
        raise HelperError(f"{text[:80]!r} is neither an object nor an array")
    if name is None:
        return document
    arguments.run.assigned[to_text(name)] = document
    return None


@helper("toJson", "a value as indented JSON", "{{toJson (array 1 'a' true)}}", '[ 1, "a", true ]')
def _to_json(arguments: Arguments) -> str:
    value = arguments.context
    return "" if value is None else indented(value, keep_nulls=False)


@helper("formatJson", "JSON indented, or format='compact'; as a block too",
        "{{formatJson '{\"a\":1}' format='compact'}}", '{"a":1}')  # fmt: skip
def _format_json(arguments: Arguments) -> str:
    if arguments.is_block:
        text = arguments.body().strip()
    else:
        text = arguments.context.strip() if isinstance(arguments.context, str) else ""
    if not text:
        return problem("formatJson should take a block of JSON to format or a single parameter of type String")
    shape = to_text(arguments.hash.get("format", "pretty"))
    if shape not in {"pretty", "compact"}:
        return problem(f"formatJson: format [{shape}] should be one of [pretty, compact]")
    try:
        document = _parsed(arguments.run, text, exact=True)
    except _NotJsonError as error:
        raise HelperError(f"{text[:80]!r} is not JSON: {error}") from None
    return compact(document) if shape == "compact" else indented(document, keep_nulls=True)


@helper("jsonMerge", "an object with another merged into it; removeNulls=true drops members that become null",
        "{{jsonMerge '{\"a\":1}' '{\"b\":2}'}}", '{"a":1,"b":2}')  # fmt: skip
def _json_merge(arguments: Arguments) -> str:
    other = arguments.body() if arguments.is_block else arguments.parameter(0)
    documents: list[dict[str, Any]] = []
    for what, text in (("Base JSON", arguments.context), ("JSON to merge", other)):
        if not isinstance(text, str):
            return problem(
                f"{what} parameter must be a string" if not documents and what[0] == "B" else f"{what} must be a string"
            )
        try:
            document = _own(arguments.run, text)
        except _NotJsonError:
            return problem(f"{what} is not valid JSON ('{text}')")
        if not isinstance(document, dict):
            return problem(f"{what} is not a JSON object ('{text}')")
        documents.append(document)
    _merge(documents[0], documents[1], drop=arguments.hash.get("removeNulls") is True)
    return compact(documents[0])


def _merge(base: dict[str, Any], other: Mapping[str, Any], *, drop: bool) -> None:
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge(base[key], value, drop=drop)
        elif value is None and drop:
            base.pop(key, None)
        else:
            base[key] = value


@helper("jsonRemove", "a document without what a JSONPath finds", "{{jsonRemove '{\"a\":1,\"b\":2}' '$.a'}}", '{"b":2}')
def _json_remove(arguments: Arguments) -> str:
    text = arguments.context
    if not isinstance(text, str):
        return problem("Input JSON must be a string")
    if text == "null":
        return text
    if len(arguments.parameters) != 1:
        return problem("A single JSONPath expression parameter must be supplied")
    expression = arguments.parameters[0]
    if not isinstance(expression, str):
        return problem("JSONPath parameter must be a string")
    try:
        document = _own(arguments.run, text)
        path = _path(expression)
    except _NotJsonError:
        return problem(f"Input JSON string is not valid JSON ('{text}')")
    except JsonPathError:
        return problem(f"JSONPath parameter is not a valid JSONPath expression ('{expression}')")
    if path.is_root or path.function:
        return problem(f"Delete operation cannot be applied to JSONPath expression ('{expression}')")
    return compact(document) if path.remove(document, arguments.run.spend) else text


@helper("jsonArrayAdd", "an array with one more item; jsonPath= where it is, maxItems=, flatten=true",
        "{{jsonArrayAdd '[1,2]' '3'}}", "[1,2,3]")  # fmt: skip
def _json_array_add(arguments: Arguments) -> str:
    text = arguments.context
    if not isinstance(text, str):
        return problem("Base JSON must be a string")
    expression = arguments.hash.get("jsonPath")
    try:
        root = _own(arguments.run, text)
        target = root if expression is None else _path(to_text(expression)).find(root, arguments.run.spend)
    except _NotJsonError:
        return problem(f"Base JSON is not valid JSON ('{text}')")
    except JsonPathError:
        return problem(f"jsonPath option is not valid JSONPath expression ('{expression}')")
    if not isinstance(target, list):
        where = f"'{text}'" if expression is None else f"root: '{text}', jsonPath: '{expression}'"
        return problem(f"Target JSON is not a JSON array ({where})")
    item = arguments.body() if arguments.is_block else arguments.parameter(0)
    if not isinstance(item, str):
        return problem("Item-to-add JSON must be a string")
    try:
        added = _own(arguments.run, item)
    except _NotJsonError:
        return problem(f"Item-to-add JSON is not valid JSON ('{item}')")
    flat = arguments.hash.get("flatten") is True and isinstance(added, list)
    target.extend(added if flat else [added])
    most = arguments.hash.get("maxItems")
    if most is not None:
        if isinstance(most, bool) or not isinstance(most, int):
            return problem("maxItems option must be an integer")
        if most < 0:
            return problem("maxItems option integer must be positive")
        del target[: max(len(target) - most, 0)]
    return compact(root)
