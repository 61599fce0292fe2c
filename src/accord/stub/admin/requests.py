"""``/__admin/requests`` and ``/__admin/near-misses``: what came, and why it was not answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from accord.core.documents import json_bytes
from accord.stub.admin.answers import RefusedError, body_of, done, errors, identity_of, json_answer, page_of
from accord.stub.admin.views import entry_view, request_view
from accord.stub.matchers.dates import read_date
from accord.stub.matchers.reading import read_matcher
from accord.stub.near_misses import near_misses, nearest_requests, to_json
from accord.stub.problems import invalid
from accord.stub.request_reading import read_request_pattern
from accord.stub.requests import StubRequest

if TYPE_CHECKING:
    from accord.stub.engine import Engine
    from accord.stub.journal import Entry
    from accord.stub.near_misses import NearMiss
    from accord.stub.plan import Plan
    from accord.stub.space import Space

_MOST_NEAR = 10


def listed(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET: the journal, the newest first."""
    entries = _entries(space)
    query = parse_qs(request.query_text)
    if "since" in query:
        since = read_date(query["since"][0], None)
        if since is None:
            raise errors(f"since must be a date and time in ISO 8601, seen {query['since'][0]}")
        entries = [each for each in entries if each.request.received >= since.timestamp()]
    if query.get("unmatched") == ["true"]:
        entries = [each for each in entries if not each.was_matched]
    if "matchingStub" in query:
        entries = [each for each in entries if each.stub is not None and each.stub.id == query["matchingStub"][0]]
    total = len(entries)
    page = page_of(request, entries)
    return json_answer(
        {
            "requests": [entry_view(each, engine) for each in page],
            "meta": {"total": total},
            "requestJournalDisabled": False,
        }
    )


def one(engine: Engine, space: Space, request: StubRequest, identity: str) -> Plan:
    """GET: one entry."""
    del request
    _entries(space)
    found = space.journal.find(identity_of(identity))
    if found is None:
        raise RefusedError(404)
    return json_answer(entry_view(found, engine))


def deleted(engine: Engine, space: Space, request: StubRequest, identity: str) -> Plan:
    """DELETE: one entry."""
    del engine, request
    wanted = identity_of(identity)
    space.journal.remove(lambda each: each.id == wanted)
    return done()


def cleared(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """DELETE, and POST ``/reset``: all entries."""
    del engine, request
    space.journal.clear()
    return done()


def counted(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/count``."""
    del engine
    pattern = read_request_pattern(body_of(request), "")
    if not space.journal.enabled:
        return json_answer({"count": -1, "requestJournalDisabled": True})
    count = sum(pattern.matches(each.request) for each in space.journal)
    return json_answer({"count": count, "requestJournalDisabled": False})


def found(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/find``."""
    pattern = read_request_pattern(body_of(request), "")
    if not space.journal.enabled:
        return json_answer({"requests": [], "requestJournalDisabled": True})
    requests = [request_view(each.request, engine) for each in space.journal if pattern.matches(each.request)]
    return json_answer({"requests": requests, "requestJournalDisabled": False})


def removed(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/remove``."""
    _entries(space)
    pattern = read_request_pattern(body_of(request), "")
    gone = space.journal.remove(lambda each: pattern.matches(each.request))
    return json_answer({"serveEvents": [entry_view(each, engine) for each in gone]})


def removed_by_metadata(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/remove-by-metadata``: entries that a stub with such metadata answered."""
    _entries(space)
    matcher = read_matcher(body_of(request), "")

    def fits(entry: Entry) -> bool:
        metadata = entry.stub.metadata if entry.stub is not None else {}
        return bool(metadata) and matcher.matches(json_bytes(dict(metadata)).decode())

    return json_answer({"serveEvents": [entry_view(each, engine) for each in space.journal.remove(fits)]})


def unmatched(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/unmatched``."""
    del request
    if not space.journal.enabled:
        return json_answer({"requests": [], "requestJournalDisabled": True})
    entries = [request_view(each.request, engine) for each in _entries(space) if not each.was_matched]
    return json_answer({"requests": entries, "requestJournalDisabled": False})


def unmatched_near_misses(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """GET ``/unmatched/near-misses``: for the newest unmatched requests."""
    del request
    entries = [each for each in _entries(space) if not each.was_matched][:_MOST_NEAR]
    misses = [_miss(miss, engine) for each in entries for miss in near_misses(space, each.request)]
    return json_answer({"nearMisses": misses})


def near_request(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/near-misses/request``: the stubs nearest to a request that is described."""
    looked_for = _described(body_of(request))
    return json_answer({"nearMisses": [_miss(each, engine) for each in near_misses(space, looked_for)]})


def near_pattern(engine: Engine, space: Space, request: StubRequest) -> Plan:
    """POST ``/near-misses/request-pattern``: the requests nearest to a pattern."""
    pattern = read_request_pattern(body_of(request), "")
    nearest = nearest_requests(pattern, [each.request for each in _entries(space)])
    misses = [
        {
            "request": request_view(each, engine),
            "requestPattern": dict(pattern.document),
            "matchResult": {
                "subEvents": [],
                "diffDescriptions": [one.to_json() for one in pattern.differences(each)],
                "distance": distance,
            },
        }
        for distance, each in nearest
    ]
    return json_answer({"nearMisses": misses})


def _entries(space: Space) -> list[Entry]:
    if not space.journal.enabled:
        title = "The request journal is disabled, so no verification or request searching operations are available"
        raise errors(title, status=500)
    return space.journal.newest_first()


def _miss(miss: NearMiss, engine: Engine) -> dict[str, Any]:
    return {
        "request": request_view(miss.request, engine),
        "stubMapping": miss.stub.document,
        "matchResult": to_json(miss),
    }


def _described(document: Any) -> StubRequest:
    """A request as the admin API shows one."""
    if not isinstance(document, dict) or not isinstance(document.get("url"), str):
        raise invalid("/url", "a request with url and method is expected")
    headers = document.get("headers") or {}
    if not isinstance(headers, dict):
        raise invalid("/headers", "an object is expected")
    pairs = [
        (str(name), str(one)) for name, each in headers.items() for one in (each if isinstance(each, list) else [each])
    ]
    absolute = urlsplit(str(document.get("absoluteUrl") or ""))
    if absolute.netloc and "host" not in {name.lower() for name, _ in pairs}:
        pairs.append(("Host", absolute.netloc))
    return StubRequest(
        str(document.get("method") or "GET"),
        document["url"],
        pairs,
        str(document.get("body") or "").encode(),
        client=str(document.get("clientIp") or "127.0.0.1"),
        scheme=absolute.scheme or "http",
    )
