"""The consumer's side: what a gRPC call sends and what it is answered, with matchers over the messages' JSON form."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import grpc

from accord.contract.bodies import MISSING, Body
from accord.contract.grpc.contents import MESSAGE, STATUS
from accord.contract.grpc.descriptors import method_of
from accord.contract.grpc.json_form import from_json, said_in
from accord.contract.matchers.matcher import Matcher, plain_example
from accord.contract.matching.json_body import match_json
from accord.contract.model import MessageContents, SyncMessage
from accord.contract.paths import PathExpression
from accord.contract.plugin_data import PROTOBUF, protobuf_plugin
from accord.contract.rules import MatchingRules, RuleCategory, RuleList
from accord.contract.templates import TemplateParts
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.descriptor import MethodDescriptor
    from google.protobuf.message import Message

    from accord.contract.consumer import Pact
    from accord.contract.grpc.descriptors import Method
    from accord.contract.messages import SyncMessageBuilder


def grpc_call(
    begun: SyncMessageBuilder,
    method: MethodDescriptor | str,
    *,
    request: Mapping[str, Any] | None = None,
    answer: Mapping[str, Any] | None = None,
    status: str | grpc.StatusCode = "OK",
    message: str | Matcher | None = None,
    metadata: Mapping[str, Any] | None = None,
    answer_metadata: Mapping[str, Any] | None = None,
) -> Pact:
    """Say what a unary call will send and what it is answered, and add it to the pact.

    Args:
        begun: ``pact.upon_calling("a quote")``, with or without provider states.
        method: its descriptor, or its name as in ``shop.Quotes/GetQuote``.
        request: the fields of the request by their names in the .proto, with matchers; no other field may be set.
        answer: the fields of the answer that the consumer needs; there may be more.
        status: name of the status; with one that is not ``OK`` there is no answer.
        message: the message beside such a status, or a matcher; none says that it does not matter.
        metadata: what is sent beside the request; texts or matchers.
        answer_metadata: what is needed beside the answer.

    Raises:
        UsageError: no such method, field or status, a value that does not fit, or a pact of a version before 4.0.
    """
    called = method_of(method)
    pact, said = begun.described()
    wanted = _status(status, answer)
    sent, sent_value = _contents(called.request, request or {}, metadata or {})
    beside = dict(answer_metadata or {})
    if wanted == "OK":
        answered, answer_value = _contents(called.answer, answer or {}, beside)
    else:
        beside |= {STATUS: wanted} | ({} if message is None else {MESSAGE: message})
        answered, answer_value = _metadata_only(beside), None
    extra = _extra(called, sent_value, answer_value, wanted)
    interaction = SyncMessage(**said, request=sent, responses=(answered,), extra=extra)
    plugin = protobuf_plugin(called.key, base64.b64encode(called.files).decode("ascii"))
    return pact.expect(begun, interaction, plugins=(plugin,))


def _status(status: str | grpc.StatusCode, answer: object) -> str:
    name = status.name if isinstance(status, grpc.StatusCode) else status
    if name not in grpc.StatusCode.__members__:
        raise UsageError(f"unknown gRPC status {name!r}; known: {', '.join(grpc.StatusCode.__members__)}")
    if name != "OK" and answer is not None:
        raise UsageError(f"a call that ends with {name} has no answer; leave out answer=… or status=…")
    return str(name)


def _contents(
    kind: type[Message], template: Mapping[str, Any], metadata: Mapping[str, Any]
) -> tuple[MessageContents, Any]:
    """The contents for the pact file, and the example as it was written."""
    parts = TemplateParts(template)
    example = from_json(parts.example, kind)
    value = said_in(example, parts.example, parts.rules)
    wrong = match_json(value, value, parts.rules, allow_unexpected=True)
    if wrong:
        raise UsageError(f"the example does not fit its own matcher, as a {kind.DESCRIPTOR.full_name}: {wrong[0]}")
    content_type = f"application/protobuf;message=.{kind.DESCRIPTOR.full_name}"
    body = Body.of_bytes(example.SerializeToString(deterministic=True), content_type)
    beside = _metadata_only({"contentType": content_type, **metadata})
    rules = MatchingRules({"body": parts.rules, "metadata": beside.rules.category("metadata")})
    generators = dict(beside.generators) | ({"body": parts.generators} if parts.generators else {})
    return MessageContents(body, beside.metadata, rules, generators), parts.example


def _metadata_only(metadata: Mapping[str, Any]) -> MessageContents:
    """Metadata with its matchers taken apart, and no body."""
    rules: dict[PathExpression, RuleList] = {}
    generators: dict[str, Any] = {}
    # gRPC's names are in small letters
    metadata = {name if name == "contentType" else name.lower(): value for name, value in metadata.items()}
    for name, value in metadata.items():
        if name.endswith("-bin"):
            raise UsageError(f"metadata {name!r}: binary metadata has no place in a contract")
        if not isinstance(plain_example(value), str):
            raise UsageError(f"metadata {name!r}: expected a text or a matcher of one, seen {value!r}")
        if isinstance(value, Matcher):
            parts = TemplateParts(value)
            rules |= {PathExpression((name,), name): each for path, each in parts.rules if not path.tokens}
            if "$" in parts.generators:
                generators[name] = parts.generators["$"]
    plain = {name: plain_example(value) for name, value in metadata.items()}
    made = {"metadata": generators} if generators else {}
    return MessageContents(MISSING, plain, MatchingRules({"metadata": RuleCategory(rules)}), made)


def _extra(called: Method, request: Any, answer: Any, status: str) -> dict[str, Any]:
    """What makes the interaction a gRPC call, to the protobuf plugin of Pact and to us; and the same for people."""
    expectations = {"request": request} | ({} if answer is None else {"response": answer})
    configuration = {
        "descriptorKey": called.key,
        "service": f".{called.service}/{called.name}",
        "expectations": expectations,
    }
    shown = [("request", request), (f"answer ({status})", answer)]
    markup = "".join(
        f"{title}:\n```json\n{json.dumps(value, indent=2, ensure_ascii=False)}\n```\n"
        for title, value in shown
        if value is not None
    )
    return {
        "interactionMarkup": {"markup": f"`{called.route}`\n\n{markup}", "markupType": "COMMON_MARK"},
        "pluginConfiguration": {PROTOBUF: configuration},
        "transport": "grpc",
    }
