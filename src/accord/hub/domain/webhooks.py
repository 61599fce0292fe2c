"""Webhooks: what they may be, when they run, what they send, when they are tried again."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

RETRY_SECONDS = (10, 60, 120, 300, 600, 1200)
"""How long after each failed try the next one comes."""

MOST_BODY = 100_000
HIDDEN = "**********"


class Event(StrEnum):
    """What a webhook can wait for."""

    CONTRACT_PUBLISHED = "contract_published"
    CONTRACT_CONTENT_CHANGED = "contract_content_changed"
    CONTRACT_REQUIRING_VERIFICATION_PUBLISHED = "contract_requiring_verification_published"
    PROVIDER_VERIFICATION_PUBLISHED = "provider_verification_published"
    PROVIDER_VERIFICATION_SUCCEEDED = "provider_verification_succeeded"
    PROVIDER_VERIFICATION_FAILED = "provider_verification_failed"


@dataclass(frozen=True, slots=True)
class Side:
    """Whose pacts a webhook is about: a participant, those with a label, or (neither) everybody's."""

    name: str | None = None
    label: str | None = None

    def __bool__(self) -> bool:
        return self.name is not None or self.label is not None


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """What is sent."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    username: str | None = None
    password: str | None = None

    @property
    def description(self) -> str:
        """For lists: method and host."""
        return f"{self.method} {urlsplit(self.url).hostname or self.url}"

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "method": self.method,
            "url": self.url,
            "headers": self.headers,
            "body": self.body,
            "username": self.username,
            "password": self.password,
        }


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as it is kept."""

    id: int
    uuid: str
    description: str | None
    consumer: Side
    provider: Side
    enabled: bool
    request: WebhookRequest
    events: tuple[str, ...]
    created_at: int
    updated_at: int | None

    @property
    def title(self) -> str:
        """The description, else what it sends."""
        return self.description or self.request.description

    @property
    def scope(self) -> str:
        """In words."""
        sides = (("consumer", self.consumer), ("provider", self.provider))
        named = {role: side.name or f"{role}s labelled {side.label}" for role, side in sides if side}
        if len(named) == 2:  # noqa: PLR2004 - both sides
            return f"A webhook for the pact between {named['consumer']} and {named['provider']}"
        if named:
            return f"A webhook for all pacts with {next(iter(named))} {next(iter(named.values()))}"
        return "A webhook for all pacts"


@dataclass(frozen=True, slots=True)
class Rules:
    """What webhooks may call.

    Attributes:
        schemes: of URLs.
        methods: of requests.
        hosts: names, ``*.name`` or networks such as ``10.1.0.0/16``; none: every public host.
        loopback: whether a hub that only this machine can reach may call this machine, without TLS too.
    """

    schemes: tuple[str, ...] = ("https",)
    methods: tuple[str, ...] = ("POST",)
    hosts: tuple[str, ...] = ()
    loopback: bool = False


