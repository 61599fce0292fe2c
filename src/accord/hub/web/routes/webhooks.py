"""Webhooks, trying them out, what they sent."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.webhooks import HIDDEN, Event, Side, Webhook, WebhookError, read_webhook, render
from accord.hub.service import lookup
from accord.hub.service.events import Happening, variables_of
from accord.hub.service.problems import InvalidError, NotFoundError
from accord.hub.storage import pacts, participants, verifications
from accord.hub.storage import webhooks as storage
from accord.hub.web.answers import hal, nothing, text
from accord.hub.web.bodies import document_of, read_json
from accord.hub.web.documents import webhooks as documents
from accord.hub.web.hub import addresses_of, hub_of, url_of
from accord.hub.web.parameters import Consumer, Number, Provider, Uuid
from accord.hub.web.routing import HubRouter

if TYPE_CHECKING:
    from accord.hub.wire.addresses import Addresses

router = HubRouter(tags=["webhooks"])

_UUID = re.compile(r"[A-Za-z0-9_-]{16,}\Z")
_PAIR = "/pacts/provider/{provider:name}/consumer/{consumer:name}"


async def _read(request: Request, consumer: str | None, provider: str | None) -> dict[str, Any]:
    try:
        values = read_webhook(await read_json(request), hub_of(request).settings.rules)
    except WebhookError as error:
        raise InvalidError(error.errors) from None
    for role, name in (("consumer", consumer), ("provider", provider)):
        if name is not None:
            values[role] = Side(name)
    return values


def _keep(connection: Any, uuid: str, values: dict[str, Any], now: int) -> tuple[Webhook, bool]:
    names = {values[role].name for role in ("consumer", "provider")} - {None}
    known = participants.by_names(connection, filter(None, names))
    errors = {
        f"{role}.name": ["does not match an existing pacticipant"]
        for role in ("consumer", "provider")
        if values[role].name is not None and values[role].name not in known
    }
    if errors:
        raise InvalidError(errors)
    before = storage.by_uuid(connection, uuid)
    request = values["request"]
    if before is not None and request.password == HIDDEN:
        # Who sends back what was shown keeps the password.
        values = {**values, "request": type(request)(**{**request.to_json(), "password": before.request.password})}
    created = storage.keep(connection, uuid, values, {name: each.id for name, each in known.items()}, now)
    return lookup.one(storage.by_uuid(connection, uuid)), created


async def _create(request: Request, consumer: str | None = None, provider: str | None = None) -> Response:
    values = await _read(request, consumer, provider)
    hub, addresses = hub_of(request), addresses_of(request)
    uuid = secrets.token_urlsafe(16)

    def work(connection: Any) -> dict[str, Any]:
        for role, name in (("consumer", consumer), ("provider", provider)):
            if name is not None:
                lookup.participant(connection, name, role)
        return documents.webhook(addresses, _keep(connection, uuid, values, hub.clock())[0])

    return hal(await hub.write(work), 201, location=addresses.webhook(uuid))


async def _list(request: Request, title: str, *, consumer: str | None = None, provider: str | None = None) -> Response:
    addresses, url = addresses_of(request), url_of(request)

    def work(connection: Any) -> dict[str, Any]:
        for role, name in (("consumer", consumer), ("provider", provider)):
            if name is not None:
                lookup.participant(connection, name, role)
        found = storage.listed(connection, consumer=consumer, provider=provider)
        return documents.collection(addresses, found, url, title)

    return hal(await hub_of(request).read(work))


@router.get("/webhooks")
async def list_webhooks(request: Request) -> Response:
    """All webhooks."""
    return await _list(request, "Webhooks")


@router.post("/webhooks", status_code=201)
async def create_webhook(request: Request) -> Response:
    """Make a webhook."""
    return await _create(request)


@router.get("/webhooks/provider/{provider:name}/consumer/{consumer:name}")
async def list_webhooks_of_pair(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The webhooks of a pair."""
    return await _list(request, "Webhooks", consumer=consumer, provider=provider)


