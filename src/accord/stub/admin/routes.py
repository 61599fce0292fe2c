"""The table of the admin API's routes, and how errors become its answers."""

from __future__ import annotations

import base64
import re
import secrets
from typing import TYPE_CHECKING, Any

from accord.core.errors import AccordError
from accord.stub.admin import mappings, requests, server
from accord.stub.admin.answers import RefusedError, errors, json_answer
from accord.stub.engine import ADMIN
from accord.stub.plan import Plan
from accord.stub.problems import MappingError

if TYPE_CHECKING:
    from accord.stub.engine import Engine
    from accord.stub.requests import StubRequest
    from accord.stub.space import Space

_ID = "([^/]+)"
_ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "", mappings.listed),
    ("GET", "mappings", mappings.listed),
    ("POST", "mappings", mappings.created),
    ("POST", "mappings/new", mappings.created),
    ("DELETE", "mappings", mappings.cleared),
    ("POST", "mappings/reset", mappings.reset),
    ("POST", "mappings/save", mappings.saved),
    ("POST", "mappings/import", mappings.imported),
    ("POST", "mappings/remove", mappings.removed),
    ("POST", "mappings/find-by-metadata", mappings.found_by_metadata),
    ("POST", "mappings/remove-by-metadata", mappings.removed_by_metadata),
    ("GET", "mappings/unmatched", mappings.unmatched),
    ("DELETE", "mappings/unmatched", mappings.remove_unmatched),
    ("GET", f"mappings/{_ID}", mappings.one),
    ("PUT", f"mappings/{_ID}", mappings.changed),
    ("POST", f"mappings/{_ID}", mappings.changed),
    ("DELETE", f"mappings/{_ID}", mappings.deleted),
    ("GET", "requests", requests.listed),
    ("DELETE", "requests", requests.cleared),
    ("POST", "requests/reset", requests.cleared),
    ("POST", "requests/count", requests.counted),
    ("POST", "requests/find", requests.found),
    ("POST", "requests/remove", requests.removed),
    ("POST", "requests/remove-by-metadata", requests.removed_by_metadata),
    ("GET", "requests/unmatched", requests.unmatched),
    ("GET", "requests/unmatched/near-misses", requests.unmatched_near_misses),
    ("POST", "requests/near-misses/request", requests.near_request),
    ("POST", "requests/near-misses/request-pattern", requests.near_pattern),
    ("POST", "near-misses/request", requests.near_request),
    ("POST", "near-misses/request-pattern", requests.near_pattern),
    ("GET", f"requests/{_ID}", requests.one),
    ("DELETE", f"requests/{_ID}", requests.deleted),
    ("GET", "scenarios", server.scenarios),
    ("POST", "scenarios/reset", server.reset_scenarios),
    ("PUT", f"scenarios/{_ID}/state", server.set_scenario),
    ("POST", "recordings/start", server.start_recording),
    ("POST", "recordings/stop", server.stop_recording),
    ("POST", "recordings/snapshot", server.snapshot),
    ("GET", "recordings/status", server.recording_status),
    ("GET", "files", server.file_names),
    ("GET", "files/(.+)", server.read_file),
    ("PUT", "files/(.+)", server.write_file),
    ("DELETE", "files/(.+)", server.delete_file),
    ("GET", "settings", server.settings),
    ("POST", "settings", server.set_settings),
    ("PUT", "settings", server.set_settings),
    ("PATCH", "settings/extended", server.extend_settings),
    ("POST", "reset", server.reset),
    ("POST", "shutdown", server.shutdown),
    ("GET", "health", server.health),
    ("GET", "version", server.version),
    ("GET", "namespaces", server.namespaces),
    ("DELETE", f"namespaces/{_ID}", server.delete_namespace),
    ("GET", "pact", server.pact_draft),
)
_COMPILED = tuple((method, re.compile(path), handler) for method, path, handler in _ROUTES)


def handle(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """Answer a request to the admin API."""
    path = request.path.removeprefix(ADMIN).strip("/")
    if not _is_allowed(engine, request):
        return Plan(401, (("WWW-Authenticate", 'Basic realm="admin"'),))
    for method, pattern, handler in _COMPILED:
        found = pattern.fullmatch(path) if method == request.method.upper() else None
        if found is not None:
            return _answered(engine, space, request, handler, found.groups())
    return Plan(404)


def _answered(engine: Engine, space: Space, request: StubRequest, handler: Any, names: tuple[str, ...]) -> Plan:
    try:
        plan: Plan = handler(engine, space, request, *names)
    except RefusedError as refused:
        return Plan(refused.status) if refused.body is None else json_answer(refused.body, refused.status)
    except MappingError as error:
        return json_answer(error.to_json(), 422)
    except AccordError as error:
        return json_answer(errors(str(error)).body, 400)
    return plan


def _is_allowed(engine: Engine, request: StubRequest) -> bool:
    wanted = engine.options.credentials
    if wanted is None:
        return True
    expected = "Basic " + base64.b64encode(":".join(wanted).encode()).decode()
    return secrets.compare_digest((request.header("authorization") or "").encode(), expected.encode())
