"""From JSON to a RequestPattern: fields checked one by one, each fault with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.stub.matchers.reading import read_many_matcher, read_matcher
from accord.stub.patterns import PatternError
from accord.stub.problems import MappingError, Problem, escaped, invalid, pass_over_unknown, refuse_unknown, shown
from accord.stub.request_parts import PartPattern
from accord.stub.request_pattern import ANY_METHOD, RequestPattern
from accord.stub.url_patterns import ANY_URL, KINDS, UrlPattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accord.stub.matchers.matcher import Matcher

_ORDER = (
    "scheme", "host", "port", "clientIp", "url", "urlPattern", "urlPath", "urlPathPattern", "urlPathTemplate", "method",
    "headers", "pathParameters", "queryParameters", "formParameters", "cookies", "basicAuthCredentials",
    "bodyPatterns", "customMatcher", "multipartPatterns",
)  # fmt: skip
_PART = ("name", "fileName", "matchingType", "headers", "bodyPatterns")
_URL_ORDER = ("url", "urlPath", "urlPathTemplate", "urlPattern", "urlPathPattern")
_HIGHEST_PORT = 65535


def read_request_pattern(document: Any, pointer: str = "/request") -> RequestPattern:
    """A request pattern.

    Args:
        document: its JSON value.
        pointer: where it stands.

    Raises:
        MappingError: unknown fields, or a field that is wrong.
    """
    if not isinstance(document, dict):
        raise invalid(pointer, f"an object is expected, seen {shown(repr(document))}")
    if "basicAuth" in document:  # WireMock's other name for it
        document = {"basicAuthCredentials": document["basicAuth"], **document}
        del document["basicAuth"]
    refuse_unknown(document, _ORDER, pointer)
    if document.get("customMatcher") is not None:
        detail = "a customMatcher is a Java class and does not work here; say it with and, or, not and matchesJsonPath"
        raise invalid(f"{pointer}/customMatcher", detail)
    url = _url(document, pointer)
    method = _method(document, pointer)
    credentials = _credentials(document, pointer)
    pattern = RequestPattern(
        method=method,
        url=url,
        scheme=_text(document, "scheme", pointer),
        host=_single(document, "host", pointer),
        port=_port(document, pointer),
        client=_single(document, "clientIp", pointer),
        headers=_named(document, "headers", pointer, read_many_matcher),
        path_values=_named(document, "pathParameters", pointer, read_matcher),
        query=_named(document, "queryParameters", pointer, read_many_matcher),
        form=_named(document, "formParameters", pointer, read_many_matcher),
        cookies=_named(document, "cookies", pointer, read_many_matcher),
        credentials=credentials,
        bodies=_bodies(document, pointer),
        parts=_parts(document, pointer),
        document=normal_form({**document, "method": method}, url),
    )
    missing = [name for name in pattern.path_values if name not in url.names]
    if missing and url.kind == "urlPathTemplate":
        known = ", ".join(url.names) or "none"
        raise invalid(
            f"{pointer}/pathParameters/{escaped(missing[0])}", f"{url.text} has no such variable; it has {known}"
        )
    return pattern


def normal_form(document: Mapping[str, Any], url: UrlPattern) -> dict[str, Any]:
    """The fields in WireMock's order, of several URL fields the one that counts."""
    found = {}
    for name in _ORDER:
        if document.get(name) is None:
            continue
        if name in KINDS and name != url.kind:
            continue
        found[name] = url.text if name in KINDS else document[name]
    return found


def _url(document: Mapping[str, Any], pointer: str) -> UrlPattern:
    given = [kind for kind in _URL_ORDER if document.get(kind) is not None]
    if not given:
        return ANY_URL
    text = document[given[0]]
    if isinstance(text, (dict, list)):
        raise invalid(f"{pointer}/{given[0]}", f"a text is expected, seen {shown(repr(text))}")
    try:
        return UrlPattern.of(given[0], str(text))
    except PatternError as error:
        raise invalid(f"{pointer}/{given[0]}", str(error)) from None


def _method(document: Mapping[str, Any], pointer: str) -> str:
    method = document.get("method") or ANY_METHOD
    if not isinstance(method, str):
        raise invalid(f"{pointer}/method", f"a text such as GET or ANY is expected, seen {shown(repr(method))}")
    return method


def _text(document: Mapping[str, Any], name: str, pointer: str) -> str | None:
    value = document.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(f"{pointer}/{name}", f"a text is expected, seen {shown(repr(value))}")
    return value


def _port(document: Mapping[str, Any], pointer: str) -> int | None:
    value = document.get("port")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _HIGHEST_PORT:
        raise invalid(f"{pointer}/port", f"a port between 1 and {_HIGHEST_PORT} is expected, seen {shown(repr(value))}")
    return value


def _single(document: Mapping[str, Any], name: str, pointer: str) -> Matcher | None:
    value = document.get(name)
    return None if value is None else read_matcher(value, f"{pointer}/{name}")


def _named(document: Mapping[str, Any], name: str, pointer: str, read: Callable[[Any, str], Any]) -> dict[str, Any]:
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid(f"{pointer}/{name}", f"an object of names and matchers is expected, seen {shown(repr(value))}")
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, each in value.items():
        try:
            found[key] = read(each, f"{pointer}/{name}/{escaped(key)}")
        except MappingError as error:
            problems += error.problems
    if problems:
        raise MappingError(*problems)
    return found


def _bodies(document: Mapping[str, Any], pointer: str) -> tuple[Matcher, ...]:
    value = document.get("bodyPatterns")
    if value is None:
        return ()
    place = f"{pointer}/bodyPatterns"
    if not isinstance(value, list):
        raise invalid(place, f"an array of matchers is expected, seen {shown(repr(value))}")
    return tuple(read_matcher(each, f"{place}/{index}") for index, each in enumerate(value))


def _credentials(document: Mapping[str, Any], pointer: str) -> tuple[str, str] | None:
    value = document.get("basicAuthCredentials")
    if value is None:
        return None
    place = f"{pointer}/basicAuthCredentials"
    if not isinstance(value, dict) or not isinstance(value.get("username"), str):
        raise invalid(place, "an object with username and password is expected")
    refuse_unknown(value, ("username", "password"), place)
    return value["username"], str(value.get("password"))


def _parts(document: Mapping[str, Any], pointer: str) -> tuple[PartPattern, ...]:
    value = document.get("multipartPatterns")
    if value is None:
        return ()
    place = f"{pointer}/multipartPatterns"
    if not isinstance(value, list):
        raise invalid(place, f"an array of objects is expected, seen {shown(repr(value))}")
    return tuple(_part(each, f"{place}/{index}") for index, each in enumerate(value))


def _part(document: Any, pointer: str) -> PartPattern:
    if not isinstance(document, dict):
        raise invalid(pointer, f"an object is expected, seen {shown(repr(document))}")
    refuse_unknown(document, _PART, pointer)
    pass_over_unknown(document, tuple(name for name in _PART if name != "fileName"), pointer)  # WireMock ignores it
    matching = document.get("matchingType", "ANY")
    if matching not in ("ANY", "ALL"):
        raise MappingError(Problem(f"{pointer}/matchingType", f"ANY or ALL is expected, seen {shown(repr(matching))}"))
    return PartPattern(
        name=_text(document, "name", pointer),
        headers=_named(document, "headers", pointer, read_many_matcher),
        bodies=_bodies(document, pointer),
        every=matching == "ALL",
    )
