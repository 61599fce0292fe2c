"""The fluent steps by which a consumer's test says what it expects; each step offers only what may follow."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from accord.contract.bodies import MISSING, Body, is_json
from accord.contract.body_kinds import body_kind
from accord.contract.findings import PactFailed
from accord.contract.matchers.matcher import Matcher
from accord.contract.model import (
    AsyncMessage,
    HttpInteraction,
    MessageContents,
    Request,
    Response,
    SyncMessage,
    has_generators,
)
from accord.contract.paths import PathExpression, format_path
from accord.contract.rules import MatchingRules, RuleCategory, RuleList
from accord.contract.templates import TemplateParts, take_path, take_status, take_values
from accord.core.documents import parse_json_body
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from accord.contract.consumer import Pact
    from accord.contract.model import Interaction, ProviderState
    from accord.contract.spec import SpecVersion

    Handler = Callable[..., Any]

NOTHING: Any = object()
"""Stands for a body that is not given; None is JSON's null."""

_SINCE_V3 = (
    "equality", "include", "integer", "decimal", "number", "boolean", "null", "date", "time", "datetime", "values",
    "contentType",
)  # fmt: skip
_SINCE_V4 = ("eachKey", "eachValue", "arrayContains", "statusCode", "notEmpty", "semver")


class HttpBuilder:
    """An HTTP interaction of which the request is still to be said."""

    def __init__(self, pact: Pact, description: str, states: tuple[ProviderState, ...]) -> None:
        self._pact = pact
        self._description = description
        self._states = states
        pact.begin(self, description)

    def with_request(
        self,
        method: str,
        path: str | Matcher,
        *,
        headers: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = NOTHING,
    ) -> ResponseBuilder:
        """Say what the consumer will send.

        Args:
            method: such as ``GET``.
            path: without the query; may be a matcher.
            headers: name to a text, a matcher or a list of these; further headers may be sent.
            query: parameter to a text, a matcher or a list of these; no other parameter may be sent.
            body: what JSON can hold, with matchers; or a text or bytes as the content type says.

        Raises:
            UsageError: a wrong type, or a matcher that the version of the pact cannot express.
        """
        taken_path = take_path(path)
        path = taken_path.example
        if not isinstance(path, str) or not path.startswith("/"):
            raise UsageError(f"with_request({method!r}, {path!r}): expected a path that starts with '/'")
        if "?" in path:
            raise UsageError(f"with_request({method!r}, {path!r}): give the query as query={{…}}, not in the path")
        taken_headers, taken_query = take_values(headers or {}), take_values(query or {})
        taken_body, body_rules, body_generators = _take_body(body, taken_headers.values)
        rules = {
            "path": taken_path.rules,
            "header": taken_headers.rules,
            "query": taken_query.rules,
            "body": body_rules,
        }
        generators = {
            "path": taken_path.generator,
            "header": taken_headers.generators,
            "query": taken_query.generators,
            "body": body_generators,
        }
        request = Request(
            method.upper(),
            path,
            taken_query.values,
            taken_headers.values,
            taken_body,
            _checked(rules, self._pact.version),
            _checked_generators(generators, self._pact.version),
        )
        return ResponseBuilder(self._pact, self, self._description, self._states, request)


class ResponseBuilder:
    """An HTTP interaction of which the response is still to be said."""

    def __init__(
        self, pact: Pact, begun: HttpBuilder, description: str, states: tuple[ProviderState, ...], request: Request
    ) -> None:
        self._pact = pact
        self._begun = begun
        self._description = description
        self._states = states
        self._request = request

    def will_respond_with(
        self, status: int | Matcher, *, headers: Mapping[str, Any] | None = None, body: Any = NOTHING
    ) -> Pact:
        """Say what the provider answers, as far as the consumer needs it, and add the interaction to the pact.

        Args:
            status: status code, or ``match.status_code(…)``.
            headers: name to a text, a matcher or a list of these.
            body: what JSON can hold, with matchers; or a text or bytes as the content type says.

        Raises:
            UsageError: a wrong type, or a matcher that the version of the pact cannot express.
        """
        taken_status = take_status(status)
        taken_headers = take_values(headers or {})
        taken_body, body_rules, body_generators = _take_body(body, taken_headers.values)
        rules = {"status": taken_status.rules, "header": taken_headers.rules, "body": body_rules}
        generators = {"header": taken_headers.generators, "body": body_generators}
        response = Response(
            taken_status.example,
            taken_headers.values,
            taken_body,
            _checked(rules, self._pact.version),
            _checked_generators(generators, self._pact.version),
        )
        interaction = HttpInteraction(self._description, self._states, request=self._request, response=response)
        return self._pact.expect(self._begun, interaction)


