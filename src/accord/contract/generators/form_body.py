"""Generators in forms: at ``$.field`` and ``$.field[0]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from accord.contract.bodies import Body
from accord.contract.generators.values import as_text
from accord.contract.paths import weight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.contract.generators.json_body import Entry


def generate_form(body: Body, entries: Sequence[Entry]) -> Body:
    """A form with what the generators give for its fields."""
    pairs: list[tuple[str, Any]] = parse_qsl(body.text(), keep_blank_values=True)
    for tokens, replace in entries:
        seen: dict[str, int] = {}
        for position, (name, value) in enumerate(pairs):
            index = seen.get(name, 0)
            seen[name] = index + 1
            fits = bool(tokens) and weight(tokens[0], name) and (len(tokens) == 1 or weight(tokens[1], index))
            if fits:
                pairs[position] = (name, as_text(replace(value)))
    return Body.of_text(urlencode(pairs), body.content_type)
