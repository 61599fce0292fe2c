"""Recording: what a proxied service answered becomes stubs that answer the same."""

from __future__ import annotations

import base64
import json
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.stub.problems import invalid, refuse_unknown, shown
from accord.stub.request_reading import read_request_pattern
from accord.stub.requests import NO_JSON, decoded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.stub.journal import Entry
    from accord.stub.plan import Plan
    from accord.stub.request_pattern import RequestPattern
    from accord.stub.requests import StubRequest

_FIELDS = (
    "targetBaseUrl", "filters", "captureHeaders", "requestBodyPattern", "extractBodyCriteria", "persist",
    "repeatsAsScenarios", "transformers", "transformerParameters", "outputFormat", "ignoreRepeatRequests", "accord",
)  # fmt: skip
_BODY_FIELDS = ("matcher", "ignoreArrayOrder", "ignoreExtraElements", "caseInsensitive")
_LEFT_OUT = frozenset({"content-length", "transfer-encoding", "content-encoding", "connection", "keep-alive"})
_TEXTUAL = (
    "text/",
    "application/json",
    "application/xml",
    "application/javascript",
    "+json",
    "+xml",
    "form-urlencoded",
)
_MOST_NAME = 60


@dataclass(frozen=True, slots=True)
class RecordSpec:
    """What is recorded, and how.

    Attributes:
        target: where requests are passed on to while recording, or None.
        filters: only what fits; None for all.
        ids: only these journal entries; empty for all.
        capture: request headers that recorded stubs ask for, each with how.
        body: matcher and options for request bodies.
        as_scenarios: what came again with another answer becomes a scenario.
        persist: stubs are written to the folder.
        on_miss: only what no stub fits is passed on.
        keep_latency: stubs take as long as the service did.
        ids_only: answers with identities instead of stubs.
    """

    target: str | None = None
    filters: RequestPattern | None = None
    ids: frozenset[str] = frozenset()
    only_proxied: bool = True
    capture: Mapping[str, Mapping[str, Any]] | None = None
    body: Mapping[str, Any] | None = None
    as_scenarios: bool = True
    persist: bool = True
    on_miss: bool = False
    keep_latency: bool = False
    ids_only: bool = False
    text_limit: int | None = None
    binary_limit: int | None = None

    @classmethod
    def read(cls, document: Any) -> RecordSpec:
        """Read one from the body of ``recordings/start`` or ``recordings/snapshot``.

        Raises:
            MappingError: unknown fields, or a field that is wrong.
        """
        if not isinstance(document, dict):
            raise invalid("", f"an object is expected, seen {shown(repr(document))}")
        refuse_unknown(document, _FIELDS, "")
        given = {name: value for name, value in document.items() if value is not None}
        filters = dict(given.get("filters") or {})
        ids = filters.pop("ids", None) or []
        proxied = filters.pop("allowNonProxied", False)
        own = given.get("accord") or {}
        refuse_unknown(own, ("onMiss", "keepLatency"), "/accord")
        body = given.get("requestBodyPattern")
        if body is not None:
            refuse_unknown(body, _BODY_FIELDS, "/requestBodyPattern")
        limits = given.get("extractBodyCriteria") or {}
        refuse_unknown(limits, ("textSizeThreshold", "binarySizeThreshold"), "/extractBodyCriteria")
        return cls(
            target=given.get("targetBaseUrl"),
            filters=read_request_pattern(filters, "/filters") if filters else None,
            ids=frozenset(ids),
            only_proxied=not proxied,
            capture=given.get("captureHeaders"),
            body=body,
            as_scenarios=bool(given.get("repeatsAsScenarios", True)),
            persist=bool(given.get("persist", True)),
            on_miss=bool(own.get("onMiss", False)),
            keep_latency=bool(own.get("keepLatency", False)),
            ids_only=str(given.get("outputFormat", "FULL")).upper() == "IDS",
            text_limit=_size(limits.get("textSizeThreshold")),
            binary_limit=_size(limits.get("binarySizeThreshold")),
        )