class _MessageSteps(ABC):
    """What both kinds of message have in common: content, metadata, and a handler that is given the example."""

    def __init__(self, pact: Pact, description: str, states: tuple[ProviderState, ...]) -> None:
        self._pact = pact
        self._description = description
        self._states = states
        self._body: Any = NOTHING
        self._metadata: Mapping[str, Any] = {}

    def with_content(self, content: Any) -> Self:
        """Say what the message holds, as far as the other side needs it: what JSON can hold, with matchers."""
        self._body = content
        return self

    def with_metadata(self, metadata: Mapping[str, Any]) -> Self:
        """Say what comes beside the content, such as a key or a content type; values may be matchers."""
        self._metadata = metadata
        return self

    def verify(self, handler: Handler) -> None:
        """Give the example to the consumer's own handler; the message joins the pact if the handler takes it.

        Args:
            handler: called with the content and the metadata, and for a message with an answer with the answer's
                content too where it has a third parameter; sync, or async where no event loop runs.

        Raises:
            PactFailed: the handler raised; its exception is the cause.
            UsageError: no content, or an async handler inside a running event loop (use averify).
        """
        message, arguments = self._finished()
        with _failing(self._pact, message):
            result = handler(*_fitting(handler, arguments))
            if inspect.isawaitable(result):
                _run(result, "await pact.….averify(handler)")
        self._pact.prove(message)

    async def averify(self, handler: Handler) -> None:
        """The same as verify, in async code."""
        message, arguments = self._finished()
        with _failing(self._pact, message):
            result = handler(*_fitting(handler, arguments))
            if inspect.isawaitable(result):
                await result
        self._pact.prove(message)

    def described(self) -> tuple[Pact, str, tuple[ProviderState, ...]]:
        """What was said before its content, for kinds of message with steps of their own, such as gRPC calls."""
        return self._pact, self._description, self._states

    @abstractmethod
    def _finished(self) -> tuple[Interaction, tuple[Any, ...]]:
        """The message, and what its handler is called with."""

    def _contents(self, content: Any, metadata: Mapping[str, Any]) -> MessageContents:
        declared = metadata.get("contentType", metadata.get("content-type"))
        headers = {"content-type": (declared,)} if isinstance(declared, str) else {}
        body, body_rules, generators = _take_body(content, headers)
        parts = {name: TemplateParts(value) for name, value in metadata.items()}
        rules = _checked({"body": body_rules, "metadata": _rules_by_name(parts)}, self._pact.version)
        by_name = {name: each.generators["$"] for name, each in parts.items() if each.generators}
        generated = _checked_generators({"body": generators, "metadata": by_name}, self._pact.version)
        return MessageContents(body, {name: each.example for name, each in parts.items()}, rules, generated)


class MessageBuilder(_MessageSteps):
    """A message of which the content is still to be said, or which is ready to be verified."""

    def _finished(self) -> tuple[AsyncMessage, tuple[Any, ...]]:
        if self._body is NOTHING:
            raise UsageError(f"the message {self._description!r} has no content; say it with .with_content(…)")
        contents = self._contents(self._body, self._metadata)
        message = AsyncMessage(self._description, self._states, contents=contents)
        given = _generated(contents)
        return message, (_copy(given.body), dict(given.metadata))


class SyncMessageBuilder(_MessageSteps):
    """A message with an answer (specification V4, "Synchronous/Messages"), such as a call over gRPC or a queue."""

    def __init__(self, pact: Pact, description: str, states: tuple[ProviderState, ...]) -> None:
        super().__init__(pact, description, states)
        self._answers: list[tuple[Any, Mapping[str, Any]]] = []

    def will_answer(self, content: Any, *, metadata: Mapping[str, Any] | None = None) -> Self:
        """Say what the provider answers, as far as the consumer needs it; again for a further answer."""
        self._answers.append((content, metadata or {}))
        return self

    def _finished(self) -> tuple[SyncMessage, tuple[Any, ...]]:
        if self._body is NOTHING or not self._answers:
            missing = ".with_content(…)" if self._body is NOTHING else ".will_answer(…)"
            raise UsageError(f"the message {self._description!r} is not complete; say {missing}")
        request = self._contents(self._body, self._metadata)
        answers = tuple(self._contents(content, metadata) for content, metadata in self._answers)
        message = SyncMessage(self._description, self._states, request=request, responses=answers)
        return message, (_copy(request.body), dict(request.metadata), _copy(_generated(answers[0]).body))


def _generated(contents: MessageContents) -> MessageContents:
    if not has_generators(contents):
        return contents
    from accord.contract.generators import prepare_answer  # noqa: PLC0415 - few messages have generators

    return prepare_answer(contents)


def _copy(body: Body) -> Any:
    """The content for a handler: what it changes must not end up in the pact."""
    return parse_json_body(body.data) if is_json(body.media_type()) else body.data


