"""All pairs: the dashboard, integrations, relationships, groups."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.records import timestamp
from accord.hub.service import lookup
from accord.hub.service.overview import PairView, pairs
from accord.hub.storage import pacts, participants
from accord.hub.web.answers import CSV, hal, nothing, text
from accord.hub.web.documents.matrix import table
from accord.hub.web.documents.pacts import relationships
from accord.hub.web.hub import addresses_of, hub_of
from accord.hub.web.paging import paging_of
from accord.hub.web.parameters import Consumer, Name, Provider
from accord.hub.web.routing import HubRouter
from accord.hub.wire.addresses import Addresses

if TYPE_CHECKING:
    from collections.abc import Sequence

router = HubRouter(tags=["overview"])


def _item(addresses: Addresses, view: PairView) -> dict[str, Any]:
    pact, result = view.pact, view.verification
    consumer, provider = pact.consumer, pact.provider
    version = {
        "number": pact.version,
        "_links": {"self": {"href": addresses.version(consumer, pact.version)}},
    }
    return {
        "consumer": {
            "name": consumer,
            "version": version,
            "_links": {"self": {"href": addresses.participant(consumer)}},
        },
        "provider": {
            "name": provider,
            "version": {"number": result.provider_version} if result else None,
            "_links": {"self": {"href": addresses.participant(provider)}},
        },
        "pact": {
            "createdAt": timestamp(pact.created_at),
            "_links": {"self": {"href": addresses.pact(consumer, provider, pact.version)}},
        },
        "latestVerificationResult": {
            "success": result.success,
            "verifiedAt": timestamp(result.created_at),
            "_links": {"self": {"href": addresses.result(consumer, provider, result.sha, result.number)}},
        }
        if result
        else None,
        "verificationStatus": view.status,
        "webhookStatus": view.webhooks,
        "latestWebhookExecution": {"triggeredAt": timestamp(view.triggered_at)} if view.triggered_at else None,
        "_links": {
            "pb:webhook-status": {
                "title": f"Status of webhooks for {consumer}/{provider} pact",
                "href": addresses.pair(consumer, provider, "webhooks", "status"),
            }
        },
    }


async def _dashboard(request: Request, **narrow: str) -> Response:
    addresses = addresses_of(request)
    views = await hub_of(request).read(pairs, **narrow)
    if "text/plain" in request.headers.get("accept", ""):
        lines = [
            [each.pact.consumer, each.pact.version, each.pact.provider,
             each.verification.provider_version if each.verification else "", each.status, each.webhooks]
            for each in views
        ]  # fmt: skip
        return text(table(["CONSUMER", "C_VERSION", "PROVIDER", "P_VERSION", "STATUS", "WEBHOOKS"], lines) + "\n")
    return hal({"items": [_item(addresses, each) for each in views]})


@router.get("/dashboard")
async def get_dashboard(request: Request) -> Response:
    """Every pair with its newest pact and result."""
    return await _dashboard(request)


@router.get("/dashboard/provider/{provider:name}/consumer/{consumer:name}")
async def get_dashboard_of_pair(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The same of one pair."""
    return await _dashboard(request, consumer=consumer, provider=provider)


@router.get("/integrations")
async def list_integrations(request: Request) -> Response:
    """Every pair, as a document or as a graph."""
    addresses = addresses_of(request)
    views = await hub_of(request).read(pairs)
    if "graphviz" in request.headers.get("accept", ""):
        quoted = [
            tuple(name.replace("\\", "\\\\").replace('"', '\\"') for name in (each.pact.consumer, each.pact.provider))
            for each in views
        ]
        edges = "\n".join(f'  "{consumer}" -> "{provider}"' for consumer, provider in quoted)
        return text(
            f"digraph {{\n  ranksep=3\n  ratio=auto\n  overlap=false\n{edges}\n}}\n",
            media_type="text/vnd.graphviz;charset=utf-8",
        )
    return hal(
        paging_of(request).document(
            views,
            lambda found: _integrations(addresses, found),
            lambda each: f"{each.pact.consumer}\n{each.pact.provider}",
        )
    )


def _integrations(addresses: Addresses, views: Sequence[PairView]) -> dict[str, Any]:
    documents = [
        {
            "consumer": {"name": each.pact.consumer},
            "provider": {"name": each.pact.provider},
            "verificationStatus": each.status,
            "_links": {
                "pb:dashboard": {
                    "title": "BETA: Pacts to show on the dashboard",
                    "href": addresses.of("dashboard", "provider", each.pact.provider, "consumer", each.pact.consumer),
                },
                "pb:matrix": {
                    "title": f"Matrix of pacts/verification results for {each.pact.consumer} and {each.pact.provider}",
                    "href": addresses.of("matrix", "provider", each.pact.provider, "consumer", each.pact.consumer),
                },
                "pb:group": {"href": addresses.of("groups", each.pact.consumer)},
            },
        }
        for each in views
    ]
    href = f"{addresses.base}/integrations"
    return {"_embedded": {"integrations": documents}, "_links": {"self": {"href": href, "title": "All integrations"}}}


@router.delete("/integrations", status_code=204)
async def delete_integrations(request: Request) -> Response:
    """Remove every pact and result."""

    def work(connection: Any) -> None:
        for consumer, provider, consumer_id, provider_id in relationships(connection):
            _forget(connection, consumer, provider, consumer_id, provider_id)

    await hub_of(request).write(work)
    return nothing()


@router.delete("/integrations/provider/{provider:name}/consumer/{consumer:name}", status_code=204)
async def delete_integration(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """Remove a pair's pacts and results."""

    def work(connection: Any) -> None:
        first = lookup.participant(connection, consumer, "consumer")
        second = lookup.participant(connection, provider, "provider")
        _forget(connection, consumer, provider, first.id, second.id)

    await hub_of(request).write(work)
    return nothing()


def _forget(connection: Any, consumer: str, provider: str, consumer_id: int, provider_id: int) -> None:
    mine = pacts.pacts(connection, pacts.between(consumer, provider))
    pacts.remove(connection, [each.id for each in mine])
    participants.disconnect(connection, consumer_id, provider_id)


def _as_csv(rows: list[tuple[str, str, int, int]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for index, (consumer, provider, consumer_id, provider_id) in enumerate(rows, 1):
        writer.writerow([consumer_id, _harmless(consumer), index, index, 0])
        writer.writerow([provider_id, _harmless(provider), index, index, 1])
    return out.getvalue()


def _harmless(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[:1] in "=+-@" else name


@router.get("/relationships")
async def list_relationships(request: Request) -> Response:
    """Every pair as CSV."""
    rows = await hub_of(request).read(relationships)
    return text(_as_csv(rows), media_type=CSV)


@router.get("/groups/{name:name}")
async def get_group(request: Request, name: Name) -> Response:
    """The pairs that hang together with a participant, as CSV."""

    def work(connection: Any) -> list[tuple[str, str, int, int]]:
        owner = lookup.participant(connection, name)
        everything = relationships(connection)
        inside = {owner.id}
        while True:
            reached = {each for row in everything for each in row[2:] if inside & set(row[2:])}
            if reached <= inside:
                return [row for row in everything if set(row[2:]) <= inside]
            inside |= reached

    return text(_as_csv(await hub_of(request).read(work)), media_type=CSV)
