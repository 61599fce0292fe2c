"""Results of verifications, read and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.service import lookup
from accord.hub.storage import pacts, verifications, webhooks
from accord.hub.web.answers import EXTENDED, JSON, hal, nothing
from accord.hub.web.documents import pacts as pact_documents
from accord.hub.web.documents import results as documents
from accord.hub.web.documents import webhooks as webhook_documents
from accord.hub.web.hub import addresses_of, hub_of, url_of
from accord.hub.web.parameters import Consumer, Number, Provider, Segment, Sha, Tag, Text
from accord.hub.web.routing import HubRouter

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.hub.domain.records import Pact, Verification

router = HubRouter(tags=["results"])

_PAIR = "/pacts/provider/{provider:name}/consumer/{consumer:name}"
_CONTENT = _PAIR + "/pact-version/{sha:name}"


async def _show(request: Request, find: Callable[[Any], tuple[Pact, Verification]]) -> Response:
    addresses = addresses_of(request)
    accept = request.headers.get("accept", "")

    def work(connection: Any) -> dict[str, Any]:
        pact, found = find(connection)
        if EXTENDED in accept:
            return documents.extended(connection, addresses, pact, found)
        return documents.result(addresses, pact, found)

    result = await hub_of(request).read(work)
    if EXTENDED in accept:
        return hal(result, media_type=f"{EXTENDED};charset=utf-8")
    plain = "application/json" in accept and "hal+json" not in accept
    return hal(result, media_type=JSON) if plain else hal(result)


async def _remove(request: Request, find: Callable[[Any], tuple[Pact, Verification]]) -> Response:
    def work(connection: Any) -> None:
        verifications.remove(connection, find(connection)[1].id)

    await hub_of(request).write(work)
    return nothing()


def _latest(choose: Callable[[Any], Pact]) -> Callable[[Any], tuple[Pact, Verification]]:
    def find(connection: Any) -> tuple[Pact, Verification]:
        pact = choose(connection)
        return pact, lookup.one(verifications.latest(connection, pact.content_id))

    return find


def _newest(consumer: str, provider: str, tag: str | None = None) -> Callable[[Any], Pact]:
    def choose(connection: Any) -> Pact:
        pact_documents.find(connection, consumer, provider)
        query = pacts.between(consumer, provider)
        if tag is not None:
            query = pacts.with_tag(query, tag)
        found = pacts.pacts(connection, query.limit(1))
        return lookup.one(found[0] if found else None)

    return choose


@router.get(_CONTENT + "/verification-results/latest")
async def get_latest_result_of_content(request: Request, provider: Provider, consumer: Consumer, sha: Sha) -> Response:
    """The newest result for a content."""
    return await _show(request, _latest(lambda c: lookup.content(c, consumer, provider, sha)))


@router.delete(_CONTENT + "/verification-results/latest", status_code=204)
async def delete_latest_result_of_content(
    request: Request, provider: Provider, consumer: Consumer, sha: Sha
) -> Response:
    """Remove the newest result for a content."""
    return await _remove(request, _latest(lambda c: lookup.content(c, consumer, provider, sha)))


def _numbered(consumer: str, provider: str, sha: str, number: str) -> Callable[[Any], tuple[Pact, Verification]]:
    return lambda c: (
        lookup.content(c, consumer, provider, sha),
        lookup.result(c, consumer, provider, sha, number),
    )


@router.get(_CONTENT + "/verification-results/{number:name}")
async def get_result(request: Request, provider: Provider, consumer: Consumer, sha: Sha, number: Number) -> Response:
    """A result."""
    return await _show(request, _numbered(consumer, provider, sha, number))


@router.delete(_CONTENT + "/verification-results/{number:name}", status_code=204)
async def delete_result(request: Request, provider: Provider, consumer: Consumer, sha: Sha, number: Number) -> Response:
    """Remove a result."""
    return await _remove(request, _numbered(consumer, provider, sha, number))


@router.get(_CONTENT + "/metadata/{metadata:name}/verification-results/{number:name}")
async def get_result_with_metadata(
    request: Request, provider: Provider, consumer: Consumer, sha: Sha, metadata: Segment, number: Number
) -> Response:
    """A result, from a link with metadata."""
    del metadata
    return await _show(request, _numbered(consumer, provider, sha, number))


@router.delete(_CONTENT + "/metadata/{metadata:name}/verification-results/{number:name}", status_code=204)
async def delete_result_with_metadata(
    request: Request, provider: Provider, consumer: Consumer, sha: Sha, metadata: Segment, number: Number
) -> Response:
    """Remove a result, from a link with metadata."""
    del metadata
    return await _remove(request, _numbered(consumer, provider, sha, number))


@router.get(_CONTENT + "/verification-results/{number:name}/triggered-webhooks")
async def list_webhooks_of_result(
    request: Request, provider: Provider, consumer: Consumer, sha: Sha, number: Number
) -> Response:
    """What webhooks sent because of a result."""
    addresses, url = addresses_of(request), url_of(request)

    def work(connection: Any) -> dict[str, Any]:
        found = lookup.result(connection, consumer, provider, sha, number)
        sent = webhooks.triggered(connection, verification_id=found.id)
        title = f"Webhooks triggered by the publication of verification result {found.number}"
        return webhook_documents.triggered_collection(addresses, sent, url, title)

    return hal(await hub_of(request).read(work))


@router.get(_PAIR + "/version/{number:name}/verification-results/latest")
async def get_latest_result_of_version(
    request: Request, provider: Provider, consumer: Consumer, number: Number
) -> Response:
    """The newest result for a consumer version's pact."""
    return await _show(request, _latest(lambda c: lookup.pact(c, consumer, provider, number)))


