"""Versions, tags, branch versions, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.hub.domain.records import local_day
from accord.hub.service import lookup
from accord.hub.storage import deployments, pacts, versions
from accord.hub.web.documents.participants import deployed_links
from accord.hub.web.documents.parts import branch_parts, curies, tag_parts, times, version_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from accord.hub.domain.records import Environment, Evidence, Version
    from accord.hub.wire.addresses import Addresses


def version(connection: Connection, addresses: Addresses, found: Version, *, url: str | None = None) -> dict[str, Any]:
    """One; url: the address it was asked at, where that is another than its own."""
    return documents(connection, addresses, [found], url=url)[0]


def documents(
    connection: Connection, addresses: Addresses, found: Sequence[Version], *, url: str | None = None
) -> list[dict[str, Any]]:
    """Several."""
    ids = [each.id for each in found]
    branches = versions.branches_of(connection, ids)
    tags = versions.tags_of(connection, ids)
    published = pacts.published_by(connection, ids)
    environments = deployments.all_environments(connection)
    places = {each.id: each for each in environments}
    there: dict[int, list[Any]] = {}
    for each in deployments.present(connection, released=False, version_ids=ids, current=None):
        there.setdefault(each.version_id, []).append(each)
    return [
        {
            "number": each.number,
            **({"buildUrl": each.build_url} if each.build_url else {}),
            **times(each.created_at, each.updated_at),
            "_embedded": {
                "branchVersions": branch_parts(addresses, each.participant, each.number, branches.get(each.id, ())),
                "tags": tag_parts(addresses, each.participant, each.number, tags.get(each.id, ())),
            },
            "_links": {
                "self": {
                    "title": "Version",
                    "name": each.number,
                    "href": url or addresses.version(each.participant, each.number),
                },
                "pb:pacticipant": {
                    "title": "Pacticipant",
                    "name": each.participant,
                    "href": addresses.participant(each.participant),
                },
                "pb:tag": {
                    "href": f"{addresses.version(each.participant, each.number)}/tags/{{tag}}",
                    "title": "Get, create or delete a tag for this pacticipant version",
                    "templated": True,
                },
                "pb:latest-verification-results-where-pacticipant-is-consumer": {
                    "title": "Latest verification results for consumer version",
                    "href": addresses.of(
                        "verification-results", "consumer", each.participant, "version", each.number, "latest"
                    ),
                },
                "pb:pact-versions": [
                    {
                        "title": "Pact",
                        "name": pact.name,
                        "href": addresses.pact(pact.consumer, pact.provider, pact.version),
                    }
                    for pact in published.get(each.id, [])
                ],
                "pb:deployed-environments": deployed_links(addresses, there.get(each.id, []), places, instances=True),
                **_record_links(addresses, each, environments),
                "curies": curies(addresses, "version"),
            },
        }
        for each in found
    ]


def _record_links(addresses: Addresses, found: Version, environments: Sequence[Environment]) -> dict[str, Any]:
    return {
        f"pb:record-{what}": [
            {
                "title": f"Record {what} to {each.title}",
                "name": each.name,
                "href": addresses.of(
                    "pacticipants", found.participant, "versions", found.number, kind, "environment", each.uuid
                ),
            }
            for each in environments
        ]
        for what, kind in (("deployment", "deployed-versions"), ("release", "released-versions"))
    }


def collection(
    connection: Connection, addresses: Addresses, name: str, found: Sequence[Version], url: str
) -> dict[str, Any]:
    """Several of one participant."""
    return {
        "_embedded": {"versions": documents(connection, addresses, found)},
        "_links": {
            "self": {"href": url, "title": f"All application versions of {name}"},
            "pacticipant": {"href": addresses.participant(name), "title": name},
            "versions": [
                {
                    "href": addresses.version(name, each.number),
                    "title": f"{each.number} ({local_day(each.created_at)})",
                }
                for each in found
            ],
        },
    }


def tag(connection: Connection, addresses: Addresses, name: str, number: str, wanted: str) -> dict[str, Any]:
    """A tag of a version."""
    found = lookup.version(connection, name, number)
    mine = versions.tags_of(connection, [found.id]).get(found.id, [])
    each = lookup.one(next((each for each in mine if each.name == wanted), None))
    return {
        "name": each.name,
        **times(each.created_at),
        "_links": {
            "self": {"title": "Tag", "name": each.name, "href": addresses.tag(name, number, each.name)},
            "version": version_link(addresses, name, number),
            "pacticipant": {"title": "Pacticipant", "name": name, "href": addresses.participant(name)},
        },
    }


def branch_version(connection: Connection, addresses: Addresses, name: str, branch: str, number: str) -> dict[str, Any]:
    """That a version is on a branch."""
    found = lookup.version(connection, name, number)
    mine = versions.branches_of(connection, [found.id]).get(found.id, [])
    each = lookup.one(next((each for each in mine if each.name == branch), None))
    return {
        **times(each.created_at),
        "_links": {
            "self": {"title": "Branch version", "href": addresses.branch_version(name, branch, number)},
            "pb:branch": {
                "title": "Branch",
                "name": branch,
                "href": addresses.of("pacticipants", name, "branches", branch),
            },
            "pb:version": version_link(addresses, name, number),
        },
    }


def evidence(connection: Connection, addresses: Addresses, name: str, number: str) -> dict[str, Any]:
    """What is attached to a version."""
    found = lookup.version(connection, name, number)
    mine = deployments.evidence_of(connection, [found.id]).get(found.id, [])
    url = f"{addresses.version(name, number)}/evidence"
    return {
        "_embedded": {"evidence": [evidence_document(addresses, name, number, each) for each in mine]},
        "_links": {
            "self": {"title": f"Evidence for {name} {number}", "href": url},
            "pb:version": version_link(addresses, name, number),
        },
    }


def evidence_document(addresses: Addresses, name: str, number: str, each: Evidence) -> dict[str, Any]:
    """One piece of evidence."""
    return {
        "name": each.name,
        "success": each.success,
        **({"url": each.url} if each.url else {}),
        **({"details": each.details} if each.details is not None else {}),
        **times(each.created_at, each.updated_at),
        "_links": {
            "self": {
                "title": "Evidence",
                "name": each.name,
                "href": addresses.of("pacticipants", name, "versions", number, "evidence", each.name),
            }
        },
    }
