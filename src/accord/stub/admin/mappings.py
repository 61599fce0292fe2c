"""``/__admin/mappings``: stubs made, changed, listed, found, imported, saved and removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.core.errors import AccordError
from accord.stub.admin.answers import RefusedError, body_of, done, errors, identity_of, json_answer, page_of
from accord.stub.matchers.reading import read_matcher
from accord.stub.problems import MappingError, Problem, invalid, refuse_unknown, shown
from accord.stub.recorder import persist_stub

if TYPE_CHECKING:
    from accord.stub.engine import Engine
    from accord.stub.mapping import StubMapping
    from accord.stub.plan import Plan
    from accord.stub.requests import StubRequest
    from accord.stub.space import Space


def listed(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET: all stubs, the newest first."""
    del engine
    stubs = space.visible
    page = page_of(request, stubs)
    return json_answer({"mappings": [each.document for each in page], "meta": {"total": len(stubs)}})


def created(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST: one stub."""
    stub = engine.add(space, body_of(request))
    if stub.persistent and engine.files.root is not None:
        persist_stub(engine, stub)
    return json_answer(stub.document, 201)


def cleared(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """DELETE: all stubs."""
    del request
    for each in space.stubs:
        forget_file(engine, each)
    space.clear()
    space.scenarios.reset()
    return done()


def one(engine: Engine, space: Space, request: StubRequest, identity: str) -> Plan:
    """GET: one stub."""
    del engine, request
    found = space.get(identity_of(identity)) or next((each for each in space.visible if each.id == identity), None)
    if found is None:
        raise RefusedError(404)
    return json_answer(found.document)


def changed(engine: Engine, space: Space, request: StubRequest, identity: str) -> Plan:
    """PUT: one stub replaced; it keeps its place."""
    found = space.get(identity_of(identity))
    if found is None:
        raise RefusedError(404)
    stub = engine.read(body_of(request), identity=found.id, number=found.number)
    space.replace(stub)
    if stub.persistent and engine.files.root is not None:
        forget_file(engine, found)
        persist_stub(engine, stub)
    return json_answer(stub.document)


def deleted(engine: Engine, space: Space, request: StubRequest, identity: str) -> Plan:
    """DELETE: one stub."""
    del request
    found = space.remove(identity_of(identity))
    if found is None:
        raise RefusedError(404)
    forget_file(engine, found)
    return done()


def removed(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/remove``: the stub with an identity, else those that ask the same."""
    wanted = body_of(request)
    if not isinstance(wanted, dict):
        raise invalid("", "a stub mapping is expected")
    identity = wanted.get("id") or wanted.get("uuid")
    found = space.get(str(identity)) if identity else None
    stubs = [found] if found else []
    if not stubs and wanted.get("request") is not None:
        asked = engine.read({"request": wanted["request"], "response": wanted.get("response") or {}}).request.document
        stubs = [each for each in space.stubs if each.request.document == asked]
    for each in stubs:
        space.remove(each.id)
        forget_file(engine, each)
    return done()


def reset(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/reset``: only what the folder has stays, and the journal is emptied, as WireMock has it."""
    del request
    reset_stubs(engine, space)
    return done()


def reset_stubs(engine: Engine, space: Space) -> None:
    """Back to what the folder has; nothing has been asked and no scenario has begun."""
    space.clear()
    space.journal.clear()
    space.scenarios.reset()
    if not space.name:
        engine.load_folder()


def saved(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/save``: all stubs into the folder."""
    del request
    for each in space.stubs:
        if each.source is None or not each.source.endswith(f"{each.id}.json"):
            _split_file(engine, each)
            persist_stub(engine, each)
    return done()


def imported(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/import``: many stubs, all or none."""
    document = body_of(request)
    if not isinstance(document, dict):
        raise invalid("", "an object with mappings is expected")
    refuse_unknown(document, ("mappings", "importOptions", "meta"), "")
    options = document.get("importOptions") or {}
    refuse_unknown(options, ("duplicatePolicy", "deleteAllNotInImport"), "/importOptions")
    policy = options.get("duplicatePolicy") or "OVERWRITE"
    if policy not in ("OVERWRITE", "IGNORE"):
        raise invalid("/importOptions/duplicatePolicy", f"OVERWRITE or IGNORE is expected, seen {shown(repr(policy))}")
    stubs = _read_all(engine, document.get("mappings") or [])
    names = set()
    for stub in stubs:
        names.add(stub.id)
        if space.get(stub.id) is None:
            space.add(stub)
        elif policy == "OVERWRITE":
            space.replace(stub)
        if stub.persistent and engine.files.root is not None:
            persist_stub(engine, stub)
    if options.get("deleteAllNotInImport"):
        for each in space.stubs:
            if each.id not in names:
                space.remove(each.id)
    return done()


def _read_all(engine: Engine, documents: Any) -> list[StubMapping]:
    """Stubs, so that of equal ones the first of the list counts, as WireMock has it."""
    if not isinstance(documents, list):
        raise invalid("/mappings", "an array is expected")
    found: list[StubMapping] = []
    problems: list[Problem] = []
    for index in range(len(documents) - 1, -1, -1):
        try:
            found.append(engine.read(documents[index]))
        except MappingError as error:
            place = f"/mappings/{index}"
            problems += [Problem(place + (each.pointer or ""), each.detail, each.title) for each in error.problems]
    if problems:
        raise MappingError(*problems)
    return found


def found_by_metadata(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/find-by-metadata``."""
    del engine
    found = [each.document for each in _by_metadata(space, request)]
    return json_answer({"mappings": found, "meta": {"total": len(found)}})


def removed_by_metadata(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/remove-by-metadata``."""
    for each in _by_metadata(space, request):
        space.remove(each.id)
        forget_file(engine, each)
    return done()


def _by_metadata(space: Space, request: StubRequest) -> list[StubMapping]:
    from accord.core.documents import json_bytes  # noqa: PLC0415 - beside what it is for

    matcher = read_matcher(body_of(request), "")
    return [each for each in space.stubs if each.metadata and matcher.matches(json_bytes(dict(each.metadata)).decode())]


def unmatched(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/unmatched``: stubs that have not answered anything the journal has."""
    del engine, request
    found = [each.document for each in _unmatched(space)]
    return json_answer({"mappings": found, "meta": {"total": len(found)}})


def remove_unmatched(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """DELETE ``/unmatched``."""
    del request
    for each in _unmatched(space):
        space.remove(each.id)
        forget_file(engine, each)
    return done()


def _unmatched(space: Space) -> list[StubMapping]:
    if not space.journal.enabled:
        raise errors(
            "The request journal is disabled, so no verification or request searching operations are available"
        )
    served = {each.stub.id for each in space.journal if each.stub is not None}
    return [each for each in space.stubs if each.id not in served]


def forget_file(engine: Engine, stub: StubMapping) -> None:
    """Delete the file of a stub that is gone; a file with other stubs in it stays, without this one."""
    if stub.source is None or engine.files.root is None:
        return
    path = Path(stub.source)
    try:
        alone = len(engine.files.read_mappings(path)) == 1
    except AccordError:
        return
    if alone:
        path.unlink(missing_ok=True)


def _split_file(engine: Engine, stub: StubMapping) -> None:
    """Before a stub is saved under its own name: the file that it was read from goes, if it has no other."""
    forget_file(engine, stub)
