"""Parts of paths as parameters: one raw segment each, so that a name may have slashes."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Path
from starlette.convertors import Convertor, register_url_convertor

from accord.hub.wire.paths import name_of


class SegmentConvertor(Convertor[str]):
    """A segment of the raw path, unescaped."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        """The name in the segment."""
        return name_of(value)

    def to_string(self, value: str) -> str:
        """The segment for a name."""
        return quote(value, safe="")


register_url_convertor("name", SegmentConvertor())

Name = Annotated[str, Path(description="A participant's name.")]
Consumer = Annotated[str, Path(description="The consumer's name.")]
Provider = Annotated[str, Path(description="The provider's name.")]
Number = Annotated[str, Path(description="A version number.")]
Tag = Annotated[str, Path(description="A tag.")]
Branch = Annotated[str, Path(description="A branch.")]
Sha = Annotated[str, Path(description="The SHA-1 of a pact's content.")]
Segment = Annotated[str, Path(description="The metadata of a pact's URL.")]
Uuid = Annotated[str, Path(description="A UUID.")]
Text = Annotated[str, Path()]
