"""The rest of the admin API: scenarios, recordings, files, settings, namespaces, health, and the end."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

from accord.core.errors import UsageError
from accord.stub.admin.answers import RefusedError, body_of, done, errors, json_answer
from accord.stub.admin.mappings import reset_stubs
from accord.stub.files import FileMissingError
from accord.stub.plan import Plan
from accord.stub.problems import invalid
from accord.stub.recorder import NotRecordingError
from accord.stub.recording import RecordSpec
from accord.stub.scenarios import UnknownScenarioError, UnknownStateError
from accord.stub.settings import Settings

if TYPE_CHECKING:
    from accord.stub.engine import Engine
    from accord.stub.mapping import StubMapping
    from accord.stub.requests import StubRequest
    from accord.stub.space import Space

COMPATIBLE = "3.13.2"
"""The version of WireMock whose behaviour this is compared with; clients ask for it."""

_NOT_RECORDING = 30
_NO_SUCH_STATE = 11


def scenarios(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/scenarios``."""
    del engine, request
    return json_answer({"scenarios": space.scenarios.to_json(space.visible)})


def reset_scenarios(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/scenarios/reset``."""
    del engine, request
    space.scenarios.reset()
    return done()


def set_scenario(engine: Engine, space: Space, request: StubRequest, name: str) -> Plan:
    """PUT ``/scenarios/{name}/state``; without a body it goes back to where it starts."""
    del engine
    document = body_of(request) if request.body.strip() else {}
    state = document.get("state") if isinstance(document, dict) else None
    if state is not None and not isinstance(state, str):
        raise invalid("/state", "a text is expected")
    try:
        space.scenarios.set(unquote(name), state, space.visible)
    except UnknownScenarioError as error:
        raise errors(str(error), code=404, status=404) from None
    except UnknownStateError as error:
        raise errors(str(error), code=_NO_SUCH_STATE, status=422) from None
    return done()


def start_recording(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/recordings/start``."""
    engine.recorder.start(space, RecordSpec.read(body_of(request) if request.body.strip() else {}))
    return done()


def stop_recording(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/recordings/stop``."""
    del request
    try:
        return _recorded(engine.recorder.stop(space))
    except NotRecordingError as error:
        raise errors(str(error), code=_NOT_RECORDING) from None


def snapshot(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/recordings/snapshot``."""
    spec = RecordSpec.read(body_of(request) if request.body.strip() else {})
    stubs = engine.recorder.snapshot(space, spec)
    return json_answer({"ids": [each.id for each in stubs]}) if spec.ids_only else _recorded(stubs)


def recording_status(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/recordings/status``."""
    del request
    return json_answer({"status": engine.recorder.status(space)})


def _recorded(stubs: list[StubMapping]) -> Plan:
    return json_answer({"mappings": [each.document for each in reversed(stubs)]})


def file_names(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/files``."""
    del space, request
    return json_answer(engine.files.names())


def read_file(engine: Engine, space: Space, request: StubRequest, name: str) -> Plan:
    """GET ``/files/{name}``."""
    del space, request
    try:
        return Plan(200, (), engine.files.read(unquote(name)))
    except FileMissingError:
        raise RefusedError(404) from None
    except UsageError as error:
        raise errors(str(error)) from None


def write_file(engine: Engine, space: Space, request: StubRequest, name: str) -> Plan:
    """PUT ``/files/{name}``."""
    del space
    try:
        engine.files.write(unquote(name), request.body)
    except (UsageError, OSError) as error:
        raise errors(str(error)) from None
    return done()


def delete_file(engine: Engine, space: Space, request: StubRequest, name: str) -> Plan:
    """DELETE ``/files/{name}``."""
    del space, request
    try:
        engine.files.delete(unquote(name))
    except (UsageError, OSError) as error:
        raise errors(str(error)) from None
    return done()


def settings(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/settings``."""
    del engine, request
    return json_answer({"settings": space.settings.document})


def set_settings(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST and PUT ``/settings``."""
    del engine
    space.settings = Settings.read(body_of(request))
    return done()


def extend_settings(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """PATCH ``/settings/extended``."""
    del engine
    document = body_of(request)
    if not isinstance(document, dict) or not isinstance(document.get("extended"), dict):
        raise invalid("/extended", "an object is expected")
    kept = space.settings.document
    space.settings = replace(
        space.settings, document={**kept, "extended": {**kept.get("extended", {}), **document["extended"]}}
    )
    return done()


def reset(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/reset``: stubs as the folder has them, scenarios and journal as at the start; settings stay."""
    del request
    reset_stubs(engine, space)
    return done()


def shutdown(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/shutdown``."""
    del engine, space, request
    plan = done()
    plan.shutdown = True
    return plan


def health(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/health``."""
    del space, request
    return json_answer(
        {
            "status": "healthy",
            "message": "Wiremock is ok",
            "version": COMPATIBLE,
            "uptimeInSeconds": int(time.monotonic() - engine.started),
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
    )


def version(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/version``."""
    del engine, space, request
    return json_answer({"version": COMPATIBLE})


def namespaces(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/namespaces``: the namespaces there are; not part of WireMock."""
    del space, request
    found = [{"name": each.name, "stubs": len(each), "requests": len(each.journal)} for each in engine.spaces.values()]
    return json_answer({"namespaces": found})


def delete_namespace(engine: Engine, space: Space, request: StubRequest, name: str) -> Plan:
    """DELETE ``/namespaces/{name}``: all that a namespace has."""
    del space, request
    if engine.spaces.pop(unquote(name), None) is None or not name:
        raise RefusedError(404)
    return done()


def pact_draft(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/pact?consumer=…&provider=…``: what the journal has, as a draft of a pact; not part of WireMock."""
    from accord.stub.pact_draft import draft_of  # noqa: PLC0415 - brings the contract package

    del engine
    consumer = (request.query.get("consumer") or ["consumer"])[0]
    provider = (request.query.get("provider") or ["provider"])[0]
    return Plan(
        200,
        (("Content-Type", "application/json"),),
        json.dumps(draft_of(space.journal, consumer, provider), indent=2).encode(),
    )
