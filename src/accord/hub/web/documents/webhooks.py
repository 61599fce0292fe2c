"""Webhooks and what they sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.hub.domain.records import timestamp
from accord.hub.domain.webhooks import HIDDEN, RETRY_SECONDS, Side, Webhook
from accord.hub.web.documents.parts import times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.hub.domain.records import Pact
    from accord.hub.storage.webhooks import Triggered
    from accord.hub.wire.addresses import Addresses

_SECRET_HEADERS = ("authorization", "token", "secret", "key")


def webhook(addresses: Addresses, found: Webhook) -> dict[str, Any]:
    """One, without its secrets."""
    request: dict[str, Any] = {"method": found.request.method, "url": found.request.url}
    if found.request.headers:
        request["headers"] = {name: _shown(name, value) for name, value in found.request.headers.items()}
    if found.request.body is not None:
        request["body"] = found.request.body
    if found.request.username is not None:
        request["username"] = found.request.username
    if found.request.password is not None:
        request["password"] = HIDDEN
    return {
        "uuid": found.uuid,
        "description": found.title,
        **({"consumer": _side(found.consumer)} if found.consumer else {}),
        **({"provider": _side(found.provider)} if found.provider else {}),
        "enabled": found.enabled,
        "request": request,
        "events": [{"name": name} for name in found.events],
        **times(found.created_at, found.updated_at),
        "_links": _links(addresses, found),
    }


def _shown(name: str, value: str) -> str:
    """A header's value, hidden where it is a secret."""
    return HIDDEN if any(word in name.lower() for word in _SECRET_HEADERS) else value


def _side(side: Side) -> dict[str, str]:
    return {"name": side.name} if side.name is not None else {"label": side.label or ""}


def _links(addresses: Addresses, found: Webhook) -> dict[str, Any]:
    links: dict[str, Any] = {
        "self": {"title": found.title, "href": addresses.webhook(found.uuid)},
        "pb:execute": {
            "title": "Test the execution of the webhook with the latest matching pact or verification by sending a "
            "POST request to this URL",
            "href": addresses.webhook(found.uuid, "execute"),
        },
    }
    consumer, provider = found.consumer.name, found.provider.name
    if consumer is not None:
        links["pb:consumer"] = {"title": "Consumer", "name": consumer, "href": addresses.participant(consumer)}
    if provider is not None:
        links["pb:provider"] = {"title": "Provider", "name": provider, "href": addresses.participant(provider)}
    if consumer is not None and provider is not None:
        links["pb:pact-webhooks"] = {
            "title": f"All webhooks for consumer {consumer} and provider {provider}",
            "href": addresses.of("webhooks", "provider", provider, "consumer", consumer),
        }
    links["pb:webhooks"] = {"title": "All webhooks", "href": f"{addresses.base}/webhooks"}
    return links


def collection(addresses: Addresses, found: Sequence[Webhook], url: str, title: str) -> dict[str, Any]:
    """Several, as links."""
    return {
        "_links": {
            "self": {"title": title, "href": url},
            "pb:create": {"title": "POST to create a webhook", "href": url},
            "pb:webhooks": [
                {"title": each.scope, "name": each.title, "href": addresses.webhook(each.uuid)} for each in found
            ],
            "curies": [{"name": "pb", "href": f"{addresses.base}/doc/webhooks-{{rel}}", "templated": True}],
        }
    }


def triggered(addresses: Addresses, found: Triggered) -> dict[str, Any]:
    """Something sent or to be sent."""
    name = found.request.description
    return {
        "name": name,
        "status": found.status,
        "attemptsMade": found.attempts,
        "attemptsRemaining": 0 if found.status in {"success", "failure"} else len(RETRY_SECONDS) + 1 - found.attempts,
        "triggerType": found.trigger_type,
        "eventName": found.event_name,
        "triggeredAt": timestamp(found.created_at),
        "_links": {
            "pb:logs": {"href": addresses.logs(found.uuid), "title": "Webhook execution logs", "name": name},
            "pb:webhook": {"href": addresses.webhook(found.webhook_uuid), "title": "Webhook", "name": name},
            "pb:redeliver": {
                "href": addresses.of("triggered-webhooks", found.uuid, "redeliver"),
                "title": "POST to send it again",
            },
        },
    }


def triggered_collection(addresses: Addresses, found: Sequence[Triggered], url: str, title: str) -> dict[str, Any]:
    """Several."""
    return {
        "_embedded": {"triggeredWebhooks": [triggered(addresses, each) for each in found]},
        "_links": {"self": {"title": title, "href": url}},
    }


def status(
    addresses: Addresses, pair: tuple[str, str], found: Sequence[Triggered], pact: Pact | None, url: str
) -> dict[str, Any]:
    """How the webhooks of a consumer and a provider are doing."""
    consumer, provider = pair
    counts = {
        name: sum(each.status == name for each in found) for name in ("success", "failure", "retrying", "not_run")
    }
    summary: dict[str, int] = {"successful": counts["success"], "failed": counts["failure"]}
    if counts["retrying"]:
        summary["retrying"] = counts["retrying"]
    if counts["not_run"]:
        summary["notRun"] = counts["not_run"]
    links: dict[str, Any] = {
        "self": {"href": url, "title": "Webhooks status"},
        "pb:error-logs": [
            {"href": addresses.logs(each.uuid), "title": "Error logs", "name": each.request.description}
            for each in found
            if each.status in {"failure", "retrying"}
        ],
        "pb:pact-webhooks": {
            "title": f"Webhooks for the pact between {consumer} and {provider}",
            "href": addresses.pair(consumer, provider, "webhooks"),
        },
    }
    if pact is not None:
        links["pb:pact-version"] = {
            "href": addresses.pact(pact.consumer, pact.provider, pact.version),
            "title": "Pact",
            "name": pact.name,
        }
    links["pb:consumer"] = {"href": addresses.participant(consumer), "title": "Consumer", "name": consumer}
    links["pb:provider"] = {"href": addresses.participant(provider), "title": "Provider", "name": provider}
    return {
        "summary": summary,
        "_embedded": {"triggeredWebhooks": [triggered(addresses, each) for each in found]},
        "_links": links,
    }
