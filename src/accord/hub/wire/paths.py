"""Names in paths: one segment each, whatever characters a name has."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes


@lru_cache(maxsize=8192)
def segment(name: str) -> str:
    """A name as one path segment; all but letters, digits and ``-._~`` is escaped, slashes too."""
    return quote(name, safe="")


def path(*parts: str) -> str:
    """A path from its parts, each escaped: ``path("pacticipants", "a/b")`` is ``/pacticipants/a%2Fb``."""
    return "/" + "/".join(map(segment, parts))


def name_of(raw: str) -> str:
    """The name in a raw segment.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    return unquote_to_bytes(raw).decode("utf-8")
