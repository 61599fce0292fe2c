"""Publishing contracts, choosing those to verify, publishing results: what every build does."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.publication import PublicationError, read_publication
from accord.hub.domain.selection import Selection, SelectionError, read_selection, read_selection_query
from accord.hub.service import lookup
from accord.hub.service.problems import InvalidError
from accord.hub.service.publishing import ConflictError, Published, publish
from accord.hub.service.results import ResultError, read_result, record
from accord.hub.service.verifying import pacts_for_verification
from accord.hub.web.answers import JSON, hal
from accord.hub.web.bodies import document_of, query_of, read_json
from accord.hub.web.documents import pacts as documents
from accord.hub.web.documents.parts import participant_part, version_part
from accord.hub.web.documents.results import result as result_document
from accord.hub.web.hub import addresses_of, hub_of, moment_of
from accord.hub.web.parameters import Consumer, Provider, Segment, Sha
from accord.hub.web.routing import HubRouter
from accord.hub.wire.addresses import Addresses
from accord.hub.wire.metadata import decode_metadata

router = HubRouter(tags=["publishing"])


@router.post("/contracts/publish")
async def publish_contracts(request: Request) -> Response:
    """Publish all contracts of a consumer version at once, with its branch and tags; all are kept, or none."""
    document = await read_json(request)
    try:
        publication = read_publication(document)
    except PublicationError as error:
        raise InvalidError(error.errors) from None
    hub, addresses = hub_of(request), addresses_of(request)
    try:
        published = await hub.write(publish, publication, moment_of(request))
    except ConflictError as error:
        notices = [
            {"type": kind, "text": text}
            for message, diff in error.conflicts
            for kind, text in (("error", message), ("info", diff))
        ]
        errors = {"contracts": [message for message, _ in error.conflicts]}
        return hal({"notices": notices, "errors": errors}, 409, media_type=JSON)
    if published.deliveries:
        hub.queued.set()
    return hal(_published(addresses, published))


def _published(addresses: Addresses, published: Published) -> dict[str, Any]:
    name, number = published.participant.name, published.version.number
    return {
        "logs": [
            {"level": each.type, "message": each.text, "deprecationWarning": "Replaced by notices"}
            for each in published.notices
        ],
        "notices": [each.to_json() for each in published.notices],
        "_embedded": {
            "pacticipant": participant_part(addresses, name),
            "version": version_part(addresses, name, number),
        },
        "_links": {
            "pb:pacticipant": {"title": "Pacticipant", "name": name, "href": addresses.participant(name)},
            "pb:pacticipant-version": {
                "title": "Pacticipant version",
                "name": number,
                "href": addresses.version(name, number),
            },
            "pb:pacticipant-version-tags": [
                {"title": "Tag", "name": tag, "href": addresses.tag(name, number, tag)} for tag in published.tags
            ],
            "pb:contracts": [
                {"title": "Pact", "name": each.name, "href": addresses.pact(each.consumer, each.provider, each.version)}
                for each in published.pacts
            ],
        },
    }


async def _for_verification(request: Request, provider: str, selection: Selection, *, beta: bool) -> Response:
    addresses = addresses_of(request)

    def work(connection: Any) -> dict[str, Any]:
        owner = lookup.participant(connection, provider, "provider")
        found = pacts_for_verification(connection, owner, selection)
        return documents.verifiable(addresses, provider, found, beta=beta)

    try:
        return hal(await hub_of(request).read(work))
    except SelectionError as error:
        raise InvalidError(error.errors) from None


@router.post("/pacts/provider/{provider:name}/for-verification")
async def select_pacts(request: Request, provider: Provider) -> Response:
    """The pacts that a provider has to verify, by consumer version selectors, with pending and WIP."""
    document = document_of(await read_json(request, needed=False))
    try:
        selection = read_selection(document)
    except SelectionError as error:
        raise InvalidError(error.errors) from None
    return await _for_verification(request, provider, selection, beta=False)


@router.get("/pacts/provider/{provider:name}/for-verification")
async def select_pacts_by_query(request: Request, provider: Provider) -> Response:
    """The same for older clients, which ask by the query."""
    try:
        selection = read_selection_query(query_of(request))
    except SelectionError as error:
        raise InvalidError(error.errors) from None
    return await _for_verification(request, provider, selection, beta=True)


_CONTENT = "/pacts/provider/{provider:name}/consumer/{consumer:name}/pact-version/{sha:name}"


@router.post(_CONTENT + "/verification-results", status_code=201)
async def publish_result(request: Request, provider: Provider, consumer: Consumer, sha: Sha) -> Response:
    """Publish what a provider version's verification of a content came to."""
    return await _publish_result(request, consumer, provider, sha, {})


@router.post(_CONTENT + "/metadata/{metadata:name}/verification-results", status_code=201)
async def publish_result_with_metadata(
    request: Request, provider: Provider, consumer: Consumer, sha: Sha, metadata: Segment
) -> Response:
    """The same; the metadata says for which consumer versions it was verified."""
    return await _publish_result(request, consumer, provider, sha, decode_metadata(metadata))


async def _publish_result(
    request: Request, consumer: str, provider: str, sha: str, metadata: dict[str, Any]
) -> Response:
    document = await read_json(request)
    try:
        given = read_result(document)
    except ResultError as error:
        raise InvalidError(error.errors) from None
    hub, addresses, moment = hub_of(request), addresses_of(request), moment_of(request)

    def work(connection: Any) -> dict[str, Any]:
        pact = lookup.content(connection, consumer, provider, sha)
        kept = record(connection, pact, given, metadata, moment)
        return result_document(addresses, pact, kept)

    result = await hub.write(work)
    hub.queued.set()
    return hal(result, 201, location=result["_links"]["self"]["href"])
