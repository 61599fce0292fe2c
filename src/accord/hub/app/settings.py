"""What one hub is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from accord.core.errors import UsageError
from accord.core.hosts import is_loopback
from accord.hub.domain.webhooks import Rules
from accord.hub.storage.database import Location, location_of

DEFAULT_DATABASE = ".accord/hub.sqlite3"
DEFAULT_PORT = 9292


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a hub.

    Attributes:
        host: where it listens; beyond this machine everybody needs a token.
        port: 0 for a free one.
        database: a file, or ``postgresql://…``.
        base_url: what links begin with; None: the request's host and its forwarded headers.
        read_only: nothing can be changed.
        webhook_hosts: that webhooks may call; none: every public one.
        webhook_schemes: of their URLs.
        webhook_methods: of their requests.
        most_body: bytes of a request's body.
        token: an administrator's, beside those in the database.
        public_read: reading needs no token.
        requests_per_minute: of one caller; 0 for no limit.
        log_format: ``text`` or ``json``.
        quiet: no line in the log for each request.
        require_token: everybody needs a token on this machine too.
        remind_after: hours after which a missing verification is told to webhooks again; 0 for never.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    database: str = DEFAULT_DATABASE
    base_url: str | None = None
    read_only: bool = False
    webhook_hosts: tuple[str, ...] = ()
    webhook_schemes: tuple[str, ...] = ("https",)
    webhook_methods: tuple[str, ...] = ("POST",)
    most_body: int = 20 * 1024 * 1024
    token: str | None = None
    public_read: bool = False
    requests_per_minute: int = 6000
    log_format: str = "json"
    quiet: bool = False
    require_token: bool = False
    remind_after: float = 24.0

    def __post_init__(self) -> None:
        if self.base_url is not None:
            parts = urlsplit(self.base_url)
            if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
                raise UsageError(
                    f"--base-url {self.base_url!r} is not the URL of a hub; expected https://pacts.example.org"
                )
        if self.log_format not in {"text", "json"}:
            raise UsageError(f"--log-format must be text or json, not {self.log_format!r}")

    @property
    def location(self) -> Location:
        """Where the database is.

        Raises:
            UsageError: it is no database's address.
        """
        return location_of(self.database)

    @property
    def open(self) -> bool:
        """Whether nobody needs a token: only this machine can reach the hub."""
        return is_loopback(self.host) and not self.require_token

    @property
    def rules(self) -> Rules:
        """What webhooks may call."""
        methods = tuple(each.upper() for each in self.webhook_methods)
        return Rules(self.webhook_schemes, methods, self.webhook_hosts, loopback=is_loopback(self.host))
