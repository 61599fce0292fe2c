"""Lists of pacts: of a pair, of a provider, by branch and tag; provider states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.service import lookup
from accord.hub.storage import deployments, pacts
from accord.hub.web.answers import hal, nothing
from accord.hub.web.documents import pacts as documents
from accord.hub.web.hub import addresses_of, hub_of, url_of
from accord.hub.web.parameters import Branch, Consumer, Provider, Tag, Uuid
from accord.hub.web.routing import HubRouter

if TYPE_CHECKING:
    from collections.abc import Callable

router = HubRouter(tags=["pacts"])

_PAIR = "/pacts/provider/{provider:name}/consumer/{consumer:name}"
_PROVIDER = "/pacts/provider/{provider:name}"


def _everything(query: Any) -> Any:
    return query


async def _of_pair(
    request: Request, provider: str, consumer: str, narrow: Callable[[Any], Any], *, tag: str | None = None
) -> Response:
    addresses, url = addresses_of(request), url_of(request)

    def work(connection: Any) -> dict[str, Any]:
        documents.find(connection, consumer, provider)
        found = pacts.pacts(connection, narrow(pacts.between(consumer, provider)))
        return documents.pact_versions(addresses, consumer, provider, found, url, tag=tag)

    return hal(await hub_of(request).read(work))


async def _delete(request: Request, provider: str, consumer: str, narrow: Callable[[Any], Any]) -> Response:
    def work(connection: Any) -> None:
        documents.find(connection, consumer, provider)
        found = pacts.pacts(connection, narrow(pacts.between(consumer, provider)))
        pacts.remove(connection, [each.id for each in found])

    await hub_of(request).write(work)
    return nothing()


@router.get(_PAIR + "/versions")
async def list_pact_versions(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """All pacts of a pair, newest first."""
    return await _of_pair(request, provider, consumer, _everything)


@router.delete(_PAIR + "/versions", status_code=204)
async def delete_pact_versions(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """Remove all pacts of a pair."""
    return await _delete(request, provider, consumer, _everything)


@router.get(_PAIR + "/tag/{tag:name}")
async def list_pacts_with_tag(request: Request, provider: Provider, consumer: Consumer, tag: Tag) -> Response:
    """The pacts with a tag."""
    return await _of_pair(request, provider, consumer, lambda query: pacts.with_tag(query, tag), tag=tag)


@router.delete(_PAIR + "/tag/{tag:name}", status_code=204)
async def delete_pacts_with_tag(request: Request, provider: Provider, consumer: Consumer, tag: Tag) -> Response:
    """Remove the pacts with a tag."""
    return await _delete(request, provider, consumer, lambda query: pacts.with_tag(query, tag))


def _branch(branch: str | None, *, head: bool) -> Callable[[Any], Any]:
    if branch is None:
        return lambda query: pacts.on_main_branch(query, head=head)
    return lambda query: pacts.on_branch(query, branch, head=head)


@router.get(_PAIR + "/branch/versions")
async def list_pacts_of_main_branch(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The pacts of the consumer's main branch."""
    return await _of_pair(request, provider, consumer, _branch(None, head=False))


