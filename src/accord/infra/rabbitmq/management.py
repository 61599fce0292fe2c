"""Virtual hosts through RabbitMQ's management API, where RabbitMQ is somebody else's."""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from accord.core.errors import ResourceError, UsageError
from accord.infra.addresses import without_password

if TYPE_CHECKING:
    from accord.infra.addresses import Address

USUAL_PORT = 15672
_TIMEOUT = 10.0  # seconds
_LARGEST_ANSWER = 1 << 20  # bytes
_NOT_FOUND = 404


@dataclass(frozen=True)
class Management:
    """The API of one server.

    Attributes:
        url: ``http://host:15672``.
        user: the user of the AMQP URL, who may use the virtual hosts that are made.
        password: that user's.
        asking: who asks, with a password; the same unless the URL names another.
    """

    url: str = field(repr=False)
    user: str
    password: str = field(repr=False)
    asking: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, address: Address, url: str | None = None) -> Management:
        """The API beside an AMQP address, at its usual port where no URL is given."""
        url = url or f"http://{address.host}:{USUAL_PORT}"
        beginning, at, _ = url.partition("://")[2].partition("/")[0].rpartition("@")
        user, _, password = beginning.partition(":")
        asking = (unquote(user), unquote(password)) if at else None
        return cls(url, address.user or "guest", address.password or "guest", asking)

    def version(self) -> str:
        """RabbitMQ's version."""
        return str(self._ask("GET", "/api/overview")["rabbitmq_version"])

    def add(self, virtual_host: str) -> None:
        """Make a virtual host that the user may do everything in."""
        name, user = quote(virtual_host, safe=""), quote(self.user, safe="")
        self._ask("PUT", f"/api/vhosts/{name}", {})
        self._ask("PUT", f"/api/permissions/{name}/{user}", {"configure": ".*", "write": ".*", "read": ".*"})

    def delete(self, virtual_host: str) -> None:
        """Delete a virtual host; one that is not there is passed over."""
        self._ask("DELETE", f"/api/vhosts/{quote(virtual_host, safe='')}")

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        shown = without_password(self.url)
        try:
            parts = urlsplit(self.url)
            host, port = parts.hostname, parts.port
        except ValueError:  # brackets that do not match, a port that is no number
            host = None
        if not host or parts.scheme not in {"http", "https"}:
            raise UsageError(f"{shown!r} is no URL of RabbitMQ's management API; expected http://host:{USUAL_PORT}")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(host, port, timeout=_TIMEOUT)
        user, password = self.asking or (self.user, self.password)
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read(_LARGEST_ANSWER).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise ResourceError(
                f"RabbitMQ's management API at {shown} does not answer: {error}. Virtual hosts are made through it: "
                'switch it on (rabbitmq-plugins enable rabbitmq_management), or name it: management = "http://…".'
            ) from error
        finally:
            connection.close()
        if answer.status >= http.client.BAD_REQUEST and not (method == "DELETE" and answer.status == _NOT_FOUND):
            raise ResourceError(f"RabbitMQ's management API answered {method} {path} with {answer.status}: {text}")
        found: dict[str, Any] = json.loads(text) if text and method == "GET" else {}
        return found
