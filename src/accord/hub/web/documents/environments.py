"""Environments, and what is deployed to them or released in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.hub.domain.records import timestamp
from accord.hub.storage import deployments
from accord.hub.web.documents.parts import participant_part, times, version_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from accord.hub.domain.records import Environment, Presence
    from accord.hub.wire.addresses import Addresses


def _self(addresses: Addresses, found: Environment) -> dict[str, str]:
    return {"title": "Environment", "name": found.name, "href": addresses.environment(found.uuid)}


def bare(found: Environment) -> dict[str, Any]:
    """Without links."""
    return {
        "uuid": found.uuid,
        "name": found.name,
        **({"displayName": found.display_name} if found.display_name is not None else {}),
        "production": found.production,
        **({"contacts": found.contacts} if found.contacts else {}),
        **({"requiredEvidence": found.required_evidence} if found.required_evidence else {}),
        **times(found.created_at, found.updated_at),
    }


def environment(addresses: Addresses, found: Environment) -> dict[str, Any]:
    """One."""
    return {
        **bare(found),
        "_links": {
            "self": _self(addresses, found),
            "pb:currently-deployed-deployed-versions": {
                "title": f"Versions currently deployed to {found.title} environment",
                "href": addresses.environment(found.uuid, "deployed-versions", "currently-deployed"),
            },
            "pb:currently-supported-released-versions": {
                "title": f"Versions released and supported in {found.title} environment",
                "href": addresses.environment(found.uuid, "released-versions", "currently-supported"),
            },
            "pb:environments": {"title": "Environments", "href": f"{addresses.base}/environments"},
        },
    }


def in_matrix(addresses: Addresses, found: Environment) -> dict[str, Any]:
    """As a version in the matrix shows it."""
    return {**bare(found), "_links": {"self": _self(addresses, found)}}


def collection(connection: Connection, addresses: Addresses) -> dict[str, Any]:
    """All."""
    found = deployments.all_environments(connection)
    return {
        "_embedded": {"environments": [environment(addresses, each) for each in found]},
        "_links": {
            "self": {"title": "Environments", "href": f"{addresses.base}/environments"},
            "pb:environments": [_self(addresses, each) for each in found],
        },
    }


def presence(addresses: Addresses, found: Presence, place: Environment | None) -> dict[str, Any]:
    """A deployment or release; with its environment, where one is given."""
    kind = "released-versions" if found.released else "deployed-versions"
    document: dict[str, Any] = {"uuid": found.uuid}
    if found.released:
        document["currentlySupported"] = found.current
    else:
        document["currentlyDeployed"] = found.current
        if found.target is not None:
            document |= {"target": found.target, "applicationInstance": found.target}
    if found.ended_at is not None and not found.released:
        document["undeployedAt"] = timestamp(found.ended_at)
    document |= times(found.created_at)
    if found.ended_at is not None and found.released:
        document["supportEndedAt"] = timestamp(found.ended_at)
    embedded = {
        "pacticipant": participant_part(addresses, found.participant),
        "version": version_part(addresses, found.participant, found.version),
    }
    if place is not None:
        embedded["environment"] = environment(addresses, place)
    return {
        **document,
        "_embedded": embedded,
        "_links": {"self": {"href": addresses.of(kind, found.uuid)}},
    }


def presences(
    addresses: Addresses, found: Sequence[Presence], url: str, title: str, *, released: bool
) -> dict[str, Any]:
    """Several."""
    name = "releasedVersions" if released else "deployedVersions"
    return {
        "_embedded": {name: [presence(addresses, each, None) for each in found]},
        "_links": {"self": {"href": url, "title": title}},
    }