@router.delete(_PAIR + "/branch/versions", status_code=204)
async def delete_pacts_of_main_branch(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """Remove the pacts of the consumer's main branch."""
    return await _delete(request, provider, consumer, _branch(None, head=False))


@router.get(_PAIR + "/branch/latest/versions")
async def list_latest_pacts_of_main_branch(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The newest pact of the consumer's main branch."""
    return await _of_pair(request, provider, consumer, _branch(None, head=True))


@router.delete(_PAIR + "/branch/latest/versions", status_code=204)
async def delete_latest_pacts_of_main_branch(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """Remove the newest pact of the consumer's main branch."""
    return await _delete(request, provider, consumer, _branch(None, head=True))


@router.get(_PAIR + "/branch/{branch:name}")
async def list_pacts_of_branch(request: Request, provider: Provider, consumer: Consumer, branch: Branch) -> Response:
    """The pacts of a branch."""
    return await _of_pair(request, provider, consumer, _branch(branch, head=False))


@router.delete(_PAIR + "/branch/{branch:name}", status_code=204)
async def delete_pacts_of_branch(request: Request, provider: Provider, consumer: Consumer, branch: Branch) -> Response:
    """Remove the pacts of a branch."""
    return await _delete(request, provider, consumer, _branch(branch, head=False))


@router.get(_PAIR + "/branch/{branch:name}/latest/versions")
async def list_latest_pacts_of_branch(
    request: Request, provider: Provider, consumer: Consumer, branch: Branch
) -> Response:
    """The newest pact of a branch."""
    return await _of_pair(request, provider, consumer, _branch(branch, head=True))


@router.delete(_PAIR + "/branch/{branch:name}/latest/versions", status_code=204)
async def delete_latest_pacts_of_branch(
    request: Request, provider: Provider, consumer: Consumer, branch: Branch
) -> Response:
    """Remove the newest pact of a branch."""
    return await _delete(request, provider, consumer, _branch(branch, head=True))


async def _of_provider(
    request: Request, provider: str, narrow: Callable[[Any], Any], title: str, *, newest: bool = False
) -> Response:
    addresses, url = addresses_of(request), url_of(request)

    def work(connection: Any) -> dict[str, Any]:
        owner = lookup.participant(connection, provider, "provider")
        query = narrow(pacts.ALL.where(pacts.providers.c.name == owner.name))
        query = pacts.newest_per_pair(query) if newest else pacts.by_consumer(query)
        return documents.provider_pacts(addresses, provider, pacts.pacts(connection, query), url, title)

    return hal(await hub_of(request).read(work))


@router.get(_PROVIDER)
async def list_provider_pacts(request: Request, provider: Provider) -> Response:
    """All pacts of a provider."""
    return await _of_provider(request, provider, _everything, f"All pact versions for the provider {provider}")


@router.get(_PROVIDER + "/latest")
async def list_latest_provider_pacts(request: Request, provider: Provider) -> Response:
    """The newest pact of each consumer."""
    title = f"Latest pact versions for the provider {provider}"
    return await _of_provider(request, provider, _everything, title, newest=True)


@router.get(_PROVIDER + "/latest/{tag:name}")
async def list_latest_provider_pacts_with_tag(request: Request, provider: Provider, tag: Tag) -> Response:
    """The newest pact of each consumer with a tag."""
    title = f"Latest pact versions for the provider {provider} with consumer version tag '{tag}'"
    return await _of_provider(request, provider, lambda query: pacts.with_tag(query, tag), title, newest=True)


@router.get(_PROVIDER + "/tag/{tag:name}")
async def list_provider_pacts_with_tag(request: Request, provider: Provider, tag: Tag) -> Response:
    """The pacts of a provider with a tag."""
    title = f"All pact versions for the provider {provider} with consumer version tag '{tag}'"
    return await _of_provider(request, provider, lambda query: pacts.with_tag(query, tag), title)


@router.get(_PROVIDER + "/branch")
async def list_provider_pacts_of_main_branch(request: Request, provider: Provider) -> Response:
    """The pacts of each consumer's main branch."""
    title = f"All pact versions for the provider {provider}"
    return await _of_provider(request, provider, _branch(None, head=False), title)


@router.get(_PROVIDER + "/branch/latest")
async def list_latest_provider_pacts_of_main_branch(request: Request, provider: Provider) -> Response:
    """The newest pact of each consumer's main branch."""
    title = f"Latest pact versions for the provider {provider}"
    return await _of_provider(request, provider, _branch(None, head=True), title)


@router.get(_PROVIDER + "/branch/{branch:name}")
async def list_provider_pacts_of_branch(request: Request, provider: Provider, branch: Branch) -> Response:
    """The pacts of a branch of whichever consumer."""
    title = f"All pact versions for the provider {provider} with consumer version branch '{branch}'"
    return await _of_provider(request, provider, _branch(branch, head=False), title)


@router.get(_PROVIDER + "/branch/{branch:name}/latest")
async def list_latest_provider_pacts_of_branch(request: Request, provider: Provider, branch: Branch) -> Response:
    """The newest pact of a branch of each consumer."""
    title = f"Latest pact versions for the provider {provider} with consumer version branch '{branch}'"
    return await _of_provider(request, provider, _branch(branch, head=True), title)


async def _states(request: Request, provider: str, choose: Callable[[Any, Any], Any]) -> Response:
    def work(connection: Any) -> dict[str, Any]:
        owner = lookup.participant(connection, provider, "provider")
        query = choose(connection, pacts.ALL.where(pacts.providers.c.name == owner.name))
        return documents.provider_states(connection, pacts.pacts(connection, query))

    return hal(await hub_of(request).read(work))


@router.get(_PROVIDER + "/provider-states")
async def list_provider_states(request: Request, provider: Provider) -> Response:
    """The states that the pacts of the consumers' main branches need."""
    return await _states(request, provider, lambda _, query: pacts.on_main_branch(query, head=True))


@router.get(_PROVIDER + "/provider-states/branch/{branch:name}")
async def list_provider_states_of_branch(request: Request, provider: Provider, branch: Branch) -> Response:
    """The states that the pacts of a branch need."""
    return await _states(request, provider, lambda _, query: pacts.on_branch(query, branch, head=True))


@router.get(_PROVIDER + "/provider-states/environment/{uuid:name}")
async def list_provider_states_in_environment(request: Request, provider: Provider, uuid: Uuid) -> Response:
    """The states that the pacts of what is in an environment need."""

    def choose(connection: Any, query: Any) -> Any:
        place = lookup.environment(connection, uuid)
        there = deployments.present(connection, environment_id=place.id)
        return pacts.of_versions(query, [each.version_id for each in there])

    return await _states(request, provider, choose)
