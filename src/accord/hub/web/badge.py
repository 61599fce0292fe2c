"""Badges, drawn here: two fields with text."""

from __future__ import annotations

import re
from html import escape

_COLOURS = {
    "brightgreen": "#4c1",
    "red": "#e05d44",
    "orange": "#fe7d37",
    "lightgrey": "#9f9f9f",
}
_WIDE, _NARROW = set("mwMW@%&"), set("iljtfrI.,:;|!'()[] ")


def badge(left: str, right: str, colour: str) -> str:
    """A badge as SVG."""
    left, right = _short(left), _short(right)
    first, second = _width(left), _width(right)
    whole = first + second
    text = f"{escape(left)}: {escape(right)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" aria-label="{text}">'
        f"<title>{text}</title>"
        '<linearGradient id="s" x2="0" y2="100%"><stop offset="0" stop-color="#bbb" stop-opacity=".1"/>'
        '<stop offset="1" stop-opacity=".1"/></linearGradient>'
        f'<clipPath id="r"><rect width="{whole}" height="20" rx="3" fill="#fff"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{first}" height="20" fill="#555"/>'
        f'<rect x="{first}" width="{second}" height="20" fill="{_COLOURS[colour]}"/>'
        f'<rect width="{whole}" height="20" fill="url(#s)"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">'
        f"{_label(first / 2, escape(left))}{_label(first + second / 2, escape(right))}</g></svg>"
    )


def _label(x: float, text: str) -> str:
    return (
        f'<text x="{x:g}" y="15" fill="#010101" fill-opacity=".3" aria-hidden="true">{text}</text>'
        f'<text x="{x:g}" y="14">{text}</text>'
    )


def _short(text: str) -> str:
    text = re.sub(r"[\x00-\x1f]", " ", text)
    return text if len(text) <= 100 else f"{text[:99]}…"  # noqa: PLR2004 - what a line of a README holds


def _width(text: str) -> int:
    units = sum(9.5 if each in _WIDE else 4.2 if each in _NARROW else 6.9 for each in text)
    return round(units) + 10


def initials(name: str) -> str:
    """``Order Service`` and ``OrderService`` as ``os``; one word stays."""
    words = [each for each in re.split(r"[\s_\-]", name) if each]
    if len(words) == 1:
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z\d]*|[a-z\d]+", words[0]) or words
    return "".join(each[0] for each in words).lower() if len(words) > 1 else name.lower()