def _fitting(handler: Handler, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """As many arguments as the handler takes; two where that cannot be told."""
    try:
        signature = inspect.signature(handler)
        signature.bind(*arguments)
    except (TypeError, ValueError):
        return arguments[:2]
    return arguments


def _rules_by_name(metadata: Mapping[str, TemplateParts]) -> RuleCategory:
    entries: dict[PathExpression, RuleList] = {}
    for name, parts in metadata.items():
        for expression, rules in parts.rules:
            if not expression.tokens:
                entries[PathExpression((name,), name)] = rules
    return RuleCategory(entries)


def _take_body(template: Any, headers: Mapping[str, tuple[str, ...]]) -> tuple[Body, RuleCategory, dict[str, Any]]:
    declared = next((values[0] for name, values in headers.items() if name.lower() == "content-type"), None)
    if template is NOTHING:
        return MISSING, RuleCategory(), {}
    if isinstance(template, Matcher) and isinstance(template.example, bytes):
        rules = RuleCategory({PathExpression((), "$"): RuleList(template.rules, template.combine)})
        return Body.of_bytes(template.example, declared or template.rule.get("value")), rules, {}
    if isinstance(template, bytes):
        return Body.of_bytes(template, declared), RuleCategory(), {}
    if declared and not is_json(Body("empty", content_type=declared).media_type()):
        return _take_text(template, declared)
    parts = TemplateParts(template)
    return Body.of_json(parts.example, declared or "application/json"), parts.rules, parts.generators


def _take_text(template: Any, declared: str) -> tuple[Body, RuleCategory, dict[str, Any]]:
    """A body that is no JSON: a text with a matcher for the whole of it, or the fields of a form."""
    if isinstance(template, dict) and body_kind(declared.partition(";")[0].strip().lower()).name == "form":
        fields = take_values(template)
        pairs = [(name, value) for name, values in fields.values.items() for value in values]
        generators = {format_path((name,)): generator for name, generator in fields.generators.items()}
        return Body.of_text(urlencode(pairs), declared), fields.rules, generators
    parts = TemplateParts(template)
    if not isinstance(parts.example, str):
        raise UsageError(f"a body of {declared}: expected a text, bytes or a matcher of these, seen {template!r}")
    return Body.of_text(parts.example, declared), parts.rules, parts.generators


def _checked(rules: Mapping[str, RuleCategory], version: SpecVersion) -> MatchingRules:
    """The rules, if the version can express them."""
    kept = {name: category for name, category in rules.items() if category}
    for category in kept.values():
        for expression, rule_list in category:
            if version.major < 3 and len(rule_list.rules) > 1:  # noqa: PLR2004 - V3 brought lists of rules
                raise _too_new(expression.text, "several rules for one place need", 3, version)
            for rule in rule_list.rules:
                needed = 4 if rule.match in _SINCE_V4 else 3 if rule.match in _SINCE_V3 else 2
                if version.major < needed:
                    instead = ", match.like(…) or match.regex(…)" if version.major == 2 else ""  # noqa: PLR2004 - which has no more
                    raise _too_new(expression.text, f"the rule {rule.match!r} needs", needed, version, instead)
    return MatchingRules(kept)


def _checked_generators(generators: Mapping[str, Any], version: SpecVersion) -> dict[str, Any]:
    """The generators, if the version knows any."""
    kept = {name: each for name, each in generators.items() if each}
    for name in kept:
        if version.major < 3:  # noqa: PLR2004 - V3 brought generators
            raise _too_new(name, "generated values need", 3, version)
    return kept


def _too_new(where: str, what: str, needed: int, version: SpecVersion, instead: str = "") -> UsageError:
    return UsageError(
        f"at {where}: {what} version {needed}.0, this pact is version {version.value}; "
        f"use Pact(…, version='{needed}.0'){instead}"
    )


class _failing:  # noqa: N801 - reads as a statement
    """Turns what a handler raises into a PactFailed that says which message it was."""

    def __init__(self, pact: Pact, message: Interaction) -> None:
        self._pact = pact
        self._message = message

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, UsageError):
            title = f"The pact between {self._pact.consumer} and {self._pact.provider} failed:"
            problem = (
                f"The consumer's handler raised on the message {self._message.title!r}: {type(error).__name__}: {error}"
            )
            raise PactFailed(title, [problem]) from error


def _run(awaitable: Awaitable[Any], instead: str) -> None:
    import asyncio  # noqa: PLC0415 - only async handlers need it

    async def wait() -> None:
        await awaitable

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(wait())
        return
    if inspect.iscoroutine(awaitable):
        awaitable.close()
    raise UsageError(f"an async handler inside a running event loop: use {instead}")