class WebhookError(ValueError):
    """A webhook that cannot be; errors by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


def read_webhook(document: Any, rules: Rules) -> dict[str, Any]:
    """The parts of a webhook from JSON: description, consumer, provider, enabled, request, events.

    Raises:
        WebhookError: with every error, by field.
    """
    if not isinstance(document, dict):
        raise WebhookError({"": ["must be a hash"]})
    errors: dict[str, list[str]] = {}
    description = document.get("description")
    if description is not None and not isinstance(description, str):
        errors["description"] = ["must be a string"]
    enabled = document.get("enabled", True)
    if not isinstance(enabled, bool):
        errors["enabled"] = ["must be boolean"]
    parts = {
        "description": description or None,
        "consumer": _side(document, "consumer", errors),
        "provider": _side(document, "provider", errors),
        "enabled": enabled,
        "request": _request(document.get("request"), rules, errors),
        "events": _events(document.get("events"), errors),
    }
    if errors:
        raise WebhookError(errors)
    return parts


def _side(document: Mapping[str, Any], role: str, errors: dict[str, list[str]]) -> Side:
    given = document.get(role)
    if given is None:
        return Side()
    if not isinstance(given, dict):
        errors[role] = ["must be a hash"]
        return Side()
    name, label = given.get("name"), given.get("label")
    if (name is None) == (label is None):
        errors[role] = ["must have either a name or a label"]
    elif not isinstance(name if label is None else label, str) or not (name or label):
        errors[f"{role}.{'name' if label is None else 'label'}"] = ["can't be blank"]
    else:
        return Side(name, label)
    return Side()


def _events(given: Any, errors: dict[str, list[str]]) -> tuple[str, ...]:
    if given is None:
        return (Event.CONTRACT_CONTENT_CHANGED.value,)
    known = [event.value for event in Event]
    if not isinstance(given, list) or not given:
        errors["events"] = ["size cannot be less than 1" if given == [] else "must be an array"]
        return ()
    names = [each.get("name") if isinstance(each, dict) else None for each in given]
    problems = [
        f"name must be one of: {', '.join(known)} (at index {index})"
        for index, name in enumerate(names)
        if name not in known
    ]
    if problems:
        errors["events"] = problems
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str)))


def _request(given: Any, rules: Rules, errors: dict[str, list[str]]) -> WebhookRequest:
    if not isinstance(given, dict):
        errors["request"] = ["is missing" if given is None else "must be a hash"]
        return WebhookRequest("POST", "")
    method, url, headers = given.get("method"), given.get("url"), given.get("headers") or {}
    if not isinstance(method, str) or not method.strip():
        errors["request.method"] = ["can't be blank"]
        method = ""
    elif method.upper() not in rules.methods:
        errors["request.method"] = [
            f"must be {_one_of(rules.methods)}. See /doc/webhooks#whitelist for more information."
        ]
    if not isinstance(url, str) or not url.strip():
        errors["request.url"] = ["can't be blank"]
        url = ""
    else:
        problem = url_problem(url, rules)
        if problem:
            errors["request.url"] = [problem]
    if not isinstance(headers, dict) or not all(
        isinstance(value, str) and _is_header(name, value) for name, value in headers.items()
    ):
        errors["request.headers"] = ["must be a hash of names and values, each on one line"]
        headers = {}
    for name in ("username", "password"):
        if given.get(name) is not None and not isinstance(given[name], str):
            errors[f"request.{name}"] = ["must be a string"]
    if len(str(given.get("body"))) > MOST_BODY:
        errors["request.body"] = [f"has more than {MOST_BODY} characters"]
    return WebhookRequest(method.upper(), url, headers, given.get("body"), given.get("username"), given.get("password"))


def _is_header(name: str, value: str) -> bool:
    return bool(re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name)) and not re.search(r"[\r\n\0]", value)


def _one_of(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"


def url_problem(url: str, rules: Rules) -> str | None:
    """What is wrong with a URL, or None. Names are not looked up; address_problem judges what they lead to."""
    try:
        plain = urlsplit(_VARIABLE.sub("placeholder", url))
        other = urlsplit(_VARIABLE.sub("elsewhere", url))
        host, _port = plain.hostname, plain.port
    except ValueError:
        return "is not a valid URL eg. http://example.org"
    if not plain.scheme or not host or re.search(r"\s", url):
        return "is not a valid URL eg. http://example.org"
    if host != other.hostname:
        return "cannot have a template parameter in the host"
    if rules.loopback and is_loopback(host) and plain.scheme in {"http", "https"}:
        return None
    if plain.scheme not in rules.schemes:
        return f"scheme must be {_one_of(rules.schemes)}. See /doc/webhooks#whitelist for more information."
    if rules.hosts and not _allowed(host, rules.hosts):
        return (
            f"host must be in the whitelist {', '.join(rules.hosts)}. See /doc/webhooks#whitelist for more information."
        )
    if not rules.hosts and is_loopback(host):
        return f"host {host} is this hub's own machine; allow it with --webhook-host {host}"
    address = _address(host)
    return address_problem(address, host, rules) if address else None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    address = _address(host)
    return address.is_loopback if address else host == "localhost" or host.endswith(".localhost")


def address_problem(address: ipaddress.IPv4Address | ipaddress.IPv6Address, host: str, rules: Rules) -> str | None:
    """Why a host's address must not be called, or None: it leads into a private network, and nobody allowed that."""
    if address.is_global or (rules.hosts and _allowed(host, rules.hosts)):
        return None
    if rules.loopback and address.is_loopback:
        return None
    return f"host {host} leads to the private address {address}; allow it with --webhook-host {host}"


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _allowed(host: str, allowed: tuple[str, ...]) -> bool:
    address = _address(host)
    for each in allowed:
        if each.startswith("*."):
            if host.lower().endswith(each[1:].lower()):
                return True
        elif host.lower() == each.lower():
            return True
        elif address is not None and "/" in each:
            try:
                if address in ipaddress.ip_network(each, strict=False):
                    return True
            except ValueError:
                continue
    return False


_VARIABLE = re.compile(r"\$\{pactbroker\.(\w+)\}")


def render(request: WebhookRequest, variables: Mapping[str, str]) -> WebhookRequest:
    """The request with its variables filled in; those that are not known stay as they are."""

    def fill(text: str, *, escape: bool = False) -> str:
        def value(match: re.Match[str]) -> str:
            found = variables.get(match[1])
            if found is None:
                return match[0]
            return quote(found, safe="") if escape else found

        return _VARIABLE.sub(value, text)

    def fill_all(value: Any) -> Any:
        if isinstance(value, str):
            return fill(value)
        if isinstance(value, dict):
            return {fill(key): fill_all(each) for key, each in value.items()}
        return [fill_all(each) for each in value] if isinstance(value, list) else value

    return WebhookRequest(
        method=request.method,
        url=fill(request.url, escape=True),
        headers={name: re.sub(r"[\r\n\0]", " ", fill(value)) for name, value in request.headers.items()},
        body=fill_all(request.body),
        username=request.username,
        password=request.password,
    )
