"""What a stub, a verification or a search asks of a request, and how far a request is from it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.stub.matchers.logic import AnyOf
from accord.stub.matchers.texts import EqualTo
from accord.stub.request_parts import ContractRequest, Difference, PartPattern
from accord.stub.url_patterns import ANY_URL, UrlPattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from accord.stub.matchers.logic import ManyMatcher
    from accord.stub.matchers.matcher import Matcher
    from accord.stub.requests import StubRequest

ANY_METHOD = "ANY"
_WEIGHTS = {"scheme": 3.0, "host": 10.0, "port": 10.0, "clientIp": 3.0, "url": 10.0, "method": 3.0}


@dataclass(frozen=True, slots=True)
class RequestPattern:
    """What is asked of a request; what is not given does not matter.

    Attributes:
        method: as it must be sent, or ANY.
        document: the JSON that it was read from, in its normal form.
        contract: what a contract asks besides, or None.
    """

    method: str = ANY_METHOD
    url: UrlPattern = ANY_URL
    scheme: str | None = None
    host: Matcher | None = None
    port: int | None = None
    client: Matcher | None = None
    headers: Mapping[str, ManyMatcher] = field(default_factory=dict)
    path_values: Mapping[str, Matcher] = field(default_factory=dict)
    query: Mapping[str, ManyMatcher] = field(default_factory=dict)
    form: Mapping[str, ManyMatcher] = field(default_factory=dict)
    cookies: Mapping[str, ManyMatcher] = field(default_factory=dict)
    credentials: tuple[str, str] | None = None
    bodies: tuple[Matcher, ...] = ()
    parts: tuple[PartPattern, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    contract: ContractRequest | None = None
    has_rare: bool = field(init=False, default=True)

    def __post_init__(self) -> None:
        """Note once whether anything that few patterns ask for is asked for."""
        rare = (
            self.cookies or self.form or self.parts or self.path_values or self.scheme or self.host or self.port
            or self.client or self.credentials or self.contract
        )  # fmt: skip
        object.__setattr__(self, "has_rare", bool(rare))

    @property
    def is_simple(self) -> bool:
        """Whether nothing but method and URL matters."""
        return not (self.headers or self.query or self.bodies or self.has_rare)

    def matches(self, request: StubRequest) -> bool:
        """Whether a request fits; asks first what costs least."""
        if self.method not in (ANY_METHOD, request.method):
            return False
        return self.url.matches(request) and self.matches_rest(request)

    def matches_rest(self, request: StubRequest) -> bool:
        """Whether all beyond method and URL fits."""
        for name, matcher in self.headers.items():
            if not matcher.matches(request.header_values(name)):
                return False
        for name, matcher in self.query.items():
            if not matcher.matches(_parameter(request, name)):
                return False
        if self.bodies and not all(each.matches_body(request) for each in self.bodies):
            return False
        return not self.has_rare or self._matches_rare(request)

    def _matches_rare(self, request: StubRequest) -> bool:
        return (
            all(each.matches(request.cookies.get(name, [])) for name, each in self.cookies.items())
            and all(each.matches(request.form.get(name, [])) for name, each in self.form.items())
            and all(each.matches(request.path_values.get(name)) for name, each in self.path_values.items())
            and (self.credentials is None or _credentials_of(request) == self.credentials)
            and self.scheme in (None, request.scheme)
            and (self.host is None or self.host.matches(request.host))
            and self.port in (None, request.host_port)
            and (self.client is None or self.client.matches(request.client))
            and all(each.matches(request) for each in self.parts)
            and (self.contract is None or not self.contract.differences(request))
        )

    def distance(self, request: StubRequest) -> float:
        """How far a request is from fitting: 0 fits, 1 differs in everything; weighed as WireMock does."""
        found = list(self._distances(request))
        return sum(weight * distance for weight, distance in found) / sum(weight for weight, _ in found)

    def _distances(self, request: StubRequest) -> Iterator[tuple[float, float]]:
        yield _WEIGHTS["scheme"], float(self.scheme not in (None, request.scheme))
        yield _WEIGHTS["host"], self.host.distance(request.host) if self.host else 0.0
        yield _WEIGHTS["port"], float(self.port not in (None, request.host_port))
        yield _WEIGHTS["clientIp"], self.client.distance(request.client) if self.client else 0.0
        yield _WEIGHTS["url"], self.url.distance(request)
        yield _WEIGHTS["method"], float(self.method not in (ANY_METHOD, request.method))
        for matchers, values in self._named(request):
            if matchers:
                distances = [each.distance(values(name)) for name, each in matchers.items()]
                yield 1.0, sum(distances) / len(distances)
        if self.path_values:
            values_of = [each.distance(request.path_values.get(name)) for name, each in self.path_values.items()]
            yield 1.0, sum(values_of) / len(values_of)
        if self.credentials is not None:
            yield 1.0, float(_credentials_of(request) != self.credentials)
        if self.bodies:
            yield 1.0, sum(each.body_distance(request) for each in self.bodies) / len(self.bodies)
        if self.contract is not None:
            yield 5.0, min(1.0, len(self.contract.differences(request)) / 5)
        if self.parts:
            yield 1.0, sum(not each.matches(request) for each in self.parts) / len(self.parts)

    def _named(self, request: StubRequest) -> list[tuple[Mapping[str, ManyMatcher], Any]]:
        return [
            (self.headers, request.header_values),
            (self.query, lambda name: _parameter(request, name)),
            (self.form, lambda name: request.form.get(name, [])),
            (self.cookies, lambda name: request.cookies.get(name, [])),
        ]

    def differences(self, request: StubRequest) -> list[Difference]:
        """Why a request does not fit; empty where it does."""
        return list(self._differences(request))

    def _differences(self, request: StubRequest) -> Iterator[Difference]:
        if self.method not in (ANY_METHOD, request.method):
            yield Difference("method", self.method, request.method)
        if not self.url.matches(request):
            yield Difference(self.url.kind, self.url.text, self.url.seen(request))
        yield from self._named_differences(request)
        if self.credentials is not None and _credentials_of(request) != self.credentials:
            yield Difference("header Authorization", f"basic credentials of {self.credentials[0]!r}", _who(request))
        yield from self._rare_differences(request)
        yield from self._body_differences(request)
        if self.contract is not None:
            yield from self.contract.differences(request)

    def _named_differences(self, request: StubRequest) -> Iterator[Difference]:
        labels = ("header", "query parameter", "form field", "cookie")
        for label, (matchers, values) in zip(labels, self._named(request), strict=True):
            for name, matcher in matchers.items():
                seen = values(name)
                if not matcher.matches(seen):
                    yield from _named_difference(f"{label} {name}", matcher, seen)
        for name, each in self.path_values.items():
            value = request.path_values.get(name)
            if not each.matches(value):
                yield Difference(f"path parameter {name}", each.describe(), "nothing" if value is None else value)

    def _body_differences(self, request: StubRequest) -> Iterator[Difference]:
        for each in self.bodies:
            if not each.matches_body(request):
                for place, expected, seen in each.differences(request.text if request.body else None):
                    yield Difference(f"body {place}".rstrip(), expected, seen)
        for part in self.parts:
            if not part.matches(request):
                names = ", ".join(str(each.name) for each in request.parts) or "no parts"
                yield Difference("multipart body", part.describe(), names)

    def _rare_differences(self, request: StubRequest) -> Iterator[Difference]:
        if self.scheme not in (None, request.scheme):
            yield Difference("scheme", str(self.scheme), request.scheme)
        if self.host is not None and not self.host.matches(request.host):
            yield Difference("host", self.host.describe(), request.host)
        if self.port not in (None, request.host_port):
            yield Difference("port", str(self.port), str(request.host_port))
        if self.client is not None and not self.client.matches(request.client):
            yield Difference("client IP", self.client.describe(), request.client)

    def literals(self) -> list[tuple[tuple[str, str], str]]:
        """What must be there letter by letter, so that an index can tell at once who cannot fit."""
        found = [(("path", str(index)), text) for index, text in self.url.literals.items()]
        for kind, matchers in (("header", self.headers), ("query", self.query), ("cookie", self.cookies)):
            for name, matcher in matchers.items():
                single = matcher.single if isinstance(matcher, AnyOf) else None
                if isinstance(single, EqualTo) and not single.fold:
                    found.append(((kind, name.lower() if kind == "header" else name), single.expected))
        return sorted(found)

    def describe(self) -> str:
        """Method and URL, in a line."""
        return f"{self.method} {self.url.text or '(any URL)'}"


def _named_difference(place: str, matcher: ManyMatcher, seen: Sequence[str]) -> Iterator[Difference]:
    if isinstance(matcher, AnyOf) and len(seen) == 1:
        for below, expected, value in matcher.single.differences(seen[0]):
            yield Difference(f"{place} {below}".rstrip(), expected, value)
    else:
        yield Difference(place, matcher.describe(), ", ".join(seen) if seen else "nothing")


def _parameter(request: StubRequest, name: str) -> Sequence[str]:
    return request.query.get(name, ())


def _credentials_of(request: StubRequest) -> tuple[str, str] | None:
    scheme, _, value = (request.header("authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(value).decode("utf-8", "replace").partition(":")
    except ValueError:
        return None
    return name, password


def _who(request: StubRequest) -> str:
    """Whom a request is from, without its password."""
    found = _credentials_of(request)
    if found is not None:
        return f"basic credentials of {found[0]!r}"
    return "nothing" if request.header("authorization") is None else "another scheme"
