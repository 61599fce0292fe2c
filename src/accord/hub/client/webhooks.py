"""Webhooks: what a hub calls when something happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.hub.client.conversation import href_of, links_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.hub.client.conversation import Conversation
    from accord.hub.client.exchange import Steps

EVENTS = (
    "contract_published",
    "contract_content_changed",
    "contract_requiring_verification_published",
    "provider_verification_published",
    "provider_verification_succeeded",
    "provider_verification_failed",
)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook that is to be made.

    Attributes:
        url: what is called; variables such as ``${pactbroker.consumerVersionNumber}`` are filled in by the hub.
        events: what it waits for, of EVENTS.
        method: of HTTP.
        headers: of the request; a secret in them is not shown again by the hub.
        body: JSON or text, or None.
        username: for basic authentication, or None.
        password: beside it.
        description: for lists, or None.
        consumer: only its pacts, or None.
        provider: only its pacts, or None.
    """

    url: str
    events: tuple[str, ...]
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    description: str | None = None
    consumer: str | None = None
    provider: str | None = None

    def __post_init__(self) -> None:
        wrong = [each for each in self.events if each not in EVENTS]
        if wrong or not self.events:
            seen = f"seen {wrong[0]!r}" if wrong else "none is given"
            raise UsageError(f"a webhook waits for one or more of {', '.join(EVENTS)}; {seen}")

    def to_json(self) -> dict[str, Any]:
        """As hubs take it."""
        request: dict[str, Any] = {"method": self.method.upper(), "url": self.url, "headers": dict(self.headers)}
        if self.body is not None:
            request["body"] = self.body
        if self.username:
            request |= {"username": self.username, "password": self.password or ""}
        document: dict[str, Any] = {"events": [{"name": each} for each in self.events], "request": request}
        if self.description:
            document["description"] = self.description
        for role, name in (("consumer", self.consumer), ("provider", self.provider)):
            if name:
                document[role] = {"name": name}
        return document


def create_webhook(hub: Conversation, webhook: Webhook) -> Steps[dict[str, Any]]:
    """Make a webhook; as the hub has it, with its UUID."""
    created = yield from hub.post((yield from hub.find("pb:webhooks")), webhook.to_json())
    return created if isinstance(created, dict) else {}


def all_webhooks(hub: Conversation) -> Steps[list[dict[str, Any]]]:
    """All webhooks: description, consumer, provider, events, request and UUID each."""
    listed = yield from hub.get((yield from hub.find("pb:webhooks")))
    links = links_of(listed).get("pb:webhooks")
    found = []
    for each in links if isinstance(links, list) else []:
        if isinstance(each, dict) and isinstance(each.get("href"), str):
            document = yield from hub.get(hub.at_base(each["href"]))
            uuid = each["href"].rstrip("/").rpartition("/")[2]
            found.append({"uuid": uuid, **(document if isinstance(document, dict) else {})})
    return found


def try_webhook(hub: Conversation, uuid: str) -> Steps[dict[str, Any]]:
    """Let the hub send a webhook now, with the newest pact that it is about: success, logs, error."""
    document = yield from hub.get((yield from hub.find("pb:webhook", uuid=uuid)))
    href = href_of(links_of(document), "pb:execute")
    url = hub.at_base(href) if href else f"{yield from hub.find('pb:webhook', uuid=uuid)}/execute"
    result = yield from hub.post(url, {})
    return result if isinstance(result, dict) else {}


def delete_webhook(hub: Conversation, uuid: str) -> Steps[None]:
    """Remove a webhook."""
    yield from hub.delete((yield from hub.find("pb:webhook", uuid=uuid)))
