"""Matchers in words of Python, for stubs and verifications: ``json_path("$.total", matches("[0-9]+"))``."""

from __future__ import annotations

import base64
from typing import Any

from accord.core.errors import UsageError


class Match(dict[str, Any]):
    """A matcher as WireMock's JSON has it; a class of its own, so that a body of plain JSON is told from it."""


def equal_to(text: str, *, ignore_case: bool = False) -> Match:
    """The same text."""
    return Match(equalTo=text, **({"caseInsensitive": True} if ignore_case else {}))


def contains(text: str) -> Match:
    """A text with that in it."""
    return Match(contains=text)


def matches(pattern: str) -> Match:
    """A text that a regular expression matches as a whole."""
    return Match(matches=pattern)


def absent() -> Match:
    """Nothing: no such header, parameter, cookie, or no body."""
    return Match(absent=True)


def anything() -> Match:
    """Whatever it is."""
    return Match(anything="anything")


def equal_to_json(value: Any, *, any_order: bool = False, extra_fields: bool = False) -> Match:
    """The same JSON.

    Args:
        value: what is expected; texts may be placeholders such as ``${json-unit.any-string}``.
        any_order: arrays in any order.
        extra_fields: objects may have more fields.
    """
    return Match(equalToJson=value, ignoreArrayOrder=any_order, ignoreExtraElements=extra_fields)


def json_path(expression: str, inner: Match | str | None = None) -> Match:
    """JSON in which a path finds something, or something that a matcher or text fits."""
    if inner is None:
        return Match(matchesJsonPath=expression)
    return Match(matchesJsonPath={"expression": expression, **(equal_to(inner) if isinstance(inner, str) else inner)})


def json_schema(schema: Any) -> Match:
    """JSON that a schema allows."""
    return Match(matchesJsonSchema=schema)


def equal_to_xml(text: str) -> Match:
    """The same XML, white space aside."""
    return Match(equalToXml=text)


def xpath(expression: str, inner: Match | str | None = None) -> Match:
    """XML in which an XPath finds something, or something that a matcher or text fits."""
    if inner is None:
        return Match(matchesXPath=expression)
    return Match(matchesXPath={"expression": expression, **(equal_to(inner) if isinstance(inner, str) else inner)})


def all_of(*inner: Match) -> Match:
    """What every one fits."""
    return Match({"and": list(inner)})


def any_of(*inner: Match) -> Match:
    """What one of them fits."""
    return Match({"or": list(inner)})


def not_(inner: Match) -> Match:
    """What a matcher does not fit."""
    return Match({"not": inner})


def request_pattern(
    method: str,
    url: str | Match,
    *,
    query: dict[str, Any] | None = None,
    headers: dict[str, Any] | None = None,
    cookies: dict[str, Any] | None = None,
    form: dict[str, Any] | None = None,
    body: Any = None,
) -> dict[str, Any]:
    """A request pattern in WireMock's JSON.

    Args:
        method: such as ``GET``, or ``ANY``.
        url: a path; with a ``?`` path and query; with ``{}`` a template; or ``matches(…)`` for a path by pattern.
        query: parameters: texts, or matchers.
        headers: as query.
        cookies: as query.
        form: fields of a form, as query.
        body: a text, bytes, JSON, a matcher, or a list of matchers that all must fit.
    """
    pattern: dict[str, Any] = {"method": method.upper(), **_url(url)}
    named = {"queryParameters": query, "headers": headers, "cookies": cookies, "formParameters": form}
    for key, values in named.items():
        if values:
            pattern[key] = {
                name: each if isinstance(each, Match) else equal_to(str(each)) for name, each in values.items()
            }
    if body is not None:
        pattern["bodyPatterns"] = _bodies(body)
    return pattern


def _url(url: str | Match) -> dict[str, str]:
    if isinstance(url, Match):
        for operator, kind in (("matches", "urlPathPattern"), ("equalTo", "urlPath")):
            if operator in url:
                return {kind: url[operator]}
        raise UsageError(
            f"a path is compared by a text, equal_to(…) or matches(…), not by {next(iter(url), 'nothing')}"
        )
    if not isinstance(url, str) or not url.startswith(("/", "{")):
        raise UsageError(f"a path begins with '/', such as '/orders/{{id}}'; seen {url!r}")
    if "?" in url:
        return {"url": url}
    return {"urlPathTemplate": url} if "{" in url else {"urlPath": url}


def _bodies(body: Any) -> list[Match]:
    if isinstance(body, list) and body and all(isinstance(each, Match) for each in body):
        return body
    if isinstance(body, Match):
        return [body]
    if isinstance(body, bytes):
        return [Match(binaryEqualTo=base64.b64encode(body).decode())]
    return [equal_to(body)] if isinstance(body, str) else [equal_to_json(body)]
