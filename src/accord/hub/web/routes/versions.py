"""Versions, tags, what puts a version on a branch, evidence."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.publication import is_name
from accord.hub.domain.records import Version
from accord.hub.service import lookup
from accord.hub.service.problems import InvalidError
from accord.hub.service.publishing import put_on_branch
from accord.hub.storage import deployments, participants, versions
from accord.hub.web.answers import hal, nothing
from accord.hub.web.bodies import document_of, read_json
from accord.hub.web.documents import versions as documents
from accord.hub.web.hub import addresses_of, hub_of, url_of
from accord.hub.web.paging import paging_of
from accord.hub.web.parameters import Branch, Name, Number, Tag, Text, Uuid
from accord.hub.web.routing import HubRouter

router = HubRouter(tags=["versions"])

_CLOSED = "{name:name}/versions/{number:name}"


async def _listed(request: Request, name: str, **criteria: Any) -> Response:
    addresses, paging = addresses_of(request), paging_of(request)

    def work(connection: Any) -> dict[str, Any]:
        owner = lookup.participant(connection, name)
        everything = versions.listed(connection, owner.id, **criteria)
        return paging.document(
            everything, lambda found: documents.collection(connection, addresses, name, found, paging.url)
        )

    return hal(await hub_of(request).read(work))


@router.get("/pacticipants/{name:name}/versions")
async def list_versions(request: Request, name: Name) -> Response:
    """All versions, newest first; ``page`` and ``size`` give them in pages."""
    return await _listed(request, name)


@router.get("/pacticipants/{name:name}/branches/{branch:name}/versions")
async def list_branch_versions(request: Request, name: Name, branch: Branch) -> Response:
    """The versions on a branch."""
    return await _listed(request, name, branch=branch)


@router.get("/pacticipants/{name:name}/tags/{tag:name}/versions")
async def list_tag_versions(request: Request, name: Name, tag: Tag) -> Response:
    """The versions with a tag."""
    return await _listed(request, name, tag=tag)


@router.get("/pacticipants/{name:name}/environments/{uuid:name}/versions")
async def list_environment_versions(request: Request, name: Name, uuid: Uuid) -> Response:
    """The versions that are in an environment."""
    addresses, url = addresses_of(request), url_of(request)

    def work(connection: Any) -> dict[str, Any]:
        owner, place = lookup.participant(connection, name), lookup.environment(connection, uuid)
        there = deployments.present(connection, environment_id=place.id, participant_ids=[owner.id])
        found = versions.by_ids(connection, {each.version_id for each in there})
        newest_first = sorted(found.values(), key=lambda each: -each.id)
        return documents.collection(connection, addresses, name, newest_first, url)

    return hal(await hub_of(request).read(work))


@router.get("/pacticipants/" + _CLOSED)
async def get_version(request: Request, name: Name, number: Number) -> Response:
    """A version."""
    addresses = addresses_of(request)

    def work(connection: Any) -> dict[str, Any]:
        return documents.version(connection, addresses, lookup.version(connection, name, number))

    return hal(await hub_of(request).read(work))


@router.put("/pacticipants/" + _CLOSED)
@router.patch("/pacticipants/" + _CLOSED)
async def change_version(request: Request, name: Name, number: Number) -> Response:
    """Make a version or change it: its build, its tags."""
    document = document_of(await read_json(request, needed=False))
    build_url, tags = document.get("buildUrl"), document.get("tags")
    errors: dict[str, list[str]] = {}
    if build_url is not None and not is_name(build_url, 2000):
        errors["buildUrl"] = ["must be one line of text"]
    if tags is not None and not (
        isinstance(tags, list) and all(isinstance(each, dict) and is_name(each.get("name")) for each in tags)
    ):
        errors["tags"] = ["must be a list of tags with a name each"]
    if errors:
        raise InvalidError(errors)
    hub, addresses = hub_of(request), addresses_of(request)

    def work(connection: Any) -> tuple[dict[str, Any], bool]:
        now = hub.clock()
        owner = participants.find_or_create(connection, name, now)
        found, created = versions.find_or_create(connection, owner.id, number, now, build_url=build_url)
        if not created:
            values = {"build_url": build_url} if "buildUrl" in document or request.method == "PUT" else {}
            versions.touch(connection, found.id, now, **values)
        for each in tags or ():
            versions.add_tag(connection, found, each["name"], now)
        changed = lookup.version(connection, name, number)
        return documents.version(connection, addresses, changed), created

    result, created = await hub.write(work)
    return hal(result, 201 if created else 200)


@router.delete("/pacticipants/" + _CLOSED, status_code=204)
async def delete_version(request: Request, name: Name, number: Number) -> Response:
    """Remove a version with its pacts and results."""

    def work(connection: Any) -> None:
        found = lookup.version(connection, name, number)
        headed = versions.branches_with_head(connection, [found.id])
        versions.remove(connection, found.id)
        versions.renew_heads(connection, headed)

    await hub_of(request).write(work)
    return nothing()


async def _latest(request: Request, name: str, *, tag: str | None = None, branch: str | None = None) -> Response:
    addresses, url = addresses_of(request), url_of(request)

    def work(connection: Any) -> dict[str, Any]:
        owner = lookup.participant(connection, name)
        found = lookup.one(versions.latest(connection, owner.id, tag=tag, branch=branch))
        return documents.version(connection, addresses, found, url=url)

    return hal(await hub_of(request).read(work))


@router.get("/pacticipants/{name:name}/latest-version")
async def get_latest_version(request: Request, name: Name) -> Response:
    """The newest version."""
    return await _latest(request, name)


@router.get("/pacticipants/{name:name}/latest-version/{tag:name}")
async def get_latest_version_with_tag(request: Request, name: Name, tag: Tag) -> Response:
    """The newest version with a tag."""
    return await _latest(request, name, tag=tag)


@router.get("/pacticipants/{name:name}/branches/{branch:name}/latest-version")
async def get_latest_version_of_branch(request: Request, name: Name, branch: Branch) -> Response:
    """The version put on a branch last."""
    return await _latest(request, name, branch=branch)


@router.get("/pacticipants/" + _CLOSED + "/tags/{tag:name}")
async def get_tag(request: Request, name: Name, number: Number, tag: Tag) -> Response:
    """A tag of a version."""
    return hal(await hub_of(request).read(documents.tag, addresses_of(request), name, number, tag))


@router.put("/pacticipants/" + _CLOSED + "/tags/{tag:name}")
async def put_tag(request: Request, name: Name, number: Number, tag: Tag) -> Response:
    """Tag a version; the first tag of a version without a branch stands for its branch too."""
    await read_json(request, needed=False)
    hub, addresses = hub_of(request), addresses_of(request)

    def work(connection: Any) -> tuple[dict[str, Any], bool]:
        now = hub.clock()
        found = _find_or_create(connection, name, number, now)
        added = versions.add_tag(connection, found, tag, now)
        if added and not versions.branches_of(connection, [found.id]) and _is_first_tag(connection, found):
            put_on_branch(connection, found, tag, now)
        return documents.tag(connection, addresses, name, number, tag), added

    result, added = await hub.write(work)
    return hal(result, 201 if added else 200, location=addresses.tag(name, number, tag) if added else None)


def _is_first_tag(connection: Any, found: Version) -> bool:
    return len(versions.tags_of(connection, [found.id]).get(found.id, ())) == 1


def _find_or_create(connection: Any, name: str, number: str, now: int) -> Version:
    if not is_name(number) or not is_name(name):
        raise InvalidError({"version": ["names and version numbers are one line of at most 255 characters"]})
    owner = participants.find_or_create(connection, name, now)
    return versions.find_or_create(connection, owner.id, number, now)[0]


@router.delete("/pacticipants/" + _CLOSED + "/tags/{tag:name}", status_code=204)
async def delete_tag(request: Request, name: Name, number: Number, tag: Tag) -> Response:
    """Take a tag."""

    def work(connection: Any) -> None:
        found = lookup.version(connection, name, number)
        lookup.one(versions.remove_tag(connection, found.id, tag) or None)

    await hub_of(request).write(work)
    return nothing()


_ON_BRANCH = "/pacticipants/{name:name}/branches/{branch:name}/versions/{number:name}"


@router.get(_ON_BRANCH)
async def get_branch_version(request: Request, name: Name, branch: Branch, number: Number) -> Response:
    """That a version is on a branch."""
    work = documents.branch_version
    return hal(await hub_of(request).read(work, addresses_of(request), name, branch, number))


@router.put(_ON_BRANCH)
async def put_branch_version(request: Request, name: Name, branch: Branch, number: Number) -> Response:
    """Put a version on a branch; both are made where they are not there."""
    await read_json(request, needed=False)
    hub, addresses = hub_of(request), addresses_of(request)

    def work(connection: Any) -> tuple[dict[str, Any], bool]:
        now = hub.clock()
        if not is_name(branch):
            raise InvalidError({"branch": ["a branch's name is one line of at most 255 characters"]})
        found = _find_or_create(connection, name, number, now)
        added = put_on_branch(connection, found, branch, now)
        versions.touch(connection, found.id, now)
        return documents.branch_version(connection, addresses, name, branch, number), added

    result, added = await hub.write(work)
    location = addresses.branch_version(name, branch, number)
    return hal(result, 201 if added else 200, location=location if added else None)


@router.delete(_ON_BRANCH, status_code=204)
async def delete_branch_version(request: Request, name: Name, branch: Branch, number: Number) -> Response:
    """Take a version from a branch."""

    def work(connection: Any) -> None:
        found = lookup.version(connection, name, number)
        on = lookup.one(versions.branch(connection, found.participant_id, branch))
        lookup.one(versions.remove_from_branch(connection, found.id, on.id) or None)

    await hub_of(request).write(work)
    return nothing()


@router.get("/pacticipants/" + _CLOSED + "/evidence", tags=["beyond the reference"])
async def list_evidence(request: Request, name: Name, number: Number) -> Response:
    """The checks attached to a version."""
    return hal(await hub_of(request).read(documents.evidence, addresses_of(request), name, number))


@router.put("/pacticipants/" + _CLOSED + "/evidence/{kind:name}", tags=["beyond the reference"])
async def put_evidence(request: Request, name: Name, number: Number, kind: Text) -> Response:
    """Attach a check to a version: ``{success, url?, details?}``."""
    document = document_of(await read_json(request))
    errors: dict[str, list[str]] = {}
    if not isinstance(document.get("success"), bool):
        errors["success"] = ["must be boolean"]
    if document.get("url") is not None and not is_name(document["url"], 2000):
        errors["url"] = ["must be one line of text"]
    if document.get("details") is not None and not isinstance(document["details"], dict):
        errors["details"] = ["must be a hash"]
    if errors:
        raise InvalidError(errors)
    hub, addresses = hub_of(request), addresses_of(request)
    values = {key: document.get(key) for key in ("success", "url", "details")}

    def work(connection: Any) -> tuple[dict[str, Any], bool]:
        found = _find_or_create(connection, name, number, hub.clock())
        new = deployments.keep_evidence(connection, found.id, kind, values, hub.clock())
        mine = deployments.evidence_of(connection, [found.id])[found.id]
        each = next(each for each in mine if each.name == kind)
        return documents.evidence_document(addresses, name, number, each), new

    result, new = await hub.write(work)
    return hal(result, 201 if new else 200)


@router.delete("/pacticipants/" + _CLOSED + "/evidence/{kind:name}", status_code=204, tags=["beyond the reference"])
async def delete_evidence(request: Request, name: Name, number: Number, kind: Text) -> Response:
    """Take a check away."""

    def work(connection: Any) -> None:
        found = lookup.version(connection, name, number)
        lookup.one(deployments.remove_evidence(connection, found.id, kind) or None)

    await hub_of(request).write(work)
    return nothing()
