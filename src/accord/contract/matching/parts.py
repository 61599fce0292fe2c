"""Comparing requests, responses and messages part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from accord.contract.bodies import Body
from accord.contract.matching.bodies import match_body, same_media_type
from accord.contract.matching.headers import match_headers
from accord.contract.matching.named_values import compare_values, one_or_all, rules_for_name
from accord.contract.matching.values import check_all, check_json, check_text, strictly_equal
from accord.contract.mismatches import ABSENT, Mismatch, shown
from accord.contract.rules import STATUS_CLASSES
from accord.contract.spec import SpecVersion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.contract.model import MessageContents, Request, Response
    from accord.contract.rules import Rule, RuleCategory, RuleList


def match_request(expected: Request, actual: Request, *, spec: SpecVersion = SpecVersion.V4) -> list[Mismatch]:
    """Compare a request with the expected one. What is not expected fails: keys, parameters; further headers do not.

    Args:
        expected: with its matching rules.
        actual: as it was received.
        spec: the version whose semantics count.
    """
    if spec is SpecVersion.V1 and expected.query_text is not None and actual.query_text is not None:
        query = _match_query_text(expected.query_text, actual.query_text)
    else:
        query = _match_query(expected.query, actual.query, expected.rules.category("query"))
    return [
        *_match_method(expected, actual),
        *_match_path(expected, actual),
        *query,
        *match_headers(expected.headers, actual.headers, expected.rules.category("header")),
        *_match_body(expected, actual, allow_unexpected=False),
    ]


def match_response(expected: Response, actual: Response, *, spec: SpecVersion = SpecVersion.V4) -> list[Mismatch]:
    """Compare a response with the expected one; it may hold more keys and headers than expected.

    Args:
        expected: with its matching rules.
        actual: as it was received.
        spec: the version whose semantics count.
    """
    del spec  # what else differs between the versions is settled when a file is read
    return [
        *_match_status(expected, actual),
        *match_headers(expected.headers, actual.headers, expected.rules.category("header")),
        *_match_body(expected, actual, allow_unexpected=True),
    ]


def match_message(
    expected: MessageContents, actual: MessageContents, *, spec: SpecVersion = SpecVersion.V4
) -> list[Mismatch]:
    """Compare a message with the expected one; it may hold more keys and metadata than expected.

    Args:
        expected: with its matching rules.
        actual: as it was produced.
        spec: the version whose semantics count.
    """
    del spec  # as above
    return [
        *_match_metadata(expected.metadata, actual.metadata, expected.rules.category("metadata")),
        *match_body(expected.body, actual.body, expected.rules.category("body"), allow_unexpected=True),
    ]


def _match_method(expected: Request, actual: Request) -> list[Mismatch]:
    if expected.method.upper() == actual.method.upper():
        return []
    message = f"expected {expected.method.upper()}, seen {actual.method.upper()}"
    return [Mismatch("method", "method", expected.method.upper(), actual.method.upper(), message)]


def _match_path(expected: Request, actual: Request) -> list[Mismatch]:
    rules = _only(expected.rules.category("path"))
    if rules is None:
        if expected.path == actual.path or _encoded(expected.path) == _encoded(actual.path):
            return []
        messages = [f"expected {expected.path}, seen {actual.path}"]
    else:
        messages = check_all(rules, lambda rule: check_text(rule, expected.path, actual.path))
        if messages and "%" in actual.path:  # a rule is written for the path as people read it
            readable = unquote(actual.path)
            if not check_all(rules, lambda rule: check_text(rule, expected.path, readable)):
                return []
    return [Mismatch("path", "path", expected.path, actual.path, message) for message in messages]


def _encoded(path: str) -> str:
    """A path as it stands on the wire, whether it was written so or as people read it."""
    return quote(path, safe="/:@!$&'()*+,;=%-._~")


def _only(category: RuleCategory) -> RuleList | None:
    return next((rules for _, rules in category), None)


def _match_status(expected: Response, actual: Response) -> list[Mismatch]:
    rules = _only(expected.rules.category("status"))
    if rules is not None:
        messages = check_all(rules, lambda rule: _check_status(rule, expected.status, actual.status))
    elif expected.status is None or expected.status == actual.status:
        return []
    else:
        messages = [f"expected {expected.status}, seen {actual.status}"]
    return [Mismatch("status", "status", expected.status, actual.status, message) for message in messages]


def _check_status(rule: Rule, expected: int | None, actual: int | None) -> str | None:
    if rule.match != "statusCode":
        return check_json(rule, expected, actual, cascaded=False)
    wanted = rule.get("status")
    return None if _status_fits(wanted, actual or 0) else f"expected a status of {shown(wanted)}, seen {actual}"


def _status_fits(wanted: Any, status: int) -> bool:
    if isinstance(wanted, list):
        return status in wanted
    return status in STATUS_CLASSES.get(wanted or "success", range(0))


def _match_query_text(expected: str, actual: str) -> list[Mismatch]:
    if expected == actual or unquote(expected) == unquote(actual):
        return []
    return [Mismatch("query", "query", expected, actual, f"expected {shown(expected)}, seen {shown(actual)}")]


def _match_query(
    expected: Mapping[str, tuple[str, ...]], actual: Mapping[str, tuple[str, ...]], rules: RuleCategory
) -> list[Mismatch]:
    mismatches = []
    for name, values in expected.items():
        if name in actual:
            mismatches += _match_parameter(name, values, actual[name], rules)
        else:
            mismatches.append(
                Mismatch("query", name, list(values), ABSENT, f"expected {shown(list(values))}, seen nothing")
            )
    for name, values in actual.items():
        if name not in expected:
            mismatches.append(
                Mismatch("query", name, ABSENT, list(values), f"unexpected parameter, seen {shown(list(values))}")
            )
    return mismatches


def _match_parameter(
    name: str, expected: tuple[str, ...], actual: tuple[str, ...], rules: RuleCategory
) -> list[Mismatch]:
    messages = compare_values(expected, actual, rules_for_name(name, rules))
    return [Mismatch("query", name, one_or_all(expected), one_or_all(actual), message) for message in messages]


def _match_body(expected: Request | Response, actual: Request | Response, *, allow_unexpected: bool) -> list[Mismatch]:
    # A rule for the header says what types it takes, such as a multipart one with any boundary.
    any_type = bool(rules_for_name("content-type", expected.rules.category("header"), fold_case=True))
    rules = expected.rules.category("body")
    return match_body(expected.body, actual.body, rules, allow_unexpected=allow_unexpected, any_type=any_type)


def _match_metadata(expected: Mapping[str, Any], actual: Mapping[str, Any], rules: RuleCategory) -> list[Mismatch]:
    mismatches = []
    for name, value in expected.items():
        if name not in actual:
            if name.lower().replace("-", "") != "contenttype":  # the body's own type is compared with the body
                message = f"expected {shown(value)}, seen nothing"
                mismatches.append(Mismatch("metadata", name, value, ABSENT, message))
            continue
        whole = rules_for_name(name, rules).whole
        mismatches += [
            Mismatch("metadata", name, value, actual[name], message)
            for message in _metadata_messages(name, value, actual[name], whole)
        ]
    return mismatches


def _metadata_messages(name: str, expected: Any, actual: Any, rules: RuleList | None) -> list[str]:
    if rules is not None:
        return check_all(rules, lambda rule: check_json(rule, expected, actual, cascaded=False))
    if name.lower().replace("-", "") == "contenttype":
        same = same_media_type(
            Body("empty", content_type=str(expected)).media_type(), Body("empty", content_type=str(actual)).media_type()
        )
    else:
        same = strictly_equal(expected, actual)
    return [] if same else [f"expected {shown(expected)}, seen {shown(actual)}"]
