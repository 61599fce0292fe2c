"""Where the gateway is put together."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from fastapi import FastAPI

from shop.gateway.adapters.callers import TokenCallerReader
from shop.gateway.adapters.upstreams import HttpUpstreams
from shop.gateway.domain.routing import Upstream
from shop.gateway.http.problems import EXPLANATIONS
from shop.gateway.http.routes import routes
from shop.gateway.service.forwarding import Gateway, Policy
from shop.gateway.service.ports import CallerReader, Seconds, Upstreams
from shop.gateway.settings import Settings
from shop.kit.application import build_application, given_or_opened
from shop.kit.callers import TokenVerifier
from shop.kit.wire import utc_now


def create_app(
    settings: Settings | None = None,
    *,
    upstreams: Upstreams | None = None,
    callers: CallerReader | None = None,
    seconds: Seconds = time.monotonic,
) -> FastAPI:
    """Build the gateway; nothing opens before its lifespan starts.

    Args:
        settings: read from the environment when left out.
        upstreams: the services; over HTTP when left out.
        callers: knows callers by their tokens; UserService's tokens when left out.
        seconds: a clock that only goes forward.
    """
    chosen = settings or Settings.from_environment()
    known = TokenVerifier(chosen.stage, chosen.service_token)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            services: Upstreams = await given_or_opened(
                stack,
                upstreams,
                lambda: HttpUpstreams(chosen.upstream_urls, timeout=chosen.timeout),
            )
            if isinstance(services, HttpUpstreams):
                app.state.needs = {name.lower(): partial(services.check, name) for name in Upstream}
            reader = callers or TokenCallerReader(chosen.token_secret, known, utc_now)
            app.state.gateway = Gateway(services, reader, seconds, _policy(chosen))
            yield

    return build_application("Gateway", routes, lifespan=lifespan, explanations=EXPLANATIONS)


def _policy(settings: Settings) -> Policy:
    return Policy(
        requests_per_second=settings.requests_per_second,
        burst=settings.burst,
        breaker_failures=settings.breaker_failures,
        breaker_pause=settings.breaker_seconds,
        service_token=settings.service_token,
    )
