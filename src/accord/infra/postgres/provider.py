"""Which PostgreSQL the tests get: Accord's own, one in a container, or one that is there already."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from accord.core.errors import ResourceMissingError, UsageError
from accord.infra import versions
from accord.infra.containers import engine_problem
from accord.infra.postgres.container import ContainerPostgres
from accord.infra.postgres.existing import ExistingPostgres
from accord.infra.postgres.server import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accord.infra.postgres.making import DatabaseMaker
    from accord.infra.settings import ServerSettings

_PROVIDERS = ("auto", "native", "container", "url")


def start(
    wanted: ServerSettings,
    *,
    share: str | None = None,
    settings: Mapping[str, str] | None = None,
    refused_hosts: Collection[str] = (),
) -> DatabaseMaker:
    """Start the server that is wanted; ``auto`` takes a container where this machine has no PostgreSQL.

    Args:
        wanted: what the configuration and the environment say.
        share: the word of those who share it.
        settings: the server's settings; of Accord's own alone.
        refused_hosts: hosts that a URL must not name.

    Raises:
        UsageError: the settings do not fit together.
        ResourceMissingError: there is no such server here.
        ResourceError: it does not start, or has another version and ``strict`` refuses that.
    """
    provider = _provider(wanted)
    if provider == "url":
        return _checked(ExistingPostgres(wanted.url or "", share=share, refused_hosts=refused_hosts), wanted)
    if provider == "container":
        return _checked(_container(wanted), wanted)
    own = PostgresServer(share=share, settings=settings, version=wanted.version, strict=wanted.strict)
    try:
        return own.start()
    except ResourceMissingError as missing:
        if provider == "native":
            raise
        if problem := engine_problem():
            raise ResourceMissingError(f"{missing} A container cannot help either: {problem}.") from None
        return _checked(_container(wanted), wanted)


def _provider(wanted: ServerSettings) -> str:
    provider = wanted.provider or ("url" if wanted.url else "auto")
    if provider not in _PROVIDERS:
        near = difflib.get_close_matches(provider, _PROVIDERS, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(_PROVIDERS)}"
        raise UsageError(f"PostgreSQL has no provider {provider!r}; {hint}")
    if wanted.url and provider != "url":
        raise UsageError(f"PostgreSQL has a URL and the provider {provider!r}, which does not use it: leave one out")
    if provider == "url" and not wanted.url:
        raise UsageError('the provider "url" of PostgreSQL needs its URL: url = "…" beside it')
    return provider


def _container(wanted: ServerSettings) -> ContainerPostgres:
    image = wanted.image or (f"postgres:{wanted.version}-alpine" if wanted.version else None)
    return ContainerPostgres(image) if image else ContainerPostgres()


def _checked(server: DatabaseMaker, wanted: ServerSettings) -> DatabaseMaker:
    """Start it, and compare its version with the one asked for."""
    server.start()
    try:
        versions.accept("PostgreSQL", asked=wanted.version, seen=server.version, strict=wanted.strict)
    except BaseException:
        server.stop()
        raise
    return server
