"""The interactions of a pact of any version, in a form that a page can show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_SHOWN = 300
"""Interactions on one page; the document has all."""

MOST_CHARACTERS = 20_000
"""Of one text; the document has the rest."""

_V4_BODY = {"content", "contentType", "contentTypeHint", "encoded"}


@dataclass(frozen=True, slots=True)
class Part:
    """A request, a response, or a message: a title over a text."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An interaction.

    Attributes:
        states: the provider states, each with its parameters.
        parts: what is sent and what comes back.
        rules: its matching rules and generators, as JSON; empty where it has none.
        success: what the newest result says of it; None where it says nothing.
    """

    description: str
    states: tuple[str, ...]
    parts: tuple[Part, ...]
    rules: str
    success: bool | None


def interactions_of(content: Mapping[str, Any], test_results: Iterable[Any] | None) -> list[Shown]:
    """What a pact's content says, in its order."""
    outcomes = {
        str(each.get("interactionId")): each.get("success")
        for each in test_results or ()
        if isinstance(each, dict) and isinstance(each.get("success"), bool)
    }
    found = [*_listed(content.get("interactions")), *_listed(content.get("messages"))]
    return [_shown(each, outcomes.get(str(each.get("_id")))) for each in found]


def _listed(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _shown(each: dict[str, Any], success: bool | None) -> Shown:  # noqa: FBT001 - three answers, not a switch
    return Shown(
        description=str(each.get("description") or "without a description"),
        states=tuple(_states(each)),
        parts=tuple(_parts(each)),
        rules=_rules(each),
        success=success,
    )


def _states(each: dict[str, Any]) -> list[str]:
    states = each.get("providerStates")
    if isinstance(states, list):
        return [_state(state) for state in states]
    single = each.get("providerState") or each.get("provider_state")
    return [str(single)] if single else []


def _state(state: Any) -> str:
    if not isinstance(state, dict):
        return str(state)
    params = state.get("params")
    return f"{state.get('name')} {json.dumps(params, ensure_ascii=False)}" if params else str(state.get("name"))


def _parts(each: dict[str, Any]) -> list[Part]:
    parts = []
    for side in ("request", "response"):
        value = each.get(side)
        several = [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)]
        texts = [_http(part, side) if _is_http(part) else _message(part) for part in several]
        parts += [Part(side.title(), _cut(text)) for text in texts]
    if "contents" in each or "content" in each:
        parts.append(Part("Message", _cut(_message(each))))
    return parts or [Part("Interaction", _cut(_pretty({k: v for k, v in each.items() if k != "_id"})))]


def _is_http(part: dict[str, Any]) -> bool:
    return "contents" not in part


def _http(part: dict[str, Any], side: str) -> str:
    if side == "request":
        query = part.get("query")
        asked = urlencode(query, doseq=True) if isinstance(query, dict) else query
        first = f"{str(part.get('method', 'get')).upper()} {part.get('path', '/')}" + (f"?{asked}" if asked else "")
    else:
        first = str(part.get("status", 200))
    return "\n".join([first, *_headers(part.get("headers")), *_body(part.get("body"))])


def _message(part: dict[str, Any]) -> str:
    metadata = part.get("metadata") or part.get("metaData")
    body = _body(part.get("contents", part.get("content")))
    return "\n".join([*_headers(metadata), *body]).strip("\n")


def _headers(headers: Any) -> list[str]:
    if not isinstance(headers, dict):
        return []
    return [f"{name}: {', '.join(map(str, v)) if isinstance(v, list) else v}" for name, v in headers.items()]


def _body(body: Any) -> list[str]:
    if body is None:
        return []
    if isinstance(body, dict) and "content" in body and set(body) <= _V4_BODY:
        body = body["content"]
    return ["", body if isinstance(body, str) else _pretty(body)]


def _rules(each: dict[str, Any]) -> str:
    found: dict[str, Any] = {}
    for side, part in (("request ", each.get("request")), ("response ", each.get("response")), ("", each)):
        if isinstance(part, dict):
            found |= {f"{side}{kind}": part[kind] for kind in ("matchingRules", "generators") if part.get(kind)}
    return _cut(_pretty(found)) if found else ""


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _cut(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[:MOST_CHARACTERS]}\n… {len(text) - MOST_CHARACTERS} more characters are in the JSON"
