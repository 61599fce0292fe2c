"""Participants, their labels and branches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.hub.service import lookup
from accord.hub.storage import deployments, participants, versions
from accord.hub.web.documents.parts import curies, times, version_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from accord.hub.domain.records import Branch, Environment, Label, Participant, Presence, Version
    from accord.hub.web.paging import Paging
    from accord.hub.wire.addresses import Addresses

USE_LATEST = "DEPRECATED - please use latestVersion"


def participant(connection: Connection, addresses: Addresses, name: str) -> dict[str, Any]:
    """One, with where it is or was deployed."""
    found = lookup.participant(connection, name)
    there = deployments.present(connection, released=False, participant_ids=[found.id], current=None)
    newest = {(each.environment_id, each.target): each for each in there}
    places = deployments.environments_by_id(connection, {each.environment_id for each in there})
    deployed = deployed_links(addresses, newest.values(), places)
    return _documents(connection, addresses, [found], deployed=deployed)[0]


def created(connection: Connection, addresses: Addresses, name: str) -> dict[str, Any]:
    """One as its creator is shown it."""
    return _documents(connection, addresses, [lookup.participant(connection, name)])[0]


def deployed_links(
    addresses: Addresses, there: Iterable[Presence], places: dict[int, Environment], *, instances: bool = False
) -> list[dict[str, Any]]:
    """Links to deployments, past ones too."""
    links = []
    for each in there:
        title = places[each.environment_id].title
        link: dict[str, Any] = {
            "title": f"Version deployed to {title}",
            "name": title,
            "href": addresses.of("deployed-versions", each.uuid),
            "currently_deployed": each.current,
        }
        if instances and each.target is not None:
            link["application_instance"] = each.target
        links.append(link)
    return links


def collection(
    connection: Connection, addresses: Addresses, paging: Paging, *, label: str | None = None
) -> dict[str, Any]:
    """All, or those with a label."""
    return paging.document(
        participants.all_of_them(connection, label=label),
        lambda found: _collection(connection, addresses, paging.url, found, label=label),
        lambda each: each.name,
    )


def _collection(
    connection: Connection, addresses: Addresses, url: str, found: Sequence[Participant], *, label: str | None
) -> dict[str, Any]:
    documents = _documents(connection, addresses, found)
    links: dict[str, Any] = {
        "self": {"href": url},
        "pb:pacticipants-with-label": {
            "title": "Find pacticipants by label",
            "href": f"{addresses.base}/pacticipants/label/{{label}}",
            "templated": True,
        },
        "pb:pacticipants": [
            {"href": addresses.participant(each.name), "title": "Pacticipant", "name": each.name} for each in found
        ],
    }
    if label is not None:
        links.pop("pb:pacticipants-with-label")
        return {"_embedded": {"pacticipants": documents}, "_links": links}
    links["pacticipants"] = [
        {
            "href": addresses.participant(each.name),
            "title": each.name,
            "name": "DEPRECATED - please use pb:pacticipants",
        }
        for each in found
    ]
    deprecated = "DEPRECATED - Please use the embedded pacticipants collection"
    return {
        "_embedded": {"pacticipants": documents},
        "_links": links,
        "pacticipants": [{**each, "title": deprecated} for each in documents],
    }


def _documents(
    connection: Connection,
    addresses: Addresses,
    found: Sequence[Participant],
    *,
    deployed: list[dict[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    ids = [each.id for each in found]
    latest = versions.latest_of(connection, ids)
    labels = participants.labels_of(connection, ids)
    return [_document(addresses, each, latest.get(each.id), labels.get(each.id, []), deployed) for each in found]


def _document(
    addresses: Addresses,
    found: Participant,
    latest: Version | None,
    labels: Sequence[Label],
    deployed: list[dict[str, Any]] | None,
) -> dict[str, Any]:
    optional = {
        "repositoryUrl": found.repository_url,
        "repositoryName": found.repository_name,
        "repositoryNamespace": found.repository_namespace,
        "mainBranch": found.main_branch,
    }
    embedded: dict[str, Any] = {"labels": [_label_part(addresses, each) for each in labels]}
    if latest is not None:
        part = version_part(addresses, found.name, latest.number)
        embedded = {
            "latestVersion": part,
            **embedded,
            "latest-version": {**part, "title": USE_LATEST, "name": USE_LATEST},
        }
    return {
        "name": found.name,
        "displayName": found.display_name,
        **{name: value for name, value in optional.items() if value is not None},
        **times(found.created_at, found.updated_at),
        "_embedded": embedded,
        "_links": _links(addresses, found.name, deployed),
    }


def _label_part(addresses: Addresses, label: Label) -> dict[str, Any]:
    href = addresses.of("pacticipants", label.participant, "labels", label.name)
    return {"name": label.name, "_links": {"self": {"title": "Label", "name": label.name, "href": href}}}


def _links(addresses: Addresses, name: str, deployed: list[dict[str, Any]] | None) -> dict[str, Any]:
    url = addresses.participant(name)

    def templated(title: str, href: str) -> dict[str, Any]:
        return {"title": title, "href": f"{url}/{href}", "templated": True}

    return {
        "self": {"href": url},
        "pb:versions": {"href": f"{url}/versions"},
        "pb:branches": {"href": f"{url}/branches"},
        **({"pb:deployed-environments": deployed} if deployed is not None else {}),
        "pb:version": templated("Get, create or delete a pacticipant version", "versions/{version}"),
        "pb:version-tag": templated(
            f"Get, create or delete a tag for a version of {name}", "versions/{version}/tags/{tag}"
        ),
        "pb:branch-version": templated(
            f"Get or add/create a version for a branch of {name}", "branches/{branch}/versions/{version}"
        ),
        "pb:label": templated(f"Get, create or delete a label for {name}", "labels/{label}"),
        "versions": {"title": "Deprecated - use pb:versions", "href": f"{url}/versions"},
        "pb:can-i-deploy-badge": templated(
            f"Can I Deploy {name} badge", "latest-version/{tag}/can-i-deploy/to/{environmentTag}/badge"
        ),
        "pb:can-i-deploy-branch-to-environment-badge": templated(
            f"Can I Deploy {name} from branch to environment badge",
            "branches/{branch}/latest-version/can-i-deploy/to-environment/{environment}/badge",
        ),
        "curies": curies(addresses, "pacticipant"),
    }


def label(connection: Connection, addresses: Addresses, name: str, wanted: str) -> dict[str, Any]:
    """A label of a participant."""
    owner = lookup.participant(connection, name)
    mine = participants.labels_of(connection, [owner.id]).get(owner.id, [])
    found = lookup.one(next((each for each in mine if each.name == wanted), None))
    return {
        "name": found.name,
        **times(found.created_at),
        "_links": {
            **_label_part(addresses, found)["_links"],
            "pacticipant": {"title": "Pacticipant", "name": name, "href": addresses.participant(name)},
        },
    }


def labels(connection: Connection, paging: Paging) -> dict[str, Any]:
    """Every label in use."""

    def document(names: Sequence[str]) -> dict[str, Any]:
        return {
            "_embedded": {"labels": [{"name": each} for each in names]},
            "_links": {"self": {"title": "Labels", "href": paging.url}},
        }

    return paging.document(participants.label_names(connection), document)


def branch(connection: Connection, addresses: Addresses, name: str, wanted: str) -> dict[str, Any]:
    """A branch of a participant."""
    owner = lookup.participant(connection, name)
    return branch_document(addresses, lookup.one(versions.branch(connection, owner.id, wanted)))


def branch_document(addresses: Addresses, found: Branch) -> dict[str, Any]:
    """A branch."""
    href = addresses.of("pacticipants", found.participant, "branches", found.name)
    return {
        "name": found.name,
        **times(found.created_at),
        "_links": {
            "self": {"title": "Branch", "href": href},
            "pb:latest-version": {"title": "Latest version for branch", "href": f"{href}/latest-version"},
        },
    }


def branches(connection: Connection, addresses: Addresses, name: str, paging: Paging) -> dict[str, Any]:
    """The branches of a participant, newest first."""
    owner = lookup.participant(connection, name)

    def document(found: Sequence[Branch]) -> dict[str, Any]:
        links = [
            {"name": each.name, "href": addresses.of("pacticipants", name, "branches", each.name)} for each in found
        ]
        return {
            "_embedded": {"branches": [branch_document(addresses, each) for each in found]},
            "_links": {"self": {"title": f"{name} branches", "href": paging.url}, "pb:branches": links},
        }

    return paging.document(versions.branches_named(connection, owner.id, containing=paging.wanted), document)
