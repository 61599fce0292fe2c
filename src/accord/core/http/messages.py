"""One request and one response as they stand on the wire; every caller and server here speaks in these."""

from __future__ import annotations

from dataclasses import dataclass, replace

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request.

    Attributes:
        method: as sent, such as ``GET``.
        target: the raw path and query, percent-encoded, such as ``/orders?page=2``.
        headers: name and value in the order sent; names keep their case.
        body: the whole body, empty when there is none.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """The raw path, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The raw query string without its question mark; empty when there is none."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name."""
        return _first(self.headers, name)

    def with_header(self, name: str, value: str) -> HttpRequest:
        """The same request with that header instead of any of that name."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=(*kept, (name, value)))


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response: status code, headers as sent and the whole body."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name."""
        return _first(self.headers, name)


def _first(headers: Headers, name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)
