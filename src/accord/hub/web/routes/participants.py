"""Participants, labels, branches."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.publication import is_name
from accord.hub.service import lookup
from accord.hub.service.problems import ConflictedError, InvalidError
from accord.hub.storage import participants, versions
from accord.hub.web.answers import hal, nothing
from accord.hub.web.bodies import document_of, query_of, read_json
from accord.hub.web.documents import participants as documents
from accord.hub.web.hub import addresses_of, hub_of
from accord.hub.web.paging import paging_of
from accord.hub.web.parameters import Branch, Name, Text
from accord.hub.web.routing import HubRouter

router = HubRouter(tags=["participants"])

_FIELDS = {
    "displayName": "display_name",
    "repositoryUrl": "repository_url",
    "repositoryName": "repository_name",
    "repositoryNamespace": "repository_namespace",
    "mainBranch": "main_branch",
}


@router.get("/pacticipants")
async def list_participants(request: Request) -> Response:
    """All participants; ``q`` narrows to those that contain it."""
    return hal(await hub_of(request).read(documents.collection, addresses_of(request), paging_of(request)))


@router.post("/pacticipants", status_code=201)
async def create_participant(request: Request) -> Response:
    """Make a participant."""
    document = document_of(await read_json(request))
    hub, addresses = hub_of(request), addresses_of(request)
    values = _values(document)
    name = document.get("name")
    if not is_name(name):
        raise InvalidError({"name": ["is missing" if name is None else "can't be blank"]})

    def work(connection: Any) -> dict[str, Any]:
        if not participants.create(connection, {"name": name, **values}, hub.clock()):
            raise ConflictedError(f"A pacticipant with name '{name}' already exists")
        return documents.created(connection, addresses, str(name))

    # The reference's address is misspelt, and is answered too; see get_participant.
    location = addresses.of("pacticpants", str(name))
    return hal(await hub.write(work), 201, location=location)


def _values(document: dict[str, Any], *, whole: bool = False) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for field, column in _FIELDS.items():
        value = document.get(field)
        if value is not None and not (isinstance(value, str) and "\n" not in value and len(value) < 2000):  # noqa: PLR2004 - a generous line
            errors[field] = ["must be one line of text"]
        elif field in document or whole:
            values[column] = value
    if isinstance(values.get("main_branch"), str) and " " in values["main_branch"]:
        errors["mainBranch"] = ["cannot contain spaces"]
    if errors:
        raise InvalidError(errors)
    if values.get("display_name", "") is None:
        values.pop("display_name")
    return values


@router.get("/pacticipants/label/{label:name}")
async def list_participants_with_label(request: Request, label: Text) -> Response:
    """The participants with a label."""
    work = documents.collection
    return hal(await hub_of(request).read(work, addresses_of(request), paging_of(request), label=label))


@router.get("/pacticpants/{name:name}", include_in_schema=False)
@router.get("/pacticipants/{name:name}")
async def get_participant(request: Request, name: Name) -> Response:
    """A participant."""
    return hal(await hub_of(request).read(documents.participant, addresses_of(request), name))


@router.put("/pacticipants/{name:name}")
@router.patch("/pacticipants/{name:name}")
async def change_participant(request: Request, name: Name) -> Response:
    """Change a participant, or make it."""
    document = document_of(await read_json(request))
    hub, addresses = hub_of(request), addresses_of(request)
    values = _values(document, whole=request.method == "PUT")
    if document.get("name", name) != name:
        raise InvalidError({"name": ["must match the name in the path"]})

    def work(connection: Any) -> tuple[dict[str, Any], bool]:
        found = participants.by_name(connection, name)
        if found is None:
            participants.create(connection, {"name": name, **values}, hub.clock())
        else:
            participants.change(connection, found.id, values, hub.clock())
        return documents.participant(connection, addresses, name), found is None

    result, created = await hub.write(work)
    return hal(result, 201 if created else 200)


@router.delete("/pacticipants/{name:name}", status_code=204)
async def delete_participant(request: Request, name: Name) -> Response:
    """Remove a participant with its versions, pacts and results."""

    def work(connection: Any) -> None:
        participants.remove(connection, lookup.participant(connection, name).id)

    await hub_of(request).write(work)
    return nothing()


@router.get("/labels")
async def list_labels(request: Request) -> Response:
    """Every label in use."""
    return hal(await hub_of(request).read(documents.labels, paging_of(request)))


@router.get("/pacticipants/{name:name}/labels/{label:name}")
async def get_label(request: Request, name: Name, label: Text) -> Response:
    """A label of a participant."""
    return hal(await hub_of(request).read(documents.label, addresses_of(request), name, label))


@router.put("/pacticipants/{name:name}/labels/{label:name}")
async def put_label(request: Request, name: Name, label: Text) -> Response:
    """Give a participant a label."""
    await read_json(request, needed=False)
    hub, addresses = hub_of(request), addresses_of(request)

    def work(connection: Any) -> tuple[dict[str, Any], bool]:
        owner = participants.find_or_create(connection, name, hub.clock())
        added = participants.add_label(connection, owner.id, label, hub.clock())
        return documents.label(connection, addresses, name, label), added

    result, added = await hub.write(work)
    location = addresses.of("pacticipants", name, "labels", label)
    return hal(result, 201 if added else 200, location=location if added else None)


@router.delete("/pacticipants/{name:name}/labels/{label:name}", status_code=204)
async def delete_label(request: Request, name: Name, label: Text) -> Response:
    """Take a label."""

    def work(connection: Any) -> None:
        owner = lookup.participant(connection, name)
        lookup.one(participants.remove_label(connection, owner.id, label) or None)

    await hub_of(request).write(work)
    return nothing()


@router.get("/pacticipants/{name:name}/branches")
async def list_branches(request: Request, name: Name) -> Response:
    """The branches of a participant; ``q`` narrows to those that contain it."""
    work = documents.branches
    return hal(await hub_of(request).read(work, addresses_of(request), name, paging_of(request)))


@router.delete("/pacticipants/{name:name}/branches", status_code=202)
async def delete_branches(request: Request, name: Name) -> Response:
    """Remove all branches but the main one and those in ``exclude[]``; their versions stay."""
    excluded = query_of(request).get("exclude") or []
    keep = set(excluded if isinstance(excluded, list) else [excluded])

    def work(connection: Any) -> int:
        owner = lookup.participant(connection, name)
        found = versions.branches_named(connection, owner.id)
        gone = [each.id for each in found if each.name not in keep and each.name != owner.main_branch]
        versions.remove_branches(connection, gone)
        return len(gone)

    count = await hub_of(request).write(work)
    notice = {"type": "success", "text": f"Scheduled deletion of {count} branches for pacticipant {name}"}
    return hal({"notices": [notice]}, 202)


@router.get("/pacticipants/{name:name}/branches/{branch:name}")
async def get_branch(request: Request, name: Name, branch: Branch) -> Response:
    """A branch."""
    return hal(await hub_of(request).read(documents.branch, addresses_of(request), name, branch))


@router.delete("/pacticipants/{name:name}/branches/{branch:name}", status_code=204)
async def delete_branch(request: Request, name: Name, branch: Branch) -> Response:
    """Remove a branch; its versions stay."""

    def work(connection: Any) -> None:
        owner = lookup.participant(connection, name)
        found = lookup.one(versions.branch(connection, owner.id, branch))
        versions.remove_branches(connection, [found.id])

    await hub_of(request).write(work)
    return nothing()
