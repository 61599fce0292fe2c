"""Pacts: single ones, lists, differences, provider states."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.differences import difference
from accord.hub.domain.publication import ContractToPublish, is_name, name_in
from accord.hub.service import lookup
from accord.hub.service.problems import ConflictedError, InvalidError
from accord.hub.service.publishing import ConflictError, publish_pact
from accord.hub.storage import pacts
from accord.hub.web.answers import EXTENDED, JSON, hal, nothing, text
from accord.hub.web.bodies import read_pact_body
from accord.hub.web.documents import pacts as documents
from accord.hub.web.hub import addresses_of, hub_of, moment_of
from accord.hub.web.parameters import Consumer, Number, Provider, Segment, Sha, Tag
from accord.hub.web.routing import HubRouter
from accord.hub.wire.metadata import decode_metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.hub.domain.records import Pact

router = HubRouter(tags=["pacts"])

_PAIR = "/pacts/provider/{provider:name}/consumer/{consumer:name}"
_OLD_PAIR = "/pact/provider/{provider:name}/consumer/{consumer:name}"


async def one(request: Request, find: Callable[[Any], Pact], **options: Any) -> Response:
    """A pact in the shape that the caller accepts."""
    addresses = addresses_of(request)
    accept = request.headers.get("accept", "")

    def work(connection: Any) -> dict[str, Any]:
        found = find(connection)
        if EXTENDED in accept:
            return documents.extended_pact(connection, addresses, found)
        if options.get("by_content"):
            chosen = documents.chosen_versions(connection, decode_metadata(options.get("metadata") or ""))
            return documents.pact(connection, addresses, found, chosen=chosen, **options)
        return documents.pact(connection, addresses, found, **options)

    result = await hub_of(request).read(work)
    if EXTENDED in accept:
        return hal(result, media_type=f"{EXTENDED};charset=utf-8")
    plain = "application/json" in accept and "hal+json" not in accept
    return hal(result, media_type=JSON) if plain else hal(result)


@router.get("/pacts/latest")
async def list_latest_pacts(request: Request) -> Response:
    """The newest pact of every pair."""
    addresses = addresses_of(request)

    def work(connection: Any) -> dict[str, Any]:
        found = pacts.pacts(connection, pacts.newest_per_pair())
        return documents.latest_pacts(addresses, found)

    return hal(await hub_of(request).read(work))


@router.get(_PAIR + "/pact-version/{sha:name}")
async def get_content(request: Request, provider: Provider, consumer: Consumer, sha: Sha) -> Response:
    """A pact by its content."""
    return await one(request, lambda c: lookup.content(c, consumer, provider, sha), by_content=True)


@router.get(_PAIR + "/pact-version/{sha:name}/metadata/{metadata:name}")
async def get_content_with_metadata(
    request: Request, provider: Provider, consumer: Consumer, sha: Sha, metadata: Segment
) -> Response:
    """A pact by its content, as it was given for verification."""
    found = decode_metadata(metadata)

    def find(connection: Any) -> Pact:
        newest = lookup.content(connection, consumer, provider, sha)
        numbers = documents.chosen_versions(connection, found)
        if not numbers and isinstance(found.get("cvn"), str):
            numbers = [found["cvn"]]
        same = [each for each in pacts.with_sha(connection, consumer, provider, sha) if each.version in numbers]
        return same[0] if same else newest

    return await one(request, find, by_content=True, metadata=metadata)


@router.get(_OLD_PAIR + "/version/{number:name}", include_in_schema=False)
@router.get(_PAIR + "/versions/{number:name}", include_in_schema=False)
@router.get(_PAIR + "/version/{number:name}")
async def get_pact(request: Request, provider: Provider, consumer: Consumer, number: Number) -> Response:
    """The pact that a consumer version published."""
    return await one(request, lambda c: lookup.pact(c, consumer, provider, number))


@router.put(_OLD_PAIR + "/version/{number:name}", include_in_schema=False)
@router.put(_PAIR + "/versions/{number:name}", include_in_schema=False)
@router.put(_PAIR + "/version/{number:name}")
async def put_pact(request: Request, provider: Provider, consumer: Consumer, number: Number) -> Response:
    """Publish a pact."""
    return await _publish(request, provider, consumer, number, merge=False)


@router.patch(_OLD_PAIR + "/version/{number:name}", include_in_schema=False)
@router.patch(_PAIR + "/versions/{number:name}", include_in_schema=False)
@router.patch(_PAIR + "/version/{number:name}")
async def merge_pact(request: Request, provider: Provider, consumer: Consumer, number: Number) -> Response:
    """Publish a part of a pact; it is merged with what is there."""
    return await _publish(request, provider, consumer, number, merge=True)


async def _publish(request: Request, provider: str, consumer: str, number: str, *, merge: bool) -> Response:
    pact = await read_pact_body(request)
    errors: dict[str, list[str]] = {}
    for role, name in (("consumer", consumer), ("provider", provider)):
        inside = name_in(pact, role)  # type: ignore[arg-type]  # one of the two
        if inside is not None and inside != name:
            message = f"name in pact ('{inside}') does not match name in URL path ('{name}')."
            errors[f"{role}.name"] = [message]
        if not is_name(name):
            errors[f"{role}.name"] = ["must be one line of at most 255 characters"]
    if not is_name(number):
        errors["consumer_version_number"] = ["must be one line of at most 255 characters"]
    if errors:
        raise InvalidError(errors)
    hub, addresses, moment = hub_of(request), addresses_of(request), moment_of(request)
    contract = ContractToPublish(provider, pact, merge)

    def work(connection: Any) -> tuple[dict[str, Any], bool]:
        kept, created = publish_pact(connection, consumer, number, contract, moment)
        return documents.pact(connection, addresses, kept), created

    try:
        result, created = await hub.write(work)
    except ConflictError as error:
        raise ConflictedError(str(error)) from None
    hub.queued.set()
    location = addresses.pact(consumer, provider, number)
    return hal(result, 201 if created else 200, location=location if created else None)


@router.delete(_OLD_PAIR + "/version/{number:name}", include_in_schema=False)
@router.delete(_PAIR + "/versions/{number:name}", include_in_schema=False)
@router.delete(_PAIR + "/version/{number:name}", status_code=204)
async def delete_pact(request: Request, provider: Provider, consumer: Consumer, number: Number) -> Response:
    """Remove a pact."""

    def work(connection: Any) -> None:
        pacts.remove(connection, [lookup.pact(connection, consumer, provider, number).id])

    await hub_of(request).write(work)
    return nothing()


async def _latest(request: Request, provider: str, consumer: str, narrow: Callable[[Any], Any]) -> Response:
    def find(connection: Any) -> Pact:
        documents.find(connection, consumer, provider)
        found = pacts.pacts(connection, narrow(pacts.between(consumer, provider)).limit(1))
        return lookup.one(found[0] if found else None)

    return await one(request, find)


@router.get(_OLD_PAIR + "/latest", include_in_schema=False)
@router.get(_PAIR + "/latest")
async def get_latest_pact(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The newest pact."""
    return await _latest(request, provider, consumer, lambda query: query)


