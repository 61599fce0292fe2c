"""The ``metadata`` segment of a pact's URL: why it was chosen, as a query in URL-safe Base64.

The provider's results carry it back, so that the hub knows which consumer versions they speak of.
    s   the selectors: t tag, b branch, l latest, cv consumer version (the hub's number for it)
    p   pending, w work in progress, cvn consumer version, cvt its tags
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from accord.hub.wire.queries import build_nested, parse_nested

if TYPE_CHECKING:
    from collections.abc import Mapping


def encode_metadata(values: Mapping[str, Any]) -> str:
    """Values as a segment, without padding."""
    return base64.urlsafe_b64encode(build_nested(values).encode()).decode().rstrip("=")


def decode_metadata(segment: str) -> dict[str, Any]:
    """The values of a segment; what cannot be read has none, for the segment is only a hint."""
    try:
        text = base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True).decode()
        return parse_nested(text)
    except ValueError:  # no Base64, no UTF-8, no query
        return {}
