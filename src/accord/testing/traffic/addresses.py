"""Which participant a URL leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_PORTS = {"http": 80, "https": 443}


class Addresses:
    """The participants by their URLs.

    Args:
        providers: participant to its URL, or to several; a path in it is taken off what is called.

    Raises:
        UsageError: no URL with a host.
    """

    def __init__(self, providers: Mapping[str, str | Sequence[str]]) -> None:
        self._places: list[tuple[str, str, str]] = []
        for name, given in providers.items():
            urls: Sequence[Any] = given if isinstance(given, (list, tuple)) else [given]  # from a variable too
            for url in urls:
                origin = _origin(url) if isinstance(url, str) else None
                if origin is None:
                    raise UsageError(f"the provider {name}: expected a URL such as http://127.0.0.1:8001, seen {url!r}")
                self._places.append((origin, urlsplit(url).path.rstrip("/"), name))
        self._places.sort(key=lambda place: len(place[1]), reverse=True)

    def find(self, url: str) -> tuple[str, str] | None:
        """The participant and the target there, path with query; None for a URL of nobody's."""
        origin, parts = _origin(url), urlsplit(url)
        for known, base, name in self._places:
            if known == origin and (parts.path + "/").startswith(base + "/"):
                path = parts.path[len(base) :] or "/"
                return name, f"{path}?{parts.query}" if parts.query else path
        return None


class Told:
    """The participants as a function says, for services that share an address.

    Args:
        whose: URL to participant, or to None.
    """

    def __init__(self, whose: Callable[[str], str | None]) -> None:
        self._whose = whose

    def find(self, url: str) -> tuple[str, str] | None:
        """See Addresses."""
        name, parts = named(self._whose(url)), urlsplit(url)
        if name is None:
            return None
        return name, f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def named(name: object) -> str | None:
    """A name as a function of the test gave it.

    Raises:
        TypeError: it is none.
    """
    if name is None or isinstance(name, str):
        return name
    raise TypeError(f"expected a participant's name or None, seen {type(name).__name__}")


def _origin(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.scheme not in _PORTS:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port or _PORTS[parts.scheme]}"
