"""Where the hub is and how one gets in: options before the environment, the environment before the configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

URL_VARIABLES = ("ACCORD_HUB_URL", "PACT_BROKER_BASE_URL")
TOKEN_VARIABLES = ("ACCORD_HUB_TOKEN", "PACT_BROKER_TOKEN")
DEFAULT_SECONDS = 30.0
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "url": (lambda value: isinstance(value, str) and bool(value), "a text"),
    "publish": (lambda value: isinstance(value, bool), "true or false"),
    "timeout": (lambda value: type(value) in {int, float} and value > 0, "seconds, more than 0"),
}
"""The keys of the table ``[tool.accord.hub]``: what is right, and that in words."""

_SECRETS = ("token", "username", "password")


@dataclass(frozen=True, slots=True)
class Access:
    """A hub's address with the caller's credentials, which no text made of it shows.

    Attributes:
        url: the hub's, without credentials and without a slash at its end.
        token: for ``Authorization: Bearer``, or None.
        username: for basic authentication, or None.
        password: beside it.
        timeout: seconds that one request may take.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    timeout: float = DEFAULT_SECONDS

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError:
            raise UsageError(f"the hub's URL cannot be read: {_without_credentials(self.url)!r}") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            shown = _without_credentials(self.url)
            raise UsageError(f"expected the hub's URL such as https://hub.example.org, seen {shown!r}")
        if parts.username:  # https://name:password@host
            object.__setattr__(self, "username", self.username or unquote(parts.username))
            object.__setattr__(self, "password", self.password or unquote(parts.password or ""))
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        netloc = host if port is None else f"{host}:{port}"
        object.__setattr__(self, "url", urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", "")))

    @property
    def has_credentials(self) -> bool:
        """Whether there is anything to show the hub."""
        return bool(self.token or self.username)


def find_access(
    url: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    table: Mapping[str, Any] | None = None,
) -> Access | None:
    """The hub that is meant, or None where none is named.

    Args:
        url: as given, or None.
        environment: the process's own by default.
        table: ``[tool.accord.hub]``.

    Raises:
        UsageError: no URL, a key that the table does not have, or a secret in it.
    """
    variables = os.environ if environment is None else environment
    settings = check_table(table or {})
    where = url or _first(variables, URL_VARIABLES) or settings.get("url")
    if where is None:
        return None
    access = Access(
        where,
        token=_first(variables, TOKEN_VARIABLES),
        username=variables.get("PACT_BROKER_USERNAME") or None,
        password=variables.get("PACT_BROKER_PASSWORD") or None,
        timeout=float(settings.get("timeout", DEFAULT_SECONDS)),
    )
    # What is named in the URL itself is meant for it, whatever the environment has for others.
    return replace(access, token=None) if "@" in urlsplit(where).netloc else access


def need_access(access: Access | None) -> Access:
    """The hub that is meant.

    Raises:
        UsageError: none is.
    """
    if access is None:
        raise UsageError(
            "which hub? Give its URL with --hub, in PACT_BROKER_BASE_URL, or as `url` in [tool.accord.hub]; "
            "`accord hub serve` starts one"
        )
    return access


def check_table(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """The table ``[tool.accord.hub]``, if it is right.

    Raises:
        UsageError: an unknown key, another type, or a secret, which does not belong in a file under version control.
    """
    for name, value in table.items():
        if name in _SECRETS:
            raise UsageError(
                f"[tool.accord.hub] {name}: credentials do not belong in a file that is shared; "
                "set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD"
            )
        if name not in _KINDS:
            raise UsageError(f"[tool.accord.hub]: unknown key {name!r}; known: {', '.join(_KINDS)}")
        right, words = _KINDS[name]
        if not right(value):
            raise UsageError(f"[tool.accord.hub] {name} must be {words}, seen {value!r}")
    return table


def _first(variables: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((variables[name] for name in names if variables.get(name)), None)


def _without_credentials(url: str) -> str:
    before, at, after = url.rpartition("@")
    return f"{before.partition('//')[0]}//…@{after}" if at else url
