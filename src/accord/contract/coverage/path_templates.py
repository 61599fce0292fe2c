"""Paths as operations: which segments name the operation, and which are an identifier of some thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACE = "{id}"
_VERSION = re.compile(r"v\d+(\.\d+)*", re.IGNORECASE)
_VARIABLE = re.compile(r"\{[^{}/]+\}")


class PathTemplates:
    """Tells which paths are of one operation.

    A segment with a digit, an ``@`` or an escape is taken for an identifier, but for a version such as ``v1``; paths
    that this does not suit are given as templates.

    Args:
        templates: such as ``/users/{name}/cart``; of those that fit a path the one with the most fixed segments counts.
    """

    def __init__(self, templates: Sequence[str] = ()) -> None:
        split = [tuple(template.strip("/").split("/")) for template in templates]
        self._templates = sorted(split, key=lambda parts: sum(bool(_VARIABLE.fullmatch(part)) for part in parts))

    def template_of(self, path: str) -> str:
        """The path with ``{id}`` in place of each identifier."""
        parts = tuple(path.strip("/").split("/"))
        for template in self._templates:
            if len(template) == len(parts) and all(map(_fits, template, parts)):
                return "/" + "/".join(PLACE if _VARIABLE.fullmatch(part) else part for part in template)
        return "/" + "/".join(PLACE if is_identifier(part) else part for part in parts)

    def same(self, one: str, other: str) -> bool:
        """Whether two paths are of one operation."""
        return one == other or self.template_of(one) == self.template_of(other)


def is_identifier(segment: str) -> bool:
    """Whether a segment looks like the identifier of a thing, and not like a word that names an operation."""
    if _VERSION.fullmatch(segment):
        return False
    return any(letter.isdigit() or letter in "@%" for letter in segment)


def _fits(part: str, segment: str) -> bool:
    return bool(_VARIABLE.fullmatch(part)) or part == segment
