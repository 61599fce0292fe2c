"""Environments, deployments, releases."""

from __future__ import annotations

import re
import uuid as uuids
from typing import Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.publication import is_name
from accord.hub.service import lookup
from accord.hub.service.problems import InvalidError
from accord.hub.storage import deployments
from accord.hub.web.answers import hal, nothing
from accord.hub.web.bodies import document_of, query_of, read_json
from accord.hub.web.documents import environments as documents
from accord.hub.web.hub import addresses_of, hub_of, url_of
from accord.hub.web.parameters import Name, Number, Uuid
from accord.hub.web.routing import HubRouter

router = HubRouter(tags=["environments"])

_UUID = re.compile(r"[A-Za-z0-9_-]{16,36}\Z")


@router.get("/environments")
async def list_environments(request: Request) -> Response:
    """All environments."""
    return hal(await hub_of(request).read(documents.collection, addresses_of(request)))


def _values(document: dict[str, Any]) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    name, display, production = document.get("name"), document.get("displayName"), document.get("production")
    if not is_name(name):
        errors["name"] = ["is missing" if name is None else "can't be blank or have several lines"]
    elif " " in str(name):
        errors["name"] = ["cannot contain spaces"]
    if display is not None and not is_name(display):
        errors["displayName"] = ["cannot contain multiple lines"]
    if not isinstance(production, bool):
        errors["production"] = ["is missing" if production is None else "must be one of: true, false"]
    contacts = document.get("contacts")
    if contacts is not None and not (
        isinstance(contacts, list) and all(isinstance(each, dict) and is_name(each.get("name")) for each in contacts)
    ):
        errors["contacts"] = ["must be an array of contacts with a name each"]
    required = document.get("requiredEvidence") or []
    if not (isinstance(required, list) and all(is_name(each) for each in required)):
        errors["requiredEvidence"] = ["must be an array of names"]
    if errors:
        raise InvalidError(errors)
    return {
        "name": name,
        "display_name": display,
        "production": production,
        "contacts": contacts,
        "required_evidence": required,
    }


async def _keep(request: Request, uuid: str) -> tuple[dict[str, Any], bool]:
    values = _values(document_of(await read_json(request)))
    hub, addresses = hub_of(request), addresses_of(request)

    def work(connection: Any) -> tuple[dict[str, Any], bool]:
        same_name = deployments.environment(connection, name=values["name"])
        if same_name is not None and same_name.uuid != uuid:
            message = f"Another environment with name '{values['name']}' already exists."
            raise InvalidError({"name": [message]})
        existed = deployments.environment(connection, uuid=uuid) is not None
        deployments.keep_environment(connection, {"uuid": uuid, **values}, hub.clock())
        return documents.environment(addresses, lookup.environment(connection, uuid)), not existed

    return await hub.write(work)


@router.post("/environments", status_code=201)
async def create_environment(request: Request) -> Response:
    """Make an environment."""
    uuid = str(uuids.uuid4())
    result, _ = await _keep(request, uuid)
    return hal(result, 201, location=addresses_of(request).environment(uuid))


@router.get("/environments/{uuid:name}")
async def get_environment(request: Request, uuid: Uuid) -> Response:
    """An environment."""
    addresses = addresses_of(request)

    def work(connection: Any) -> dict[str, Any]:
        return documents.environment(addresses, lookup.environment(connection, uuid))

    return hal(await hub_of(request).read(work))


@router.put("/environments/{uuid:name}")
async def put_environment(request: Request, uuid: Uuid) -> Response:
    """Change an environment, or make it with this UUID."""
    if not _UUID.match(uuid):
        raise InvalidError({"uuid": ["must have 16 to 36 of the characters A-Z, a-z, 0-9, _ and -"]})
    result, created = await _keep(request, uuid)
    return hal(result, 201 if created else 200)


@router.delete("/environments/{uuid:name}", status_code=204)
async def delete_environment(request: Request, uuid: Uuid) -> Response:
    """Remove an environment with what is recorded for it."""

    def work(connection: Any) -> None:
        deployments.remove_environment(connection, lookup.environment(connection, uuid).id)

    await hub_of(request).write(work)
    return nothing()


async def _there(request: Request, uuid: str, *, released: bool) -> Response:
    query = query_of(request)
    addresses, url = addresses_of(request), url_of(request, query=True)

    def work(connection: Any) -> dict[str, Any]:
        place = lookup.environment(connection, uuid)
        found = deployments.present(connection, released=released, environment_id=place.id)
        if query.get("pacticipant"):
            found = [each for each in found if each.participant == query["pacticipant"]]
        if query.get("version"):
            found = [each for each in found if each.version == query["version"]]
        instance = query.get("applicationInstance", query.get("target"))
        if isinstance(instance, str):
            found = [each for each in found if (each.target or "") == instance]
        words = "Currently supported versions in" if released else "Currently deployed versions for"
        return documents.presences(addresses, found, url, f"{words} {place.title}", released=released)

    return hal(await hub_of(request).read(work))


@router.get("/environments/{uuid:name}/deployed-versions/currently-deployed")
async def list_currently_deployed(request: Request, uuid: Uuid) -> Response:
    """What is deployed to an environment; ``pacticipant``, ``version`` and ``applicationInstance`` narrow it."""
    return await _there(request, uuid, released=False)


@router.get("/environments/{uuid:name}/released-versions/currently-supported")
async def list_currently_supported(request: Request, uuid: Uuid) -> Response:
    """What is released in an environment and supported; ``pacticipant`` and ``version`` narrow it."""
    return await _there(request, uuid, released=True)