@router.delete(_PAIR + "/version/{number:name}/verification-results/latest", status_code=204)
async def delete_latest_result_of_version(
    request: Request, provider: Provider, consumer: Consumer, number: Number
) -> Response:
    """Remove the newest result for a consumer version's pact."""
    return await _remove(request, _latest(lambda c: lookup.pact(c, consumer, provider, number)))


@router.get(_PAIR + "/latest/verification-results/latest")
async def get_latest_result(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The newest result for the newest pact."""
    return await _show(request, _latest(_newest(consumer, provider)))


@router.delete(_PAIR + "/latest/verification-results/latest", status_code=204)
async def delete_latest_result(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """Remove the newest result for the newest pact."""
    return await _remove(request, _latest(_newest(consumer, provider)))


@router.get(_PAIR + "/latest/{tag:name}/verification-results/latest")
async def get_latest_result_with_tag(request: Request, provider: Provider, consumer: Consumer, tag: Tag) -> Response:
    """The newest result for the newest pact with a tag."""
    return await _show(request, _latest(_newest(consumer, provider, tag)))


@router.delete(_PAIR + "/latest/{tag:name}/verification-results/latest", status_code=204)
async def delete_latest_result_with_tag(request: Request, provider: Provider, consumer: Consumer, tag: Tag) -> Response:
    """Remove the newest result for the newest pact with a tag."""
    return await _remove(request, _latest(_newest(consumer, provider, tag)))


@router.get("/verification-results/consumer/{consumer:name}/version/{number:name}/latest")
async def get_results_of_consumer_version(request: Request, consumer: Consumer, number: Text) -> Response:
    """The newest result for each pact of a consumer version."""
    addresses, url = addresses_of(request), url_of(request)

    def work(connection: Any) -> dict[str, Any]:
        version = lookup.version(connection, consumer, number)
        mine = pacts.published_by(connection, [version.id]).get(version.id, [])
        newest = verifications.latest_each(connection, [each.content_id for each in mine])
        found = [(each, newest.get(each.content_id)) for each in mine]
        return documents.summary(addresses, consumer, number, found, url)

    return hal(await hub_of(request).read(work))
