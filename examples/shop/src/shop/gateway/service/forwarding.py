"""Passing a request on: who calls, how often, to whom; and what is answered when nobody is there."""

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from shop.gateway.domain.breaker import Breaker
from shop.gateway.domain.rate_limit import RateLimit
from shop.gateway.domain.routing import Access, Route, Upstream, find, without_prefix
from shop.gateway.service.errors import (
    ForbiddenError,
    MethodRefusedError,
    TooManyRequestsError,
    UnknownCallerError,
    UnknownPathError,
    UpstreamUnavailableError,
)
from shop.gateway.service.ports import Answer, Caller, CallerReader, Inbound, Seconds, UpstreamError, Upstreams

_log = logging.getLogger(__name__)
_MOST_REMEMBERED = 1000
_REPEATABLE = frozenset({"GET", "HEAD"})
# What concerns one connection, and what only the gateway may say: who calls.
_DROPPED = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
        "content-length",
        "authorization",
        "x-user-id",
        "traceparent",
        "x-trace-id",
        "forwarded",
        "x-forwarded-for",
    },
)


@dataclass(frozen=True, slots=True)
class Policy:
    """How the gateway treats callers and services.

    Args:
        requests_per_second: of one caller, in the long run.
        burst: of one caller at once.
        breaker_failures: in a row, before a service is left alone.
        breaker_pause: seconds.
        service_token: what the gateway shows services when staff calls.
    """

    requests_per_second: float = 50
    burst: int = 100
    breaker_failures: int = 5
    breaker_pause: float = 10
    service_token: str = ""


class Gateway:
    """The one door.

    Args:
        upstreams: the services.
        callers: knows callers by their tokens.
        seconds: a clock that only goes forward.
        policy: how callers and services are treated.
    """

    def __init__(self, upstreams: Upstreams, callers: CallerReader, seconds: Seconds, policy: Policy) -> None:
        self._upstreams = upstreams
        self._callers = callers
        self._seconds = seconds
        self._policy = policy
        self._limit = RateLimit(policy.requests_per_second, policy.burst)
        self._breakers = {name: Breaker(policy.breaker_failures, policy.breaker_pause) for name in Upstream}
        self._remembered: OrderedDict[tuple[str, str], Answer] = OrderedDict()

    @property
    def breakers(self) -> Mapping[Upstream, Breaker]:
        """The breaker of each service."""
        return self._breakers

    async def handle(self, request: Inbound) -> Answer:
        """Answer a request.

        Raises:
            GatewayError: it goes no further; the kind says why.
        """
        caller = self._caller(request)
        self._count(request, caller)
        route = find(request.method, request.path)
        if not isinstance(route, Route):
            raise MethodRefusedError(route) if route else UnknownPathError
        request = self._admitted(request, route, caller)
        stale = self._remembered.get((request.path, request.query)) if route.remembered else None
        try:
            answer = await self._sent(route, request)
        except UpstreamUnavailableError:
            if stale:
                return stale
            raise
        if stale and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return stale
        if route.remembered and answer.status == HTTPStatus.OK and request.method == "GET":
            self._remember(request, answer)
        return answer

    def _caller(self, request: Inbound) -> Caller | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return self._callers.caller_of(token.strip()) if scheme.lower() == "bearer" else None

    def _count(self, request: Inbound, caller: Caller | None) -> None:
        wait = self._limit.take(caller.user_id if caller else f"at {request.address}", self._seconds())
        if wait:
            raise TooManyRequestsError(wait)

    def _admitted(self, request: Inbound, route: Route, caller: Caller | None) -> Inbound:
        """The request as a service may see it: from a caller who may make it, said by the gateway alone."""
        headers = {name: value for name, value in request.headers.items() if name not in _DROPPED}
        if route.access is Access.OPEN:
            return replace(request, headers=headers)
        if caller is None:
            raise UnknownCallerError
        if route.access is Access.STAFF and not caller.is_staff:
            raise ForbiddenError
        if route.access is Access.SELF:
            request = replace(request, path=_own(request.path, caller))
        headers["x-user-id"] = caller.user_id
        if caller.is_staff:
            headers["authorization"] = f"Bearer {self._policy.service_token}"
        return replace(request, headers=headers)

    async def _sent(self, route: Route, request: Inbound) -> Answer:
        """Pass it on; what only reads and surely was not seen is tried once more."""
        try:
            return await self._tried(route.upstream, request)
        except UpstreamError as error:
            if not (error.never_sent and request.method in _REPEATABLE):
                raise self._unavailable(route.upstream, error) from error
        try:
            return await self._tried(route.upstream, request)
        except UpstreamError as error:
            raise self._unavailable(route.upstream, error) from error

    async def _tried(self, upstream: Upstream, request: Inbound) -> Answer:
        breaker = self._breakers[upstream]
        if not breaker.allows(self._seconds()):
            raise UpstreamUnavailableError(upstream, breaker.wait(self._seconds()) or self._policy.breaker_pause)
        try:
            answer = await self._upstreams.send(upstream, request)
        except UpstreamError:
            breaker.failed(self._seconds())
            raise
        if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            breaker.succeeded()
            return answer
        breaker.failed(self._seconds())
        if "json" not in answer.headers.get("content-type", ""):  # not the service's own words: something before it
            raise UpstreamError(f"answered {answer.status} with a page of somebody else's")
        return answer

    def _unavailable(self, upstream: Upstream, error: UpstreamError) -> UpstreamUnavailableError:
        _log.warning("%s: %s", upstream, error)
        wait = self._breakers[upstream].wait(self._seconds())
        return UpstreamUnavailableError(upstream, wait or 1, too_slow=error.too_slow)

    def _remember(self, request: Inbound, answer: Answer) -> None:
        key = (request.path, request.query)
        headers = {**answer.headers, "warning": '110 - "Response is Stale"'}
        self._remembered[key] = replace(answer, headers=headers)
        self._remembered.move_to_end(key)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)


def _own(path: str, caller: Caller) -> str:
    """The path of a user, who may be called `me`; another's does not exist, except for staff."""
    user_id = without_prefix(path).strip("/").split("/")[1]
    if user_id == "me":
        return path.replace("/users/me", f"/users/{caller.user_id}", 1)
    if user_id != caller.user_id and not caller.is_staff:
        raise UnknownPathError
    return path