def recorded_mappings(entries: Sequence[Entry], spec: RecordSpec) -> list[dict[str, Any]]:
    """The stubs for what was recorded, in the order in which it came; what came again only once or as a scenario."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in entries:
        if each.plan is None or not _is_wanted(each, spec):
            continue
        mapping = mapping_of(each.request, each.plan, spec)
        groups.setdefault(json.dumps(mapping["request"], sort_keys=True), []).append(mapping)
    found: list[dict[str, Any]] = []
    scenarios = 0
    for same in groups.values():
        if len(same) == 1 or not spec.as_scenarios:
            found.append(same[-1])
        else:
            scenarios += 1
            found += _scenario(same, scenarios)
    return found


def mapping_of(request: StubRequest, plan: Plan, spec: RecordSpec) -> dict[str, Any]:
    """The stub for one request and its answer."""
    asked = _url_of(request)
    headers = {}
    for name, options in (spec.capture or {}).items():
        value = request.header(name)
        if value is not None:
            headers[name] = {"equalTo": value, **(options or {})}
    if headers:
        asked["headers"] = headers
    if request.body:
        asked["bodyPatterns"] = [_body_pattern(request, spec.body or {})]
    identity = str(uuid.uuid4())
    response: dict[str, Any] = {"status": plan.status, **_recorded_body(plan)}
    kept = [(name, value) for name, value in plan.headers if name.lower() not in _LEFT_OUT]
    if kept:
        response["headers"] = _grouped(kept)
    if spec.keep_latency and plan.delay:
        response["fixedDelayMilliseconds"] = round(plan.delay * 1000)
    made = {"id": identity, "name": name_of(request), "request": asked, "response": response, "uuid": identity}
    return {**made, "persistent": True} if spec.persist else made


def name_of(request: StubRequest) -> str:
    """A short name made from the path, as WireMock makes it."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", request.path).strip("_").lower()
    return name[:_MOST_NAME]


def _url_of(request: StubRequest) -> dict[str, Any]:
    """Path and method, and each parameter of the query with exactly its values, in whatever order they stand."""
    if not request.query:
        return {"url": request.target, "method": request.method}
    parameters = {
        name: {"hasExactly": [{"equalTo": value} for value in values]} for name, values in request.query.items()
    }
    return {"urlPath": request.path, "method": request.method, "queryParameters": parameters}


def _is_wanted(entry: Entry, spec: RecordSpec) -> bool:
    if spec.only_proxied and not entry.forwarded:
        return False
    if spec.ids and entry.id not in spec.ids:
        return False
    return spec.filters is None or spec.filters.matches(entry.request)


def _scenario(same: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """Stubs that answer one after the other; the last stays."""
    name = f"scenario-{number}-{same[0]['name'].replace('_', '-')}"
    for index, mapping in enumerate(same):
        mapping["scenarioName"] = name
        mapping["requiredScenarioState"] = "Started" if index == 0 else f"{name}-{index + 1}"
        if index + 1 < len(same):
            mapping["newScenarioState"] = f"{name}-{index + 2}"
    return same


def _body_pattern(request: StubRequest, options: Mapping[str, Any]) -> dict[str, Any]:
    kind = options.get("matcher", "auto")
    media_type = (request.header("content-type") or "").lower()
    if kind == "auto":
        kind = "equalToJson" if "json" in media_type else "equalToXml" if "xml" in media_type else "equalTo"
    if kind == "equalToJson" and request.json is not NO_JSON:
        return {
            "equalToJson": request.text,
            "ignoreArrayOrder": options.get("ignoreArrayOrder", True),
            "ignoreExtraElements": options.get("ignoreExtraElements", True),
        }
    if kind == "equalToXml":
        return {"equalToXml": request.text}
    if media_type and not any(each in media_type for each in _TEXTUAL):
        return {"binaryEqualTo": base64.b64encode(request.body).decode()}
    extra = {"caseInsensitive": True} if options.get("caseInsensitive") else {}
    return {"equalTo": request.text, **extra}


def _recorded_body(plan: Plan) -> dict[str, Any]:
    if not plan.body:
        return {}
    media_type = (plan.header("content-type") or "").lower()
    try:
        text = decoded(plan.body, media_type) if not media_type else plan.body.decode()
        if "\0" not in text and (not media_type or any(each in media_type for each in _TEXTUAL)):
            plan.body.decode()
            return {"body": text}
    except UnicodeDecodeError:
        pass
    return {"base64Body": base64.b64encode(plan.body).decode()}


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    grouped: dict[str, Any] = {}
    for name, value in pairs:
        if name not in grouped:
            grouped[name] = value
        else:
            grouped[name] = [*(grouped[name] if isinstance(grouped[name], list) else [grouped[name]]), value]
    return grouped


def _size(text: Any) -> int | None:
    """A size such as ``2048`` or ``2 kb``, in bytes."""
    found = re.fullmatch(r"\s*(\d{1,12})\s*([kmg]?b?)\s*", str(text or ""), re.IGNORECASE)
    if found is None:
        return None
    unit: int = 1024 ** "bkmg".index((found.group(2) or "b")[0].lower())
    return int(found.group(1)) * unit
