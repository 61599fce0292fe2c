"""Matching rules as they stand in pact files: read from V2 and from V3/V4, written back as either."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from accord.contract.paths import PathExpression, PathSyntaxError, format_path, parse_path
from accord.contract.patterns import PatternError, compile_pattern
from accord.contract.rules import NO_RULES, MatchingRules, Rule, RuleCategory, RuleList
from accord.core.errors import ContractFormatError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN = (
    "equality", "regex", "type", "include", "integer", "decimal", "number", "boolean", "null", "date", "time",
    "datetime", "values", "eachKey", "eachValue", "arrayContains", "statusCode", "notEmpty", "semver", "contentType",
)  # fmt: skip
"""Every rule of the specification up to V4."""

_OTHER_NAMES = {
    "timestamp": "datetime",
    "real": "decimal",
    "min": "type",
    "max": "type",
    "min-type": "type",
    "max-type": "type",
    "each-key": "eachKey",
    "each-value": "eachValue",
    "array-contains": "arrayContains",
    "status-code": "statusCode",
    "not-empty": "notEmpty",
    "content-type": "contentType",
}
_REQUIRED = {"regex": "regex", "include": "value", "contentType": "value", "arrayContains": "variants"}
_GUESSED_FROM = ("regex", "min", "max", "timestamp", "datetime", "time", "date")
_CATEGORY_NAMES = {"headers": "header", "content": "body", "contents": "body"}
_BY_NAME = ("header", "query", "metadata")
_AT_ROOT = ("path", "method", "status")


def rules_from_json(document: Any, where: str, *, v2: bool) -> MatchingRules:
    """Read the ``matchingRules`` of a request, response or message.

    Args:
        document: the JSON value, or None.
        where: its path in the pact file, for errors.
        v2: flat V2 form (``$.body.name``) instead of V3's categories.

    Raises:
        ContractFormatError: names the path and what is wrong with it.
    """
    if document is None or document == {}:
        return NO_RULES
    if not isinstance(document, dict):
        raise ContractFormatError(f"expected an object of matching rules, seen {_shown(document)}", path=where)
    return _from_v2(document, where) if v2 else _from_v3(document, where)


def rule_from_json(document: Any, where: str) -> Rule:
    """Read one rule; a rule without ``match`` is recognised by what it carries, as old files do.

    Raises:
        ContractFormatError: not an object, an unknown rule, a missing or wrong attribute.
    """
    if not isinstance(document, dict):
        raise ContractFormatError(f"expected a matching rule (an object), seen {_shown(document)}", path=where)
    name = document.get("match")
    if name is None:
        name = next((key for key in _GUESSED_FROM if key in document), None)
        if name is None:
            raise ContractFormatError(f"matching rule {_shown(document)} has no 'match'", path=where)
    if not isinstance(name, str):
        raise ContractFormatError(f"expected 'match' to be a text, seen {_shown(name)}", path=where)
    match = _OTHER_NAMES.get(name, name)
    if match not in KNOWN:
        near = difflib.get_close_matches(match, KNOWN, 1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(KNOWN)}"
        raise ContractFormatError(f"unknown matching rule {name!r}{hint}", path=where)
    attributes = {key: value for key, value in document.items() if key != "match"}
    if match in ("date", "time", "datetime") and "format" not in attributes:
        attributes["format"] = attributes.pop(name, "")
    _check(match, attributes, where)
    return Rule(match, attributes)


def rules_to_json(rules: MatchingRules, *, v2: bool) -> dict[str, Any]:
    """Write rules as V3/V4 categories or flat V2."""
    return _to_v2(rules) if v2 else _to_v3(rules)


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """Write one rule."""
    return {"match": rule.match, **rule.attributes}


def _check(match: str, attributes: dict[str, Any], where: str) -> None:
    required = _REQUIRED.get(match)
    if required and required not in attributes:
        raise ContractFormatError(f"matching rule {match!r} needs {required!r}", path=where)
    for bound in ("min", "max"):
        if match == "type" and bound in attributes:
            attributes[bound] = _length(attributes[bound], bound, where)
    check = _ATTRIBUTE_CHECKS.get(match)
    if check is not None:
        name, check_value = check
        check_value(attributes.get(name), where)


def _check_pattern(pattern: Any, where: str) -> None:
    if not isinstance(pattern, str):
        raise ContractFormatError(f"expected 'regex' to be a text, seen {_shown(pattern)}", path=where)
    try:
        compile_pattern(pattern)
    except PatternError as error:
        raise ContractFormatError(str(error), path=where) from None


def _check_nested(rules: Any, where: str) -> None:
    if not isinstance(rules, list | None):
        raise ContractFormatError(f"expected 'rules' to be an array, seen {_shown(rules)}", path=where)
    for index, rule in enumerate(rules or ()):
        rule_from_json(rule, f"{where}.rules[{index}]")


def _check_format(date_format: Any, where: str) -> None:
    if not isinstance(date_format, str):
        raise ContractFormatError(f"expected 'format' to be a text, seen {_shown(date_format)}", path=where)


def _check_variants(variants: Any, where: str) -> None:
    where = f"{where}.variants"
    if not isinstance(variants, list):
        raise ContractFormatError(f"expected an array of variants, seen {_shown(variants)}", path=where)
    for number, variant in enumerate(variants):
        here = f"{where}[{number}]"
        if not isinstance(variant, dict):
            raise ContractFormatError(f"expected a variant (an object), seen {_shown(variant)}", path=here)
        index = variant.get("index", 0)
        if isinstance(index, bool) or not isinstance(index, int) or index < 0:
            raise ContractFormatError(f"expected 'index' to be 0 or more, seen {_shown(index)}", path=here)
        rules_from_json({"body": variant.get("rules") or {}}, here, v2=False)


def _check_status(status: Any, where: str) -> None:
    numbers = isinstance(status, list) and all(isinstance(code, int) for code in status)
    if not (status is None or isinstance(status, str) or numbers):
        raise ContractFormatError(
            f"expected 'status' to be a class such as 'success' or an array of codes, seen {_shown(status)}", path=where
        )


_ATTRIBUTE_CHECKS: dict[str, tuple[str, Callable[[Any, str], None]]] = {
    "regex": ("regex", _check_pattern),
    "eachKey": ("rules", _check_nested),
    "eachValue": ("rules", _check_nested),
    "arrayContains": ("variants", _check_variants),
    "statusCode": ("status", _check_status),
    **dict.fromkeys(("date", "time", "datetime"), ("format", _check_format)),
}


def _length(value: Any, bound: str, where: str) -> int:
    # Old Ruby and JavaScript clients wrote numbers as text or with a fraction.
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):  # 1e999 is a number in JSON
        number = -1
    if number < 0 or isinstance(value, bool):
        raise ContractFormatError(f"expected {bound!r} to be a length of 0 or more, seen {_shown(value)}", path=where)
    return number


def _from_v3(document: dict[str, Any], where: str) -> MatchingRules:
    categories: dict[str, RuleCategory] = {}
    for name, content in document.items():
        category = _CATEGORY_NAMES.get(name, name)
        here = f"{where}.{name}"
        if not isinstance(content, dict):
            raise ContractFormatError(f"expected an object of rules, seen {_shown(content)}", path=here)
        if "matchers" in content:
            entries = {parse_path("$"): _rule_list(content, here)}
        else:
            entries = _entries(content, here, by_name=category in _BY_NAME)
        categories[category] = RuleCategory(entries)
    return MatchingRules(categories)


def _entries(content: dict[str, Any], where: str, *, by_name: bool) -> dict[PathExpression, RuleList]:
    entries = {}
    for key, rules in content.items():
        here = f"{where}[{key!r}]"
        expression = _name_expression(key) if by_name else _expression(key, here)
        entries[expression] = _rule_list(rules, here)
    return entries


def _name_expression(key: str) -> PathExpression:
    """A header, parameter or metadata key: usually a bare name, but some clients write ``$.name`` or ``name[0]``."""
    if key.startswith("$") and key != "$":
        try:
            return parse_path(key)
        except PathSyntaxError:
            pass
    return PathExpression((key,), key)


def _rule_list(document: Any, where: str) -> RuleList:
    if not isinstance(document, dict) or not isinstance(document.get("matchers"), list):
        raise ContractFormatError(f"expected an object with an array 'matchers', seen {_shown(document)}", path=where)
    combine = document.get("combine", "AND")
    if not isinstance(combine, str) or combine.upper() not in ("AND", "OR"):
        raise ContractFormatError(f"expected 'combine' to be AND or OR, seen {_shown(combine)}", path=where)
    rules = [rule_from_json(rule, f"{where}.matchers[{index}]") for index, rule in enumerate(document["matchers"])]
    extra = {key: value for key, value in document.items() if key not in ("combine", "matchers")}
    return RuleList(tuple(rules), combine.upper(), extra)


def _from_v2(document: dict[str, Any], where: str) -> MatchingRules:
    categories: dict[str, dict[PathExpression, RuleList]] = {}
    for key, content in document.items():
        here = f"{where}[{key!r}]"
        tokens = _expression(key, here).tokens
        if not tokens or not isinstance(tokens[0], str):
            raise ContractFormatError("expected a path such as $.body.name, $.headers.Accept or $.path", path=here)
        category = _CATEGORY_NAMES.get(tokens[0], tokens[0])
        rest = PathExpression(tokens[1:], format_path(tokens[1:]))
        categories.setdefault(category, {})[rest] = RuleList((rule_from_json(content, here),))
    return MatchingRules({name: RuleCategory(entries) for name, entries in categories.items()})


def _expression(text: str, where: str) -> PathExpression:
    try:
        return parse_path(text)
    except PathSyntaxError as error:
        raise ContractFormatError(str(error), path=where) from None


def _to_v3(rules: MatchingRules) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for name, category in rules.categories.items():
        if not category:
            continue
        if name in _AT_ROOT:
            document[name] = _rule_list_to_json(next(iter(category.entries.values())))
        else:
            write = _name_of if name in _BY_NAME else _text_of
            document[name] = {write(expression): _rule_list_to_json(rule_list) for expression, rule_list in category}
    return document


def _text_of(expression: PathExpression) -> str:
    return expression.text if expression.text.startswith("$") else format_path(expression.tokens)


def _name_of(expression: PathExpression) -> str:
    if len(expression.tokens) == 1 and isinstance(expression.tokens[0], str):
        return expression.tokens[0]
    return format_path(expression.tokens)


def _rule_list_to_json(rules: RuleList) -> dict[str, Any]:
    return {"combine": rules.combine, "matchers": [rule_to_json(rule) for rule in rules.rules], **rules.extra}


def _to_v2(rules: MatchingRules) -> dict[str, Any]:
    document = {}
    for name, category in rules.categories.items():
        prefix = "headers" if name == "header" else name
        for expression, rule_list in category:
            path = format_path((prefix, *expression.tokens))
            if len(rule_list.rules) != 1:
                raise UsageError(
                    f"at {path}: several rules for one place need version 3.0 or 4.0; write the pact as one of these"
                )
            document[path] = rule_to_json(rule_list.rules[0])
    return document


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - one line of a terminal
