"""How a stub says which URLs it stands for, and what an index can know of that beforehand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from accord.stub.matchers.matcher import edit_distance
from accord.stub.patterns import literal_prefix, matches_pattern, prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.stub.requests import StubRequest

KINDS = ("url", "urlPattern", "urlPath", "urlPathPattern", "urlPathTemplate")
_VARIABLE = re.compile(r"\{([^{}/]*)\}")


@dataclass(frozen=True, slots=True)
class UrlPattern:
    """One of WireMock's five ways to name URLs.

    Attributes:
        kind: one of KINDS; empty for any URL.
        text: as it stands in the mapping.
        literals: of a template, which segment must be which text.
        names: of a template, its variables.
    """

    kind: str = ""
    text: str = ""
    literals: Mapping[int, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    regex: str = ""

    @classmethod
    def of(cls, kind: str, text: str) -> UrlPattern:
        """Read one.

        Raises:
            PatternError: a pattern that is no regular expression.
        """
        if kind in ("urlPattern", "urlPathPattern"):
            prepare(text)
            return cls(kind, text, regex=text)
        if kind != "urlPathTemplate":
            return cls(kind, text)
        segments = text.split("/")[1:]
        literals = {index: unquote(each) for index, each in enumerate(segments) if "{" not in each}
        parts = _VARIABLE.split(text)
        regex = "".join(re.escape(part) if index % 2 == 0 else "([^/]+)" for index, part in enumerate(parts))
        return cls(kind, text, literals, tuple(name.partition("*")[0] for name in parts[1::2]), regex)

    @property
    def is_exact(self) -> bool:
        """Whether the URL or path is given as it is."""
        return self.kind in ("url", "urlPath")

    @property
    def prefix(self) -> str:
        """What every URL that fits begins with."""
        if self.is_exact:
            return self.text
        if self.kind == "urlPathTemplate":
            return self.text.partition("{")[0]
        return literal_prefix(self.text) if self.kind else ""

    def matches(self, request: StubRequest) -> bool:
        """Whether a request's URL fits; of a template, its values are left in the request, as they were sent."""
        kind = self.kind
        if kind == "urlPath":
            return request.path == self.text
        if kind == "url":
            return request.target == self.text
        if kind == "urlPathPattern":
            return matches_pattern(self.text, request.path)
        if kind == "urlPattern":
            return matches_pattern(self.text, request.target)
        if kind == "urlPathTemplate":
            found = re.fullmatch(self.regex, request.path)
            if found is None:
                return False
            request.path_values = dict(zip(self.names, found.groups(), strict=True))
        return True

    def distance(self, request: StubRequest) -> float:
        """How far a request's URL is from fitting, between 0 and 1."""
        if self.matches(request):
            return 0.0
        seen = request.target if self.kind in ("url", "urlPattern") else request.path
        return edit_distance(self.text, seen)

    def seen(self, request: StubRequest) -> str:
        """The part of a request's URL that is compared."""
        return request.target if self.kind in ("url", "urlPattern", "") else request.path


ANY_URL = UrlPattern()
