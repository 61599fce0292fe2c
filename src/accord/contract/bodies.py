"""Bodies: missing, null, empty or present; bytes with a content type, parsed as JSON once at most."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from accord.core.documents import json_bytes, parse_json_body

if TYPE_CHECKING:
    from collections.abc import Mapping

BodyState = Literal["missing", "null", "empty", "present"]

_UNPARSED: Any = object()
NO_EXTRA: Mapping[str, Any] = MappingProxyType({})


class Body:
    """The body of a request, response or message. Not changed after it is made.

    Attributes:
        state: ``missing`` (nothing is said about it), ``null``, ``empty`` or ``present``.
        content_type: as declared with the body or by the headers, or None.
        extra: unknown keys beside the content in a file, such as ``contentTypeHint``, kept for a round trip.
    """

    __slots__ = ("_data", "_value", "content_type", "extra", "state")

    def __init__(
        self,
        state: BodyState,
        *,
        data: bytes | None = None,
        value: Any = _UNPARSED,
        content_type: str | None = None,
        extra: Mapping[str, Any] = NO_EXTRA,
    ) -> None:
        self.state = state
        self.content_type = content_type
        self.extra = extra
        self._data = data
        self._value = value

    @classmethod
    def of_bytes(cls, data: bytes, content_type: str | None = None) -> Body:
        """A body as it came over a wire; no bytes make an empty one."""
        return cls("present" if data else "empty", data=data, content_type=content_type)

    @classmethod
    def of(cls, value: Any) -> Body:
        """A body of a plain value: bytes and texts as they are, all else as JSON."""
        if isinstance(value, (bytes, bytearray)):
            return cls.of_bytes(bytes(value))
        return cls.of_text(value) if isinstance(value, str) else cls.of_json(value)

    @classmethod
    def of_json(cls, value: Any, content_type: str | None = "application/json") -> Body:
        """A body with a JSON value, kept as it is."""
        return cls("present", value=value, content_type=content_type)

    @classmethod
    def of_text(cls, text: str, content_type: str | None = None) -> Body:
        """A body with text, in UTF-8."""
        return cls.of_bytes(text.encode("utf-8", "backslashreplace"), content_type)

    @property
    def data(self) -> bytes:
        """The bytes; none unless the body is present."""
        if self._data is None:
            if self.state != "present":
                return b""
            self._data = json_bytes(self._value)
        return self._data

    @property
    def is_present(self) -> bool:
        """Whether there is any content."""
        return self.state == "present"

    def json(self) -> Any:
        """The JSON value.

        Raises:
            DocumentError: it is not JSON.
        """
        if self._value is _UNPARSED:
            self._value = parse_json_body(self.data)
        return self._value

    def text(self) -> str:
        """The bytes as text; what is not UTF-8 is shown as replacement characters."""
        return self.data.decode("utf-8", "replace")

    def media_type(self) -> str | None:
        """The content type without parameters, in small letters; guessed from the content when none is declared."""
        if self.content_type:
            return self.content_type.partition(";")[0].strip().lower()
        return self._guessed() if self.is_present else None

    def _guessed(self) -> str:
        if self._value is not _UNPARSED:
            return "application/json"
        start = self.data[:32].lstrip()
        if start[:5] == b"<?xml":
            return "application/xml"
        if start[:1] in (b"{", b"["):
            return "application/json"
        return "text/plain"

    def with_content_type(self, content_type: str | None) -> Body:
        """The same content under another content type."""
        return Body(self.state, data=self._data, value=self._value, content_type=content_type, extra=self.extra)

    def with_extra(self, extra: Mapping[str, Any]) -> Body:
        """The same content with unknown keys beside it."""
        return Body(self.state, data=self._data, value=self._value, content_type=self.content_type, extra=extra)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Body):
            return NotImplemented
        return (self.state, self.media_type(), self.data) == (other.state, other.media_type(), other.data)

    def __hash__(self) -> int:
        return hash((self.state, self.data))

    def __repr__(self) -> str:
        shown = self.text() if self.is_present else ""
        return f"Body({self.state}, {self.content_type}, {shown[:60]!r})"


MISSING = Body("missing")


def is_json(media_type: str | None) -> bool:
    """Whether a media type is JSON: ``application/json``, ``…+json`` and the old JSON-RPC ones."""
    return media_type is not None and (
        media_type.endswith(("/json", "+json")) or media_type in ("application/json-rpc", "application/jsonrequest")
    )


def is_coded(media_type: str | None) -> bool:
    """Whether a text under this media type stands for bytes in files before V4, in base64 where it can be read so.

    The specification only says that it may be necessary; this is what the reference reads and writes.
    """
    if media_type is None or is_json(media_type) or media_type == "application/x-www-form-urlencoded":
        return False
    return media_type.startswith("image/") or not (media_type.startswith("text/") or is_xml(media_type))


def is_xml(media_type: str | None) -> bool:
    """Whether a media type is XML."""
    return media_type is not None and media_type.endswith(("/xml", "+xml"))