@router.post("/webhooks/provider/{provider:name}/consumer/{consumer:name}", status_code=201)
async def create_webhook_of_pair(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """Make a webhook for a pair."""
    return await _create(request, consumer, provider)


@router.get("/webhooks/provider/{provider:name}")
async def list_webhooks_of_provider(request: Request, provider: Provider) -> Response:
    """The webhooks of a provider."""
    return await _list(request, "Webhooks", provider=provider)


@router.post("/webhooks/provider/{provider:name}", status_code=201)
async def create_webhook_of_provider(request: Request, provider: Provider) -> Response:
    """Make a webhook for a provider."""
    return await _create(request, provider=provider)


@router.get("/webhooks/consumer/{consumer:name}")
async def list_webhooks_of_consumer(request: Request, consumer: Consumer) -> Response:
    """The webhooks of a consumer."""
    return await _list(request, "Webhooks", consumer=consumer)


@router.post("/webhooks/consumer/{consumer:name}", status_code=201)
async def create_webhook_of_consumer(request: Request, consumer: Consumer) -> Response:
    """Make a webhook for a consumer."""
    return await _create(request, consumer)


@router.get(_PAIR + "/webhooks")
async def list_pact_webhooks(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The webhooks of a pact."""
    return await _list(request, "Pact webhooks", consumer=consumer, provider=provider)


@router.post(_PAIR + "/webhooks", status_code=201)
async def create_pact_webhook(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """Make a webhook for a pact."""
    return await _create(request, consumer, provider)


@router.get(_PAIR + "/webhooks/status")
async def get_webhook_status(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """How the webhooks of a pair are doing."""
    addresses, url = addresses_of(request), url_of(request)

    def work(connection: Any) -> dict[str, Any]:
        pair = (
            lookup.participant(connection, consumer, "consumer").id,
            lookup.participant(connection, provider, "provider").id,
        )
        sent = storage.triggered(connection, pair=pair, limit=50)
        newest: dict[str, Any] = {}
        for each in sent:
            newest.setdefault(each.webhook_uuid + each.event_name, each)
        shown = list(newest.values())
        pact = pacts.by_id(connection, shown[0].publication_id) if shown and shown[0].publication_id else None
        return documents.status(addresses, (consumer, provider), shown, pact, url)

    return hal(await hub_of(request).read(work))


@router.get(_PAIR + "/version/{number:name}/triggered-webhooks")
async def list_webhooks_of_pact(request: Request, provider: Provider, consumer: Consumer, number: Number) -> Response:
    """What webhooks sent because of a publication."""
    addresses, url = addresses_of(request), url_of(request)

    def work(connection: Any) -> dict[str, Any]:
        found = lookup.pact(connection, consumer, provider, number)
        sent = storage.triggered(connection, publication_ids=[found.id])
        title = f"Webhooks triggered by the publication of the {found.name[0].lower()}{found.name[1:]}"
        return documents.triggered_collection(addresses, sent, url, title)

    return hal(await hub_of(request).read(work))


@router.post("/webhooks/execute")
async def execute_unsaved_webhook(request: Request) -> Response:
    """Try out a webhook without keeping it."""
    values = await _read(request, None, None)
    webhook = Webhook(
        0, "", values["description"], values["consumer"], values["provider"], True,
        values["request"], values["events"], 0, None,
    )  # fmt: skip
    return hal(await _execute(request, webhook))


@router.post("/webhooks/{uuid:name}/execute")
async def execute_webhook(request: Request, uuid: Uuid) -> Response:
    """Try out a webhook with the newest pact that it is about."""
    await read_json(request, needed=False)
    webhook = lookup.one(await hub_of(request).read(storage.by_uuid, uuid))
    document = await _execute(request, webhook)
    addresses = addresses_of(request)
    document["_links"] = {
        "webhook": {"href": addresses.webhook(uuid)},
        "try-again": {"title": "Execute the webhook again", "href": addresses.webhook(uuid, "execute")},
    }
    return hal(document)


async def _execute(request: Request, webhook: Webhook) -> dict[str, Any]:
    hub, addresses = hub_of(request), addresses_of(request)
    variables = await hub.read(_newest_variables, webhook, addresses)
    if hub.send is None:
        raise NotFoundError("This hub sends no webhooks")
    context = {"base_url": addresses.base, "event_name": "test"}
    document: dict[str, Any] = await hub.send(render(webhook.request, variables), context, name=webhook.uuid)
    return document


def _newest_variables(connection: Any, webhook: Webhook, addresses: Addresses) -> dict[str, str]:
    query = pacts.newest_first(pacts.ALL)
    if webhook.consumer.name is not None:
        query = query.where(pacts.consumers.c.name == webhook.consumer.name)
    if webhook.provider.name is not None:
        query = query.where(pacts.providers.c.name == webhook.provider.name)
    found = pacts.pacts(connection, query.limit(1))
    if not found:
        return {}
    about_results = any(name.startswith("provider_verification") for name in webhook.events)
    pact = found[0]
    newest = verifications.latest_of_pair(connection, pact.consumer_id, pact.provider_id) if about_results else None
    happening = Happening(Event.CONTRACT_PUBLISHED)
    variables = variables_of(connection, happening, pact, addresses, verification=newest, extra={})
    return {**variables, "eventName": "test"}


@router.get("/webhooks/{uuid:name}")
async def get_webhook(request: Request, uuid: Uuid) -> Response:
    """A webhook."""
    found = lookup.one(await hub_of(request).read(storage.by_uuid, uuid))
    return hal(documents.webhook(addresses_of(request), found))


@router.put("/webhooks/{uuid:name}")
async def put_webhook(request: Request, uuid: Uuid) -> Response:
    """Change a webhook, or make it with this UUID."""
    if not _UUID.match(uuid):
        message = "The UUID can only contain the characters A-Z, a-z, 0-9, _ and -, and must be 16 or more characters."
        raise InvalidError({"uuid": [message]})
    values = await _read(request, None, None)
    hub, addresses = hub_of(request), addresses_of(request)
    found, created = await hub.write(_keep, uuid, values, hub.clock())
    return hal(documents.webhook(addresses, found), 201 if created else 200)


@router.delete("/webhooks/{uuid:name}", status_code=204)
async def delete_webhook(request: Request, uuid: Uuid) -> Response:
    """Remove a webhook; what it sent stays on record."""
    removed = await hub_of(request).write(storage.remove, uuid)
    lookup.one(removed or None)
    return nothing()


@router.get("/triggered-webhooks/{uuid:name}/logs")
async def get_logs(request: Request, uuid: Uuid) -> Response:
    """The log of each try."""

    def work(connection: Any) -> str:
        found = storage.triggered(connection, uuid=uuid)
        return "\n".join(storage.attempts(connection, lookup.one(found[0] if found else None).id))

    return text(await hub_of(request).read(work))


@router.post("/triggered-webhooks/{uuid:name}/redeliver", status_code=202, tags=["beyond the reference"])
async def redeliver(request: Request, uuid: Uuid) -> Response:
    """Send it again."""
    document_of(await read_json(request, needed=False))
    hub, addresses = hub_of(request), addresses_of(request)

    def work(connection: Any) -> dict[str, Any]:
        lookup.one(storage.redeliver(connection, uuid, hub.clock()) or None)
        return documents.triggered(addresses, storage.triggered(connection, uuid=uuid)[0])

    result = await hub.write(work)
    hub.queued.set()
    return hal(result, 202)
