"""Requests and journal entries as the admin API shows them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.stub.engine import Engine
    from accord.stub.journal import Entry
    from accord.stub.requests import StubRequest


def request_view(request: StubRequest, engine: Engine) -> dict[str, Any]:
    """A request."""
    del engine
    received = datetime.fromtimestamp(request.received, UTC)
    return {
        "url": request.target,
        "absoluteUrl": request.absolute_url,
        "method": request.method,
        "clientIp": request.client,
        "headers": grouped(request.headers),
        "cookies": {name: values[0] if len(values) == 1 else values for name, values in request.cookies.items()},
        "browserProxyRequest": False,
        "loggedDate": int(request.received * 1000),
        "bodyAsBase64": base64.b64encode(request.body).decode(),
        "body": request.text,
        "protocol": "HTTP/1.1",
        "scheme": request.scheme,
        "host": request.host,
        "port": request.host_port,
        "loggedDateString": received.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "queryParams": _parameters(request.query),
        "formParams": _parameters(request.form),
    }


def entry_view(entry: Entry, engine: Engine) -> dict[str, Any]:
    """A journal entry: request, answer and the stub that gave it."""
    plan, stub = entry.plan, entry.stub
    view: dict[str, Any] = {
        "id": entry.id,
        "request": request_view(entry.request, engine),
        "responseDefinition": stub.response.document if stub else {"status": 404, "fromConfiguredStub": False},
        "response": {"status": 404, "bodyAsBase64": "", "body": ""},
        "wasMatched": entry.was_matched,
        "timing": {"addedDelay": 0, "processTime": 0, "responseSendTime": 0, "serveTime": 0, "totalTime": 0},
        "subEvents": [],
    }
    if plan is not None:
        view["response"] = {
            "status": plan.status,
            "headers": grouped(plan.headers),
            "bodyAsBase64": base64.b64encode(plan.body).decode(),
            "body": plan.body.decode("utf-8", "replace"),
        }
        if plan.fault is not None:
            view["response"] = {"status": plan.status, "fault": plan.fault}
        delay = round(plan.delay * 1000)
        view["timing"] |= {"addedDelay": 0 if entry.forwarded else delay, "totalTime": delay}
    if stub is not None:
        view["stubMapping"] = stub.document
    elif plan is not None and not entry.forwarded:
        report = {"status": 404, "contentType": "text/plain", "report": plan.body.decode("utf-8", "replace")}
        view["subEvents"] = [{"type": "REQUEST_NOT_MATCHED", "timeOffsetNanos": 0, "data": report}]
    return view


def grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Headers by name: one value as a text, several as an array."""
    found: dict[str, Any] = {}
    names: dict[str, str] = {}
    for name, value in pairs:
        key = names.setdefault(name.lower(), name)
        if key not in found:
            found[key] = value
        elif isinstance(found[key], list):
            found[key].append(value)
        else:
            found[key] = [found[key], value]
    return found


def _parameters(values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {name: {"key": name, "values": list(each)} for name, each in values.items()}
