"""Where PostgreSQL comes from: this machine, a container, or a URL; as for every other server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.core.errors import ResourceMissingError
from accord.infra import choice, containers, versions
from accord.infra.postgres.container import ContainerPostgres
from accord.infra.postgres.existing import ExistingPostgres
from accord.infra.postgres.recipe import PostgresRecipe
from accord.infra.postgres.server import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accord.infra.postgres.making import DatabaseMaker


def choose(
    *,
    provider: str | None = None,
    version: str | None = None,
    strict: bool = False,
    url: str | None = None,
    image: str | None = None,
    refused_hosts: Collection[str] = (),
    share: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> DatabaseMaker:
    """The server that the settings ask for, not started yet; a server by URL is connected, to learn its version.

    Args:
        provider: ``native``, ``container``, ``url`` or ``auto`` (native, else a container); by default ``url`` where
            there is one, else ``auto``.
        version: the version wanted; where it is not here the nearest newer one is taken, with a warning.
        strict: refuse another version instead.
        url: of a server that is there.
        image: of the container.
        refused_hosts: hosts a URL must not name, beside those called staging or production.
        share: processes that say the same word get the same server.
        settings: of a native server.

    Raises:
        UsageError: these do not go together, or the URL must not be used.
        ResourceMissingError: the version cannot be had.
    """
    title = PostgresRecipe.title
    word = choice.provider_of(title, provider=provider, url=url, known=("native", choice.CONTAINER, choice.URL))
    if word == choice.URL:
        existing = ExistingPostgres(url or "", share=share, refused_hosts=refused_hosts)
        with existing:
            versions.accept(title, asked=version, seen=existing.version, strict=strict)
        return existing
    if word == choice.CONTAINER or (word == choice.AUTOMATIC and not _is_here(version, strict=strict)):
        return ContainerPostgres(image or (f"postgres:{version}" if version else None))
    return PostgresServer(share=share, settings=settings, version=version, strict=strict)


def _is_here(version: str | None, *, strict: bool) -> bool:
    """Whether to take it from this machine; also where no container can help either, for its error says what to do."""
    try:
        PostgresRecipe(version=version, strict=strict).find()
    except ResourceMissingError:
        return containers.engine_problem() is not None
    return True