_VERSION = "/pacticipants/{name:name}/versions/{number:name}"


async def _of_version(request: Request, name: str, number: str, uuid: str, *, released: bool) -> Response:
    addresses, url = addresses_of(request), url_of(request, query=True)

    def work(connection: Any) -> dict[str, Any]:
        version, place = lookup.version(connection, name, number), lookup.environment(connection, uuid)
        found = deployments.present(
            connection, released=released, environment_id=place.id, version_ids=[version.id], current=None
        )
        words = "Released" if released else "Deployed"
        return documents.presences(addresses, found, url, f"{words} versions for {place.title}", released=released)

    return hal(await hub_of(request).read(work))


@router.get(_VERSION + "/deployed-versions/environment/{uuid:name}")
async def list_deployments_of_version(request: Request, name: Name, number: Number, uuid: Uuid) -> Response:
    """The deployments of a version to an environment, past ones too."""
    return await _of_version(request, name, number, uuid, released=False)


@router.get(_VERSION + "/released-versions/environment/{uuid:name}")
async def list_releases_of_version(request: Request, name: Name, number: Number, uuid: Uuid) -> Response:
    """The releases of a version in an environment, past ones too."""
    return await _of_version(request, name, number, uuid, released=True)


@router.post(_VERSION + "/deployed-versions/environment/{uuid:name}", status_code=201)
async def record_deployment(request: Request, name: Name, number: Number, uuid: Uuid) -> Response:
    """Record that a version was deployed; what was deployed as the same application instance is no longer."""
    document = document_of(await read_json(request, needed=False))
    target = document.get("applicationInstance") or document.get("target") or None
    if target is not None and not is_name(target):
        raise InvalidError({"applicationInstance": ["must be one line of text"]})
    hub, addresses = hub_of(request), addresses_of(request)
    new = str(uuids.uuid4())

    def work(connection: Any) -> dict[str, Any]:
        version, place = lookup.version(connection, name, number), lookup.environment(connection, uuid)
        before = deployments.current_target(connection, version.participant_id, place.id, target)
        same = next((each for each in before if each.version_id == version.id), None)
        deployments.end(connection, [each.id for each in before if each is not same], hub.clock())
        if same is None:
            values = {"uuid": new, "released": False, "version_id": version.id, "target": target}
            places = {"participant_id": version.participant_id, "environment_id": place.id}
            deployments.record(connection, {**values, **places}, hub.clock())
        found = lookup.one(deployments.presence(connection, same.uuid if same else new, released=False))
        return documents.presence(addresses, found, place)

    result = await hub.write(work)
    return hal(result, 201, location=addresses.of("deployed-versions", result["uuid"]))


@router.post(_VERSION + "/released-versions/environment/{uuid:name}", status_code=201)
async def record_release(request: Request, name: Name, number: Number, uuid: Uuid) -> Response:
    """Record that a version was released; others stay supported."""
    await read_json(request, needed=False)
    hub, addresses = hub_of(request), addresses_of(request)
    new = str(uuids.uuid4())

    def work(connection: Any) -> dict[str, Any]:
        version, place = lookup.version(connection, name, number), lookup.environment(connection, uuid)
        before = deployments.present(connection, released=True, environment_id=place.id, version_ids=[version.id])
        if not before:
            values = {"uuid": new, "released": True, "version_id": version.id, "target": None}
            places = {"participant_id": version.participant_id, "environment_id": place.id}
            deployments.record(connection, {**values, **places}, hub.clock())
        found = lookup.one(deployments.presence(connection, before[0].uuid if before else new, released=True))
        return documents.presence(addresses, found, place)

    result = await hub.write(work)
    return hal(result, 201, location=addresses.of("released-versions", result["uuid"]))


async def _presence(request: Request, uuid: str, *, released: bool) -> Response:
    hub, addresses = hub_of(request), addresses_of(request)
    document = document_of(await read_json(request)) if request.method == "PATCH" else {}
    field = "currentlySupported" if released else "currentlyDeployed"
    if document.get(field) is not None and not isinstance(document[field], bool):
        raise InvalidError({field: ["must be boolean"]})

    def work(connection: Any) -> dict[str, Any]:
        found = lookup.one(deployments.presence(connection, uuid, released=released))
        if document.get(field) is True and not found.current:
            what = "deployment" if not released else "release"
            raise InvalidError(
                {field: [f"The {field} property cannot be set back to true. Please record a new {what}."]}
            )
        if document.get(field) is False and found.current:
            deployments.end(connection, [found.id], hub.clock())
            found = lookup.one(deployments.presence(connection, uuid, released=released))
        place = deployments.environments_by_id(connection, [found.environment_id])[found.environment_id]
        return documents.presence(addresses, found, place)

    return hal(await (hub.write(work) if document else hub.read(work)))


@router.get("/deployed-versions/{uuid:name}")
async def get_deployment(request: Request, uuid: Uuid) -> Response:
    """A deployment."""
    return await _presence(request, uuid, released=False)


@router.patch("/deployed-versions/{uuid:name}")
async def change_deployment(request: Request, uuid: Uuid) -> Response:
    """Record an undeployment: ``{"currentlyDeployed": false}``."""
    return await _presence(request, uuid, released=False)


@router.get("/released-versions/{uuid:name}")
async def get_release(request: Request, uuid: Uuid) -> Response:
    """A release."""
    return await _presence(request, uuid, released=True)


@router.patch("/released-versions/{uuid:name}")
async def change_release(request: Request, uuid: Uuid) -> Response:
    """Record the end of support: ``{"currentlySupported": false}``."""
    return await _presence(request, uuid, released=True)
