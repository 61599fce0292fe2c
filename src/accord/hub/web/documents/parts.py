"""Parts that several documents have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.hub.domain.records import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accord.hub.domain.records import VersionBranch, VersionTag
    from accord.hub.wire.addresses import Addresses


def times(created_at: int, updated_at: int | None = None) -> dict[str, str]:
    """When it was made and changed."""
    created = {"createdAt": timestamp(created_at)}
    return {"updatedAt": timestamp(updated_at), **created} if updated_at is not None else created


def curies(addresses: Addresses, context: str) -> list[dict[str, Any]]:
    """What ``pb:`` stands for."""
    return [{"name": "pb", "href": f"{addresses.base}/doc/{{rel}}?context={context}", "templated": True}]


def participant_part(addresses: Addresses, name: str) -> dict[str, Any]:
    """A participant inside another document."""
    return {"name": name, "_links": {"self": {"href": addresses.participant(name)}}}


def version_link(addresses: Addresses, participant: str, number: str, title: str = "Version") -> dict[str, str]:
    """A link to a version."""
    return {"title": title, "name": number, "href": addresses.version(participant, number)}


def version_part(addresses: Addresses, participant: str, number: str) -> dict[str, Any]:
    """A version inside another document."""
    return {"number": number, "_links": {"self": version_link(addresses, participant, number)}}


def branch_parts(
    addresses: Addresses, participant: str, number: str, branches: Iterable[VersionBranch]
) -> list[dict[str, Any]]:
    """The branches of a version."""
    return [
        {
            "name": each.name,
            "latest": each.latest,
            "_links": {
                "self": {
                    "title": "Branch version",
                    "name": each.name,
                    "href": addresses.branch_version(participant, each.name, number),
                }
            },
        }
        for each in branches
    ]


def tag_parts(
    addresses: Addresses, participant: str, number: str, tags: Iterable[VersionTag], *, titled: bool = True
) -> list[dict[str, Any]]:
    """The tags of a version; titled: as the version shows them, else as the matrix does."""
    parts: list[dict[str, Any]] = []
    for each in tags:
        link = {"href": addresses.tag(participant, number, each.name)}
        if titled:
            parts.append({"name": each.name, "_links": {"self": {"title": "Tag", "name": each.name, **link}}})
        else:
            parts.append({"name": each.name, "latest": each.latest, "_links": {"self": link}})
    return parts