@router.get(_PAIR + "/latest-untagged")
async def get_latest_untagged_pact(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The newest pact of a version without tags."""
    return await _latest(request, provider, consumer, pacts.untagged)


@router.get(_PAIR + "/latest/{tag:name}")
async def get_latest_pact_with_tag(request: Request, provider: Provider, consumer: Consumer, tag: Tag) -> Response:
    """The newest pact with a tag."""
    return await _latest(request, provider, consumer, lambda query: pacts.with_tag(query, tag))


@router.get(_PAIR + "/branch/{tag:name}/latest")
async def get_latest_pact_of_branch(request: Request, provider: Provider, consumer: Consumer, tag: Tag) -> Response:
    """The newest pact of a branch."""
    return await _latest(request, provider, consumer, lambda query: pacts.on_branch(query, tag, head=True))


@router.get(_PAIR + "/version/{number:name}/previous-distinct")
async def get_previous_distinct_pact(
    request: Request, provider: Provider, consumer: Consumer, number: Number
) -> Response:
    """The pact before, with another content."""

    def find(connection: Any) -> Pact:
        found = lookup.pact(connection, consumer, provider, number)
        return lookup.one(pacts.previous(connection, found, distinct=True))

    return await one(request, find)


async def _diff(request: Request, find: Callable[[Any], tuple[Pact, Pact | None]]) -> Response:
    def work(connection: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
        new, old = find(connection)
        if old is None:
            return "No previous distinct version was found for this pact.", {}, {}
        texts = pacts.documents(connection, {new.content_id, old.content_id})
        what = f"the pact between {new.consumer} and {new.provider}"
        title = f"# Diff between versions {old.version} and {new.version} of {what}"
        return title, json.loads(texts[old.content_id]), json.loads(texts[new.content_id])

    title, old, new = await hub_of(request).read(work)
    if not old and not new:
        return text(f"{title}\n")
    lines = difference(old, new) or "The pacts say the same."
    return text(f"{title}\n\n{lines}\n")


@router.get(_PAIR + "/version/{number:name}/diff/previous-distinct")
async def diff_with_previous(request: Request, provider: Provider, consumer: Consumer, number: Number) -> Response:
    """What changed since the pact before."""

    def find(connection: Any) -> tuple[Pact, Pact | None]:
        found = lookup.pact(connection, consumer, provider, number)
        return found, pacts.previous(connection, found, distinct=True)

    return await _diff(request, find)


@router.get(_PAIR + "/version/{number:name}/diff/version/{other:name}")
async def diff_with_version(
    request: Request, provider: Provider, consumer: Consumer, number: Number, other: Number
) -> Response:
    """What differs from another version's pact."""

    def find(connection: Any) -> tuple[Pact, Pact | None]:
        new = lookup.pact(connection, consumer, provider, number)
        return new, lookup.pact(connection, consumer, provider, other)

    return await _diff(request, find)


@router.get(_PAIR + "/pact-version/{sha:name}/diff/pact-version/{other:name}")
async def diff_with_content(request: Request, provider: Provider, consumer: Consumer, sha: Sha, other: Sha) -> Response:
    """What differs from another content."""

    def find(connection: Any) -> tuple[Pact, Pact | None]:
        new = lookup.content(connection, consumer, provider, sha)
        return new, lookup.content(connection, consumer, provider, other)

    return await _diff(request, find)
