"""Where a server comes from: this machine, a container, or a URL; chosen by the caller, else the first that works."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import ResourceMissingError, UsageError
from accord.infra import containers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accord.infra.held import Held, Source

AUTOMATIC, CONTAINER, URL = "auto", "container", "url"


def choose(
    title: str, *, provider: str | None, url: str | None, named: bool, sources: Mapping[str, Callable[[], Source]]
) -> Source:
    """The source of the provider asked for.

    Args:
        title: which server, for messages.
        provider: one of the sources' names, or ``auto``; None means ``url`` where there is one, else ``auto``.
        url: the URL of a server that is there, if any.
        named: whether the caller has named a program, which ``auto`` then takes and nothing else.
        sources: by provider, the way to make its source; the first is what ``auto`` tries before a container.

    Raises:
        UsageError: there is no such provider, or it needs a URL and there is none (or the other way round).
    """
    chosen = provider or (URL if url else AUTOMATIC)
    known = [AUTOMATIC, *sources]
    if chosen not in known:
        near = difflib.get_close_matches(chosen, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
        raise UsageError(f"{title} has no provider {chosen!r}; {hint}")
    if url and chosen != URL:
        raise UsageError(f"{title} has a URL and the provider {chosen!r}, which does not use it: leave one of them out")
    if chosen == URL and not url:
        raise UsageError(f'the provider "url" of {title} needs its URL: url = "…" beside it')
    if chosen != AUTOMATIC:
        return sources[chosen]()
    native = next(iter(sources))
    if named:
        return sources[native]()
    return FirstThatIsHere(sources[native](), sources[CONTAINER])


@dataclass(frozen=True)
class FirstThatIsHere:
    """The programs of this machine, else a container where an engine answers.

    Attributes:
        native: the source on this machine.
        container: makes the source in a container.
    """

    native: Source
    container: Callable[[], Source]

    @property
    def title(self) -> str:
        return self.native.title

    @property
    def share(self) -> str | None:
        return self.native.share

    def start(self) -> Held:
        """Start it where it can be.

        Raises:
            ResourceMissingError: neither is here; the message names both.
            ResourceError: it did not start.
        """
        try:
            return self.native.start()
        except ResourceMissingError as missing:
            if problem := containers.engine_problem():
                raise ResourceMissingError(f"{missing} A container cannot help either: {problem}.") from None
            return self.container().start()
