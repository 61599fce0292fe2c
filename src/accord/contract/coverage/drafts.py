"""Drafts of missing interactions: what was seen, as a pact with rules for types in place of the values of one call."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from accord.contract.body_templates import NOTHING, checked, take_body
from accord.contract.coverage.findings import name_of_message
from accord.contract.coverage.likeness import LEFT_OUT, likeness, signature
from accord.contract.coverage.observations import ObservedCall
from accord.contract.coverage.path_templates import PLACE
from accord.contract.matchers import like, regex
from accord.contract.model import AsyncMessage, Contract, HttpInteraction, MessageContents, Request, Response
from accord.contract.spec import SpecVersion
from accord.contract.templates import take_path, take_values
from accord.contract.wire import request_from_wire, response_from_wire
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from accord.contract.bodies import Body
    from accord.contract.coverage.findings import Coverage, FindingGroup
    from accord.contract.coverage.observations import ObservedMessage
    from accord.contract.coverage.path_templates import PathTemplates
    from accord.contract.model import Interaction

_ANSWERED = ("content-type", "location", "retry-after", "allow")
_SENT = ("content-type", "authorization", "idempotency-key", "if-match", "if-none-match")
_NOT_SENT = ("x-trace-id", "x-request-id", "x-correlation-id", "x-forwarded-for", "x-forwarded-proto", "x-real-ip")
_SPECIAL = re.compile(r"([.^$*+?{}\[\]\\|()])")
_ADVICE = "Drafted from what was seen: name the provider state, and keep of the answer what the consumer reads."


def draft_contracts(coverage: Coverage, *, version: SpecVersion = SpecVersion.V4) -> list[Contract]:
    """A pact for each pair with findings: one interaction for all calls or messages of one shape.

    A call that nothing answered makes no draft: there is no answer to expect.

    Args:
        coverage: of an audit.
        version: of the files; before 4.0 a pair with calls and messages cannot be written.
    """
    drafts: dict[tuple[str, str], list[Interaction]] = {}
    for group in coverage.groups():
        interactions = _messages(group) if group.is_message else _calls(group, coverage.paths, version)
        drafts.setdefault((group.consumer, group.provider), []).extend(interactions)
    return [
        Contract(consumer, provider, tuple(_told_apart(interactions)), version)
        for (consumer, provider), interactions in drafts.items()
        if interactions
    ]


def _calls(group: FindingGroup, paths: PathTemplates, version: SpecVersion) -> list[Interaction]:
    alike: dict[str, list[ObservedCall]] = {}
    for finding in group.findings:
        call = finding.observed
        if isinstance(call, ObservedCall) and call.response is not None:
            request = request_from_wire(call.request)
            asked = f"{_slashes(request.path)} {sorted(request.query)} {sorted(_chosen_headers(request))}"
            key = f"{asked} {signature(_json(request.body))}"
            alike.setdefault(key, []).append(call)
    return [_interaction(group, calls, paths, version) for calls in alike.values()]


def _interaction(
    group: FindingGroup, calls: Sequence[ObservedCall], paths: PathTemplates, version: SpecVersion
) -> HttpInteraction:
    requests = [request_from_wire(call.request) for call in calls]
    responses = [response_from_wire(call.response) for call in calls if call.response]
    template = paths.template_of(requests[0].path)
    return HttpInteraction(
        f"{requests[0].method} {template} answered {responses[0].status}",
        comments=_comments(group, len(calls), doubled=any(call.doubled for call in calls)),
        request=_request(requests, template, version),
        response=_response(responses, version),
    )


def _request(requests: Sequence[Request], template: str, version: SpecVersion) -> Request:
    first = requests[0]
    path = take_path(_path(first.path, template))
    headers = take_values(_chosen_headers(first))
    query = take_values({name: [like(value) for value in values] for name, values in first.query.items()})
    body, rules, _ = take_body(_likeness(requests, asks=True), headers.values)
    categories = {"path": path.rules, "header": headers.rules, "query": query.rules, "body": rules}
    return Request(first.method, path.example, query.values, headers.values, body, checked(categories, version))


def _response(responses: Sequence[Response], version: SpecVersion) -> Response:
    first = responses[0]
    headers = take_values({name: _header(name, values[0]) for name, values in _only(first.headers, _ANSWERED)})
    body, rules, _ = take_body(_likeness(responses, asks=False), headers.values)
    return Response(first.status, headers.values, body, checked({"header": headers.rules, "body": rules}, version))


def _messages(group: FindingGroup) -> list[Interaction]:
    alike: dict[str, list[ObservedMessage]] = {}
    for finding in group.findings:
        message = finding.observed
        if not isinstance(message, ObservedCall) and _json(message.body) is not NOTHING:
            name = name_of_message(message.body)
            alike.setdefault(str(name), []).append(message)
    return [_message(group, name, messages) for name, messages in alike.items()]


def _message(group: FindingGroup, name: str, messages: Sequence[ObservedMessage]) -> AsyncMessage:
    template = likeness([_json(each.body) for each in messages], asks=False)
    body, rules, _ = take_body(NOTHING if template is LEFT_OUT else template, {})
    return AsyncMessage(
        f"a message {name}",
        comments=_comments(group, len(messages)),
        contents=MessageContents(body, rules=checked({"body": rules}, SpecVersion.V4)),
    )


def _path(path: str, template: str) -> Any:
    """The path as an example, and a pattern where it holds identifiers."""
    if PLACE not in template:
        return path
    pattern = "[^/]+".join(_SPECIAL.sub(r"\\\1", part) for part in template.strip("/").split(PLACE))
    before, after = _slashes(path)
    return regex(f"{before}{pattern}{after}", path)


def _slashes(path: str) -> tuple[str, str]:
    """Before and behind a path: no part of its template, and yet another path."""
    return path[: len(path) - len(path.lstrip("/"))], path[len(path.rstrip("/")) :]


def _chosen_headers(request: Request) -> dict[str, Any]:
    """What the provider may depend on, and not what every client sends."""
    chosen = {name: _header(name, values[0]) for name, values in _only(request.headers, _SENT)}
    for name, values in request.headers.items():
        lower = name.lower()
        if lower == "accept" and values != ("*/*",):
            chosen[name] = values[0]
        elif lower.startswith("x-") and lower not in _NOT_SENT:
            chosen[name] = like(values[0])
    return chosen


def _header(name: str, value: str) -> Any:
    """A media type as it is; of all else that it is there."""
    return value if name.lower() in ("content-type", "allow") else like(value)


def _only(headers: Mapping[str, tuple[str, ...]], names: Iterable[str]) -> Iterable[tuple[str, tuple[str, ...]]]:
    return [(name, values) for name, values in headers.items() if name.lower() in names]


def _likeness(parts: Sequence[Request] | Sequence[Response], *, asks: bool) -> Any:
    values = [_json(part.body) for part in parts]
    template = LEFT_OUT if any(value is NOTHING for value in values) else likeness(values, asks=asks)
    return NOTHING if template is LEFT_OUT else template


def _json(body: Body) -> Any:
    """The JSON value of a body; NOTHING where there is none, or none that can be read."""
    if not body.is_present or not (body.media_type() or "").endswith(("/json", "+json")):
        return NOTHING
    try:
        return body.json()
    except DocumentError:
        return NOTHING


def _comments(group: FindingGroup, times: int, *, doubled: bool = False) -> dict[str, Any]:
    seen = f"Seen {times} {'time' if times == 1 else 'times'}" + (
        f" in {', '.join(group.tests[:3])}" if group.tests else ""
    )
    answered = ["The answer was a double's: look at what the provider really answers."] if doubled else []
    return {"text": [_ADVICE, seen, *answered]}


def _told_apart(interactions: Iterable[Interaction]) -> Iterable[Interaction]:
    """The same description twice would be one interaction."""
    seen: Counter[str] = Counter()
    for each in interactions:
        seen[each.description] += 1
        number = seen[each.description]
        yield each if number == 1 else replace(each, description=f"{each.description}, form {number}")
